"""Signing in, and what keeps guessers out. Counted in the database, so that every web process counts together."""

import hashlib
import ipaddress
import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnExpressionArgument, ScalarSelect, delete, func, select, update

from services import clock, journal
from services.config import Config
from services.db import db, transaction
from services.directory import passwords
from services.directory.errors import TooManyAttempts, WrongPassword
from services.directory.models import SignInFailure, Staff
from services.directory.people import Person, person


@dataclass(frozen=True)
class _Attempt:
    """One try: its row in the database, and whom it is about."""

    ticket: int
    login_hash: bytes
    staff_id: int | None
    password_hash: str | None


def sign_in(login: str, password: str, address: str, config: Config) -> Person:
    """The person who signs in from that network address. Commits by itself: never call it inside a transaction.

    Raises WrongPassword, in the same words and after the same time for a name that nobody has; TooManyAttempts with
    `wait_s` when that name or that address failed `config.sign_in_attempts` times within `config.sign_in_window_s`.
    """
    attempt = _begin(login, address, config)
    if not passwords.matches(attempt.password_hash, password, config):
        _fail(attempt)
        raise WrongPassword
    return _let_in(attempt, password, config)


def check_password(login: str, password: str, config: Config) -> None:
    """Nothing, when it is the password of a person who is signed in already. Counted like a sign-in; commits by itself.

    Raises WrongPassword, TooManyAttempts.
    """
    attempt = _begin(login, "", config)
    if not passwords.matches(attempt.password_hash, password, config):
        _fail(attempt)
        raise WrongPassword
    with transaction():
        _forget(attempt)


def network(address: str) -> str:
    """What counts as one address: an IPv4 address, or the /64 that one holder of IPv6 can change at will."""
    try:
        parsed = ipaddress.ip_address(address.strip())
    except ValueError:
        return "".join(letter for letter in address if letter.isprintable())[:64]
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is None:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)


def _begin(login: str, address: str, config: Config) -> _Attempt:
    """Take a ticket, which counts against the name until the password was found right."""
    if db.session().info.get("depth"):
        raise RuntimeError("a sign-in commits by itself: it must not run inside a transaction")
    name = login.strip().casefold()
    login_hash = hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()
    now, where = clock.real(), network(address)
    with transaction():
        turn = int.from_bytes(login_hash[:8], "big", signed=True)
        db.session.execute(select(func.pg_advisory_xact_lock(turn)))  # a name's attempts one after the other
        wait_s = _wait_s(login_hash, where, now, config)
        if wait_s:
            raise TooManyAttempts(wait_s=wait_s)
        _forget_before(now - timedelta(seconds=config.sign_in_window_s))
        row = SignInFailure(login_hash=login_hash, address=where, at=now)
        db.session.add(row)
        db.session.flush()
        return _Attempt(row.id, login_hash, *_known(name))


def _known(name: str) -> tuple[int | None, str | None]:
    """Id and password hash of the active person who signs in by that name."""
    if not (name.isascii() and name.isprintable()):
        return None, None
    found = db.session.execute(select(Staff.id, Staff.password_hash).filter_by(login=name, active=True)).first()
    return (found.id, found.password_hash) if found else (None, None)


def _wait_s(login_hash: bytes, address: str, now: datetime, config: Config) -> int:
    """Whole seconds until this name and this address may try again; 0 when they may now."""
    window = timedelta(seconds=config.sign_in_window_s)

    def full_since(*mine: ColumnExpressionArgument[bool]) -> ScalarSelect[datetime]:
        """The oldest of the newest failures that fill the window."""
        counted = select(SignInFailure.at).where(SignInFailure.at > now - window, *mine)
        newest_first = counted.order_by(SignInFailure.at.desc(), SignInFailure.id.desc())
        return newest_first.offset(max(config.sign_in_attempts, 1) - 1).limit(1).scalar_subquery()

    # what is just being checked counts against its name, but not against an office full of people behind one address
    of_address = full_since(SignInFailure.address == address, SignInFailure.address != "", SignInFailure.failed)
    full = db.session.execute(select(full_since(SignInFailure.login_hash == login_hash), of_address)).one()
    return max((math.ceil((at + window - now).total_seconds()) for at in full if at is not None), default=0)


def _forget_before(at: datetime) -> None:
    old = select(SignInFailure.id).where(SignInFailure.at <= at).with_for_update(skip_locked=True)
    db.session.execute(delete(SignInFailure).where(SignInFailure.id.in_(old)), execution_options=_UNTRACKED)


def _fail(attempt: _Attempt) -> None:
    """Let it count, and write it down: without the typed name, which may have been a password."""
    now = clock.now()
    details = {"staff": attempt.staff_id} if attempt.staff_id is not None else {}
    with transaction():
        mine = update(SignInFailure).where(SignInFailure.id == attempt.ticket).values(failed=True)
        db.session.execute(mine, execution_options=_UNTRACKED)
        journal.append("staff", [journal.Line("staff.sign_in_failed", "nobody", details)], at=now)


def _let_in(attempt: _Attempt, password: str, config: Config) -> Person:
    staff_id = attempt.staff_id or 0
    with transaction():
        _forget(attempt)
        if passwords.is_outdated(attempt.password_hash or "", config):
            _rehash(attempt, password, config)
        found = person(staff_id)
        if found is None:  # made inactive in this very moment
            raise WrongPassword
        line = journal.Line("staff.signed_in", f"staff:{staff_id}", {"staff": staff_id})
        journal.append("staff", [line], at=clock.now())
    return found


def _rehash(attempt: _Attempt, password: str, config: Config) -> None:
    """Keep it with today's costs, unless it was changed meanwhile."""
    kept = Staff.password_hash == attempt.password_hash
    renewed = passwords.renewed(password, config)
    mine = update(Staff).where(Staff.id == attempt.staff_id, kept).values(password_hash=renewed)
    db.session.execute(mine, execution_options=_UNTRACKED)


def _forget(attempt: _Attempt) -> None:
    """The name's failures, at whatever address; those of others at this address stay."""
    mine = delete(SignInFailure).where(SignInFailure.login_hash == attempt.login_hash)
    db.session.execute(mine, execution_options=_UNTRACKED)


#: the session holds none of these rows
_UNTRACKED = {"synchronize_session": False}
