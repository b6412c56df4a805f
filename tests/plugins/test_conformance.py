"""Every region of the tree stands the trials of `komek.testing`; `make conformance` has them recorded.

In every run a new region stands all of them (test_a_strangers_region.py). What other tests look at with more eyes is
left to the soak: worked cases with all that is told (tests/webapp/case/test_worked_cases.py), a deputy's way
(tests/webapp/absences), every page under axe (tests/webapp/test_everybody_can_use_it.py).
"""

import pytest

from komek.testing import Conformance
from services.config import ROOT
from services.continued import whole
from tests.plugins import test_north_kazakhstan
from tests.plugins.soaked import left_to_the_soak
from webapp.cli.extract import plugin_folders

pytestmark = pytest.mark.slow


@left_to_the_soak("cases", "deputies", "readers")
class TestAlmatyOblast(Conformance):
    region = "almaty_oblast"


def test_no_region_of_the_tree_is_left_out() -> None:
    regions = {each.name for each in plugin_folders() if 'region="' in (each / "__init__.py").read_text("utf-8")}
    goes_on = {each for each in regions if whole(ROOT / "plugins" / each) != ROOT / "plugins" / each}
    assert regions - goes_on == {TestAlmatyOblast.region, test_north_kazakhstan.TestNorthKazakhstan.region}
