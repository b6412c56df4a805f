"""How a region stands just now, in figures: what it tells a neighbour's control level. No row, no number, no person.

A region tells its figures to the regions that `shows_figures_to` names, and to no other; who asks says so by a ticket
of the installation's key.
"""

import http.client
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import ColumnElement, and_, func, select

from services import boards, clock, directory, registry
from services.cases import counted_until, due_moment
from services.cases.models import Case, Task
from services.db import db
from services.languages import LANGUAGES
from services.neighbours.errors import FiguresNotShown, NotComparing
from services.regions import Neighbourhood, Region

#: for how long a question is good, and how long a region may take to answer it, in seconds
LIFE_S, PATIENCE_S = 60, 3
LONGEST_ANSWER = 256 * 1024
HEADER = "X-Komek-Region"


@dataclass(frozen=True)
class StepNow:
    """Open steps of one code."""

    code: str
    titles: Mapping[str, str]  #: language -> title, as the region's table has it
    open: int
    late: int


@dataclass(frozen=True)
class RegionNow:
    """A region's work just now."""

    open: int  #: cases that somebody has something to do in
    late: int  #: of those the ones with a step that is late
    steps: Sequence[StepNow]  #: in the order of the region's table
    at: datetime  #: when that was so


def figures(at: datetime) -> RegionNow:
    """Figures of this region, over all its offices; rehearsals stand at none of them. `at`: of which moment."""
    here = and_(Task.office_key.in_(boards.offices_compared()), Task.closed_at.is_(None), Task.waits_for == "person")
    late = due_moment() < counted_until(clock.now())
    cases: ColumnElement[int] = func.count(Task.case_id.distinct())
    whole = db.session.execute(select(cases, cases.filter(late)).join_from(Task, Case).where(here)).one()
    by_code = (
        select(Task.code, func.count(), func.count().filter(late)).join_from(Task, Case).where(here).group_by(Task.code)
    )
    counted = {code: (open_, late_) for code, open_, late_ in db.session.execute(by_code)}
    titles: dict[str, Mapping[str, str]] = {}
    for row in registry.current().steps_of_all():
        titles.setdefault(row["code"], {each: row[f"title_{each}"] for each in LANGUAGES})
    order = {code: at for at, code in enumerate(titles)}
    steps = [
        StepNow(code, titles.get(code, {}), *counted[code])
        for code in sorted(counted, key=lambda c: (order.get(c, 999), c))
    ]
    return RegionNow(whole[0], whole[1], steps, at)


def tell(ticket: str, at: datetime, *, here: Neighbourhood) -> dict[str, object]:
    """Figures of this region as plain data, for a neighbour that asks by that header. Raises FiguresNotShown."""
    came_from, _, signed = ticket.partition(" ")
    shown_to = here.region(here.here).shows_figures_to
    try:
        age_s = clock.real().timestamp() - _signer(here, came_from, here.here).loads(signed)
    except (BadSignature, TypeError):
        raise FiguresNotShown from None
    if came_from not in shown_to or abs(age_s) > LIFE_S:
        raise FiguresNotShown
    return {**asdict(figures(at)), "at": at.isoformat()}


def across(person: directory.Person, at: datetime, *, here: Neighbourhood) -> list[tuple[Region, RegionNow | None]]:
    """Figures of this region and of those that show it theirs; None of one that is silent. Raises NotComparing."""
    if not boards.may_compare(person):
        raise NotComparing
    own = figures(at)
    shown = shown_to(here)
    with ThreadPoolExecutor(max_workers=8) as asking:
        answers = list(asking.map(partial(_ask, here), shown))
    return [(here.region(here.here), own), *zip(shown, answers, strict=True)]


def shown_to(here: Neighbourhood) -> list[Region]:
    """The regions whose figures the control level of this one sees."""
    return [each for each in here.others if here.here in each.shows_figures_to]


def _ask(here: Neighbourhood, region: Region) -> RegionNow | None:
    ticket = f"{here.here} {_signer(here, here.here, region.key).dumps(int(clock.real().timestamp()))}"
    connection = http.client.HTTPConnection(region.machine, region.port, timeout=PATIENCE_S)
    try:
        connection.request("GET", "/regions/figures", headers={"Host": region.host, HEADER: ticket})
        answer = connection.getresponse()
        said = json.loads(answer.read(LONGEST_ANSWER)) if answer.status == 200 else None
        return None if said is None else _read(said)
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        return None
    finally:
        connection.close()


def _read(said: Mapping[str, object]) -> RegionNow:
    """What another region said, taken at its figures alone. Raises ValueError, KeyError, TypeError."""
    steps = said["steps"]
    if not isinstance(steps, list):
        raise TypeError("steps")
    read = [
        StepNow(str(each["code"]), {key: str(each["titles"].get(key, "")) for key in LANGUAGES},
                int(each["open"]), int(each["late"]))
        for each in steps
    ]  # fmt: skip
    told_at = said.get("at")  # a region of a former release says none: what it tells is of now
    at = datetime.fromisoformat(str(told_at)) if told_at else clock.now()
    return RegionNow(int(str(said["open"])), int(str(said["late"])), read, at.astimezone(UTC))


def _signer(here: Neighbourhood, sender: str, receiver: str) -> URLSafeSerializer:
    return URLSafeSerializer(here.key, salt=f"komek.figures:{sender}>{receiver}")
