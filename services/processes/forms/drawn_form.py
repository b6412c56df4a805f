"""A form as a designer drew it: nothing of a case is in it yet."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as made
from datetime import date, datetime, time

from services import hours
from services.msgids import _
from services.plugin import Field

DONE = _("Done")
MOST_CHOICES = 500
LARGEST_NUMBER = 1e15  #: up to here a number is kept exactly, wherever it is stored
LONGEST_CHOICE = 200

#: key, label and value of a choice
Offered = tuple[str, str, object]
#: what is wrong with an answer of the right kind, as a msgid; "" when nothing is
Rule = Callable[[object], str]


@dataclass(frozen=True)
class Question:
    """One component that is shown. What hangs on the case and on other answers is filled in when the form is asked."""

    field: Field  #: its name is the path of its answer: `address.street`
    hide: tuple[str, ...] = ()  #: conditions, its own and those of the groups around it
    default: object = None  #: as it was drawn, of the answer's type; text with ${…} is reckoned
    #: what is reckoned whenever it is asked, as FEEL with its =: required, readonly, disabled, minimum, maximum,
    #: shortest, longest, choices, rows (of a table), columns, value (of what is reckoned); default: once, at first
    by: Mapping[str, str] = made(default_factory=dict)
    choices_from: str = ""  #: variable that holds the choices
    values: Mapping[str, object] = made(default_factory=dict)  #: key of a choice -> its value, where that is no text
    disabled: bool = False  #: shown, and no answer
    rules: tuple[Rule, ...] = ()
    not_past: bool = False  #: a date, today or later
    as_text: bool = False  #: a number that becomes a text
    is_outcome: bool = False
    messages: tuple[str, ...] = ()  #: the designer's own words for what is wrong
    columns: tuple["Question", ...] = ()  #: of a list
    repetitions: int = 1  #: of a list: how many lines it begins with, where no variable holds any

    @property
    def words(self) -> tuple[str, ...]:
        """What people read of it, as it was drawn."""
        field = self.field
        return (field.label, field.help, field.prefix, field.suffix)

    def __iter__(self) -> Iterator["Question"]:
        """The question and its columns, and theirs."""
        yield self
        for column in self.columns:
            yield from column


@dataclass(frozen=True)
class Drawn:
    """A form without anything of a case in it."""

    name: str
    questions: tuple[Question, ...]
    submit: str = DONE


def choice_key(value: object) -> str | None:
    """How a choice's value is sent by a page; None for what cannot be a choice."""
    if isinstance(value, bool):
        return "true" if value else "false"
    key = value if isinstance(value, str) else ""
    if isinstance(value, int | float) and -LARGEST_NUMBER < value < LARGEST_NUMBER:
        key = str(value)
    return key if key.strip() and len(key) <= LONGEST_CHOICE and key.isprintable() else None


def offered(values: object) -> list[Offered]:
    """What a variable or an expression offers: a list of texts and numbers, or of `{label, value}`."""
    found: dict[str, Offered] = {}
    for each in values[:MOST_CHOICES] if isinstance(values, list) else []:
        value = each.get("value") if isinstance(each, Mapping) else each
        label = each.get("label", value) if isinstance(each, Mapping) else value
        key = choice_key(value)
        if key is not None:
            found.setdefault(key, (key, str(label)[:LONGEST_CHOICE], value))
    return list(found.values())


def is_expression(value: str) -> bool:
    """Whether a default value is reckoned: `${…}`, as in formData."""
    return "${" in value or "#{" in value


def is_day(value: object, kind: str) -> bool:
    """Whether a default is a day, a time or a moment as it is kept."""
    try:
        found = hours.to_python(value) if isinstance(value, str) else None
    except ValueError:
        return False
    if kind == "date":
        return type(found) is date and found.isoformat() == value
    return isinstance(found, time if kind == "time" else datetime)
