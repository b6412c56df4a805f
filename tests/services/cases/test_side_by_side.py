"""Two people press the same button in one moment: what becomes of it is what one after the other would have made of it.

The first stands still where they have looked and are about to change something, and where they are about to commit; the
second does all they can meanwhile. What both did is what they do one after the other, and whoever is late is told.
"""

from collections import Counter

import pytest
from flask import Flask

from komek.testing.rows import Kept
from services.db import db
from services.errors import Conflict, KomekError, NotFound
from tests.services.cases.main_verbs import VERBS, Verb
from tests.statements import COMMIT, Which, changes, meanwhile, watched
from tests.unbroken import assert_unbroken, everything

#: of these the second does the same once more, and nothing is lost by it
TWICE = {"a case is opened", "a task is handed on", "diagrams are deployed"}


def said(answer: object) -> str:
    """What became of it; a scan is refused by what it says, not by raising."""
    refused = getattr(answer, "error", None)
    return type(refused if isinstance(refused, KomekError) else answer).__name__


def after(verb: Verb) -> str:
    try:
        return said(verb())
    except KomekError as error:
        return said(error)
    finally:
        db.session.remove()


def how_many() -> dict[str, int]:
    return {name: rows for name, (rows, _) in everything().items()}


@pytest.mark.parametrize("at", [changes, COMMIT], ids=["before anything is held", "before it is committed"])
@pytest.mark.parametrize("name", VERBS)
def test_two_in_one_moment_are_as_one_after_the_other_and_whoever_is_late_is_told(
    house: Flask, name: str, at: Which
) -> None:
    ready = VERBS[name](house)
    stands = Kept(f"kept_beside_{abs(hash((name, str(at))))}")
    outcomes = []
    for first, second in ((ready.first, ready.second), (ready.second, ready.first)):
        outcomes.append((Counter([after(first), after(second)]), how_many()))
        stands.restore()
    with watched():
        answers = meanwhile(house, ready.first, ready.second, at)
    assert (Counter(map(said, answers)), how_many()) in outcomes
    refused = [each if isinstance(each, KomekError) else getattr(each, "error", None) for each in answers]
    assert sum(isinstance(each, Conflict | NotFound) for each in refused) == (name not in TWICE), answers
    assert_unbroken()
