"""From what a form sent to answers: one reading for pages and programs, checked by kind, never trusted.

Answers are plain JSON values: text, numbers, yes/no, ISO dates, {key: count}, lists of chosen keys, and lists of rows.
A phone is two: `phone`, in E.164, and `phone_raw`, as it was typed. So is a number that says less than what was typed:
12.5, and «12,50».
"""

import re
from collections.abc import Callable, Container, Mapping, Sequence
from decimal import Decimal

from services import hours, phones
from services.asking import Asking, ask, columns_of, is_blank, line_numbers, line_of, sent_lines
from services.days import read_day
from services.errors import InvalidAnswers
from services.letters import is_printable, tidy
from services.plugin import Answers, Field, Line

Raw = Mapping[str, object]

MISSING = "Please fill this in."
TOO_LONG = "This is too long."
NOT_A_NUMBER = "Please enter a whole number."
NOT_A_DECIMAL = "Please enter a number, as 12.5."
TOO_SMALL = "This number is too small."
TOO_LARGE = "This number is too large."
NOT_A_DATE = "Please enter a date, as 31.12.2013."
NOT_A_TIME = "Please enter a time, as 14:30."
NOT_A_MOMENT = "Please enter a day and a time, as 31.12.2013 and 14:30."
NOT_BOTH = "Please enter the day and the time, both."
NOT_A_CHOICE = "Please choose one of the answers."
NO_FILE = "Please attach a file."
TOO_MANY_ROWS = "There are too many lines."
NO_LINE_MORE = "No line can be added here."
NOT_DIGITS = "This has a letter or a sign among its digits."
ONE_OR_THE_OTHER = (
    "This can be read in two ways: as 45000 or as 45. Write it without a mark, or with another zero behind it."
)
WRONG_BLANKS = "Blanks part thousands only, as in 45 000."
NO_CONTROL = "This has characters that cannot be printed."

LONGEST_TEXT = 500
MOST_ROWS = 50
DEEPEST = 10  #: members of a path
#: a mark before exactly three digits: thousands for some, a fraction for others
_TWO_WAYS = re.compile(r"-?[1-9]\d{0,2}(?:[.,]\d{3})+", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,15}")
_DECIMAL = re.compile(r"-?(?=[\d.,]*\d)\d*(?:[.,]\d*)?")
#: no more digits than a number keeps exactly, wherever it is stored
MOST_DIGITS = 15
#: of a number that is kept as a text
MOST_EXACT = 60
#: thousands parted by blanks, and nothing else
_PARTED = re.compile(r"-?\d{1,3}(?: \d{3})+(?:[.,]\d*)?", re.ASCII)


def parse(fields: Sequence[Field], raw: Raw) -> Answers:
    """The answers to these fields; what is not asked is left out.

    Raises InvalidAnswers with every field that is missing or wrong.
    """
    now = asked(fields, raw)
    return _parse(now.fields, now.hidden, raw)


def _parse(fields: Sequence[Field], hidden: Container[str], raw: Raw) -> Answers:
    """The answers to fields as they are asked now. Raises InvalidAnswers."""
    answers: dict[str, object] = {}
    errors: dict[str, str] = {}
    names = {field.name for field in fields}
    unasked: set[str] = set()
    for field in fields:
        # what hangs on an answer that is not asked itself is not asked either, whatever was sent
        if field.name in hidden or (field.when and field.when[0] in unasked) or not is_asked(field, answers, raw):
            unasked.add(field.name)
            continue
        if field.kind == "reckoned":
            answers[field.name] = field.stands
        if not _is_read(field):
            continue
        try:
            answers[field.name] = _READERS[field.kind](field, raw)
        except InvalidAnswers as faults:
            errors |= faults.errors
            continue
        except ValueError as error:
            errors[field.name] = str(error)
            continue
        if typed_name(field.name) not in names and (typed := _as_typed(field, raw, answers[field.name])):
            answers[typed_name(field.name)] = typed
        if wrong := _wrong(field, answers[field.name]):
            errors[field.name] = wrong
    if errors:
        raise InvalidAnswers(errors)
    return answers


def _wrong(field: Field, answer: object) -> str:
    """What its kind allows, and the form does not; "" when nothing is."""
    if field.required and answer in (None, "", [], {}):
        return NOT_A_CHOICE if field.kind in ("choice", "choices") else NO_FILE if field.kind == "files" else MISSING
    return field.fault(answer) if field.fault is not None else ""


