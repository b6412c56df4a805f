"""What earlier releases left is brought to this one, and their open cases come to their ends."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from komek.testing import People, RegionAtWork
from komek.testing.played import PlayedCase, go_to_the_end
from services import clock
from services.db import db
from services.postgres import Server
from tests.plugins import releases
from tests.plugins.releases import Standing
from tests.unbroken import assert_unbroken

pytestmark = pytest.mark.slow
#: of each release and region so many cases are gone on with in every run; all of them in the soak
SAMPLE = 2

Left = tuple[RegionAtWork, list[Standing]]


@pytest.fixture(scope="module", params=releases.files(), ids=lambda file: f"{file.parent.name}-{file.name[:-8]}")
def left(request: pytest.FixtureRequest, server: Server) -> Iterator[Left]:
    with releases.brought_back(server, request.param) as found:
        yield found


def chosen(cases: list[Standing], salt: str) -> list[Standing]:
    """A few of them: others for each release and region."""
    first = sum(map(ord, salt)) % len(cases)
    step = max(1, len(cases) // SAMPLE)
    return [cases[(first + place * step) % len(cases)] for place in range(SAMPLE)]


def begun_under() -> dict[int, tuple[int, int]]:
    """Case -> the version of its process with which it began, and the edition of the act, as the rows say."""
    asked = """SELECT DISTINCT ON (c.id) c.id, i.definition_id, c.edition FROM "case" c
               JOIN process_instance i ON i.case_id = c.id ORDER BY c.id, i.id"""
    found = {case: (version, edition) for case, version, edition in db.session.execute(text(asked))}
    db.session.rollback()
    return found


@pytest.mark.parametrize("all_of_them", [False, pytest.param(True, marks=pytest.mark.soak)])
def test_what_a_release_left_is_whole_and_its_cases_end_under_what_they_began_with_whatever_is_deployed(
    left: Left, all_of_them: bool, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    at_work, cases = left
    assert_unbroken()
    assert {each.route for each in cases} == set(at_work.routes)
    now, before = max(each.at for each in cases) + timedelta(minutes=5), begun_under()
    for what in ((), (releases.drawn_anew(at_work, tmp_path),)):
        releases.deploy(at_work, now, *what)
    assert_unbroken()
    assert begun_under() == before, "what is deployed is for the cases to come"
    people, ended = People(at_work.app), 0
    for each in cases if all_of_them else chosen(cases, at_work.database):
        case = PlayedCase(each.route, each.id)
        now = go_to_the_end(people, case, now)
        assert case.outcome, each
        ended += 1
    with clock.stopped(now):
        new = people.open(at_work.routes[0])
    after = begun_under()
    assert {case: under for case, under in after.items() if case in before} == before
    assert after[new][0] not in {version for version, _ in before.values()}, "whoever begins now begins with today's"
    assert_unbroken()
    record_property("cases of earlier releases ended", ended)


def test_what_is_kept_of_releases_is_of_regions_that_are_made_and_small_enough_to_be_kept_for_ever() -> None:
    regions = {file.name.removesuffix(".json.gz") for file in releases.files()}
    assert regions and regions <= set(releases.REGIONS)
    assert all(file.stat().st_size < 1_000_000 for file in releases.files())
