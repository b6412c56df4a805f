"""Every region of the tree stands the trials of `komek.testing`; `make conformance` has them recorded.

In every run a new region stands all of them (test_a_strangers_region.py). What other tests look at with more eyes is
left to the soak: worked cases with all that is told (tests/webapp/case/test_worked_cases.py), a deputy's way
(tests/webapp/absences), every page under axe (tests/webapp/test_everybody_can_use_it.py).
"""

from collections.abc import Callable
from types import FunctionType

import pytest

from komek.testing import Conformance
from services.config import ROOT
from services.continued import whole
from webapp.cli.extract import plugin_folders

pytestmark = pytest.mark.slow


def left_to_the_soak(*trials: str) -> Callable[[type[Conformance]], type[Conformance]]:
    """Of a region: these trials are long, and others stand them in every run."""

    def marked(region: type[Conformance]) -> type[Conformance]:
        for name, test in vars(Conformance).items():
            if getattr(test, "komek_trial", "") in trials:
                own = FunctionType(test.__code__, test.__globals__, name, test.__defaults__, test.__closure__)
                own.__dict__.update(test.__dict__)
                setattr(region, name, pytest.mark.soak(own))
        return region

    return marked


@left_to_the_soak("cases", "deputies", "readers")
class TestAlmatyOblast(Conformance):
    region = "almaty_oblast"


@left_to_the_soak("deputies", "readers", "killed", "amended")
class TestNorthKazakhstan(Conformance):
    region = "north_kazakhstan"


def test_no_region_of_the_tree_is_left_out() -> None:
    regions = {each.name for each in plugin_folders() if 'region="' in (each / "__init__.py").read_text("utf-8")}
    goes_on = {each for each in regions if whole(ROOT / "plugins" / each) != ROOT / "plugins" / each}
    assert regions - goes_on == {TestAlmatyOblast.region, TestNorthKazakhstan.region}
