"""A form as it is asked now: what the answers given so far hide, change and come to. Pure; nothing of it is kept.

Answers hang on one another: a condition hides a question, the sum of several is shown in the words of another, a choice
says what may be chosen next. So everything is looked at from the top to the bottom, and once more while that still
changes something. What is hidden counts as not answered.

In a line of a list, conditions know the whole form by the names of its questions, and the line as `this`; `parent` is
what stands around the list, and `i` the numbers of the lines, from 1 (as in form-js's LocalExpressionContext).
"""

import re
from collections import ChainMap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from services.plugin import Answers, Field, Line

Raw = Mapping[str, object]
Known = dict[str, object]
#: what stands in a form for one field, as its kind; None for what cannot be read, or not yet
Read = Callable[[Field, Raw], object]

MOST_ROUNDS = 12


@dataclass(frozen=True)
class AskedNow:
    """The fields as they are asked now."""

    fields: tuple[Field, ...]
    hidden: frozenset[str]  #: names, in lines of lists too: `members-0-born`
    known: Answers  #: every answer as conditions see it, by its path: {"address": {"street": …}}


def is_moving(field: Field) -> bool:
    """Whether answers change how the field is asked."""
    return bool(field.hide or field.now or field.reckon or any(is_moving(column) for column in field.columns))


def put(known: Known, path: str, value: object) -> None:
    """Under `a.b.c`; what stands in the way gives place."""
    *outer, last = path.split(".")
    for name in outer:
        inside = known.get(name)
        # a copy: what is in there may be a variable's own
        inside = dict(inside) if isinstance(inside, Mapping) else {}
        known[name] = inside
        known = inside
    known[last] = value


def take_away(known: Known, path: str) -> None:
    """With the contexts that are empty then."""
    first, _, rest = path.partition(".")
    inside = known.get(first)
    if rest and isinstance(inside, Mapping):
        kept = dict(inside)
        take_away(kept, rest)
        if kept:
            known[first] = kept
            return
    elif rest:
        return
    known.pop(first, None)


def found_at(known: Mapping[str, object], path: str) -> object:
    """What stands at `a.b.c`; None where nothing does."""
    value: object = known
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def line_numbers(field: Field, raw: Raw) -> list[int]:
    """Which lines of a list stand there: those that were sent, or a blank one; where they are fixed, its own."""
    return list(range(len(field.begins))) if field.fixed else sent_lines(field, raw) or [0]


def sent_lines(field: Field, raw: Raw) -> list[int]:
    """Which lines of a list were sent."""
    if isinstance(whole := raw.get(field.name), list | tuple):
        return list(range(len(whole)))
    return row_numbers(raw, field.name)


def row_numbers(raw: Raw, name: str) -> list[int]:
    """Which lines of a table were sent, in order."""
    pattern = re.compile(rf"{re.escape(name)}-(\d{{1,4}})-")
    return sorted({int(found[1]) for key in raw if (found := pattern.match(key))})


def line_of(raw: Raw, name: str, at: int) -> Raw:
    """What was sent of one line, by the names of its columns."""
    if isinstance(whole := raw.get(name), list | tuple):
        row = whole[at] if at < len(whole) else None
        return row if isinstance(row, Mapping) else {}
    before = f"{name}-{at}-"
    return {key[len(before) :]: value for key, value in raw.items() if key.startswith(before)}


def columns_of(field: Field, at: int) -> tuple[Field, ...]:
    """The columns in that line: what is only looked at stands as it stood there at first."""
    if at >= len(field.begins):
        return field.columns
    begun = field.begins[at]
    return tuple(replace(column, stands=begun.get(column.name)) for column in field.columns)


def is_blank(field: Field, line: Raw) -> bool:
    """Whether nothing stands in a line of a list; a choice may stand there by itself."""
    names = {column.name for column in field.columns if column.kind != "choice"}
    return not any(
        str(value).strip() for key, value in line.items()
        if key.partition("-")[0] in names and value not in (None, False, [])
    )  # fmt: skip


def layers(*each: Answers) -> Answers:
    """All of them in one, the first before the others."""
    return ChainMap(*each)  # type: ignore[arg-type]  # nobody writes into it


