"""Signing in, and what keeps guessers out. Counted in the database, so that every web process counts together.

Only what failed counts. A name waits where it failed, twice as long each time; only ten times as many failures let a
name wait wherever it comes from, or an address whatever names it tries, and neither holds up a browser or a network
from which that person signed in before. So nobody can keep somebody out for good by typing wrong passwords.
"""

import hashlib
import ipaddress
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnExpressionArgument, ScalarSelect, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from services import clock, journal
from services.config import Config
from services.db import db, transaction
from services.directory import elsewhere, passwords
from services.directory.errors import NoSuchStaff, TooManyAttempts, WrongPassword
from services.directory.held import Person
from services.directory.models import KnownPlace, SignInFailure, Staff
from services.directory.people import Actor, check_administers, person

#: the first wait of a name where it failed; the next ones are twice as long each
FIRST_WAIT_S = 10
#: how many times as often a name may fail anywhere, and an address with any name
WIDER = 10
#: a network that nobody signed in from for so long is strange again
KNOWN_FOR = timedelta(days=90)
#: a sign-in from a known network is not written down more often
SEEN_AGAIN = timedelta(days=1)


@dataclass(frozen=True)
class Attempt:
    """One try: whom it is about, and from where."""

    name: str
    login_hash: bytes
    place: str  #: a network, or a browser that is known to be that person's
    trusted: bool  #: whether that person signed in from there before
    staff_id: int | None
    password_hash: str | None


def sign_in(login: str, password: str, address: str, config: Config, *, device: str = "") -> Person:
    """The person who signs in from that network address. Commits by itself: never call it inside a transaction.

    `device` names a browser in which this login signed in before; the caller vouches for that.
    Raises WrongPassword, in the same words and after the same time for a name that nobody has; TooManyAttempts with
    `wait_s` when that name failed too often there, or far too often anywhere, or that address with any name;
    DirectoryAway.
    """
    attempt = begin_attempt(login, address, device, config)
    kept_here, right = _compared(attempt, password, config)
    with transaction():
        count_attempt(attempt, right, config)
    if not right:
        raise WrongPassword
    return _let_in(attempt, password if kept_here else None, config)


def check_password(login: str, password: str, config: Config) -> None:
    """Nothing, when it is the password of a person who is signed in already. Counted by itself; commits by itself.

    Raises WrongPassword, TooManyAttempts, DirectoryAway.
    """
    attempt = begin_attempt(login, "", "session", config)
    _, right = _compared(attempt, password, config)
    with transaction():
        count_attempt(attempt, right, config)
    if not right:
        raise WrongPassword


def counts_here(config: Config) -> bool:
    """Whether the passwords kept here sign anybody in."""
    return config.ldap_passwords or not elsewhere.is_on(config)


def _compared(attempt: Attempt, password: str, config: Config) -> tuple[bool, bool]:
    """Whether it is the password kept here, and whether it lets this person in, as the directory's may. In no
    transaction. Raises DirectoryAway."""
    here = passwords.matches(attempt.password_hash, password, config) and counts_here(config)
    if here or not elsewhere.is_on(config):
        return here, here
    # names that nobody here has are asked for, too: they cost the same
    there = elsewhere.lets_in(attempt.name, password, config)
    return False, there and attempt.staff_id is not None


def guessed_right(person: Person, right: Callable[[], bool], config: Config) -> bool:
    """Whether what somebody shows beside a password is `right`, asked inside a transaction; commits by itself.

    Guesses are counted by themselves: whoever guesses here knows the password, and it clears nothing.
    Raises TooManyAttempts.
    """
    mark = _second(person.login)
    attempt = Attempt("", mark, "second", False, person.id, None)
    with transaction():
        if wait_s := _wait_s(attempt, clock.real(), config):
            raise TooManyAttempts(wait_s=wait_s)
    with transaction():
        turn = int.from_bytes(mark[:8], "big", signed=True)
        db.session.execute(select(func.pg_advisory_xact_lock(turn)))
        found = right()
        count_attempt(attempt, found, config)
    return found


