"""Two people press the same button in one moment: what becomes of it is what one after the other would have made of it.

The first stands still where they have looked and are about to change something, and where they are about to commit; the
second does all they can meanwhile. What both did is what they do one after the other, and whoever is late is told.
"""

import pytest
from flask import Flask

from tests.attacks import assert_as_one_after_the_other
from tests.services.cases.main_verbs import VERBS
from tests.statements import COMMIT, Which, changes, watched

#: of these the second does the same once more, and nothing is lost by it
TWICE = {"a case is opened", "a task is handed on", "diagrams are deployed"}


@pytest.mark.parametrize("at", [changes, COMMIT], ids=["before anything is held", "before it is committed"])
@pytest.mark.parametrize("name", VERBS)
def test_two_in_one_moment_are_as_one_after_the_other_and_whoever_is_late_is_told(
    house: Flask, name: str, at: Which
) -> None:
    ready, refused = VERBS[name](house), {0} if name in TWICE else {1}
    with watched():
        assert_as_one_after_the_other(house, ready, f"kept_beside_{abs(hash((name, str(at))))}", at, refused=refused)