@dataclass(frozen=True)
class PlaceInForm:
    """What an expression may ask for, at one place of a form."""

    data: Answers  #: the whole form
    this: Answers  #: the form, or the line
    parent: Answers | None = None
    numbers: tuple[int, ...] = ()

    def names(self) -> Answers:
        return self._with(self.data)

    def line(self, known: Answers, number: int) -> "PlaceInForm":
        """In a line of a list that stands here; `number` counts from 1."""
        return PlaceInForm(self.data, known, self._with(self.this), (*self.numbers, number))

    def _with(self, data: Answers) -> Answers:
        special = {"this": self.this, "parent": self.parent, "i": list(self.numbers)}
        # looked up, not copied: a large form asks many times
        return layers({f"_{name}_": value for name, value in special.items()}, data, special)


def ask(fields: Sequence[Field], raw: Raw, read: Read, around: PlaceInForm | None = None, number: int = 0) -> AskedNow:
    """How the fields are asked, given what stands in the form; `around` and `number`: of a line of a list."""
    if not any(is_moving(field) or field.seen for field in fields):
        return AskedNow(tuple(fields), frozenset(), {})
    return _FormWalk(fields, raw, read, around, number).until_still()


class _FormWalk:
    """One form, or one line of a list, looked at until nothing changes any more."""

    def __init__(self, fields: Sequence[Field], raw: Raw, read: Read, around: PlaceInForm | None, number: int) -> None:
        self.fields, self.raw, self.read = fields, raw, read
        self.known: Known = {}
        self.around, self.number = around, number
        self.hidden: set[str] = set()
        self.reckoned: dict[str, object] = {}
        self.asked: list[Field] = list(fields)

    def until_still(self) -> AskedNow:
        for field in self.fields:
            self._look_up(field)
        for _ in range(min(MOST_ROUNDS, 2 + sum(field.reckon is not None for field in self.fields))):
            before = self.hidden, self.reckoned
            self.hidden, self.reckoned = set(), {}
            self.asked = [self._field(field) for field in self.fields]
            if before == (self.hidden, self.reckoned):
                break
        # words and bounds go by what is known at the end
        last = tuple(self._now(field, asked) for field, asked in zip(self.fields, self.asked, strict=True))
        return AskedNow(last, frozenset(self.hidden), self.known)

    def _scope(self) -> PlaceInForm:
        return self.around.line(self.known, self.number) if self.around else PlaceInForm(self.known, self.known)

    def _field(self, field: Field) -> Field:
        """The field as it is asked in this round."""
        if field.hide is not None and field.hide(self._scope().names()):
            self.hidden.add(field.name)
            take_away(self.known, field.name)
            return field
        if field.reckon is not None:
            self.reckoned[field.name] = value = field.reckon(self._scope().names())
            put(self.known, field.name, value)
            return replace(field, stands=value)
        now = self._now(field, field)
        self._look_up(now)
        return self._rows(now) if field.kind == "rows" else now

    def _now(self, field: Field, asked: Field) -> Field:
        if field.now is None or field.name in self.hidden:
            return asked
        # it moves on: whoever looks again later asks it again
        return replace(field.now(self._scope().names()), now=field.now, stands=asked.stands, lines=asked.lines)

    def _look_up(self, field: Field) -> None:
        """The answer that stands in it, as conditions see it."""
        if field.is_not_read:
            return
        value = field.stands if field.is_only_shown else self.read(field, self.raw)
        put(self.known, field.name, value if field.seen is None else field.seen(value))

    def _rows(self, field: Field) -> Field:
        """A list with its lines as they are asked; what they hide and reckon is known from then on."""
        if not any(is_moving(column) for column in field.columns):
            return field
        lines: list[Line] = []
        values: list[Answers] = []
        for at in line_numbers(field, self.raw):
            sent = line_of(self.raw, field.name, at)
            inside = ask(columns_of(field, at), sent, self.read, self._scope(), len(lines) + 1)
            self.hidden |= {f"{field.name}-{at}-{name}" for name in inside.hidden}
            lines.append(Line(at, inside.fields, inside.hidden))
            if field.fixed or not is_blank(field, sent):
                values.append(inside.known)
        put(self.known, field.name, values)
        return replace(field, lines=tuple(lines))
