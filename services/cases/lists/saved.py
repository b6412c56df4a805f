"""Lists kept under a name: one's own, and those that whoever gives work out keeps for the whole office."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.exc import IntegrityError

from services import clock, directory, registry
from services.cases.lists.models import SavedList
from services.cases.lists.only import Only
from services.cases.lists.orders import SORTS
from services.cases.lists.standing import LISTS
from services.db import Prepared, db, table_of, transaction
from services.errors import Conflict, Forbidden, InvalidAnswers, NotFound
from services.letters import is_printable
from services.msgids import _

#: of one person at one office, and of one office
MOST = 30
LONGEST_NAME = 60


class NoSuchList(NotFound):
    """There is no such list: it was removed, or it is somebody else's."""


class NotYourList(Forbidden):
    """Lists of the whole office are kept, renamed and removed by whoever gives work out there."""


class TooManyLists(Conflict):
    """There are %(most)s lists already: remove one first."""


@dataclass(frozen=True)
class KeptList:
    """A list that is kept."""

    id: int
    name: str
    shared: bool  #: of the whole office
    may_change: bool  #: this person renames and removes it
    list: str
    order: str
    only: Only


def saved_lists(person: directory.Person, office_key: str) -> Sequence[KeptList]:
    """A person's own lists at that office and the office's, each in the order of its name. One statement."""
    if not person.roles_at(office_key):
        return []
    return [_shown(row, person) for row in _kept_there().all(office=office_key, me=person.id)]


@cache
def _kept_there() -> Prepared:
    wanted = select(*table_of(SavedList).columns).where(SavedList.office_key == bindparam("office"))
    wanted = wanted.where(or_(SavedList.owner_id == bindparam("me"), SavedList.owner_id.is_(None)))
    return Prepared(wanted.order_by(SavedList.owner_id.is_(None), SavedList.name, SavedList.id))


def saved_list(list_id: int, person: directory.Person, office_key: str) -> KeptList:
    """One of them. Raises NoSuchList."""
    found = next((each for each in saved_lists(person, office_key) if each.id == list_id), None)
    if found is None:
        raise NoSuchList
    return found


def may_share(person: directory.Person, office_key: str) -> bool:
    """Whether this person gives work out at that office: a column of the region's roles."""
    return bool(registry.current().roles_that("assigns") & person.roles_at(office_key))


def keep_list(
    person: directory.Person, office_key: str, name: str, *, list: str, order: str, only: Only, shared: bool = False
) -> int:
    """Keep a list under that name, for oneself or for the whole office; its id.

    Raises InvalidAnswers (`name`), NotYourList, TooManyLists, UnknownWish.
    """
    if not person.roles_at(office_key) or (shared and not may_share(person, office_key)):
        raise NotYourList
    owner_id = None if shared else person.id
    row = SavedList(
        office_key=office_key, owner_id=owner_id, made_by_id=person.id, made_at=clock.now(), name=_checked(name),
        list=list if list in LISTS else "mine", sort=order if order in SORTS else "due", wanted=only.check().asked,
    )  # fmt: skip
    with transaction():
        of_same = select(func.count()).where(SavedList.office_key == office_key, SavedList.owner_id == owner_id)
        if (db.session.scalar(of_same) or 0) >= MOST:
            raise TooManyLists(most=MOST)
        db.session.add(row)
        _settle()
    return row.id


def rename_list(list_id: int, name: str, person: directory.Person, office_key: str) -> None:
    """Give a list another name. Raises NoSuchList, NotYourList, InvalidAnswers (`name`)."""
    with transaction():
        row = _changed(list_id, person, office_key)
        row.name = _checked(name)
        _settle()


def remove_list(list_id: int, person: directory.Person, office_key: str) -> None:
    """Keep it no longer. Raises NoSuchList, NotYourList."""
    with transaction():
        db.session.delete(_changed(list_id, person, office_key))


def _changed(list_id: int, person: directory.Person, office_key: str) -> SavedList:
    if not saved_list(list_id, person, office_key).may_change:
        raise NotYourList
    row = db.session.get(SavedList, list_id, with_for_update=True, populate_existing=True)
    if row is None:  # another of the office was faster
        raise NoSuchList
    return row


def _settle() -> None:
    """Write it down now. Raises InvalidAnswers when the name is taken."""
    try:
        db.session.flush()
    except IntegrityError:
        raise InvalidAnswers({"name": _("There is a list of that name already.")}) from None


def _checked(name: str) -> str:
    """The name as it is kept. Raises InvalidAnswers."""
    said = " ".join(name.split())
    if not said:
        raise InvalidAnswers({"name": _("Give the list a name.")})
    if len(said) > LONGEST_NAME or not is_printable(said):
        raise InvalidAnswers({"name": _("A name of a list is at most 60 letters long.")})
    return said


def _shown(row: Any, person: directory.Person) -> KeptList:
    """What is asked for stands as it was kept; what an earlier version kept and nobody knows any more is left out."""
    known = {key: value for key, value in row.wanted.items() if key in Only.__dataclass_fields__}
    mine = row.owner_id == person.id or (row.owner_id is None and may_share(person, row.office_key))
    return KeptList(row.id, row.name, row.owner_id is None, mine, row.list, row.sort, Only.of(known))
