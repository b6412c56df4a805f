"""The pytest plugin of `komek.testing`: a throw-away PostgreSQL, and regions at work over it.

It loads nothing of Komek until a test asks for it.
"""

import shutil
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from komek.testing.played import PlayedCase
    from komek.testing.readers import Reader
    from komek.testing.region import RegionAtWork
    from services.postgres import Server

pytest.register_assert_rewrite("komek.testing")
#: under which name a test's report tells of a trial
TOLD = "komek trial"


@pytest.fixture(scope="session")
def server() -> "Iterator[Server]":
    """A cluster without durability: quick, and gone afterwards, even when the tests are killed."""
    from services.postgres import Server

    home = Path(tempfile.mkdtemp(prefix="komek-test-"))
    home.chmod(0o755)  # as root the server runs under another user
    running = Server(home / "v", durable=False, max_connections=60).start()
    try:
        yield running
    finally:
        running.stop()
        shutil.rmtree(home, ignore_errors=True)
        if running.sockets.parent != home / "v":
            shutil.rmtree(running.sockets, ignore_errors=True)


@pytest.fixture(scope="session")
def regions_at_work(server: "Server") -> "Iterator[dict[tuple[str, ...], RegionAtWork]]":
    """Every region that this process has put to work, each over a database of its own."""
    made: dict[tuple[str, ...], RegionAtWork] = {}
    yield made
    for each in made.values():
        each.close()


@pytest.fixture(scope="class")
def at_work(
    request: pytest.FixtureRequest, server: "Server", regions_at_work: "dict[tuple[str, ...], RegionAtWork]"
) -> "Iterator[RegionAtWork]":
    """The region that the class names, at work with its staff; what stood in this process before stands after it."""
    from komek.testing.region import RegionAtWork

    names = (request.cls.region, *getattr(request.cls, "plugins", ()))
    if names not in regions_at_work:
        regions_at_work[names] = RegionAtWork(server, *names)
    with regions_at_work[names].in_use() as region:
        yield region


@pytest.fixture(scope="class")
def played(at_work: "RegionAtWork") -> "list[PlayedCase]":
    """Cases of every route of the region, played until every choice of every form was tried."""
    from komek.testing.people import People
    from komek.testing.played import play_every_way

    return play_every_way(People(at_work.app), at_work.routes, at_work.first_day())


@pytest.fixture(scope="session")
def reading_browser() -> "Iterator[Browser]":
    """Chromium, where there is one, and what looks at a page in it; skipped elsewhere."""
    sync_api = pytest.importorskip("playwright.sync_api")
    from komek.testing.axe import AXE
    from komek.testing.browser import ARGUMENTS, CHROMIUM

    if not AXE.is_file():
        pytest.skip(f"axe-core is not installed: {AXE}")
    with sync_api.sync_playwright() as running:
        try:
            launched = running.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        except sync_api.Error as error:
            pytest.skip(f"no browser: {error}")
        yield launched
        launched.close()


@pytest.fixture
def reader(at_work: "RegionAtWork", reading_browser: "Browser") -> "Iterator[Reader]":
    """The staff, over whose shoulders a browser looks at each form."""
    from komek.testing.readers import reading

    with reading(at_work.app, reading_browser) as one:
        yield one


class Keeper:
    """Hears how each trial of each region came out, and writes it into the region's package at the end."""

    def __init__(self) -> None:
        #: folder and digest of a package -> trial -> how it came out
        self.came_out: dict[tuple[str, str], dict[str, str]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Also of tests that ran in another process."""
        for name, told in report.user_properties:
            if name == TOLD and (report.when == "call" or report.outcome != "passed"):
                folder, digest, trial = map(str, cast(tuple[str, str, str], told))
                self.came_out.setdefault((folder, digest), {})[trial] = report.outcome

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """What stood as it was tried is recorded; a package whose files were changed meanwhile is not."""
        from services import clock
        from services.soundness import digest_of, keep_record

        for (folder, digest), trials in self.came_out.items():
            if digest_of(Path(folder)) == digest:
                keep_record(Path(folder), digest, trials, clock.now().date())
                terminalreporter.write_line(f"recorded in {folder}/conformance.json: {len(trials)} trials")
            else:
                terminalreporter.write_line(f"not recorded: files of {folder} were changed while it was tried")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Without it nothing is written: a test leaves no trace in what it tests unless it is told to."""
    parser.addoption(
        "--komek-record",
        action="store_true",
        help="keep how the trials of komek.testing came out in the region's package",
    )


def pytest_configure(config: pytest.Config) -> None:
    """One keeper, in the process that hears of all tests."""
    if config.getoption("--komek-record") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Keeper(), "komek-keeper")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Say of a trial which one it is, and of which package."""
    trial = getattr(getattr(item, "function", None), "komek_trial", "")
    at_work = getattr(item, "funcargs", {}).get("at_work")
    report = yield
    if trial and at_work is not None:
        report.user_properties.append((TOLD, (str(at_work.package), at_work.digest, trial)))
    return report