def asked(fields: Sequence[Field], raw: Raw) -> Asking:
    """The fields as they are asked now, given what stands in the form."""
    return ask(fields, raw, _leniently)


def hidden_by(fields: Sequence[Field], raw: Raw) -> frozenset[str]:
    """The fields that their conditions hide, given what stands in the form."""
    return asked(fields, raw).hidden


def _leniently(field: Field, raw: Raw) -> object:
    """What can be read already of a form that is still being filled in; None for what is missing or wrong."""
    if field.kind == "rows":
        lines = ((at, line_of(raw, field.name, at)) for at in line_numbers(field, raw)[:MOST_ROWS])
        return [
            {each.name: each.stands if each.readonly else _leniently(each, line)
             for each in columns_of(field, at) if not each.is_not_read}
            for at, line in lines if field.fixed or not is_blank(field, line)
        ]  # fmt: skip
    try:
        return _READERS[field.kind](field, raw)
    except (InvalidAnswers, ValueError):
        return None


def typed_name(name: str) -> str:
    """Under which name stands what was typed for a phone or a number."""
    return f"{name}_raw"


def reads_two_ways(text: str) -> bool:
    """Whether a mark in it may part thousands or begin a fraction: «45,000»."""
    return _TWO_WAYS.fullmatch(text) is not None


def _as_typed(field: Field, raw: Raw, answer: object) -> str:
    """What was typed, where the answer alone does not say it."""
    if field.kind == "phone" and answer:
        return _read_text(field, raw)
    if field.kind == "number" and isinstance(answer, int | float):
        typed = one(raw, field.name)
        return "" if _plain_number(typed) == _plain_number(_text(answer)) else typed
    return ""


def _is_read(field: Field) -> bool:
    return not (field.is_not_read or field.is_only_shown)


def so_far(fields: Sequence[Field], raw: Raw) -> Answers:
    """The answers that can be read already, of a form that is still being filled in."""
    answers: dict[str, object] = {}
    now = asked(fields, raw)
    unasked: set[str] = set()
    for field in now.fields:
        if field.name in now.hidden or (field.when and field.when[0] in unasked) or not is_asked(field, answers, raw):
            unasked.add(field.name)
            continue
        try:
            answers |= _parse([field], now.hidden, {**raw, **answers})
        except InvalidAnswers:
            continue
    return answers


def is_asked(field: Field, answers: Answers, raw: Raw) -> bool:
    """Whether the field is shown, given the answer that it hangs on."""
    if field.when is None:
        return True
    name, values = field.when
    return (answers[name] if name in answers else one(raw, name)) in values


def as_form(answers: Answers) -> dict[str, object]:
    """Answers as a form sends them, so that what is kept and what is typed read the same: `members-0-name`.

    A context, as programs send it, is spread twice: as the counts of a question, and as the answers at its paths.
    """
    flat: dict[str, object] = {}
    for name, value in answers.items():
        if isinstance(value, Mapping):
            flat |= {f"{name}-{key}": str(count) for key, count in value.items()}
            if name.count(".") < DEEPEST:
                flat |= as_form({f"{name}.{key}": inside for key, inside in value.items()})
        elif isinstance(value, list | tuple) and all(isinstance(row, Mapping) for row in value):
            for at, row in enumerate(value):
                cells = as_form(row) or {"": ""}  # a line in which nothing stands yet
                flat |= {f"{name}-{at}-{key}": cell for key, cell in cells.items()}
        elif isinstance(value, list | tuple):
            flat[name] = [_text(each) for each in value]
        elif value is not None:
            flat[name] = _text(value)
    return flat


def begun_lines(fields: Sequence[Field], raw: Raw) -> dict[str, object]:
    """What stands at first in the lines that were just added, of which only the number was sent: `members-3-`."""
    found: dict[str, object] = {}
    for field in fields:
        for at in sent_lines(field, raw) if field.kind == "rows" else ():
            if not any(line_of(raw, field.name, at)):
                found |= fresh_line(field, at)
    return found


def fresh_line(field: Field, at: int) -> dict[str, object]:
    """A new line of a list as a form sends it: with what its columns begin with."""
    cells = as_form({column.name: column.stands for column in field.columns})
    return {f"{field.name}-{at}-{name}": cell for name, cell in cells.items()}