def _second(login: str) -> bytes:
    """What stands for a name where more than its password is guessed: no name has a blank in it."""
    return login_hash(f"{login} second")


def unlock(staff_id: int, *, actor: Actor) -> None:
    """Let somebody try again at once, wherever they failed. Raises NotAdministrator, NoSuchStaff."""
    check_administers(actor)
    with transaction():
        row = db.session.get(Staff, staff_id) if 0 < staff_id < 2**63 else None
        if row is None:
            raise NoSuchStaff
        mine = delete(SignInFailure).where(SignInFailure.login_hash.in_([login_hash(row.login), _second(row.login)]))
        db.session.execute(mine, execution_options=_UNTRACKED)
        who = f"staff:{actor.id}" if isinstance(actor, Person) else actor
        journal.append("staff", [journal.NewLine("staff.unlocked", who, {"staff": staff_id})], at=clock.now())


def failures_of(login: str, config: Config) -> int:
    """How many sign-ins by that name failed lately, wherever."""
    since = clock.real() - timedelta(seconds=config.sign_in_window_s)
    mine = select(func.count()).where(SignInFailure.login_hash == login_hash(login), SignInFailure.at > since)
    return db.session.scalar(mine) or 0


def login_hash(login: str) -> bytes:
    """What stands for a typed name: people type passwords into the wrong field."""
    return hashlib.sha256(login.strip().casefold().encode("utf-8", "surrogatepass")).digest()


def network(address: str) -> str:
    """What counts as one address: an IPv4 address, or the /64 that one holder of IPv6 can change at will."""
    try:
        parsed = ipaddress.ip_address(address.strip())
    except ValueError:
        return "".join(letter for letter in address if letter.isprintable())[:64]
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is None:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)


def begin_attempt(login: str, address: str, device: str, config: Config) -> Attempt:
    """Whom a try is about, and from where. Raises TooManyAttempts before the password costs any time."""
    if db.session().info.get("depth"):
        raise RuntimeError("a sign-in commits by itself: it must not run inside a transaction")
    name = login.strip().casefold()
    with transaction():
        place = f"browser:{device}" if device else network(address)
        staff_id, password_hash = _known(name)
        trusted = bool(device) or _is_known_place(staff_id, place)
        attempt = Attempt(name, login_hash(name), place, trusted, staff_id, password_hash)
        if wait_s := _wait_s(attempt, clock.real(), config):
            raise TooManyAttempts(wait_s=wait_s)
    return attempt


def _known(name: str) -> tuple[int | None, str | None]:
    """Id and password hash of the active person who signs in by that name."""
    if not (name.isascii() and name.isprintable()):
        return None, None
    found = db.session.execute(select(Staff.id, Staff.password_hash).filter_by(login=name, active=True)).first()
    return (found.id, found.password_hash) if found else (None, None)


def _is_known_place(staff_id: int | None, place: str) -> bool:
    """Whether that person signed in from there lately. Asked of nobody, too (no id is 0): a name costs the same."""
    since = clock.real() - KNOWN_FOR
    here = select(KnownPlace.staff_id).filter_by(staff_id=staff_id or 0, place=place)
    return bool(place) and db.session.scalar(here.where(KnownPlace.seen_at > since)) is not None


