"""A verb that is broken off, and one that two people do at once: what has to be so of any."""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from komek.testing.rows import Kept
from services.db import db
from services.errors import Conflict, KomekError, NotFound
from tests.statements import (
    COMMIT,
    Injected,
    Which,
    changes,
    cut,
    meanwhile,
    once_at,
    raises,
    statements_of,
    told_before,
)
from tests.unbroken import assert_unbroken, everything

#: what somebody does, and somebody else could do in their place
Verb = Callable[[], object]
BREAKS = {"a fault of ours": raises, "the line is cut": cut}


@dataclass(frozen=True)
class Ready:
    """A verb that may be done now, by each of two people."""

    first: Verb
    second: Verb


def assert_whole_or_not_at_all(verb: Verb, kept: str, *, all_of_them: bool) -> None:
    """Between its statements something breaks: nothing of it stays, and the same press again does it. While `watched`.

    `kept` is the name of a schema for the rows as they stand.
    """
    stands = Kept(kept)
    if all_of_them:
        press(verb)  # what this process remembers from then on it does not ask again
        stands.restore()
    before = everything()
    sent = statements_of(lambda: press(verb))
    done, wrong = how_many(before), []
    for number, at in enumerate(where(sent, all_of_them=all_of_them)):
        for how, breaks in list(BREAKS.items()) if all_of_them else [list(BREAKS.items())[number % 2]]:
            stands.restore()
            with told_before(once_at(at, breaks)):
                broken = breaking(verb)
            assert isinstance(broken, (Injected, SQLAlchemyError)), broken
            stayed = sorted(rows_of(before))
            press(verb)
            if stayed or how_many(before) != done:
                wrong.append(f"{how} before {at} {sent[at][:100] if isinstance(at, int) else at!r}: stays {stayed}")
    assert not wrong, "\n".join(wrong)
    assert_unbroken()


def where(sent: list[str], *, all_of_them: bool) -> list[Which]:
    """Before which statements it breaks: the first that changes something, one halfway on, and the commit.

    By their numbers only where nothing else says it: what is remembered from the first time is not asked again.
    """
    if all_of_them:
        return list(range(len(sent)))
    first = next(at for at, each in enumerate(sent) if changes(each))
    last = max(at for at, each in enumerate(sent) if each == COMMIT)
    halfway = (first + last) // 2
    return [changes, halfway, COMMIT] if first < halfway < last else [changes, COMMIT]


def press(verb: Verb) -> object:
    """As from a page: in a session of its own."""
    try:
        return verb()
    finally:
        db.session.remove()


def breaking(verb: Verb) -> object:
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


def assert_as_one_after_the_other(
    house: Flask, ready: Ready, kept: str, at: Which, *, refused: Collection[int]
) -> None:
    """The first stands still before its statement `at` while the second does all they can. While `watched`.

    What both did is what they do one after the other, and so many of them were told that they are late.
    """
    stands = Kept(kept)
    outcomes = []
    for first, second in ((ready.first, ready.second), (ready.second, ready.first)):
        outcomes.append((Counter([after(first), after(second)]), all_rows()))
        stands.restore()
    answers = meanwhile(house, ready.first, ready.second, at)
    assert (Counter(map(said, answers)), all_rows()) in outcomes
    late = [each if isinstance(each, KomekError) else getattr(each, "error", None) for each in answers]
    assert sum(isinstance(each, Conflict | NotFound) for each in late) in refused, answers
    assert_unbroken()


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


def all_rows() -> dict[str, int]:
    return {name: rows for name, (rows, _) in everything().items()}
