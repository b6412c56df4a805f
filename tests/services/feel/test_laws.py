"""FEEL's laws (DMN 1.5, 10.3): three-valued logic, ranges, days, rounding; what is printed is read as the same."""

import json
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.feel import expression, unary_tests
from services.feel.writing import written

truths = st.sampled_from(["true", "false", "null"])
numbers = st.decimals(-10_000, 10_000, places=3)
days = st.dates(date(1900, 1, 1), date(2200, 12, 31))


def value(text: str, **data: Any) -> Any:
    return expression(text, frozenset(data)).evaluate(data).value


def said(day: date) -> str:
    return f'date("{day.isoformat()}")'


@given(truths, truths, truths)
def test_and_and_or_are_kleene_s(a: str, b: str, c: str) -> None:
    assert value(f"{a} and {b}") is value(f"{b} and {a}")
    assert value(f"({a} and {b}) and {c}") is value(f"{a} and ({b} and {c})")
    assert value(f"{a} and ({b} or {c})") is value(f"({a} and {b}) or ({a} and {c})")
    assert value(f"not({a} and {b})") is value(f"not({a}) or not({b})")
    assert value(f"not(not({a}))") is value(a)


@given(numbers, numbers, numbers)
def test_a_range_is_what_its_ends_say(low: Decimal, high: Decimal, x: Decimal) -> None:
    low, high = sorted((low, high))
    inside = {"[": low <= x, "(": low < x}, {"]": x <= high, ")": x < high}
    for a, after in inside[0].items():
        for b, before in inside[1].items():
            assert value(f"x in {a}low..high{b}", low=low, high=high, x=x) is (after and before)
            assert unary_tests(f"{a}{low}..{high}{b}").evaluate({}, x).value is (after and before)
    assert value("x between low and high", low=low, high=high, x=x) is (low <= x <= high)
    assert unary_tests(f"not([{low}..{high}])").evaluate({}, x).value is not (low <= x <= high)


@given(numbers, numbers, numbers)
def test_sums_are_exact_and_do_not_mind_their_order(a: Decimal, b: Decimal, c: Decimal) -> None:
    assert value("a + b + c", a=a, b=b, c=c) == a + b + c == value("c + (b + a)", a=a, b=b, c=c)
    assert value("a - b", a=a, b=b) == value("-(b - a)", a=a, b=b)
    assert value("(a + b) * c", a=a, b=b, c=c) == value("a * c + b * c", a=a, b=b, c=c)
    assert value("sum([a, b, c])", a=a, b=b, c=c) == a + b + c
    assert [a < b, a == b, a > b] == [value(f"a {sign} b", a=a, b=b) for sign in ("<", "=", ">")]


@given(numbers, st.integers(-2, 3))
def test_every_rounding_is_the_decimal_standard_s(x: Decimal, places: int) -> None:
    step = Decimal(1).scaleb(-places)
    for name, mode in (("decimal", ROUND_HALF_EVEN), ("round up", ROUND_UP), ("round down", ROUND_DOWN),
                       ("round half up", ROUND_HALF_UP), ("round half down", ROUND_HALF_DOWN)):  # fmt: skip
        assert value(f"{name}(x, places)", x=x, places=places) == x.quantize(step, mode)
    assert value("floor(x) <= x and x <= ceiling(x) and ceiling(x) - floor(x) <= 1", x=x) is True
    assert value("modulo(x, 7)", x=x) == x - 7 * (x / 7).__floor__()


@given(days, st.integers(-5000, 5000))
def test_a_day_and_days_are_a_day(day: date, count: int) -> None:
    later = day + timedelta(days=count)
    length = f'duration("{"-" if count < 0 else ""}P{abs(count)}D")'
    assert value(f"{said(day)} + {length} = {said(later)}") is True
    assert value(f"{said(later)} - {said(day)} = {length}") is True
    assert value(f"{said(later)} - {length} = {said(day)}") is True
    assert value(f"{said(day)} < {said(later)}") is (day < later)
    assert value(f"day of year({said(day)})") == day.timetuple().tm_yday
    assert value(f"week of year({said(day)})") == day.isocalendar().week
    assert value(f"day of week({said(day)})") == day.strftime("%A")


