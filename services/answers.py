"""From what a form sent to answers: one reading for pages and programs, checked by kind, never trusted.

Answers are plain JSON values: text, numbers, yes/no, ISO dates, {key: count}, lists of chosen keys, and lists of rows.
A phone is two: `phone`, in E.164, and `phone_raw`, as it was typed. So is a number that says less than what was typed:
12.5, and «12,50».
"""

from collections.abc import Callable, Container, Mapping, Sequence

from services.asking import AskedNow, ask, columns_of, is_blank, line_numbers, line_of, sent_lines
from services.errors import InvalidAnswers
from services.kinds import MISSING, NO_FILE, NOT_A_CHOICE, READERS, Raw, as_text, as_typed, one
from services.msgids import _
from services.plugin import Answers, Field, Line

TOO_MANY_ROWS = _("There are too many lines.")
NO_LINE_MORE = _("No line can be added here.")

MOST_ROWS = 50
DEEPEST = 10  #: members of a path


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
        if typed_name(field.name) not in names and (typed := as_typed(field, raw, answers[field.name])):
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


def asked(fields: Sequence[Field], raw: Raw) -> AskedNow:
    """The fields as they are asked now, given what stands in the form."""
    return ask(fields, raw, _leniently)


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
    given = answers[name] if name in answers else one(raw, name)
    return ("yes" if given is True else given) in values


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
            flat[name] = [as_text(each) for each in value]
        elif value is not None:
            flat[name] = as_text(value)
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


_READERS: Mapping[str, Callable[[Field, Raw], object]] = {**READERS, "rows": _read_rows}
