"""Which editions of the region's act are in force, and the region under each: read once, and kept by each process.

What is read is what was put in force, byte for byte, and never a file of the package that was changed since: that is a
candidate. What says which editions hold is one short value, read along wherever the calendar is (services/deadlines).
"""

import atexit
import hashlib
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import RLock
from zoneinfo import ZoneInfo

from sqlalchemy import select

from services import clock
from services.db import db
from services.errors import Conflict, NotFound, Unavailable
from services.law.known import HeldFrom, HeldLaw, HoldsToday, go_by, leave_law, next_number, own_law
from services.law.models import Edition, EditionFile, EditionInForce
from services.law.shipped import Shipped, day_of
from services.registry import Registry


class NothingInForce(Conflict):
    """No application is taken in: act No. %(number)s was repealed on %(day)s. Cases that were accepted before go on."""


class NotYetInForce(Conflict):
    """No application is taken in yet: act No. %(number)s comes into force on %(day)s."""


class NotCarriedOut(Unavailable):
    """The edition of the act of %(day)s has not begun yet: its diagrams and offices come first. Please try
    again in a minute."""


class NoSuchEdition(NotFound):
    """There is no edition %(edition)s of the region's act."""


class Book:
    """The editions as whoever asks knows them: as their own transaction read them, else as they were last saved."""

    def __init__(self) -> None:
        self._reading = RLock()
        self._latest = HeldLaw()
        #: whether cases begin under an act that is repealed, as on a demo system, which says so
        self.goes_on = False

    @property
    def _law(self) -> HeldLaw:
        return own_law() or self._latest

    def notice(self, version: str) -> None:
        """`version` was read along with something else: this transaction goes by it, and what is known under another
        one is read anew.

        One statement for each time that somebody puts an edition in force.
        """
        if (own := own_law()) is not None and own.version == version:
            return
        if self._latest.version == version:
            go_by(self._latest)
        elif version:
            self.read()
        else:
            self._take(HeldLaw())

    def read(self) -> None:
        """Know what holds as it is now, and what of it has begun. One statement."""
        number = next_number()  # before it is read: what another reads after this is newer
        held = read_held()
        version = version_of(held)
        same = next((each for each in (self._law, self._latest) if each.version == version), None)
        self._take(HeldLaw(version, held, same.registries if same is not None else {}, number=number))

    def forget(self) -> None:
        """As a process that has just begun."""
        leave_law()
        self._latest = HeldLaw()

    def _take(self, law: HeldLaw) -> None:
        """Goes by it in the transaction of whoever asks; everywhere, once it is sure that it was saved."""
        if go_by(law):
            self.publish(law)

    def publish(self, law: HeldLaw) -> None:
        """Whoever has read nothing goes by it, unless something was read later."""
        with self._reading:
            if law.number > self._latest.number:
                self._latest = law

    def check_carried_out(self, shipped: Registry, moment: datetime) -> None:
        """Raises NotCarriedOut where the edition of that day holds and has not begun. A statement while it has not."""
        if self._waits(shipped, moment) is not None:
            self.read()
        if (waits := self._waits(shipped, moment)) is not None:
            raise NotCarriedOut(day=f"{waits.from_on:%d.%m.%Y}")

    def _waits(self, shipped: Registry, moment: datetime) -> HeldFrom | None:
        if not self._law.held:
            return None
        holder = self.holder(moment.astimezone(ZoneInfo(str(shipped.facts()["time_zone"]))).date())
        return holder if holder is not None and not holder.begun else None

    def held(self) -> Sequence[HeldFrom]:
        """What is or will be in force, by its day."""
        return self._law.held

    def on(self, day: date) -> int | None:
        """The edition that holds on that day, the first before any; None when none was ever deployed."""
        holder = self.holder(day)
        return holder.edition if holder is not None else self.first()

    def holder(self, day: date) -> HeldFrom | None:
        """By which word the edition of that day holds: of the last day before it, or of it, the last; None: by none."""
        return next((each for each in reversed(self._law.held) if each.from_on <= day), None)

    def first(self) -> int | None:
        """The edition that was deployed first: cases that say none live under it."""
        return min((each.edition for each in self._law.held), default=None)

    def today(self, shipped: Registry) -> Registry:
        """The region under the edition that holds today, on its own clock; asked some hundred times a page."""
        now, law = clock.now(), self._law
        known = law.today
        if known and known.shipped is shipped and known.since <= now < known.until:
            return known.plugins
        plugins = self.at(shipped, now)
        if law.held:
            there = now.astimezone(ZoneInfo(str(shipped.facts()["time_zone"])))
            since = there.replace(hour=0, minute=0, second=0, microsecond=0)
            until = since + timedelta(days=1)  # the next midnight there, however long the day is
            law.today = HoldsToday(shipped, since.astimezone(UTC), until.astimezone(UTC), plugins)
        return plugins

    def at(self, shipped: Registry, moment: datetime) -> Registry:
        """The region under the edition that held, or will hold, then."""
        if not self._law.held:
            return shipped
        zone = ZoneInfo(str(shipped.facts()["time_zone"]))
        return self.under(shipped, self.on(moment.astimezone(zone).date()))

    def of_open(self, shipped: Registry, accepted: datetime, now: datetime) -> Registry:
        """Under which edition a case is now that was accepted then and is open since."""
        zone = ZoneInfo(str(shipped.facts()["time_zone"]))
        since, today = (moment.astimezone(zone).date() for moment in (accepted, now))
        later = [self.under(shipped, each.edition) for each in self._law.held
                 if since < each.from_on <= today and self.holder(each.from_on) == each]  # fmt: skip
        taken = [each for each in later if each.act.get("transitional") == "open"]
        return taken[-1] if taken else self.at(shipped, accepted)

    def check_begins(self, plugins: Registry, moment: datetime) -> None:
        """Raises NothingInForce or NotYetInForce when no case may begin under the act at that moment."""
        told = {"number": plugins.act.get("number") or plugins.act.get("key") or ""}
        day = moment.astimezone(ZoneInfo(str(plugins.facts()["time_zone"]))).date()
        if (until := self.repealed(plugins, moment)) and not self.goes_on:
            raise NothingInForce(**told, day=f"{until:%d.%m.%Y}")
        begins = day_of(plugins.act, "from_on")
        if begins and day < begins and not self.goes_on:
            raise NotYetInForce(**told, day=f"{begins:%d.%m.%Y}")

    def repealed(self, plugins: Registry, moment: datetime) -> date | None:
        """The day on which the act ended, when that is past at that moment."""
        until = day_of(plugins.act, "until_on")
        day = moment.astimezone(ZoneInfo(str(plugins.facts()["time_zone"]))).date()
        return until if until and until <= day else None

    def under(self, shipped: Registry, edition: int | None) -> Registry:
        """The region under that edition; under the first when it is None. Raises NoSuchEdition."""
        wanted = edition if edition is not None else self.first()
        if wanted is None:
            return shipped
        law = self._law
        with self._reading:
            if (known := law.registries.get((shipped, wanted))) is None:
                folder, act = _laid(wanted)
                known = law.registries[shipped, wanted] = shipped.under(folder)
                known.edition, known.act = wanted, act
                others = {each.edition for each in law.held} - {wanted}
                known.others = tuple(self.under(shipped, each) for each in sorted(others, reverse=True))
            return known


