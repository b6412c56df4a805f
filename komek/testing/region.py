"""A region at work in this process: its pages over a database of its own, with its offices, diagrams and demo staff."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from komek.testing.owner import owner_of
from komek.testing.rows import Kept
from services import cases, clock, continued, editions, law, loading, processes, registry, time_machine
from services.config import PLUGINS, ROOT, Config
from services.db import db, transaction
from services.directory.demo import seed_demo_staff
from services.migrations import upgrade
from services.postgres import Server, as_application
from services.registry import Registry
from services.soundness import digest_of
from webapp import create_app
from webapp.language.words import said_in

#: signs the cookies of the tests, in whichever process
KEY = "a key of the tests, kept by nobody"
#: of which the calendar knows the holidays
YEARS = range(2012, 2029)


class NotInstalled(AssertionError):
    """The region cannot be found by its name: install its package, `pip install .`, or run from its folder."""


def common_plugins() -> tuple[str, ...]:
    """Komek's own plugins that are no regions."""
    return tuple(each.name for each in loading.load(PLUGINS, ROOT).plugins if not each.region)


def config_for(database_url: str, plugins: tuple[str, ...]) -> Config:
    """A demo system over that database."""
    return Config(
        database_url=database_url, secret_key=KEY, demo=True, secure_cookies=False, testing=True, database_idle_s=900,
        plugins=plugins, database_owner_url=owner_of(database_url),
    )  # fmt: skip


def deployed(rules: Registry, config: Config) -> None:
    """As `komek deploy` does it, into empty tables; with demo staff. Raises BadRegion with all that is wrong."""
    with transaction():
        editions.receive(rules)
        law = registry.current()
        editions.import_offices()
    cases.fill_calendar(YEARS)
    editions.install(actor="console")
    processes.keep_words(law, said_in)
    seed_demo_staff(law, config)


#: whose tests are run in turns with others', is put to work anew each time
_NUMBERS = count(1)


class RegionAtWork:
    """Made once a process; `in_use` it is the region of the process, in the state in which it was deployed."""

    def __init__(self, server: Server, region: str, *more: str) -> None:
        """Raises NotInstalled, NotOneRegion."""
        before = _standing()
        self.name, self.database = region, re.sub(r"\W", "_", f"at_work_{region}_{next(_NUMBERS)}")
        server.create_database(self.database)
        self.address = as_application(server.address_of(self.database))
        self.plugins = (*common_plugins(), *more, region)
        self.config = config_for(self.address, self.plugins)
        self.app = create_app(self.config)
        self.rules = registry.shipped()
        self.folder = self.rules.folders[0]
        #: the package's own, also where it goes on with another's and both are laid out as one
        self.package = continued.package_of(self.folder)
        self.digest = digest_of(self.package)
        if self.rules.rejected or self.package.name != region:
            raise NotInstalled(f"{region}: {[each.reason for each in self.rules.rejected] or self.rules.region}")
        with self.app.app_context(), clock.stopped(self._deployed_at()):
            upgrade()
            deployed(self.rules, self.config)
            self.kept = Kept("kept")
            db.session.remove()
        _stand(before)

    @property
    def routes(self) -> list[str]:
        """In the region's order."""
        service: Any = self.rules.facts()["service"]
        return [str(each) for each in service["routes"]]

    def _deployed_at(self) -> datetime:
        """The first morning of its first act, also where that was a former package's: it lives through every later one.

        Now, where its acts have no days.
        """
        day = law.day_of(law.read_editions(self.folder)[0], "from_on")
        return self._morning(day) if day else clock.now()

    def first_day(self) -> datetime:
        """A Monday morning soon after the package's own first edition began, or of this year where it has no days."""
        known, former = law.read_editions(self.folder), continued.former_of(self.package)
        own = known[len(law.read_editions(continued.whole(former))) if former else 0]
        begins = (law.day_of(own, "from_on") or date(2026, 3, 2)) + timedelta(days=28)
        return self._morning(begins + timedelta(days=-begins.weekday() % 7))

    def _morning(self, day: date) -> datetime:
        """Nine o'clock of that day, on the region's clock."""
        return datetime.combine(day, time(9), ZoneInfo(str(self.rules.facts()["time_zone"])))

    @contextmanager
    def in_use(self) -> Iterator["RegionAtWork"]:
        """The process is this region's meanwhile."""
        before = _standing()
        with self.app.app_context():
            _stand((self.rules, self.config.demo))
            self.anew()
            yield self
            db.session.rollback()
            db.session.remove()
        _stand(before)

    def anew(self) -> None:
        """As it was deployed: no case, no number given."""
        db.session.rollback()
        self.kept.restore()

    def has_passed(self, day: date) -> bool:
        """Whether an act has begun here that came after that day: a case of it would find the later act's diagrams."""
        law.read()
        return any(each.begun for each in law.BOOK.held() if each.from_on > day)

    def close(self) -> None:
        """Nobody holds a line to its database any more."""
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()


def _standing() -> tuple[Registry | None, bool]:
    """What the process goes by: its region, and whether cases begin under a repealed act."""
    try:
        return registry.shipped(), law.BOOK.goes_on
    except RuntimeError:  # the first of this process
        return None, law.BOOK.goes_on


def _stand(what: tuple[Registry | None, bool]) -> None:
    rules, goes_on = what
    if rules is not None:
        registry.use(rules)
    law.forget()
    law.goes_on(goes_on)
    time_machine.follow(goes_on)
