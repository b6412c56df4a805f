"""What designers type in Modeler: `${…}` (juel.py), FEEL (`=…`, bare text, decision tables), ISO 8601 times.

What is in neither language by the book but in the other one is read in that, as earlier versions did: `=a == 'x'`.
No Python is ever evaluated: no attributes of objects, only keys of the data. Numbers are exact (Decimal); a whole
result is an int, any other a float. What FEEL makes null because it cannot be reckoned is an error here, in words.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any

import orjson

from services.expressions.coercion import as_text
from services.expressions.errors import ExpressionError
from services.expressions.juel import parts_of, read_juel
from services.expressions.world import HOST, World, in_world, new_run, no_due
from services.feel import FeelRefused, FeelScope, Remark, Run, expression, lift, nodes, unary_tests
from services.feel.applying import belongs
from services.feel.expressions import lifted
from services.feel.looking import check_callable
from services.feel.times import Date, DateTime, DaysTime, Time, YearsMonths, to_python
from services.feel.values import Range, kind
from services.shown import Seen, Words

Value = Any
Data = Mapping[str, Value]
Closure = Callable[[Data], Value]
Test = Callable[[Data, Value], bool]
Within = Callable[[FeelScope], Value]

__all__ = [
    "ISO",
    "Closure",
    "Test",
    "all_names_in",
    "compile_expression",
    "compile_test",
    "evaluate",
    "names_in",
    "plain",
]

NO_TRUTH = Words("it comes to neither true nor false")
ISO = re.compile(r"(-?P[0-9YMWDTHS]+|R\d*/.+|\d{4}-\d\d-\d\d.*)")
#: before the JSON of a list or a map of expressions, as `reading` makes it of Camunda's; nobody types it
BUILT, ENTRIES = "\0", "entries"
LARGEST_NUMBER = Decimal(10) ** 30
#: variables of an expression that a person is told of
MOST_NAMED = 12


@dataclass(frozen=True)
class Reading:
    """An expression, whatever its language."""

    within: Within
    free: frozenset[str]  #: what it may read of the data
    names: frozenset[str]  #: what it surely reads of the data: not what may be a member of a list's elements


@lru_cache(maxsize=4096)
def compile_expression(text: str) -> Closure:
    """A function of the data for anything a designer types. Raises ExpressionError."""
    if text.startswith(BUILT):
        return _compile_built(orjson.loads(text[1:]))
    stripped = text.strip()
    if ISO.fullmatch(stripped):
        return lambda data: stripped
    found = _read(stripped)
    return lambda data: plain(_evaluated(stripped, found.free, data, found.within), stripped)


def _compile_built(built: Any) -> Closure:
    """Of a list or a map whose items and keys are expressions."""
    if isinstance(built, str):
        return compile_expression(built)
    if isinstance(built, list):
        items = [_compile_built(each) for each in built]
        return lambda data: [each(data) for each in items]
    entries = [(compile_expression(key), _compile_built(each)) for key, each in built[ENTRIES]]
    return lambda data: {as_text(key(data)): each(data) for key, each in entries}


def _said_in(built: Any) -> list[str]:
    """The expressions in a list or a map."""
    if isinstance(built, str):
        return [built]
    inside = built if isinstance(built, list) else [part for entry in built[ENTRIES] for part in entry]
    return [said for each in inside for said in _said_in(each)]


@lru_cache(maxsize=4096)
def compile_test(text: str) -> Test:
    """A decision table's input entry as a function of (data, input value). Raises ExpressionError."""
    stripped = text.strip()
    try:
        test = unary_tests(stripped)
        if test.tree is not None:
            check_callable(test.tree, HOST, test.free)
    except FeelRefused as refused:
        return _other_test(stripped, refused)
    if test.tree is None:
        return lambda data, value: True
    return lambda data, value: _evaluated(stripped, test.free, data, partial(test.within, value=lift(value))) is True


