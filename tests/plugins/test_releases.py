"""What earlier releases left is brought to this one, and their open cases come to their ends."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from komek.testing import People, RegionAtWork
from komek.testing.played import PlayedCase, go_to_the_end
from services.postgres import Server
from tests.examples import SOAK
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
    """All, or a few of them: others for each release and region."""
    if SOAK:
        return cases
    first = sum(map(ord, salt)) % len(cases)
    step = max(1, len(cases) // SAMPLE)
    return [cases[(first + place * step) % len(cases)] for place in range(SAMPLE)]


def test_what_a_release_left_is_whole_under_this_one_and_its_open_cases_come_to_their_ends(
    left: Left, record_property: Callable[[str, object], None]
) -> None:
    at_work, cases = left
    assert_unbroken()
    assert {each.route for each in cases} == set(at_work.routes)
    people, ended, now = People(at_work.app), 0, max(each.at for each in cases) + timedelta(minutes=5)
    for each in chosen(cases, at_work.database):
        case = PlayedCase(each.route, each.id)
        now = go_to_the_end(people, case, now)
        assert case.outcome, each
        ended += 1
    assert_unbroken()
    record_property("cases of earlier releases ended", ended)


def test_what_is_kept_of_releases_is_of_regions_that_are_made_and_small_enough_to_be_kept_for_ever() -> None:
    regions = {file.name.removesuffix(".json.gz") for file in releases.files()}
    assert regions and regions <= set(releases.REGIONS)
    assert all(file.stat().st_size < 1_000_000 for file in releases.files())
