"""Whose account here is whose account in another region. Each region's administrators say it for themselves."""

import re
from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from services import clock, directory, journal
from services.db import db, transaction
from services.directory.models import Staff
from services.errors import InvalidAnswers
from services.letters import is_printable
from services.msgids import _
from services.neighbours.errors import AlreadyTied, NoSuchNeighbour, NoSuchTie
from services.neighbours.models import Tie
from services.regions import Neighbourhood

LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,62}[a-z0-9]")
LONGEST_ORDER = 100
WRONG_LOGIN = _("Write the name by which they sign in there: small Latin letters, digits, dots.")
WRONG_ORDER = _("Write the number of the order by which they work there, too.")


def tie(staff_id: int, region: str, login: str, order: str, *, here: Neighbourhood, actor: directory.Actor) -> int:
    """Say that an account here and the account of that name in that region are one person's; the id of the tie.

    They go over once an administrator there says the same. Raises NotAdministrator, NoSuchStaff, NoSuchNeighbour,
    InvalidAnswers({"login", "order"}), AlreadyTied.
    """
    directory.staff_member(staff_id, actor=actor)
    if region not in {each.key for each in here.others}:
        raise NoSuchNeighbour(region=region)
    login, order = login.strip().lower(), order.strip()
    wrong = {} if LOGIN.fullmatch(login) else {"login": WRONG_LOGIN}
    if not order or len(order) > LONGEST_ORDER or not is_printable(order):
        wrong["order"] = WRONG_ORDER
    if wrong:
        raise InvalidAnswers(wrong)
    try:
        with transaction():
            row = Tie(staff_id=staff_id, region=region, login=login, order_number=order,
                      tied_by_id=_id_of(actor), tied_at=clock.now())  # fmt: skip
            db.session.add(row)
            db.session.flush()
            note("staff.tied", actor, staff=staff_id, tie=row.id, region=region, order=order)
    except IntegrityError:
        raise AlreadyTied from None
    return row.id


def end_tie(staff_id: int, tie_id: int, *, actor: directory.Actor) -> None:
    """Nobody goes over by that tie any more, and whoever is signed in by its account here is signed out.

    Raises NotAdministrator, NoSuchStaff, NoSuchTie.
    """
    directory.staff_member(staff_id, actor=actor)
    mine = update(Tie).where(Tie.id == tie_id, Tie.staff_id == staff_id, Tie.ended_at.is_(None))
    with transaction():
        ended = mine.values(ended_at=clock.now(), ended_by_id=_id_of(actor)).returning(Tie.region)
        region = db.session.scalar(ended, execution_options={"synchronize_session": False})
        if region is None:
            raise NoSuchTie
        over = update(Staff).where(Staff.id == staff_id).values(session_version=Staff.session_version + 1)
        db.session.execute(over, execution_options={"synchronize_session": False})
        note("staff.tie_ended", actor, staff=staff_id, tie=tie_id, region=region)


def ties_of(staff_id: int) -> Sequence[Tie]:
    """Ties of that account that hold, region by region."""
    wanted = select(Tie).where(Tie.staff_id == staff_id, Tie.ended_at.is_(None)).order_by(Tie.region)
    return db.session.scalars(wanted).all()


def regions_of(staff_id: int) -> list[str]:
    """Keys of the other regions in which they work as far as is said here. One statement, asked with every page."""
    return list(db.session.scalars(select(Tie.region).where(Tie.staff_id == staff_id, Tie.ended_at.is_(None))))


def note(event: str, actor: directory.Actor, **details: object) -> None:
    """Write a line in the stream `staff`."""
    who = f"staff:{actor.id}" if isinstance(actor, directory.Person) else actor
    journal.append("staff", [journal.NewLine(event, who, details)], at=clock.now())


def _id_of(actor: directory.Actor) -> int | None:
    return actor.id if isinstance(actor, directory.Person) else None