def _other_test(text: str, refused: FeelRefused) -> Test:
    """`'a'`: a value as JUEL writes it. Raises ExpressionError."""
    try:
        found = read_juel(text, HOST)
    except FeelRefused:
        raise ExpressionError(text, words(refused.note)) from None

    def fits(data: Data, value: Value) -> bool:
        wanted = _evaluated(text, found.free, data, found.within)
        return belongs(new_run(), lift(value), wanted) is True

    return fits


def evaluate(text: str, data: Data) -> Value:
    """The expression's value over the data. Raises ExpressionError."""
    return compile_expression(text)(data)


def check_expression(text: str) -> None:
    """Raises ExpressionError for what cannot be reckoned, however good the values are."""
    compile_expression(text)


def reckon(text: str, values: Mapping[str, Any], now: datetime) -> Any:
    """What an expression beside the diagram (of a form) comes to at that moment. Raises ExpressionError."""
    with in_world(World(now, no_due, now.tzinfo or UTC)):
        return evaluate(text, values)


def is_reckoned(name: str) -> bool:
    """Whether the name of a message, a signal or a process is an expression: `${…}`, `#{…}` or `=…`."""
    return "${" in name or "#{" in name or name.lstrip().startswith("=")


def is_text(text: str) -> bool:
    """Whether it comes to a text whatever the values are: there is something beside its `${…}`."""
    parts = parts_of(text.strip())
    return parts is not None and (len(parts) > 2 or any(literal for literal, _ in parts))


def holds(condition: str, data: Data) -> bool:
    """Raises ExpressionError for what is neither true nor false: a text is neither."""
    found = evaluate(condition, data)
    if found is None or isinstance(found, bool):
        return bool(found)
    raise ExpressionError(condition, NO_TRUTH, seen(names_in(condition), data))


@lru_cache(maxsize=4096)
def names_in(text: str) -> frozenset[str]:
    """The variables that an expression reads; none for what cannot be read."""
    if text.startswith(BUILT):
        return frozenset[str]().union(*(names_in(each) for each in _said_in(orjson.loads(text[1:]))))
    stripped = text.strip()
    if not stripped or ISO.fullmatch(stripped):
        return frozenset()
    try:
        return _read(stripped).names
    except ExpressionError:
        return frozenset()


@lru_cache(maxsize=4096)
def all_names_in(text: str) -> frozenset[str]:
    """All the variables that an expression may read. Raises ExpressionError."""
    if text.startswith(BUILT):
        return frozenset[str]().union(*(all_names_in(each) for each in _said_in(orjson.loads(text[1:]))))
    return _read(text.strip()).free


def words(note: Remark) -> Words:
    """Why, in the reader's language: the names of FEEL's types, too."""
    said = {key: Words(each) if isinstance(each, str) and each in KINDS else each for key, each in note.details.items()}
    return Words(note.text, said)


@lru_cache(maxsize=4096)
def _read(text: str) -> Reading:
    if not text:
        raise ExpressionError(text, Words("it is empty"))
    try:
        if text[0] == "=":
            return _either(text[1:], _feel, _juel)
        parts = parts_of(text)
        if parts is None:
            return _either(text, _feel, _juel)
        if len(parts) == 2 and not parts[0][0] and not parts[1][0]:
            return _either(parts[0][1] or "", _juel, _feel)
        return _template([(said, None if part is None else _either(part, _juel, _feel)) for said, part in parts])
    except FeelRefused as refused:
        raise ExpressionError(text, words(refused.note)) from None


def _either(text: str, first: Callable[[str], Reading], other: Callable[[str], Reading]) -> Reading:
    try:
        return first(text)
    except FeelRefused as refused:
        try:
            return other(text)
        except FeelRefused:
            raise refused from None


def _juel(text: str) -> Reading:
    found = read_juel(text, HOST)
    return Reading(found.within, found.free, found.free)


