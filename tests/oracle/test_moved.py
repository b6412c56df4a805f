"""A case that comes over to the same diagram after every move, as to a next version, goes on as it was."""

from dataclasses import replace

import pytest

from services import engine
from tests.oracle import play
from tests.oracle.table import rows


@pytest.mark.parametrize("every", [9, pytest.param(1, marks=pytest.mark.soak)])
def test_a_case_that_comes_over_to_the_same_diagram_goes_on_as_it_was(
    every: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = play._move

    def made_and_moved(case: play.Case, said: str) -> None:
        made(case, said)
        if not case.here.finished:
            step = engine.migrate(case.definition, case.definition, case.here.state, {}, case.world())
            assert {each.id: each for each in step.stops} == {each.id: each for each in case.here.stops}, said
            case.step = replace(case.here, state=step.state)

    monkeypatch.setattr(play, "_move", made_and_moved)
    for row in rows()[::every]:
        play.play(row)
