"""Every region of the tree stands the trials of `komek.testing`; `make conformance` has them recorded.

In every run a new region stands all of them (test_a_strangers_region.py). What other tests look at with more eyes is
left to the soak: worked cases with all that is told (tests/webapp/case/test_worked_cases.py), a deputy's way
(tests/webapp/absences), every page under axe (tests/webapp/test_everybody_can_use_it.py).
"""

import pytest

from komek.testing import Conformance
from services import soundness
from services.config import ROOT
from services.soundness.trials import PLACE, untried
from tests.plugins import test_almaty_2014, test_north_kazakhstan
from tests.plugins.soaked import left_to_the_soak
from webapp.cli.extract import plugin_folders

pytestmark = pytest.mark.slow


@left_to_the_soak("cases", "deputies", "readers")
class TestAlmatyOblast(Conformance):
    region = "almaty_oblast"


@left_to_the_soak(*(each for each in soundness.TRIALS if each != "cases"))
class TestAlmaty2016(Conformance):
    region = "almaty_2016"


REGIONS = {each.region for each in (TestAlmatyOblast, test_almaty_2014.TestAlmaty2014, TestAlmaty2016,
                                    test_north_kazakhstan.TestNorthKazakhstan)}  # fmt: skip


def test_no_region_of_the_tree_is_left_out() -> None:
    assert {
        each.name for each in plugin_folders() if 'region="' in (each / "__init__.py").read_text("utf-8")
    } == REGIONS


@pytest.mark.parametrize("region", sorted(REGIONS))
def test_what_was_tried_of_each_region_of_the_tree_passed_and_is_recorded_as_it_was_written(region: str) -> None:
    """That it is not there yet, or files were changed since, is no fault, but said: `make conformance` tries anew."""
    folder = ROOT / "plugins" / region
    if not (folder / PLACE).exists():
        pytest.skip(f"{region} has no record: make conformance tries it.")
    record = soundness.read_record(folder)
    assert record is not None, "the record is not as it was written"
    assert record.trials == dict.fromkeys(soundness.TRIALS, soundness.PASSED)
    if stale := [str(each) for each in untried(folder)]:
        pytest.skip(f"{stale[0]} make conformance tries it anew.")
