"""Between any two statements of a verb something breaks: nothing of it stays, and the same press again does it."""

import pytest
from flask import Flask

from tests.attacks import assert_whole_or_not_at_all
from tests.services.cases.main_verbs import VERBS
from tests.statements import watched


@pytest.mark.parametrize("all_of_them", [False, pytest.param(True, marks=pytest.mark.soak)], ids=["some", "all"])
@pytest.mark.parametrize("name", VERBS)
def test_wherever_it_breaks_nothing_stays_and_the_same_press_again_does_it(
    house: Flask, name: str, all_of_them: bool
) -> None:
    first = VERBS[name](house).first
    with watched():
        assert_whole_or_not_at_all(first, f"kept_broken_{abs(hash((name, all_of_them)))}", all_of_them=all_of_them)