def one(raw: Raw, name: str) -> str:
    """The first value sent under that name, without blanks around it."""
    value = raw.get(name, "")
    if isinstance(value, list | tuple):
        value = value[0] if value else ""
    return tidy(_text(value)).strip() if value is not None else ""


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, float):
        text = f"{Decimal(str(value)):f}"
        return f"{text}0" if reads_two_ways(text) else text
    return str(value)


def _read_text(field: Field, raw: Raw) -> str:
    text = one(raw, field.name)
    if field.kind != "long_text":
        text = " ".join(text.split())
    if not is_printable(text):
        raise ValueError(NO_CONTROL)
    if len(text) > (field.maximum or LONGEST_TEXT):
        raise ValueError(TOO_LONG)
    return text


def _read_phone(field: Field, raw: Raw) -> str:
    text = _read_text(field, raw)
    return phones.e164(text) if text else ""


def _digits(field: Field, raw: Raw) -> str:
    """What was typed, without the blanks between its thousands. Raises ValueError for what reads in two ways."""
    text = " ".join(one(raw, field.name).replace("₸", " ").replace("\N{MINUS SIGN}", "-").split())
    if " " in text and not _PARTED.fullmatch(text) and re.fullmatch(r"[-\d., ]+", text, re.ASCII):
        raise ValueError(WRONG_BLANKS)
    if reads_two_ways(text):
        raise ValueError(ONE_OR_THE_OTHER)
    return text.replace(" ", "")


def _plain_number(text: str) -> str:
    """«1 234,50» as 1234.50."""
    return re.sub(r"\s", "", text).replace(",", ".").replace("\N{MINUS SIGN}", "-")


def _read_number(field: Field, raw: Raw) -> int | None:
    text = _digits(field, raw)
    if not text:
        return None
    if not (text.isascii() and _NUMBER.fullmatch(text)):
        raise ValueError(NOT_A_NUMBER)
    _check_bounds(field, number := int(text))
    return number


def _read_decimal(field: Field, raw: Raw) -> int | float | str | None:
    """A number with a point or a comma; whole numbers stay whole. Kept as a text, every digit stays: "12.50"."""
    text = _plain_number(_digits(field, raw))
    if not text:
        return None
    digits = len(re.sub(r"\D", "", text).lstrip("0"))
    most = MOST_EXACT if field.exact else MOST_DIGITS
    if not (text.isascii() and _DECIMAL.fullmatch(text)) or digits > most or len(text) > 2 * most:
        raise ValueError(NOT_A_DECIMAL)
    _check_bounds(field, exact := Decimal(text))
    if field.exact:
        return text
    return int(exact) if exact == exact.to_integral_value() else float(text)


def _check_bounds(field: Field, number: int | Decimal) -> None:
    """Raises ValueError outside of what the field allows."""
    if field.minimum is not None and number < Decimal(str(field.minimum)):
        raise ValueError(TOO_SMALL)
    if field.maximum is not None and number > Decimal(str(field.maximum)):
        raise ValueError(TOO_LARGE)


def _read_date(field: Field, raw: Raw) -> str | None:
    text = one(raw, field.name)
    if not text:
        return None
    try:
        return read_day(text).isoformat()
    except ValueError:
        raise ValueError(NOT_A_DATE) from None


def _read_time(field: Field, raw: Raw) -> str | None:
    text = one(raw, field.name)
    if not text:
        return None
    try:
        return hours.write_time(hours.read_time(text, field.asked_at), field.written, field.asked_at)
    except ValueError:
        raise ValueError(NOT_A_TIME) from None


def _read_moment(field: Field, raw: Raw) -> str | None:
    """A program sends it whole, a page sends `visited-day` and `visited-hour`."""
    text = one(raw, field.name)
    parts = [one(raw, f"{field.name}-{part}") for part in ("day", "hour")]
    if not text and not all(parts):
        if any(parts):
            raise ValueError(NOT_BOTH)
        return None
    try:
        at = hours.read_moment(text or " ".join(parts), field.asked_at)
        return hours.write_moment(at, field.written, field.asked_at)
    except ValueError:
        raise ValueError(NOT_A_MOMENT) from None


