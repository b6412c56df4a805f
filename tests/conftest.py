"""A real PostgreSQL for the tests: one throw-away cluster a test process, emptied between tests."""

import gc
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from fcntl import LOCK_EX, flock
from pathlib import Path
from shutil import rmtree
from typing import Any

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from hypothesis import settings
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from komek.testing.browser import ARGUMENTS, CHROMIUM
from komek.testing.owner import owner_of
from komek.testing.rows import Kept, Stands, empty, leave
from services import clock, deadlines, directory, law, processes, registry, time_machine
from services.config import PLUGINS, ROOT, Config
from services.db import db
from services.directory.demo import seed_demo_staff
from services.migrations import upgrade
from services.migrations.shape import every_table
from services.postgres import Server
from tests.logs import Logs, every_log
from webapp import create_app
from webapp.cli.demo_cases import demo_of, play_demo_cases

every_table()

# the same examples in every run, so that a change fails by what it changed; `make soak` looks for others
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("others", derandomize=False, deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("EXAMPLES", "same"))

expect.set_options(timeout=60_000)  # whatever else a machine does meanwhile: what comes to pass ends the wait

#: what a test asks for, or says of itself, that is more than a pure rule
LONG = {"server", "playwright", "browser", "modeler", "processes", "slow", "soak"}

#: marks of tests whose files are begun with
OUTLASTING = ("browser", "modeler", "processes", "slow")

#: has the region at work in the state that a function brings about
Once = Callable[[Callable[[Flask], Any]], Any]

#: has rows of that name kept, which a function brings about, once for all processes of a run
MadeOnce = Callable[[str, Callable[[], Kept]], Kept]

#: commands that tests run in processes of their own are Almaty oblast's, as an installation of it says
os.environ.setdefault("KOMEK_PLUGINS", ",".join(PLUGINS))
#: signs the tests' cookies, in whichever process
KEY = "a key of the tests, kept by nobody"
#: when the demo is looked at
WEDNESDAY = datetime(2026, 11, 25, 6, 0, tzinfo=UTC)


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Whoever tells how a run goes tells of each failure as it comes."""
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    if terminal and not hasattr(config, "workerinput"):
        config.pluginmanager.register(ToldAtOnce(terminal))


class ToldAtOnce:
    """Each failure in a few lines as it comes: a run that is cut off has said what it knew."""

    def __init__(self, terminal: pytest.TerminalReporter) -> None:
        self._terminal = terminal

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            crash = getattr(report.longrepr, "reprcrash", None)
            said = crash.message if crash else report.longreprtext
            self._terminal.write_line(f"\n{report.nodeid} failed ({report.when}): {said[:500]}", flush=True)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Whatever needs neither a database nor a browser is quick; a few others say it of themselves.

    Long trials take as long as they take.
    """
    for item in items:
        needs = {*getattr(item, "fixturenames", ()), *(mark.name for mark in item.iter_markers())}
        if not needs & LONG:
            item.add_marker("quick")
        if "soak" in needs:
            item.add_marker(pytest.mark.timeout(0))
    yield  # what is not asked for is taken out
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    items[:] = long_first(items, processes) if processes > 1 else items


def pytest_collection_finish() -> None:
    """What is imported by now stays to the end: nobody looks through it for rubbish again and again."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def long_first(items: list[pytest.Item], processes: int) -> list[pytest.Item]:
    """So that each process has its share of the long files early, with short tests in between and at the end.

    Processes are given one stretch each of what is collected, and whoever is done takes of another's end: short tests
    even it out. Whatever drives a browser or a server waits a third of its time, short tests never: all processes at
    the long files at once would leave a core idle. Those that take longest come first of all.
    """
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    long = sorted((each for each in files.values() if is_marked(each, *OUTLASTING)), key=lambda each: not is_slow(each))
    rest = [item for each in files.values() if not is_marked(each, *OUTLASTING) for item in each]
    ordered: list[pytest.Item] = []
    for at in range(processes):
        mine = long[at::processes]
        stretch = (len(items) - len(ordered)) // (processes - at)
        room = max(0, stretch - sum(map(len, mine)))
        ordered += woven(mine, rest[:room])
        rest = rest[room:]
    return ordered


def is_marked(items: list[pytest.Item], *names: str) -> bool:
    """Whether any of them bears one of these marks."""
    return any(item.get_closest_marker(name) for item in items for name in names)


def is_slow(items: list[pytest.Item]) -> bool:
    """Whether one of them takes more than ten seconds."""
    return is_marked(items, "slow")


def woven(long: list[list[pytest.Item]], short: list[pytest.Item]) -> list[pytest.Item]:
    """Each long file, and after it a portion of the short tests, to the end of a file; a quarter is left at the end."""
    ordered: list[pytest.Item] = []
    done = 0
    for number, each in enumerate(long, start=1):
        ordered += each
        until = len(short) * 3 * number // (4 * len(long))
        while done < len(short) and (done < until or (done and short[done].path == short[done - 1].path)):
            ordered.append(short[done])
            done += 1
    return ordered + short[done:]


@pytest.fixture(scope="session")
def database_url(server: Server) -> str:
    """An empty database, without tables: for the application, which works with them and does not own them."""
    server.create_database("komek")
    return server.application_address


@pytest.fixture(scope="session")
def session_app(database_url: str) -> Flask:
    """The application as `create_app` puts it together, over a database with every table, in every language."""
    compile_catalogues()
    app = create_app(config_for(database_url))
    with app.app_context():
        upgrade()
    return app


def compile_catalogues() -> None:
    """Every `.po` beside its `.mo`, as `make translations` does."""
    for po in [
        *ROOT.glob("webapp/translations/*/*/*.po"),
        *ROOT.glob("plugins/*/translations/*/*/*.po"),
        *ROOT.glob("plugins/*/bpmn/translations/*/*/*.po"),
        *ROOT.glob("bpmn/translations/*/*/*.po"),
    ]:
        mo = po.with_suffix(".mo")
        if not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime:
            fresh = mo.with_suffix(f".{os.getpid()}")
            with po.open("rb") as read, fresh.open("wb") as written:
                write_mo(written, read_po(read))
            fresh.replace(mo)


def config_for(database_url: str) -> Config:
    return Config(
        database_url=database_url, secret_key=KEY, demo=True, secure_cookies=False, testing=True, database_idle_s=900,
        plugins=PLUGINS, database_owner_url=owner_of(database_url),
    )  # fmt: skip


@pytest.fixture(scope="session")
def logs(session_app: Flask, server: Server) -> Iterator[Logs]:
    """Every log of this run; PostgreSQL's own is searched at its end."""
    with every_log(session_app, server.home / "postgres.log") as listening:
        yield listening
    assert not listening.search_postgres()