@given(days, st.integers(0, 600))
def test_months_are_the_calendar_s_and_end_with_the_month(day: date, months: int) -> None:
    found = value(f'string({said(day)} + duration("P{months}M"))')
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    assert found[:7] == f"{year:04}-{month + 1:02}" and int(found[8:]) <= day.day
    apart = value(f'years and months duration({said(day)}, date("{found}"))')
    assert apart == value(f'duration("P{months}M")') or int(found[8:]) < day.day


letters = st.characters(exclude_categories=["Cs"], exclude_characters="\b\f")  # JSON's, which FEEL does not write


@given(st.text(letters, max_size=20), st.text(letters, max_size=5))
def test_texts_are_cut_and_joined_again(text: str, part: str) -> None:
    assert (
        value("substring before(a, b) + b + substring after(a, b) = a or not(contains(a, b))", a=text, b=part) is True
    )
    assert value('string join(split(a, ","), ",")', a=text) == text
    assert value("string length(a)", a=text) == len(text)
    assert value(json.dumps(text)) == text
    assert value(json.dumps(text, ensure_ascii=False)) == text


@given(st.lists(st.integers(0, 9), max_size=12), st.integers(0, 9))
def test_lists_hold_what_they_were_given(items: list[int], x: int) -> None:
    assert value("reverse(reverse(a)) = a", a=items) is True
    assert value("count(a[item < x]) + count(a[item >= x])", a=items, x=x) == len(items)
    assert (
        value("list contains(a, x)", a=items, x=x)
        is (x in items)
        is (value("some i in a satisfies i = x", a=items, x=x))
    )
    assert value("every i in a satisfies i < 10", a=items) is True
    assert value("for i in a return i * 2", a=items) == [2 * each for each in items]
    assert value("sort(a, function(p, q) p < q)", a=items) == sorted(items)
    assert value("count(distinct values(a))", a=items) == len(set(items))
    assert value("flatten([a, [a]])", a=items) == [*items, *items]


EXPRESSIONS = [
    "1 + 2 * 3 - -4",
    "a.b[1].c[item > 2]",
    "if a then b else c",
    "for i in 1..3, j in [1, 2] return i * j + count(partial)",
    "some x in l satisfies x > 1 and every y in m satisfies y != null",
    "function(x: number, y) x ** y",
    '{a: 1, "b c": {d: [1..2)}}',
    "x between 1 and 2 or x in (< 3, [4..5], 6)",
    "x in [1..2]",
    "x instance of list<number>",
    '@"2026-01-31" + @"P1M"',
    '"қ\\"а\\n"',
    "date and time(date: d, time: t)",
    "sort(list: l, precedes: function(a, b) a < b)",
    "not(a) and (b = c)",
    "(function(x) x + 1)(2)",
    "years and months duration(a, b)",
    "[1, [2, 3]][2][1]",
    "-(-x)",
    "null",
    "(> 5)",
    "{f: function(n) if n < 2 then 1 else n * f(n - 1)}.f(5)",
]


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_what_is_printed_is_read_as_the_same(text: str) -> None:
    once = expression(text).tree
    assert expression(written(once)).tree == once


@pytest.mark.parametrize(
    "text", ["1", "< 5", "[1..5], > 9", 'not("a", "b")', "? > 3 and ? < b", "null", "(1..2), a + 1", "-5"]
)
def test_an_entry_that_is_printed_is_read_as_the_same(text: str) -> None:
    once = unary_tests(text).tree
    assert once is not None and unary_tests(written(once)).tree == once


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('date and time(@"2020-07-31T14:27:30@Europe/Berlin", "Asia/Almaty")', "2020-07-31T18:27:30@Asia/Almaty"),
        ('date and time(@"2020-07-31T01:27:30+02:00", "Z")', "2020-07-30T23:27:30Z"),
        ('date and time(@"2020-07-31T14:27:30", "Asia/Almaty")', "2020-07-31T14:27:30@Asia/Almaty"),
        ('date and time(@"2020-07-31T14:27:30", "Z")', "2020-07-31T14:27:30Z"),
    ],
)  # fmt: skip
def test_a_moment_on_another_zone_s_clock_is_the_same_moment(text: str, said: str) -> None:
    """As feel-scala's BuiltinConversionFunctionsTest has it; what is nowhere in particular is meant there."""
    assert str(expression(text).evaluate({}).value) == said


def test_a_context_s_text_can_be_told_from_its_values() -> None:
    assert expression('string({a b: 1, "x: 1, y": 2, "": 3})').evaluate({}).value == '{a b: 1, "x: 1, y": 2, "": 3}'
