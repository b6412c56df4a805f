"""What answers hide, change and come to, while a form is filled in and when it is sent."""

from dataclasses import replace

import pytest

from services.answers import NO_LINE_MORE, as_form, asked, parse
from services.asking import put, take_away
from services.errors import InvalidAnswers
from services.plugin import Answers, Choice, Field


def number(name: str, **more: object) -> Field:
    return Field(name, "number", name, **more)  # type: ignore[arg-type]


def total(name: str, *of: str, **more: object) -> Field:
    """The sum of those, as far as they are known."""

    def add(known: Answers) -> object:
        return sum(value for each in of if isinstance(value := known.get(each), int))

    return Field(name, "reckoned", name, reckon=add, **more)  # type: ignore[arg-type]


def test_what_is_reckoned_is_never_read_from_what_was_sent() -> None:
    fields = [number("a"), number("b"), total("c", "a", "b")]
    assert parse(fields, {"a": "1", "b": "2", "c": "99"}) == {"a": 1, "b": 2, "c": 3}


def test_what_is_reckoned_may_hang_on_what_is_reckoned_below_it() -> None:
    fields = [total("e", "d"), total("d", "c"), total("c", "a"), number("a")]
    assert parse(fields, {"a": "7"}) == {"e": 7, "d": 7, "c": 7, "a": 7}
    assert parse([total("x", "y"), total("y", "x")], {}) == {"x": 0, "y": 0}, "and never without an end"


def test_what_is_hidden_counts_for_nothing_in_what_is_reckoned() -> None:
    fields = [number("a"), number("b", hide=lambda known: known.get("a") == 1), total("c", "a", "b")]
    assert parse(fields, {"a": "1", "b": "5"}) == {"a": 1, "c": 1}


def test_an_answer_may_change_how_another_is_asked() -> None:
    least = number("b")
    field = replace(least, now=lambda known: replace(least, minimum=known.get("a")))  # type: ignore[arg-type]
    assert parse([number("a"), field], {"a": "3", "b": "3"}) == {"a": 3, "b": 3}
    with pytest.raises(InvalidAnswers) as refused:
        parse([number("a"), field], {"a": "3", "b": "2"})
    assert set(refused.value.errors) == {"b"}


LINES = Field("lines", "rows", "Lines", columns=(
    Field("kind", "choice", "Kind", choices=(Choice("gas", "Gas"), Choice("other", "Other"))),
    Field("which", "text", "Which", required=True, hide=lambda known: known["this"]["kind"] != "other"),  # type: ignore[index]
    number("cost"),
    Field("twice", "reckoned", "Twice", reckon=lambda known: 2 * (known["this"].get("cost") or 0)),  # type: ignore[attr-defined]
    Field("place", "reckoned", "Place", reckon=lambda known: known["i"]),
))  # fmt: skip


def test_in_a_line_conditions_see_the_line_as_this() -> None:
    raw = {"lines-0-kind": "gas", "lines-0-cost": "2", "lines-3-kind": "other", "lines-3-cost": "5",
           "lines-3-which": "Көмір", "lines-0-which": "forged"}  # fmt: skip
    found = asked([LINES], raw)
    assert found.hidden == {"lines-0-which"}
    assert [line.at for line in found.fields[0].lines] == [0, 3]
    assert parse([LINES], raw) == {"lines": [
        {"kind": "gas", "cost": 2, "twice": 4, "place": [1]},
        {"kind": "other", "which": "Көмір", "cost": 5, "twice": 10, "place": [2]},
    ]}  # fmt: skip
    with pytest.raises(InvalidAnswers) as refused:
        parse([LINES], {**raw, "lines-3-which": ""})
    assert set(refused.value.errors) == {"lines-3-which"}


def test_a_list_in_a_list_knows_what_stands_around_it() -> None:
    inner = Field("inner", "rows", "Inner", columns=(
        number("n"), Field("at", "reckoned", "At", reckon=lambda known: [known["parent"]["name"], *known["i"]]),  # type: ignore[index, misc]
    ))  # fmt: skip
    outer = Field("outer", "rows", "Outer", columns=(Field("name", "text", "Name"), inner))
    raw = {"outer-0-name": "a", "outer-0-inner-0-n": "1", "outer-1-name": "b", "outer-1-inner-0-n": "2",
           "outer-1-inner-1-n": "3"}  # fmt: skip
    given = parse([outer], raw)
    assert given == {"outer": [
        {"name": "a", "inner": [{"n": 1, "at": ["a", 1, 1]}]},
        {"name": "b", "inner": [{"n": 2, "at": ["b", 2, 1]}, {"n": 3, "at": ["b", 2, 2]}]},
    ]}  # fmt: skip
    assert parse([outer], as_form(given)) == given, "what is kept reads like what was typed"


def test_a_list_of_fixed_lines_has_those_it_began_with() -> None:
    fixed = Field("flats", "rows", "Flats", fixed=True, begins=({"name": "1"}, {"name": "2"}),
                  columns=(Field("name", "text", "Flat", readonly=True), number("rent")))  # fmt: skip
    assert parse([fixed], {"flats-1-rent": "5", "flats-1-name": "forged"}) == {
        "flats": [{"name": "1", "rent": None}, {"name": "2", "rent": 5}]
    }
    with pytest.raises(InvalidAnswers) as refused:
        parse([fixed], {"flats-2-rent": "5"})
    assert refused.value.errors == {"flats": NO_LINE_MORE}


def test_a_line_that_was_taken_away_leaves_the_others_what_is_only_shown_in_them() -> None:
    flats = Field("flats", "rows", "Flats", begins=({"name": "1"}, {"name": "2"}),
                  columns=(Field("name", "text", "Flat", readonly=True), number("rent")))  # fmt: skip
    assert parse([flats], {"flats-1-rent": "5"}) == {"flats": [{"name": "2", "rent": 5}]}


def test_paths_are_contexts_in_one_another() -> None:
    known: dict[str, object] = {"a": 1}
    put(known, "a.b.c", 2)
    put(known, "a.d", 3)
    assert known == {"a": {"b": {"c": 2}, "d": 3}}
    take_away(known, "a.b.c")
    take_away(known, "a.x.y")
    assert known == {"a": {"d": 3}}
    take_away(known, "a.d")
    assert known == {}


def test_a_context_that_a_program_sends_is_read_at_its_paths() -> None:
    fields = [
        Field("address.street", "text", "Street"),
        Field("papers", "counts", "Papers", choices=(Choice("id", ""),)),
    ]
    sent = as_form({"address": {"street": "Абай"}, "papers": {"id": 2}})
    assert parse(fields, sent) == {"address.street": "Абай", "papers": {"id": 2}}