def _wait_s(attempt: Attempt, now: datetime, config: Config) -> int:
    """Whole seconds until this name may try again from there; 0 when it may now."""
    window, few = timedelta(seconds=config.sign_in_window_s), max(config.sign_in_attempts, 1)
    lately = SignInFailure.at > now - window
    mine, here = SignInFailure.login_hash == attempt.login_hash, SignInFailure.place == attempt.place

    def full_since(of: ColumnExpressionArgument[bool]) -> ScalarSelect[datetime]:
        """The oldest of the newest failures that fill the window."""
        newest_first = select(SignInFailure.at).where(lately, of).order_by(SignInFailure.at.desc())
        return newest_first.offset(few * WIDER - 1).limit(1).scalar_subquery()

    row = db.session.execute(
        select(func.count(), func.max(SignInFailure.at), full_since(mine), full_since(here)).where(lately, mine, here)
    ).one()
    failed, last_at, of_name, of_place = row
    until = [at + window for at in (of_name, of_place) if at is not None and not attempt.trusted]
    if failed >= few:
        until.append(last_at + min(timedelta(seconds=FIRST_WAIT_S * 2 ** min(failed - few, 20)), window))
    return max((math.ceil((at - now).total_seconds()) for at in until), default=0)


def count_attempt(attempt: Attempt, right: bool, config: Config) -> None:
    """What came of it. Attempts by one name are counted one after the other: those at the same moment, too.

    Raises TooManyAttempts when others failed meanwhile: then nobody is told whether this one was right.
    """
    now = clock.real()
    turn = int.from_bytes(attempt.login_hash[:8], "big", signed=True)
    db.session.execute(select(func.pg_advisory_xact_lock(turn)))
    if wait_s := _wait_s(attempt, now, config):
        raise TooManyAttempts(wait_s=wait_s)
    _forget(SignInFailure.at <= now - timedelta(seconds=config.sign_in_window_s))
    if right:
        _forget(SignInFailure.login_hash == attempt.login_hash, SignInFailure.place == attempt.place)
        return
    db.session.add(SignInFailure(login_hash=attempt.login_hash, place=attempt.place, at=now))
    details = {"staff": attempt.staff_id} if attempt.staff_id is not None else {}
    journal.append("staff", [journal.NewLine("staff.sign_in_failed", "nobody", details)], at=clock.now())


def _forget(*which: ColumnExpressionArgument[bool]) -> None:
    old = select(SignInFailure.id).where(*which).with_for_update(skip_locked=True)
    db.session.execute(delete(SignInFailure).where(SignInFailure.id.in_(old)), execution_options=_UNTRACKED)


def _let_in(attempt: Attempt, password: str | None, config: Config) -> Person:
    """The person; `password` is the one kept here, if that was shown."""
    staff_id = attempt.staff_id or 0
    with transaction():
        if password is not None and passwords.is_outdated(attempt.password_hash or "", config):
            _rehash(attempt, password, config)
        found = person(staff_id)
        if found is None:  # made inactive in this very moment
            raise WrongPassword
        _know_place(staff_id, attempt.place)
        line = journal.NewLine("staff.signed_in", f"staff:{staff_id}", {"staff": staff_id})
        journal.append("staff", [line], at=clock.now())
    return found


def _know_place(staff_id: int, place: str) -> None:
    """Somebody signed in from there; what was long ago is forgotten."""
    now = clock.real()
    old = delete(KnownPlace).where(KnownPlace.staff_id == staff_id, KnownPlace.seen_at <= now - KNOWN_FOR)
    db.session.execute(old, execution_options=_UNTRACKED)
    if not place or place.startswith("browser:"):
        return
    here = insert(KnownPlace).values(staff_id=staff_id, place=place, seen_at=now)
    again = here.on_conflict_do_update(
        index_elements=["staff_id", "place"], set_={"seen_at": now}, where=KnownPlace.seen_at < now - SEEN_AGAIN
    )
    db.session.execute(again)


def _rehash(attempt: Attempt, password: str, config: Config) -> None:
    """Keep it with today's costs, unless it was changed meanwhile."""
    kept = Staff.password_hash == attempt.password_hash
    renewed = passwords.renewed(password, config)
    mine = update(Staff).where(Staff.id == attempt.staff_id, kept).values(password_hash=renewed)
    db.session.execute(mine, execution_options=_UNTRACKED)


#: the session holds none of these rows
_UNTRACKED = {"synchronize_session": False}