def read_held() -> tuple[HeldFrom, ...]:
    """What is or will be in force, by its day; of the same day the later word holds. One statement."""
    begun = EditionInForce.begun_at.is_not(None)
    columns = EditionInForce.edition_id, EditionInForce.from_on, EditionInForce.id, begun
    wanted = select(*columns).where(EditionInForce.cancelled_at.is_(None))
    with db.session.no_autoflush:
        rows = db.session.execute(wanted.order_by(EditionInForce.from_on, EditionInForce.id)).all()
    return tuple(HeldFrom(*row) for row in rows)


def version_of(held: Sequence[HeldFrom]) -> str:
    """What that is called in the region's calendar: the same editions from the same days, the same; empty for none."""
    told = hashlib.sha256(repr([(each.edition, each.from_on, each.enactment) for each in held]).encode())
    return f"{len(held)}.{told.hexdigest()[:16]}" if held else ""


#: digest of what it holds -> a folder with an edition's files; gone when the process ends
_folders: dict[str, Path] = {}


def _laid(edition: int) -> tuple[Path, dict[str, str]]:
    """The edition's files in a folder of their own, and its row of `editions.csv`. Raises NoSuchEdition."""
    with db.session.no_autoflush:
        row = db.session.execute(select(Edition.digest, Edition.act).filter_by(id=edition)).first()
        if row is None:
            raise NoSuchEdition(edition=edition)
        if row.digest not in _folders:
            _folders[row.digest] = laid_out(files_of(edition))
    return _folders[row.digest], row.act


def folder_of(shipped: Shipped) -> Path:
    """A folder with the files of an edition as a package brings it: one, however often it is looked at."""
    if shipped.digest not in _folders:
        _folders[shipped.digest] = laid_out(shipped.files)
    return _folders[shipped.digest]


def files_of(edition: int) -> dict[str, bytes]:
    """Place -> content of an edition's files."""
    wanted = select(EditionFile.place, EditionFile.content).filter_by(edition_id=edition)
    return dict(iter(db.session.execute(wanted)))


def laid_out(files: Mapping[str, bytes]) -> Path:
    """A folder with those files by their places; gone when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="komek-law-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for place, content in files.items():
        file = folder / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return folder
