"""One morning at a body, cases registered on it, and a calendar that is about to change."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from services import cases, deadlines, directory, registry
from services.cases.models import Task
from services.db import db
from services.deadlines import PutDays, SpecialDay
from tests.people.walk import APPLICATION

OFFICE = "TALDYKORGAN"
ALMATY = ZoneInfo("Asia/Almaty")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ALMATY)


MORNING = at("2013-03-04T10:00")


def off(on: date) -> PutDays:
    return PutDays((SpecialDay(on, False, "Сынақ демалысы", "Пробный выходной", "A trial", "a letter", decree="N 1"),))


def clerk() -> directory.Person:
    return directory.staff_at(OFFICE, "clerk")[0]


def registered(key: str) -> int:
    """A case that waits for the head's resolution."""
    by = clerk()
    case_id = cases.open_case("direct", OFFICE, by, key=key)
    task = db.session.scalars(select(Task).filter_by(case_id=case_id, waits_for="person")).one()
    db.session.rollback()
    cases.complete_task(task.id, APPLICATION, cases.Click(by, key))
    return case_id


def version() -> str:
    found = deadlines.calendar_version(registry.current().region)
    db.session.rollback()
    return found
