"""Whatever a worker gives up is told where people look: in the history of its case, else in the journal of jobs."""

import pytest
from flask import Flask
from sqlalchemy import update

from services import cases, clock, jobs, journal
from services.db import db, transaction
from services.jobs import running
from services.jobs.models import JobRow
from tests.people.office import Office


def given_up(kind: str, key: str, case_id: int | None, **args: object) -> None:
    """Such a job, which fails for the tenth time."""
    with transaction():
        jobs.enqueue([jobs.NewJob(kind, key, clock.now(), case_id=case_id, args=args)])
        db.session.execute(update(JobRow).where(JobRow.key == key).values(attempts=9))
    jobs.work_off()


def told(stream: str) -> list[object]:
    return [line.details["kind"] for line in journal.read(stream, limit=99) if line.event == "case.incident"]


def test_every_kind_of_job_tells_when_it_is_given_up(house: Flask) -> None:
    assert running._handlers
    assert [kind for kind, handler in running._handlers.items() if handler.gave_up is None] == []


@pytest.mark.parametrize(
    ("kind", "args"), [("notice", {"task": ""}), ("missing", {}), ("signal", {}), (cases.BACK, {"task": "nowhere"})]
)
def test_what_is_given_up_about_a_case_stands_in_its_history_and_on_its_page(
    house: Flask, kind: str, args: dict[str, object]
) -> None:
    office = Office(house)
    case_id = office.run(until=1)
    given_up(kind, f"{kind}:broken", case_id, **args)
    assert told(f"case:{case_id}") == [kind]
    assert 'class="flash alarm"' in office.person("head").get(f"/cases/{case_id}").text
    assert journal.verify() == []


def test_what_is_given_up_about_no_case_stands_in_the_journal_of_jobs(house: Flask) -> None:
    given_up("mail", "mail:broken", None)
    assert told("jobs") == ["mail"]
