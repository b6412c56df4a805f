"""A cluster of seven machines, killed piece by piece for two minutes. `make cluster` is the same for ten."""

import pytest

from tests.cluster import programs
from tests.cluster.__main__ import run
from tests.cluster.cluster import cluster

pytestmark = [
    pytest.mark.soak,
    pytest.mark.processes,
    pytest.mark.skipif(bool(programs.missing()), reason=f"{programs.WHY}; missing: {programs.missing()}"),
]


def test_whatever_is_killed_no_answered_click_is_lost_or_doubled_and_all_copies_are_whole() -> None:
    with cluster() as made:
        found = run(made, seconds=120, seed=421)
    assert {what: each for what, each in found.wrong.items() if each} == {}
    assert found.ledger.taken and found.kills