def _read_choice(field: Field, raw: Raw) -> str | None:
    key = one(raw, field.name)
    if not key:
        return None
    if key not in {choice.key for choice in field.choices}:
        raise ValueError(NOT_A_CHOICE)
    return key


def _read_choices(field: Field, raw: Raw) -> list[str]:
    """Those chosen, in the form's order; a program may send their list, a page sends `papers-identity`."""
    whole = raw.get(field.name)
    keys = [choice.key for choice in field.choices]
    if isinstance(whole, list | tuple):
        if not {_text(each) for each in whole} <= set(keys):
            raise ValueError(NOT_A_CHOICE)
        return [key for key in keys if key in {_text(each) for each in whole}]
    return [key for key in keys if one(raw, f"{field.name}-{key}")]


def _read_files(field: Field, raw: Raw) -> list[str]:
    """Ids of those that are attached to the question already, whatever a page sends; a program may leave some out."""
    keys = [choice.key for choice in field.choices]
    whole = raw.get(field.name)
    if not isinstance(whole, list | tuple):
        return keys
    wanted = {_text(each.get("documentId")) if isinstance(each, Mapping) else _text(each) for each in whole}
    if not wanted <= set(keys):
        raise ValueError(NOT_A_CHOICE)
    return [key for key in keys if key in wanted]


def _read_yes(field: Field, raw: Raw) -> bool | None:
    said = one(raw, field.name).lower() in {"yes", "on", "true", "1"}
    return True if said else None if field.required else False


def _read_digits(field: Field, raw: Raw) -> str:
    text = re.sub(r"[\s\u00a0-]", "", one(raw, field.name))
    if len(text) > 20:
        raise ValueError(TOO_LONG)
    if text and not (text.isascii() and text.isdigit()):
        raise ValueError(NOT_DIGITS)
    return text


def _read_counts(field: Field, raw: Raw) -> dict[str, int]:
    """How many of each; a program may send {key: count}, a page sends `documents-identity`."""
    whole = raw.get(field.name)
    counts = {}
    for choice in field.choices:
        given = whole.get(choice.key) if isinstance(whole, Mapping) else one(raw, f"{field.name}-{choice.key}")
        line = Field(choice.key, "integer", choice.label, minimum=0, maximum=field.maximum)
        counts[choice.key] = _read_number(line, {choice.key: given}) or 0
    return {key: count for key, count in counts.items() if count}


def _read_rows(field: Field, raw: Raw) -> list[dict[str, object]]:
    """The lines with anything in them; a line left blank does not count. A fault is named `members-0-income`."""
    numbers = line_numbers(field, raw)
    if field.fixed and not {*sent_lines(field, raw)} <= {*numbers}:
        raise ValueError(NO_LINE_MORE)
    if len(numbers) > (field.maximum or MOST_ROWS):
        raise ValueError(TOO_MANY_ROWS)
    asked_now = {line.at: line for line in field.lines}
    names = {column.name for column in field.columns}
    rows: list[dict[str, object]] = []
    errors: dict[str, str] = {}
    for at in numbers:
        sent = line_of(raw, field.name, at)
        if not field.fixed and is_blank(field, sent):
            continue
        line = asked_now.get(at) or Line(at, columns_of(field, at))
        looked_at = {each.name: each.stands for each in line.columns
                     if each.readonly and not _is_read(each) and each.name not in line.hidden}  # fmt: skip
        try:
            row = {**looked_at, **_parse(line.columns, line.hidden, sent)}
            # what was typed for a number says more than the number only to people: it does not stand in a line
            unsaid = {typed_name(each.name) for each in line.columns if each.kind == "number"}
            rows.append({name: cell for name, cell in row.items() if name not in unsaid or name in names})
        except InvalidAnswers as faults:
            errors |= {f"{field.name}-{at}-{name}": text for name, text in faults.errors.items()}
    if errors:
        raise InvalidAnswers(errors)
    return rows


_READERS: Mapping[str, Callable[[Field, Raw], object]] = {
    "text": _read_text,
    "long_text": _read_text,
    "phone": _read_phone,
    "iin": _read_digits,
    "integer": _read_number,
    "number": _read_decimal,
    "money": _read_number,
    "date": _read_date,
    "time": _read_time,
    "moment": _read_moment,
    "choice": _read_choice,
    "choices": _read_choices,
    "files": _read_files,
    "yes": _read_yes,
    "counts": _read_counts,
    "rows": _read_rows,
}
