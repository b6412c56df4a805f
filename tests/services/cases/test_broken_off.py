"""Between any two statements of a verb something breaks: nothing of it stays, and the same press again does it."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from komek.testing.rows import Kept
from services.db import db
from tests.services.cases.main_verbs import VERBS, Verb
from tests.statements import COMMIT, Injected, changes, cut, once_at, raises, statements_of, told_before, watched
from tests.unbroken import assert_unbroken, everything

BREAKS = {"a fault of ours": raises, "the line is cut": cut}


@pytest.fixture
def looked_at() -> Iterator[None]:
    with watched():
        yield


def where(sent: list[str], *, all_of_them: bool) -> list[int]:
    """Before which statements it breaks: the first that changes something, one halfway on, and the commit."""
    if all_of_them:
        return list(range(len(sent)))
    first = next(at for at, each in enumerate(sent) if changes(each))
    last = max(at for at, each in enumerate(sent) if each == COMMIT)
    return sorted({first, (first + last) // 2, last})


def press(verb: Verb) -> object:
    """As from a page: in a session of its own."""
    try:
        return verb()
    finally:
        db.session.remove()


@pytest.mark.parametrize("all_of_them", [False, pytest.param(True, marks=pytest.mark.soak)], ids=["some", "all"])
@pytest.mark.parametrize("name", VERBS)
def test_wherever_it_breaks_nothing_stays_and_the_same_press_again_does_it(
    house: Flask, looked_at: None, name: str, all_of_them: bool
) -> None:
    first = VERBS[name](house).first
    stands = Kept(f"kept_broken_{abs(hash((name, all_of_them)))}")
    before = everything()
    sent = statements_of(lambda: press(first))
    done, wrong = how_many(before), []
    for number, at in enumerate(where(sent, all_of_them=all_of_them)):
        for how, breaks in list(BREAKS.items()) if all_of_them else [list(BREAKS.items())[number % 2]]:
            stands.restore()
            with told_before(once_at(at, breaks)):
                broken = breaking(first)
            assert isinstance(broken, (Injected, SQLAlchemyError)), broken
            stayed = sorted(rows_of(before))
            press(first)
            if stayed or how_many(before) != done:
                wrong.append(f"{how} before {at} {sent[at][:100]!r}: stays {stayed}")
    assert not wrong, "\n".join(wrong)
    assert_unbroken()


def breaking(verb: Callable[[], object]) -> object:
    try:
        return press(verb)
    except Exception as error:
        return error


def rows_of(before: dict[str, tuple[int, str]]) -> dict[str, tuple[int, str]]:
    """The tables that differ: how many rows they have, and which."""
    return {name: said for name, said in everything().items() if said != before[name]}


def how_many(before: dict[str, tuple[int, str]]) -> dict[str, int]:
    """The tables that differ, and how many rows they have: ids, salts and hashes differ from one time to the next."""
    return {name: rows for name, (rows, _) in rows_of(before).items()}
