"""The pytest plugin of `komek.testing`: a throw-away PostgreSQL, and regions at work over it.

It loads nothing of Komek until a test asks for it.
"""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from komek.testing.played import PlayedCase
    from komek.testing.region import RegionAtWork
    from services.postgres import Server

pytest.register_assert_rewrite("komek.testing")


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

    return play_every_way(People(at_work.app), at_work.routes)
