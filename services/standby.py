"""Pages that only read are read by a standby: where it is far enough, and nobody sees less than what they just did.

The primary is asked how far its log is, the standby, on the very line that the page is read by, whether it is as far;
else how old the last change is that it has. Both moments are the primary's, so no other clock is believed. A standby
that is away, too far behind or no standby any more is left alone for a while, and the primary does its work, as it does
when a standby fails in the middle of a page. What somebody may see is never asked here: who they are was read before.
"""

import logging
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar, cast

from flask import current_app
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from services import clock
from services.config import Config
from services.db import READS_BY, WritesWhileReading, db
from services.lines import KeptLine, connect_args

logger = logging.getLogger(__name__)

#: its engine among those of the application
ENGINE = "standby"
#: seconds for which one that failed is not asked again, and how long it may take to say how far it is
LEFT_ALONE_S, PATIENCE_S = 5.0, 2.0
#: what was written a moment ago is on its way: so often it is asked once more, so many seconds apart
LOOKS, LOOK_EVERY_S = 5, 0.04
#: no fault of a standby's: a statement took too long, and would do so once more; a page would write
OUR_FAULTS = ("57014", "25006")
_PRIMARY = """SELECT CASE WHEN pg_is_in_recovery() THEN NULL ELSE pg_current_wal_flush_lsn() END::text,
    clock_timestamp()"""
#: what was written lies there, also where nobody waits for the disk
_WRITTEN = _PRIMARY.replace("pg_current_wal_flush_lsn", "pg_current_wal_insert_lsn")
_STANDBY = """SELECT pg_is_in_recovery(), pg_last_wal_replay_lsn() >= %(far)s::pg_lsn,
    pg_last_wal_replay_lsn() >= %(written)s::pg_lsn, pg_last_xact_replay_timestamp()"""
#: before everything that ever was written
NOTHING = "0/0"


T = TypeVar("T")


@dataclass(frozen=True)
class Written:
    """What somebody wrote last: how far the primary's log was then (empty: it could not say), and when."""

    far: str
    at: datetime


@dataclass(frozen=True)
class _Primary:
    far: str
    now: datetime


class _Left:
    """Until when this process leaves its standby alone; said in the log when it begins and when it is over."""

    def __init__(self) -> None:
        self._until_s, self.why = float("-inf"), ""

    @property
    def alone(self) -> bool:
        return clock.count() < self._until_s

    def leave(self, why: str) -> None:
        self._until_s = clock.count() + LEFT_ALONE_S
        if self.why != why:
            logger.warning("the standby %s: its pages are read by the primary", why)
        self.why = why

    def over(self) -> None:
        """The standby may be asked again."""
        self._until_s = float("-inf")

    def forget(self) -> None:
        """As a process that has just started."""
        self.over()
        self.why = ""

    def reads(self) -> None:
        if self.why:
            logger.warning("the standby is read again")
        self.why = ""


left = _Left()


def impatient() -> dict[str, float]:
    """How its lines are opened: one that stands still is waited for no longer there than when it is asked."""
    return {"patience_s": PATIENCE_S, "connect_timeout": math.ceil(PATIENCE_S)}


def is_there(config: Config) -> bool:
    """Whether this installation has one to read."""
    return bool(config.read_database_url)


def written() -> Written:
    """To be remembered by whoever has just written something: pages are read by the primary until a standby has it."""
    try:
        far = db.session.connection().exec_driver_sql(_WRITTEN).scalar()
    except SQLAlchemyError:
        far = None
    return Written(str(far or ""), clock.real())


def read(page: Callable[[datetime | None], T], last: Written | None = None) -> T:
    """What `page` makes, read by the standby or by the primary; `last`: what whoever reads it wrote last.

    It is told of which moment it speaks, None: of now; and it may be asked twice.
    """
    config: Config = current_app.config["KOMEK"]
    if not is_there(config) or left.alone or _is_unsure(last, config):
        return page(None)
    primary = _primary()
    if primary is None:
        return page(None)
    try:
        with _reading() as session:
            far_enough, as_of = _how_far(session, primary, last, timedelta(seconds=config.read_lag_s))
            if far_enough:
                made = page(as_of)
                left.reads()
                return made
    except (DBAPIError, PoolTimeout) as fault:
        if getattr(getattr(fault, "orig", None), "sqlstate", None) in OUR_FAULTS:
            raise
        left.leave("does not answer")
    return page(None)


def _is_unsure(last: Written | None, config: Config) -> bool:
    """Whether something was written and nobody knows how far: for as long as a standby may be behind."""
    return last is not None and not last.far and clock.real() - last.at <= timedelta(seconds=config.read_lag_s)


def _primary() -> _Primary | None:
    """How far it is; its line is let go, and what it says later is asked anew."""
    far, now = db.session.connection().exec_driver_sql(_PRIMARY).one()
    db.session.rollback()
    return _Primary(far, now.astimezone(UTC)) if far is not None else None


@contextmanager
def _reading() -> Iterator[Session]:
    """A session by the standby stands in the place of the session, which is there again afterwards as it was."""
    registry = db.session.registry
    own = registry()
    if READS_BY in own.info:
        raise WritesWhileReading
    session = db.session.session_factory()
    session.info[READS_BY] = _engine()
    registry.set(session)
    try:
        yield session
    finally:
        registry.set(own)
        with suppress(SQLAlchemyError):
            session.close()


def _engine() -> Engine:
    return db.engines[ENGINE].execution_options(postgresql_readonly=True)


def _how_far(
    session: Session, primary: _Primary, last: Written | None, most: timedelta
) -> tuple[bool, datetime | None]:
    """Whether it may be read, and of which moment it speaks then; None: of now."""
    line = session.connection()
    told = {"far": primary.far, "written": (last.far if last else "") or NOTHING}
    for look in range(LOOKS):
        is_standby, has_all, has_own, newest = _ask(line, told)
        if not is_standby:
            left.leave("is no standby")
            return False, None
        if has_all and has_own:
            return True, None
        if has_own and newest is not None and primary.now - newest <= most:
            return True, newest.astimezone(UTC) + clock.offset()
        if look + 1 < LOOKS:
            time.sleep(LOOK_EVERY_S)
    if has_own:
        left.leave("is behind")
    return False, None


def _ask(line: Connection, told: dict[str, str]) -> tuple[bool, bool, bool, datetime | None]:
    """Raises OperationalError when it takes longer than `PATIENCE_S`: a page does not wait for a standby that stands
    still."""
    kept, config = cast(KeptLine, line.connection.driver_connection), current_app.config["KOMEK"]
    kept.patience_s = PATIENCE_S
    found: Any = line.exec_driver_sql(_STANDBY, told).one()
    kept.patience_s = cast("float | None", connect_args(config).get("patience_s"))
    return bool(found[0]), bool(found[1]), bool(found[2]), found[3]
