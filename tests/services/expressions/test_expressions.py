"""What designers type: the values it gives, and that nothing but an ExpressionError ever comes out of it."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal, localcontext
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from services.expressions.errors import ExpressionError
from services.expressions.language import compile_expression, compile_test, evaluate
from services.expressions.world import World, in_world
from tests.examples import tried

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WORLD = World(NOW, lambda step, start: start + timedelta(days={"review": 5}[step]))
DATA: dict[str, Any] = {
    "a": 2, "b": 3, "half": 0.5, "name": "Айгүл", "yes": True, "no": False, "nothing": None, "list": [3, 1, 2], "none": [],
    "person": {"age": 40, "child": {"name": "Ерлан"}}, "people": [{"n": 1}, {"n": 2}], "by": "2026-05-01T09:00:00+05:00",
    "тізім": [1], "P": 5, "not_yet": "", "in_work": 1, "order": 7, "day": "2026-02-28",
}  # fmt: skip


def value(text: str, data: dict[str, Any] | None = None) -> Any:
    with in_world(WORLD):
        return evaluate(text, DATA if data is None else data)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # JUEL
        ("${a}", 2), ("${a + b}", 5), ("#{a}", 2), ("${a == 2 && b != 2}", True), ("${a gt 1 or no}", True),
        ("${empty none}", True), ("${empty name}", False), ("${!yes}", False), ("${not yes}", False),
        ("${yes ? 'one' : 'two'}", "one"), ("Dear ${name}: ${a} of ${b}", "Dear Айгүл: 2 of 3"), ("${a}${b}", "23"),
        ("${a mod 2}", 0), ("${7 div 2}", 3.5), ("${person.age}", 40), ("${person['age']}", 40),
        ("${person.child.name}", "Ерлан"), ("${person.none.name}", None), ("${missing}", None), ("${тізім[0]}", 1), ("${тізім[1]}", None),
        ("${name == 'Айгүл'}", True), ('${"}"}', "}"), ("${nothing == null}", True), ("${not_yet}", ""),
        ("${in_work + order}", 8), ("${'5' == 5}", True), ("${'5' + '2'}", 7), ("${no or 'false'}", False),
        ("${'TRUE' and yes}", True), ("${'' == 0}", True), ("${name lt 'Я'}", True), ("${10 > '9'}", True),
        ("${list[0]}", 3), ("${list['2']}", 2), ("${people[1].n}", 2), ("${nothing < 1}", False), ("${nothing <= nothing}", True),
        ("${yes == 'true'}", True), ("${a == b - 1}", True), ("Dear ${nothing}!", "Dear !"), ("\\${a} is ${a}", "${a} is 2"),
        ("${1e2}", 100), ("${empty missing ? 1 : 2}", 1), ("${'a}b'}", "a}b"), ("${a}}", "2}"), ("${name + 'x'}", "Айгүлx"), ("${'x' + 'y' + name}", "xyАйгүл"), ("${now()}", "2026-03-02T09:00:00+00:00"),
        # what one language has of the other is still read, as earlier versions did
        ("=a == 2 && b != 2", True), ("=yes ? 'one' : 'two'", "one"), ("${if a > 1 then 1 else 2}", 1), ("${a = 2}", True),
        # FEEL
        ("=a + b * 2", 8), ("=(a + b) * 2", 10), ("=-a - -b", 1), ("=0.1 + 0.2", 0.3), ("=1 / 4", 0.25), ("=4 / 2", 2),
        ("=10 - 2 - 3", 5), ("=12 / 2 / 3", 2), ("=1.50", 1.5), ("=half * 2", 1),
        ("=if a > 1 then \"more\" else \"less\"", "more"), ("=a in (1, 2)", True), ("=a in [1..2]", True),
        ("=a in (2..3)", False), ("=a in ]2..3]", False), ("=a in (1..3)", True), ("=a in [2..3[", True), ("=b in [2..3[ or no", False),
        ("=a in (1..2[", False), ("=a in [3, 2]", True), ("=a in (< 2, > 4)", False),
        ("=a between 1 and 2", True), ("=some x in list satisfies x > 2", True), ("=every x in list satisfies x > 2", False),
        ("=some x in none satisfies x", False), ("=count(list)", 3), ("=sum(list)", 6), ("=sum(1, 2.5)", 3.5),
        ("=min(list)", 1), ("=max(4, 9, 2)", 9), ("=min(none)", None), ("=list[1]", 3), ("=list[-1]", 2), ("=list[9]", None),
        ("=[1..10[.start included", True), ("=[1..10[.end", 10), ("=[for i in [2..3] return i, for i in 3..2 return i]", [[2, 3], [3, 2]]),
        ("=string join([\"a\", \"b\"], \"-\", \"<\", \">\")", "<a-b>"),
        ("=people.n", [1, 2]), ("=abs(-3)", 3), ("=floor(2.7)", 2), ("=floor(-2.1)", -3), ("=ceiling(2.1)", 3),
        ("=decimal(2.345, 2)", 2.34), ("=decimal(2.355, 2)", 2.36), ("=round half up(2.5)", 3), ("=round half up(-2.5)", -3),
        ("=round half up(2.345, 2)", 2.35), ("=string(a) + name", "2Айгүл"), ("=number(\"3.5\")", 3.5),
        ("=upper case(name)", "АЙГҮЛ"), ("=lower case(name)", "айгүл"), ("=string length(name)", 5),
        ("=contains(name, \"гүл\")", True), ("=starts with(name, \"Ай\")", True), ("=ends with(name, \"x\")", False),
        ("=list contains(list, 2)", True), ("=is defined(missing)", False), ("=not(no)", True), ("=not (no)", True),
        ("=[1, a, [b]]", [1, 2, [3]]), ("={x: a, \"two words\": b}", {"x": 2, "two words": 3}), ("={x: {y: 1}}.x.y", 1),
        ("=null", None), ("=true and nothing", None), ("=false and nothing", False), ("=nothing or yes", True), ("=\"a\\\"b\"", 'a"b'),
        ("=a = 2 and b = 3", True), ("=a = \"2\"", None), ("=yes = 1", None), ("=nothing < 1", None),
        ("=person = {age: 40, child: {name: \"Ерлан\"}}", True),
        # bare text
        ("a > 1", True), ("a == 2", True), ("P", 5), ("\"PT1H\"", "PT1H"),
        # times
        ("P10D", "P10D"), ("R3/PT10H", "R3/PT10H"), ("2030-01-01T00:00:00Z", "2030-01-01T00:00:00Z"),
        ("=now()", "2026-03-02T09:00:00+00:00"), ("=today()", "2026-03-02"), ("=duration(\"PT90M\")", "PT1H30M"),
        ("=duration(\"-PT5S\")", "-PT5S"), ("=now() + duration(\"P1D\")", "2026-03-03T09:00:00+00:00"),
        ("=date and time(by) < now()", False), ("=date and time(by) - now()", "P59DT19H"), ("=date(by)", "2026-05-01"),
        ("=today() + duration(\"P1D\")", "2026-03-03"), ("=today() - date(day)", "P2D"),
        ("${due(\"review\")}", "2026-03-07T09:00:00+00:00"), ("=due(\"review\", by)", "2026-05-06T09:00:00+05:00"),
        ("=due(\"review\", now())", "2026-03-07T09:00:00+00:00"), ("=today() > date(\"2026-01-01\")", True),
    ],
)  # fmt: skip
def test_an_expression_has_a_value(text: str, expected: Any) -> None:
    found = value(text)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "=", "${}", "${a", "=a +", "=a b", "=(a", "=[a", "={a", "={a:}", "=[1..2", "=if a then b", "=some x in list",
        "=f(1)", "=a.1", "=a..b", "=name()", "=a = = b", "=1.2.3", "=\"open", "=@a", "=a;b", "=a\\b", "=`a`",
        "=eval(\"1\")", "${a.equals('x')}", "${''.getClass()}", "=name.equals(\"x\")", "${a.b(1)}", "${a b}", "${a ?}", "${1 +}", "=__import__(\"os\")", "=lambda: 1", "=list[", "=count(list", "=count(list,)b", "=a?b", "=between 1 and 2",
        "=1" + "+1" * 500, "=" + "(" * 100 + "1" + ")" * 100, "=" + "-" * 3000 + "1", "=" + "!" * 3000 + "yes",
        "=a" + ".b" * 1500, "=a" + "[1]" * 1300, "=" + "[" * 900 + "]" * 900, "=" + "not " * 900 + "yes", "=" + "empty " * 600 + "a",
        "=" + "if a then " * 300 + "1", "=" + "{a:" * 600 + "1" + "}" * 600, "=\"" + "x" * 25000 + "\"",
        "=" + "a and " * 700 + "a",
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_when_it_is_deployed(text: str) -> None:
    with pytest.raises(ExpressionError):
        compile_expression(text)


@pytest.mark.parametrize(
    "text",
    [
        "=a + name", "=name * 2", "=yes + 1", "=a / 0", "=a % 0", "=name < 1", "=yes and name", "=if a then 1 else 2",
        "=sum(name)", "=list.x.y.z + 1", "=a.b", "=list[name]", "=floor(name)", 
        "${a + name}", "${nothing + 1}", "${yes + 1}", "${a == 'two'}", "${a / 0}", "${a % 0}", "${a and yes}", "${name.first}",
        "${!a}", "${list < 1}", "${list.first}",
        "=number(\"x\")", "=number(\"NaN\")", "=number(\"1e999999\")", "=upper case(1)", "=contains(1, 2)",
        "=date and time(\"soon\")", "=date and time(a)", "=duration(a)", "=date(a)", "=due(1)",
        "=due(\"review\", \"soon\")", "=due(\"review\", 5)", "=now() + 1", "=now() < 1",
        "=for i in [3..2] return i", "=string join(list, \"-\", \"<\")",
        "=[1..2]", "=count(1, 2)", "=now(1)", "=person[list]", "=some x in a satisfies x", "=some x in list satisfies x",
        "=1" + "0" * 31, "=9" * 1 + "9" * 29 + " * " + "9" * 30 + " * 9", "=-name", "=abs(yes)", "=not(a)", "=!a",
        "=duration(\"P" + "9" * 30 + "D\")",
    ],
)  # fmt: skip
def test_what_does_not_go_with_the_values_is_an_expression_error(text: str) -> None:
    with pytest.raises(ExpressionError):
        value(text)


def test_the_error_says_which_expression_and_why() -> None:
    with pytest.raises(ExpressionError, match=r"=a \+ name.*2 \+ .Айгүл. cannot be reckoned"):
        value("=a + name")


def test_the_time_is_not_known_outside_a_move() -> None:
    for text in ("=now()", "=today()", '=due("review")'):
        with pytest.raises(ExpressionError):
            evaluate(text, {})


def test_days_and_times_without_a_place_are_those_of_the_world() -> None:
    there = World(datetime(2026, 3, 1, 20, 30, tzinfo=UTC), WORLD.due, ZoneInfo("Asia/Almaty"))
    with in_world(there):
        assert evaluate("=today()", {}) == "2026-03-02"
        assert evaluate("=now()", {}) == "2026-03-02T01:30:00+05:00"
        assert evaluate('=date and time("2026-03-02T01:00") < now()', {}) is True
        assert evaluate('=date("2026-03-02T01:00")', {}) == "2026-03-02"
        assert evaluate('=due("review", "2026-03-02T01:00")', {}) == "2026-03-07T01:00:00+05:00"


def test_an_expression_changes_nothing() -> None:
    before = json.dumps(DATA, sort_keys=True)
    for text in ("=list[1]", "=some a in list satisfies a > 1", "={a: list}", "=people.n", "=sum(list)"):
        value(text)
    assert json.dumps(DATA, sort_keys=True) == before


# ---------------------------------------------------------------- for any text and any number

numbers = st.decimals(min_value=-(10**9), max_value=10**9, places=4, allow_nan=False)
wholes = st.integers(-(10**12), 10**12)


@given(numbers, numbers)
def test_sums_differences_and_products_are_exact(a: Decimal, b: Decimal) -> None:
    texts = {"+": a + b, "-": a - b}
    with localcontext(prec=60):
        texts["*"] = a * b
    for sign, exact in texts.items():
        assert Decimal(str(value(f"={a} {sign} ({b})", {}))) == Decimal(str(float(exact))), sign
        assert value(f"={a} {sign} ({b}) = {exact:f}", {}) is True


@given(wholes, wholes)
def test_whole_numbers_stay_whole_and_exact(a: int, b: int) -> None:
    data = {"a": a, "b": b}
    for text, exact in (("=a + b", a + b), ("=a - b", a - b), ("=a * b", a * b)):
        found = value(text, data)
        assert found == exact
        assert type(found) is int


@given(st.integers(-(10**9), 10**9), st.integers(1, 10**6))
def test_a_quotient_times_its_divisor_is_the_dividend_when_it_comes_out_even(a: int, b: int) -> None:
    assert value("=a * b / b", {"a": a, "b": b}) == a
    assert value("=floor(a / b)", {"a": a, "b": b}) == a // b
    assert value("=ceiling(a / b)", {"a": a, "b": b}) == -(-a // b)


scalars = st.one_of(st.none(), st.booleans(), st.integers(-5, 5), st.floats(-5, 5), st.text(max_size=3))
things = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
                      max_leaves=5)  # fmt: skip


@given(things, things)
def test_any_two_things_are_equal_or_not(a: Any, b: Any) -> None:
    data = {"a": a, "b": b}
    assert value("=a = b", data) is value("=b = a", data)
    assert (value("=a = b", data), value("=a != b", data)) in {(True, False), (False, True), (None, None)}
    assert value("=a = a", data) is True


@given(things, things)
def test_any_two_things_are_in_an_order_or_cannot_be_compared(a: Any, b: Any) -> None:
    data = {"a": a, "b": b}

    def said(text: str) -> Any:
        try:
            return value(text, data)
        except ExpressionError:
            return "refused"

    less, more, least, most = said("=a < b"), said("=a > b"), said("=a <= b"), said("=a >= b")
    assert (less == "refused") == (more == "refused") == (least == "refused") == (most == "refused")
    assert less == said("=b > a")
    assert least == said("=b >= a")
    if less not in ("refused", None):
        assert [less, more, value("=a = b", data)].count(True) == 1
        assert least is (less or value("=a = b", data))


WORDS = ["a", "b", "list", "name", "person", "nothing", "1", "2.5", '"x"', "'y'", "true", "null", "+", "-", "*", "/", "%", "=",
         "==", "!=", "<", "<=", "(", ")", "[", "]", "{", "}", ",", ":", "?", "!", ".", "..", "and", "or", "not", "in", "between",
         "if", "then", "else", "some", "every", "satisfies", "empty", "count", "sum", "floor", "date and time", "duration",
         "now", "due", "round half up", "${", "}", "x", "eq", "mod", "__class__", "'P1D'", "9" * 40]  # fmt: skip


def survives(text: str) -> None:
    for run in (value, lambda each: compile_test(each)(DATA, 1)):
        try:
            found = run(text)
        except ExpressionError:
            continue
        json.dumps(found)


@given(st.text(max_size=60))
def test_any_text_has_a_value_or_is_refused(text: str) -> None:
    for each in (text, f"={text}", f"${{{text}}}"):
        survives(each)


@tried(150, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(WORDS), max_size=14))
def test_any_row_of_words_has_a_value_or_is_refused(words: list[str]) -> None:
    survives("=" + " ".join(words))
    survives("".join(words))


@given(st.from_regex(r"[a-zәқұ]\w{0,5}", fullmatch=True), things)
def test_any_data_is_borne(name: str, thing: Any) -> None:
    for text in (f"={name} + 1", f"={name}.x", f"={name}[1]", f"=count({name})", f"={name} < 3", f"=string({name})"):
        try:
            json.dumps(value(text, {name: thing}))
        except ExpressionError:
            continue


# ---------------------------------------------------------------- unary tests


@pytest.mark.parametrize(
    ("text", "fits", "does_not"),
    [
        ("-", [1, None, "x"], []), ("", [1, None], []), ("5", [5, 5.0], [6, "5", None]), ('"a"', ["a"], ["b", None]),
        ('"a","b"', ["a", "b"], ["c"]), ("< 18", [17], [18, None]), (">= 18", [18], [17]), ("[18..120]", [18, 120], [17, 121]),
        ("(18..120)", [19], [18, 120]), ("]18..120]", [120], [18]), ("[18..120[", [18], [120]), ("true", [True], [False, None, 1]),
        ("false", [False], [True, 0]), ("not(5)", [4, None], [5]), ('not("a","b")', ["c"], ["a", "b"]), ("not(< 3)", [3], [2]),
        ("? > 3 and ? < 6", [4], [3, 6]), ("< limit", [9], [10]), ("limit", [10], [9]), ("list", [1, 2], [3]),
        ("null", [None], [0]), ("1, 2, > 8", [1, 2, 9], [3, 8]), ("!= 3", [4], [3]), ("-5", [-5], [5]), ("[-5..-1]", [-3], [0]),
        ('? in ("a", "b")', ["a"], ["c"]), ("< limit * 2", [19], [20]), ("limit - 1", [9], [10]),
    ],
)  # fmt: skip
def test_a_table_s_entry_fits_what_it_says(text: str, fits: list[Any], does_not: list[Any]) -> None:
    test, data = compile_test(text), {"limit": 10, "list": [1, 2]}
    assert [each for each in fits if not test(data, each)] == []
    assert [each for each in does_not if test(data, each)] == []


@pytest.mark.parametrize("text", ["5 6", "<", "[1..", "not(", "f(?)", "a,", ",", "? >"])
def test_a_table_s_entry_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        compile_test(text)
