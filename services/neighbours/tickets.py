"""Going over to another region: a ticket of a minute, for one use, of one person, between two regions.

It is signed by the installation's key and says nothing but the two names; each region holds it against its own tie.
So no region asks another's database, and none lets anybody in whom its own administrators did not tie.
"""

import secrets
from datetime import timedelta
from urllib.parse import urlencode

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from services import clock, directory
from services.db import db, transaction
from services.directory.models import Staff
from services.neighbours.errors import NotTied, TicketOver
from services.neighbours.models import Tie, UsedTicket
from services.neighbours.ties import note
from services.regions import Neighbourhood

#: for how long a ticket is good, in seconds; nodes' clocks may differ by as much
LIFE_S = 60
#: for how long it is remembered that it was used
REMEMBERED = timedelta(days=1)


def go(person: directory.Person, region: str, *, here: Neighbourhood) -> str:
    """The address by which this person comes in there, good for a minute and once. Raises NotTied."""
    mine = select(Tie).where(Tie.staff_id == person.id, Tie.region == region, Tie.ended_at.is_(None))
    tie = db.session.scalar(mine)
    if tie is None or region not in here.regions:
        raise NotTied
    at = int(clock.real().timestamp())
    said = {"from": person.login, "to": tie.login, "at": at, "id": secrets.token_urlsafe(12)}
    with transaction():
        note("staff.went", person, staff=person.id, tie=tie.id, region=region)
    ticket = _signer(here, here.here, region).dumps(said)
    return f"{here.region(region).address}/regions/enter?{urlencode({'from': here.here, 'ticket': ticket})}"


def enter(came_from: str, ticket: str, *, here: Neighbourhood) -> directory.Person:
    """Who comes in by that ticket; it is used up. Raises TicketOver, NotTied."""
    try:
        said = _signer(here, came_from, here.here).loads(ticket)
        login_there, login, age_s, key = said["from"], said["to"], clock.real().timestamp() - said["at"], said["id"]
    except (BadSignature, KeyError, TypeError):
        raise TicketOver from None
    if abs(age_s) > LIFE_S:
        raise TicketOver
    with transaction():
        _use(key)
        tied = select(Tie).join(Staff, Staff.id == Tie.staff_id)
        tied = tied.where(Tie.region == came_from, Tie.login == login_there, Tie.ended_at.is_(None))
        tie = db.session.scalar(tied.where(Staff.login == login, Staff.active))
        person = directory.person(tie.staff_id) if tie is not None else None
        if tie is None or person is None:
            raise NotTied
        note("staff.came", person, staff=person.id, tie=tie.id, region=came_from)
    return person


def _use(key: str) -> None:
    """Raises TicketOver when somebody did."""
    now = clock.real()
    old = delete(UsedTicket).where(UsedTicket.used_at < now - REMEMBERED)
    db.session.execute(old, execution_options={"synchronize_session": False})
    used = insert(UsedTicket).values(id=key, used_at=now).on_conflict_do_nothing().returning(UsedTicket.id)
    if db.session.scalar(used) is None:
        raise TicketOver


def _signer(here: Neighbourhood, sender: str, receiver: str) -> URLSafeSerializer:
    """What one region signs for another, no third one reads, nor the other for the first."""
    return URLSafeSerializer(here.key, salt=f"komek.ticket:{sender}>{receiver}")
