"""What was sent for one question, read by its kind; a msgid says why it cannot be. `services.answers` reads lists."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal

from services import hours, phones
from services.days import read_day
from services.letters import has_pictures, is_printable, tidy
from services.msgids import _
from services.plugin import Field

Raw = Mapping[str, object]

MISSING = _("Please fill this in.")
TOO_LONG = _("This is too long.")
NOT_A_NUMBER = _("Please enter a whole number.")
NOT_A_DECIMAL = _("Please enter a number, as 12.5.")
TOO_SMALL = _("This number is too small.")
TOO_LARGE = _("This number is too large.")
NOT_A_DATE = _("Please enter a date, as 31.12.2013.")
NOT_A_TIME = _("Please enter a time, as 14:30.")
NOT_A_MOMENT = _("Please enter a day and a time, as 31.12.2013 and 14:30.")
NOT_BOTH = _("Please enter the day and the time, both.")
NOT_A_CHOICE = _("Please choose one of the answers.")
NO_FILE = _("Please attach a file.")
NOT_DIGITS = _("This has a letter or a sign among its digits.")
ONE_OR_THE_OTHER = _(
    "This can be read in two ways: as 45000 or as 45. Write it without a mark, or with another zero behind it."
)
WRONG_BLANKS = _("Blanks part thousands only, as in 45 000.")
NO_CONTROL = _("This has characters that cannot be printed.")
NO_PICTURES = _("Pictures (emoji) cannot be printed: write it in words.")

LONGEST_TEXT = 500
#: digits of an IIN and the like, with those typed too many
MOST_IDENTIFIER = 20
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


def reads_two_ways(text: str) -> bool:
    """Whether a mark in it may part thousands or begin a fraction: «45,000»."""
    return _TWO_WAYS.fullmatch(text) is not None


def one(raw: Raw, name: str) -> str:
    """The first value sent under that name, without blanks around it."""
    value = raw.get(name, "")
    if isinstance(value, list | tuple):
        value = value[0] if value else ""
    return tidy(as_text(value)).strip() if value is not None else ""


def as_text(value: object) -> str:
    """A value as a form would have sent it."""
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
    if has_pictures(text):
        raise ValueError(NO_PICTURES)
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


def plain_number(text: str) -> str:
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
    text = plain_number(_digits(field, raw))
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
    """What was chosen, in the form's order; a program may send their list, a page sends `papers-identity`."""
    whole = raw.get(field.name)
    keys = [choice.key for choice in field.choices]
    if isinstance(whole, list | tuple):
        if not {as_text(each) for each in whole} <= set(keys):
            raise ValueError(NOT_A_CHOICE)
        return [key for key in keys if key in {as_text(each) for each in whole}]
    return [key for key in keys if one(raw, f"{field.name}-{key}")]


def _read_files(field: Field, raw: Raw) -> list[str]:
    """Ids of those that are attached to the question already, whatever a page sends; a program may leave some out."""
    keys = [choice.key for choice in field.choices]
    whole = raw.get(field.name)
    if not isinstance(whole, list | tuple):
        return keys
    wanted = {as_text(each.get("documentId")) if isinstance(each, Mapping) else as_text(each) for each in whole}
    if not wanted <= set(keys):
        raise ValueError(NOT_A_CHOICE)
    return [key for key in keys if key in wanted]


def _read_yes(field: Field, raw: Raw) -> bool | None:
    said = one(raw, field.name).lower() in {"yes", "on", "true", "1"}
    return True if said else None if field.required else False


def _read_digits(field: Field, raw: Raw) -> str:
    text = re.sub(r"[\s\u00a0-]", "", one(raw, field.name))
    if len(text) > MOST_IDENTIFIER:
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


def as_typed(field: Field, raw: Raw, answer: object) -> str:
    """What was typed, where the answer alone does not say it."""
    if field.kind == "phone" and answer:
        return _read_text(field, raw)
    if field.kind == "number" and isinstance(answer, int | float):
        typed = one(raw, field.name)
        return "" if plain_number(typed) == plain_number(as_text(answer)) else typed
    return ""


READERS: Mapping[str, Callable[[Field, Raw], object]] = {
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
}
