"""What changes all the time, counted by the worker again and again: what is open, and what was done today where that is
too much to be counted for whoever looks. Whoever shows it says as of when it is."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg.errors import QueryCanceled
from sqlalchemy import ColumnElement, case, delete, func, insert, literal, select
from sqlalchemy.exc import OperationalError

from services import clock, directory
from services.cases.models import Task
from services.db import db
from services.figures.counting import DayRun, Tally, count
from services.figures.days import bodies, offices_known, span_of
from services.figures.models import FigureNow

#: steps of today: so many are counted when somebody looks
MOST_TODAY = 2_000
#: between one count and the next
EACH = timedelta(seconds=60)
#: and of what is open so many times as long as it took, if that is more
RESTS = 50
#: what is counted: what is open, when that was tried last, that today is, and today at each office
OPEN, TRIED, TODAY, AT = "open", "tried", "today", "today:"
#: age of an open step in days -> what the next boundary is called
AGES = ((1, "under a day"), (7, "under a week"), (30, "under a month"))
OLDER = "a month or more"


@dataclass(frozen=True)
class OpenSteps:
    """What is open, as the worker counted it last."""

    counted_at: datetime
    rows: Sequence[tuple[list[str], int]]  #: process, step, what it waits for, age; and how many


def count_now() -> None:
    """Count what is open and what was done today, whichever is due. In the caller's transaction.

    What is open may take PostgreSQL a reading of all steps there ever were: it is counted again when fifty times as
    long has passed as it took.
    """
    moment = clock.now()
    if _is_due(TRIED, moment):
        began = time.monotonic()
        rows = _open_in_time(moment)
        _put(FigureNow.what == TRIED, {TRIED: {"took_s": round(time.monotonic() - began, 3)}}, moment)
        if rows is not None:
            _put(FigureNow.what == OPEN, {OPEN: {"rows": rows}}, moment)
    if _is_due(TODAY, moment):
        _put(FigureNow.what.not_in((OPEN, TRIED)), _today(), moment)


def _open_in_time(moment: datetime) -> list[list[Any]] | None:
    """None where the database breaks it off: what was counted before stands, with its age, and days are counted on."""
    try:
        with db.session.begin_nested():
            return _open(moment)
    except OperationalError as error:
        if isinstance(error.orig, QueryCanceled):
            return None
        raise


def _is_due(what: str, moment: datetime) -> bool:
    row = db.session.get(FigureNow, what, populate_existing=True)
    if row is None:
        return True
    wait = max(EACH, timedelta(seconds=row.found.get("took_s", 0)) * RESTS)
    return not moment - wait < row.counted_at <= moment


def _put(instead_of: ColumnElement[bool], made: Mapping[str, Mapping[str, Any]], moment: datetime) -> None:
    db.session.execute(delete(FigureNow).where(instead_of))
    said = {"on": directory.today(), "counted_at": moment}
    if made:
        db.session.execute(insert(FigureNow), [{"what": what, "found": found, **said} for what, found in made.items()])


def open_steps() -> OpenSteps | None:
    """What is open; None while no worker has counted it."""
    row = db.session.get(FigureNow, OPEN, populate_existing=True)
    return OpenSteps(row.counted_at, [(labels, many) for *labels, many in row.found["rows"]]) if row else None


def today_at(offices: Sequence[str], steps_of: Sequence[str]) -> Tally:
    """What is kept of today: at these offices, and where time went at those."""
    found = Tally()
    wanted = select(FigureNow).where(FigureNow.what.in_([AT + key for key in {*offices, *steps_of}]))
    for row in db.session.scalars(wanted.execution_options(populate_existing=True)):
        key = row.what.removeprefix(AT)
        found.counts[key] = row.found["counts"]
        if key in steps_of:
            found.times[key] = row.found["times"]
    return found


def is_few(offices: Sequence[str], spans: Sequence[DayRun], most: int) -> bool:
    """Whether no more was done there in these days: read by index, and no further."""
    done = [
        select(literal(1))
        .where(Task.office_key.in_(offices), Task.done_at >= span.begins, Task.done_at < span.ends)
        .limit(most + 1)
        .subquery()
        for span in spans
    ]
    many = sum(db.session.scalar(select(func.count()).select_from(each)) or 0 for each in done)
    return many <= most


def _open(now: datetime) -> list[list[Any]]:
    """Open steps by process, step, what they wait for, and age."""
    days = func.extract("epoch", now - Task.opened_at) / 86_400
    age = case(*((days < most, name) for most, name in AGES), else_=OLDER).label("age")
    columns = (Task.process, Task.step, Task.waits_for, age)
    wanted = select(*columns, func.count()).where(Task.closed_at.is_(None)).group_by(*columns)
    return [list(row) for row in db.session.execute(wanted)]


def _today() -> dict[str, dict[str, Any]]:
    """Nothing where it is little."""
    today, offices = directory.today(), offices_known()
    spans = [span_of(today, today)]
    if is_few(offices, spans, MOST_TODAY):
        return {}
    found = count(spans, offices, bodies())
    at = {AT + key: {"counts": found.counts[key], "times": found.times[key]} for key in found.offices}
    return {TODAY: {}, **at}
