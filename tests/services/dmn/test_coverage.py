"""What a table leaves out is found exactly: held against deciding it for very many values, one by one."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import feel
from services.dmn.coverage import OTHER, Covered, telling
from services.feel import expression, lift, unary_tests

FROM = date(2024, 2, 26)


def number(at: int) -> str:
    return str(at)


def day(at: int) -> str:
    return f'date("{FROM + timedelta(days=at)}")'


def month(at: int) -> str:
    return f'duration("P{at}M")'


def moment(at: int) -> str:
    return f'@"2024-02-29T{at:02}:30:00"'


def hour(at: int) -> str:
    return f'@"{at:02}:00:00"'


#: how a constant of a kind is written, and that many values that lie on, between and beside those constants
KINDS: dict[Callable[[int], str], list[str]] = {
    number: [f"{n}/2" for n in range(-3, 14)],
    day: [f'{day(0)} + duration("P{n}D")' for n in range(6)] + [f'{day(0)} - duration("P1D")'],
    month: [month(n) for n in range(7)],
    moment: [f'@"2024-02-29T{n // 2:02}:{30 * (n % 2):02}:00"' for n in range(14)],
    hour: [f'@"{n // 2:02}:{30 * (n % 2):02}:00"' for n in range(14)],
}  # fmt: skip


@st.composite
def entries(draw: st.DrawFn, write: Callable[[int], str]) -> str:
    one, other = (write(draw(st.integers(0, 5))) for _ in range(2))
    return draw(st.sampled_from([
        "-", one, f"< {one}", f">= {one}", f"[{one}..{other}]", f"({one}..{other}]", f"{one}, > {other}",
        f"not({one}, {other})", f"? > {one} and ? < {other}", f"? = {one} or ? > {other}",
    ]))  # fmt: skip


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[Callable[[int], str]], list[list[str]]]:
    kinds = draw(st.lists(st.sampled_from(list(KINDS)), min_size=1, max_size=2))
    rows = draw(st.lists(st.tuples(*(entries(kind) for kind in kinds)), min_size=1, max_size=4))
    return kinds, [list(row) for row in rows]


def covered(tests: list[list[feel.Test]]) -> Covered:
    columns = []
    for column in zip(*tests, strict=True):
        values = telling(column)
        assert values is not None
        meant = values or (OTHER,)
        columns.append([(value, sum((test.evaluate({}, value).value is True) << at for at, test in enumerate(column)))
                        for value in meant])  # fmt: skip
    return Covered(columns, len(tests))


@given(tables())
def test_gaps_meetings_and_rules_never_reached_are_those_of_every_value(
    table: tuple[list[Callable[[int], str]], list[list[str]]],
) -> None:
    kinds, rows = table
    tests = [[unary_tests(text) for text in row] for row in rows]
    found = covered(tests)
    pairs = set(found.meeting())
    gap, alone = found.gap(), {at for at in range(len(rows)) if found.alone(at) is not None}
    if gap is not None:
        assert not any(all(t.evaluate({}, v).value is True for t, v in zip(row, gap, strict=True)) for row in tests)
    seen: set[int] = set()
    for values in product(*(KINDS[kind] for kind in kinds)):
        meant = [expression(text).evaluate({}).value for text in values]
        hits = [
            at
            for at, row in enumerate(tests)
            if all(each.evaluate({}, value).value is True for each, value in zip(row, meant, strict=True))
        ]
        assert hits or gap is not None, values
        assert all(pair in pairs for pair in product(hits, hits) if pair[0] < pair[1]), values
        seen |= set(hits[:1])
    assert seen <= alone
    for one, other in pairs:
        where, hits_there = found.where(one, other)
        assert {one, other} <= set(hits_there)
        assert all(
            test.evaluate({}, value).value is True
            for at in (one, other)
            for test, value in zip(tests[at], where, strict=True)
        )


@pytest.mark.parametrize("text", ["> today()", "> limit", "? + 1 > 5", 'contains(?, "a")', '5, "a"', "VIP"])
def test_an_entry_that_does_more_than_compare_is_left_alone(text: str) -> None:
    assert telling([unary_tests(text)]) is None


def test_texts_have_another_beside_them_and_truth_has_none() -> None:
    assert telling([unary_tests('"b", "a"')]) == ("a", "b", OTHER)
    assert telling([unary_tests("not(true)")]) == (True, False)


def test_three_hundred_rules_of_ten_columns_are_looked_at_whole() -> None:
    columns = [[(lift(n), 1 << n) for n in range(300)] for _ in range(10)]
    found = Covered(columns, 300)
    assert found.gap() == tuple(lift(n) for n in (*[0] * 9, 1))
    assert list(found.meeting()) == [] and all(found.alone(at) is not None for at in range(300))
