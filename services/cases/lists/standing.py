"""What stands in the lists of the day, as statements: each walks its index and stops at a limit; none is run here."""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import Select, Subquery, bindparam, func, literal, select, tuple_, union_all

from services import clock, deadlines, directory, registry
from services.cases.lists.only import ALL, Only
from services.cases.lists.orders import SORTS, Order, Place
from services.cases.models import Case, Task
from services.cases.rights import lists_of
from services.db import Moment

#: the inbox's lists, in the order they are shown
LISTS = ("mine", "role", "record", "waiting", "done")
#: a count looks at this many rows and then says "more": whoever has a thousand before them works off what is urgent
CAP = 999


def ahead(person: directory.Person, office_key: str, list: str, order: str, only: Only, limit: int) -> Subquery | None:
    """`id` of the first so many of that list for a person to do, and `first` and `urgent_at`, by which they stand."""
    if list not in LISTS or list == "done":
        return None
    ids = ids_of(person, office_key, list, None, limit, SORTS.get(order, SORTS["due"]), only, by_hand=True)
    return None if ids is None else ids.subquery()


def ids_of(
    person: directory.Person,
    office_key: str,
    list: str,
    after: Place | None,
    limit: int,
    order: Order = SORTS["due"],
    only: Only = ALL,
    *,
    by_hand: bool = False,
) -> Select[Any] | None:
    """The ids of one list's rows, in that order; each arm walks one index and stops at `limit`.

    `by_hand`: of those only that a person completes.
    """
    if not person.roles_at(office_key):
        return None
    if list == "done":
        return _done(person, office_key, after, limit, only)
    tasks = wanted(person, office_key, list, only, order)
    if by_hand:
        tasks = [each.where(Task.waits_for == "person") for each in tasks]
    arms = [arm for each in tasks for arm in order.arms(each, after, limit)]
    joined = union_all(*[select(arm.subquery()) for arm in arms]).subquery()
    placed = select(joined.c.id, joined.c.first, joined.c.urgent_at)
    return placed.order_by(joined.c.first, joined.c.urgent_at, joined.c.id).limit(limit)


def wanted(
    person: directory.Person, office_key: str, list: str, only: Only, order: Order | None = None
) -> Sequence[Select[str]]:
    """The open tasks of a list, one statement for each of its conditions; none stands in two of them."""
    open_here = select(Task.id).where(Task.office_key == office_key, Task.closed_at.is_(None))
    if only or (order is not None and order.whole):
        open_here = open_here.join(Case, Case.id == Task.case_id).where(*only.conditions(office_key))
    return [open_here.where(condition) for condition in lists_of(person, office_key)[list]]


def _done(person: directory.Person, office_key: str, after: Place | None, limit: int, only: Only = ALL) -> Select[Any]:
    """What this person completed today, the last first; due moments and holders say nothing of it any more.

    `today` is to be given as `since` when it is asked.
    """
    since = bindparam("since", type_=Moment())
    first = literal(0).label("first")
    done = select(Task.id, first).where(Task.done_by_id == person.id, Task.done_at >= since, Task.done_at.is_not(None))
    lasting = Only(step=only.step, route=only.route, place=only.place)
    if lasting:
        done = done.join(Case, Case.id == Task.case_id).where(*lasting.conditions(office_key))
    if after:
        done = done.where(tuple_(Task.done_at, Task.id) < tuple_(literal(after.at), literal(after.task_id)))
    return done.order_by(Task.done_at.desc(), Task.id.desc()).limit(limit)  # type: ignore[return-value]


def today(office_key: str) -> datetime:
    """When the day began, on that office's clock."""
    day = deadlines.local(registry.current(), office_key, clock.now()).date()
    return datetime.combine(day, time.min, deadlines.zone(registry.current(), office_key)).astimezone(UTC)


def wanted_of(person: directory.Person, office_key: str, list: str) -> Sequence[Select[Any]]:
    """The ids of all that stands in a list, one statement for each of its conditions."""
    if not person.roles_at(office_key):
        return []
    return [_done(person, office_key, None, CAP)] if list == "done" else wanted(person, office_key, list, ALL)


def how_many(person: directory.Person, office_key: str, list: str, only: Only) -> Any:
    """How many there are, in SQL; beyond the cap it stops counting."""
    if not person.roles_at(office_key):
        return literal(0)
    if list == "done":
        arms = [_done(person, office_key, None, CAP + 1, only)]
    else:
        # in the order of its index: where offices have no such role, a count without any walked all that is open
        arms = [each.order_by(Task.urgent_at, Task.id) for each in wanted(person, office_key, list, only)]
    # in Append's order, and no further than the cap, however many conditions a list has
    each = union_all(*[select(arm.with_only_columns(literal(1)).limit(CAP + 1).subquery()) for arm in arms]).subquery()
    return select(func.count()).select_from(select(each).limit(CAP + 1).subquery()).scalar_subquery()