#: who asks for these looks at how things are done
LOOKING = {"monkeypatch", "caplog", "done_anew"}


#: who asks for these gets a known state, whatever the tables hold
KNOWN = {"house", "kept_region"}


@pytest.fixture
def done_anew() -> None:
    """For whoever asks for it nothing is put back that was done before: what a process reads once is read."""


@pytest.fixture
def app(session_app: Flask, logs: Logs, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The application with empty tables, inside its context. What is tested commits for real; no log names anybody.

    What a test left in the tables the next one takes out; where a known state is asked for, that is put in its place.
    """
    Stands.may_skip = LOOKING.isdisjoint(request.fixturenames)
    demo = session_app.config["KOMEK"].demo  # a command or another application in this process may have said otherwise
    time_machine.follow(demo)
    law.goes_on(demo)
    with session_app.app_context():
        if KNOWN.isdisjoint(request.fixturenames):
            empty()
        yield session_app
        db.session.rollback()
        given_away = logs.search()
        leave()
        db.session.remove()
    assert not given_away


@pytest.fixture
def house(app: Flask, kept_house: Kept) -> Flask:
    """The region at work: its offices, calendar, diagrams and demo staff."""
    kept_house.restore()
    return app


@pytest.fixture
def region(app: Flask, kept_region: Kept) -> Iterator[Flask]:
    """The house after four weeks of work, on a Wednesday at eleven: the demo's cases."""
    with clock.stopped(WEDNESDAY):
        kept_region.restore()
        yield app


def kept(schema: str) -> Kept:
    """What stands now."""
    rows = Kept(schema)
    db.session.remove()
    return rows


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> MadeOnce:
    """The rows that a function brings about, made by the first process that asks for them and read by the others."""
    run = tmp_path_factory.getbasetemp().parent

    def at_once(name: str, make: Callable[[], Kept]) -> Kept:
        if "PYTEST_XDIST_WORKER" not in os.environ:
            return make()
        folder, new = run / f"rows-{name}", run / f"rows-{name}.new"
        with (run / f"rows-{name}.lock").open("w") as lock:
            flock(lock, LOCK_EX)
            if not folder.exists():
                made = make()
                rmtree(new, ignore_errors=True)  # of one that was killed
                made.write(new)
                new.rename(folder)
                return made
        return Kept.read(folder)

    return at_once


@pytest.fixture(scope="session")
def kept_house(session_app: Flask, made_once: MadeOnce) -> Kept:
    def make() -> Kept:
        empty()
        rules = registry.current()
        directory.import_offices(rules)
        deadlines.fill_calendar(rules, range(2012, 2029))
        processes.install_registry(rules, actor="test")
        seed_demo_staff(rules, session_app.config["KOMEK"])  # its hashes are cheap: sign-ins are what tests do most
        return kept("kept")

    with session_app.app_context():
        made = made_once("house", make)
        made.restore()
        deadlines.region_at(registry.current())  # a process that has worked knows the calendar
        db.session.remove()
        return made


@pytest.fixture(scope="session")
def kept_region(session_app: Flask, kept_house: Kept, made_once: MadeOnce) -> Kept:
    def make() -> Kept:
        kept_house.restore()
        assert play_demo_cases(registry.current()) == len(demo_of(registry.current()).stories)
        return kept("kept_region")

    with session_app.app_context(), clock.stopped(WEDNESDAY):
        return made_once("region", make)


@pytest.fixture(scope="session")
def kept_states() -> dict[str, tuple[Kept, Any]]:
    """What `once` made in this process: its rows, and what it said."""
    return {}


@pytest.fixture
def once(house: Flask, kept_states: dict[str, tuple[Kept, Any]]) -> Once:
    """Has the region at work in a state that takes long to come about: made for the first test that asks for it.

    Everything is a row by then: what `make` returns is told to all tests, and must hold no session and no window.
    """

    def at_once(make: Callable[[Flask], Any]) -> Any:
        name = f"kept_{make.__name__}"
        if name not in kept_states:
            said = make(house)
            db.session.rollback()
            kept_states[name] = kept(name), said
        kept_states[name][0].restore()
        return kept_states[name][1]

    return at_once


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What starts browsers; one a test process."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Chromium: Debian's where it is, else playwright's own. Whoever opens a window in it closes it."""
    launched = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
    yield launched
    launched.close()


@pytest.fixture
def browser(chromium: Browser) -> Iterator[Browser]:
    """Chromium; the windows that a test leaves open are closed after it: a desk asks its server for ever."""
    before = chromium.contexts
    yield chromium
    for context in chromium.contexts:
        if context not in before:
            context.close()
