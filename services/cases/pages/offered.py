"""What a list may be narrowed by: the steps, persons, routes and offices that stand in it now, each with how many."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, func, select, union_all
from sqlalchemy.dialects.postgresql import aggregate_order_by

from services import directory, registry
from services.cases.lists.only import ALL, NOBODY, STEP, Only
from services.cases.lists.standing import LISTS, today, wanted_of
from services.cases.models import Case, Task
from services.db import Prepared
from services.registry import Registry

#: so many of each of a list's conditions are looked at, and then it is said that there are more
CAP = 299


@dataclass(frozen=True)
class Offered:
    """One value by which a list may be narrowed."""

    value: str
    said: str  #: a step's name in Kazakh as drawn; a person's name; else the value
    count: int
    codes: tuple[str, ...] = ()  #: of a step: the act's, on each route
    more: bool = False  #: so much is in the list that not all of it was counted


#: what a list may be narrowed by -> its values, in the order in which they are offered
Offers = Mapping[str, Sequence[Offered]]


def offered(person: directory.Person, office_key: str, list: str, only: Only = ALL) -> Offers:
    """The values that stand in the list, and what is asked for already; two statements, however much is in it."""
    rows = _read(person, office_key, list if list in LISTS else "mine")
    held = [row.person for row in rows if row.person is not None]
    names = directory.names([*held, *([int(only.person)] if only.person.isdigit() else [])])
    more = sum(row.many for row in rows if row.route is not None) > CAP
    found: dict[str, dict[str, Offered]] = {name: {} for name in ("step", "person", "route", "place")}
    for row in rows:
        if row.step is not None:
            found["step"][row.step] = Offered(row.step, row.name, row.many, tuple(row.codes or ()), more)
        elif row.route is not None:
            found["route"][row.route] = Offered(row.route, row.route, row.many, more=more)
        elif row.place is not None:
            found["place"][row.place] = Offered(row.place, row.place, row.many, more=more)
        else:
            key = NOBODY if row.person is None else str(row.person)
            found["person"][key] = Offered(key, names.get(row.person or 0, ""), row.many, more=more)
    for name, value in only.asked.items():
        if name in found and value not in found[name]:  # nothing of it is left: it is said all the same
            said = names.get(int(value), value) if name == "person" and value.isdigit() else value
            found[name][value] = Offered(value, said, 0)
    return {name: _in_order(values.values()) for name, values in found.items()}


def _in_order(values: Iterable[Offered]) -> Sequence[Offered]:
    """Steps as the act counts them, D2 before D10; all else by what is said."""

    def place(each: Offered) -> tuple[int, str, str]:
        first = min(each.codes, default="")
        return len(first), first, each.said

    return sorted(values, key=place)


def _read(person: directory.Person, office_key: str, list: str) -> Sequence[Any]:
    made = _made(person, office_key, list, registry.current(), CAP + 1)
    return made.all(since=today(office_key)) if made is not None else []


@lru_cache(maxsize=1000)
def _made(person: directory.Person, office_key: str, list: str, _plugins: Registry, most: int) -> Prepared | None:
    """Of each person as they stand today, in the region as it is."""
    arms = wanted_of(person, office_key, list)
    if not arms:
        return None
    columns = (STEP.label("step"), Task.name, Task.code, Task.assignee_id.label("person"), Case.route)
    told = [_told(arm, columns, most) for arm in arms]
    listed = union_all(*[select(each.subquery()) for each in told]).subquery()
    codes = func.array_agg(aggregate_order_by(listed.c.code.distinct(), listed.c.code)).filter(listed.c.code != "")
    by = (listed.c.step, listed.c.person, listed.c.route, listed.c.place)
    grouped = select(*by, func.min(listed.c.name).label("name"), codes.label("codes"), func.count().label("many"))
    return Prepared(grouped.group_by(func.grouping_sets(*by)))


def _told(arm: Select[Any], columns: Sequence[Any], most: int) -> Select[Any]:
    if arm._order_by_clauses == ():  # in the list's own order: without any, an index of all that is open is walked
        arm = arm.order_by(Task.urgent_at, Task.id)
    picked = arm.limit(most).subquery()
    told = select(*columns, Case.office_key.label("place")).join(picked, picked.c.id == Task.id)
    return told.join(Case, Case.id == Task.case_id)