def juel_of(text: str) -> tuple[Within, frozenset[str]]:
    """`${…}`, or what stands in it, where a file says so: its logic and what it reads. Raises FeelRefused."""
    parts = parts_of(text)
    if parts is None:
        found = _juel(text)
    elif len(parts) == 2 and not parts[0][0] and not parts[1][0]:
        found = _juel(parts[0][1] or "")
    else:
        found = _template([(said, None if part is None else _juel(part)) for said, part in parts])
    return found.within, found.free


def _feel(text: str) -> Reading:
    found = expression(text)
    check_callable(found.tree, HOST, found.free)
    return Reading(found.within, found.free, _surely_read(found.tree) & found.free)


def _surely_read(node: nodes.Tree) -> frozenset[str]:
    found: set[str] = set()
    ahead = [node]
    while ahead:
        each = ahead.pop()
        if isinstance(each, nodes.NameOf):
            found.add(each.name)
        elif isinstance(each, nodes.Filter):
            ahead.append(each.base)
        elif isinstance(each, nodes.Invocation) and isinstance(each.function, nodes.NameOf):
            ahead += each.arguments
        else:
            ahead += each.parts()
    return frozenset(found)


def _template(parts: list[tuple[str, Reading | None]]) -> Reading:
    """«Dear ${name}!»"""
    readings = [each for _, each in parts if each]

    def within(scope: FeelScope) -> Value:
        said = (before + (as_text(each.within(scope)) if each else "") for before, each in parts)
        return scope.run.written("".join(said))

    free = frozenset[str]().union(*(each.free for each in readings))
    return Reading(within, free, frozenset[str]().union(*(each.names for each in readings)))


def _evaluated(text: str, free: frozenset[str], data: Data, within: Within) -> Value:
    """Raises ExpressionError where a limit is reached, or something could not be reckoned."""
    run: Run = new_run()
    try:
        value = within(FeelScope(run, lifted(data, free)))
    except FeelRefused as refused:
        raise ExpressionError(text, words(refused.note), seen(free, data)) from None
    except RecursionError:
        raise ExpressionError(text, Words("it is nested too deeply"), seen(free, data)) from None
    if run.notes and (note := next((each for each in run.notes if each.grave), None)):
        raise ExpressionError(text, words(note), seen(free, data))
    return value


def seen(names: Iterable[str], data: Data) -> Seen:
    """Of what kind these variables are: «null» where there is nothing by that name."""
    return Seen(tuple((name, kind(lift(data.get(name)))) for name in sorted(names)[:MOST_NAMED]))


def plain(value: Value, text: str = "") -> Value:
    """A value of FEEL as it is stored: whole numbers as int, moments and durations as ISO text.

    Raises ExpressionError for what cannot be stored.
    """
    if value is None or type(value) in (str, bool):
        return value
    if type(value) is Decimal:
        if not value.is_finite() or abs(value) > LARGEST_NUMBER:
            raise ExpressionError(text, Words("a number is too large"))
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, list):
        return [plain(each, text) for each in value]
    if isinstance(value, dict):
        return {key: plain(each, text) for key, each in value.items()}
    if isinstance(value, DateTime):
        return _moment(value)
    if isinstance(value, Date | Time | DaysTime | YearsMonths):
        return str(value)
    if isinstance(value, Range):
        raise ExpressionError(text, Words("a range is not a value"))
    raise ExpressionError(text, Words("a function is not a value"))


def _moment(value: DateTime) -> str:
    """As Python writes it, which every reader of variables understands: at an offset, not in a zone."""
    try:
        found = to_python(value)
    except (ValueError, OverflowError):
        return str(value)
    return (found if value.time.is_somewhere else found.replace(tzinfo=None)).isoformat()


#: FEEL's names of types, as words
KINDS = frozenset(said.text for said in (
    Words("boolean"), Words("number"), Words("string"), Words("list"), Words("context"), Words("date"), Words("time"),
    Words("date and time"), Words("years and months duration"), Words("days and time duration"), Words("range"),
    Words("function"), Words("null"),
))  # fmt: skip
