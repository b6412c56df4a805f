"""What a case is found by: words of the applicant's name, parts of the phone, the IIN, and every number it was given.

Each key stands with an office in front, `TALDYKORGAN:улгибаев`, so that one look into one index finds what that office
may find and nothing else. Keys of the person lie with the applicant, those of the case with the case.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Select,
    Text,
    bindparam,
    cast,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.orm import InstrumentedAttribute

from services import custody, documents, kazakh, phones
from services.cases.models import Applicant, Case
from services.cases.newest import Newest, newest
from services.errors import Invalid
from services.written import Once

#: shorter parts of a phone would find everybody
SHORTEST_PART = 4
#: of a number that is only begun: less means many
LONG_ENOUGH = 5
#: what is longer, or has more words, is no search
LONGEST, MOST_WORDS = 100, 8
#: a whole key, and not the beginning of one
WHOLE = "="
#: an address as a whole
DWELLING = "@"
_DIGITS = re.compile("[0-9]+")


def found_by(office_keys: Iterable[str], keys: Iterable[str]) -> ColumnElement[str]:
    """Keys at offices, as the index keeps them."""
    return func.array_to_tsvector(cast(told(office_keys, keys), ARRAY(Text)), type_=TSVECTOR)


def told(office_keys: Iterable[str], keys: Iterable[str]) -> list[str]:
    """Keys at offices, in their order."""
    return sorted({f"{office}:{key}" for office in office_keys for key in set(keys)})


_MORE = Once(
    text('UPDATE "case" SET found_by = found_by || array_to_tsvector(:keys) WHERE id = :case_id').bindparams(
        bindparam("keys", type_=ARRAY(Text)), bindparam("case_id", type_=BigInteger())
    )
)


def find_by(office_keys: Iterable[str], numbers: Iterable[str], case_id: int) -> None:
    """From now on that case is found at those offices by these numbers, too."""
    _MORE.wait(keys=told(office_keys, keys_of_numbers(numbers)), case_id=case_id)


def keys_of_person(full_name: str, phone: str, iin: str, address: str = "") -> set[str]:
    """Each word of the name as everybody can type it, each part of the phone from some digit on, the IIN and the
    address as a whole.

    The phone is E.164; one kept from before that is no number is found by its digits.
    """
    digits = "".join(_DIGITS.findall(phone.removeprefix("+7")))
    parts = {digits[at:] for at in range(max(len(digits) - SHORTEST_PART + 1, 0))}
    return {*kazakh.plain_key(full_name).split(), *parts, *keys_of_application(iin, address)}


def keys_of_application(iin: str, address: str) -> set[str]:
    """By what another application of that person, or for that dwelling, is found; no search asks for a dwelling.

    An address is the same whatever its blanks, points and capitals, and whether it was typed with Kazakh letters.
    """
    dwelling = "".join(letter for letter in kazakh.plain_key(address) if letter.isalnum())
    return {*([f"{WHOLE}{iin}"] if iin else []), *([f"{DWELLING}{dwelling}"] if dwelling else [])}


def holds_any(office_keys: Iterable[str], keys: Iterable[str]) -> ColumnElement[bool]:
    """Of an applicant: that any of those whole keys, at any of those offices, finds them."""
    asked = " | ".join(sorted(f"'{office}:{key}'" for office in office_keys for key in keys))
    return Applicant.found_by.op("@@", is_comparison=True)(cast(literal(asked), TSQUERY))


def applicant_by_phone(office_keys: Iterable[str], phone: str) -> ColumnElement[bool]:
    """Of an applicant: that this is their whole phone, E.164, at any of those offices."""
    return _anywhere(office_keys, ["".join(_DIGITS.findall(phone.removeprefix("+7")))])


def applicant_by_name(office_keys: Iterable[str], name: str) -> ColumnElement[bool]:
    """Of an applicant: that all of those words, each of them whole, are of their name, at any of those offices."""
    return _anywhere(office_keys, kazakh.plain_key(name).split()[:MOST_WORDS])


def _anywhere(office_keys: Iterable[str], keys: list[str]) -> ColumnElement[bool]:
    return _holds(Applicant.found_by, [" | ".join(f"({_all(office, keys)})" for office in office_keys)])


def keys_of_numbers(numbers: Iterable[str]) -> set[str]:
    """The number as it is printed, without its office, and its count alone: 19-2026-00042, 2026-00042, =42.

    Another's number, such as the post's, stands without blanks and dashes.
    """
    keys: set[str] = set()
    for number in numbers:
        office, _, rest = number.partition("-")
        count = rest.rpartition("-")[2].lstrip("0")
        keys |= {number, rest, f"{WHOLE}{count}"} if office and count else {_run_together(number)}
    return keys - {""}


def matches(office_key: str, words: str, most: int) -> Newest | None:
    """The newest cases of an office that those words mean, at most so many of each kind; None for no words."""
    asked = questions(office_key, words)
    return newest(asked, most) if asked else None


def questions(office_key: str, words: str) -> list[Select[int]]:
    """What those words may mean at that office, each as ids of cases in no order."""
    parts = words[:LONGEST].split()[:MOST_WORDS]
    arms: list[Select[int]] = []
    if any(letter.isalpha() for part in parts for letter in part):
        arms += _arms(office_key, parts)
    named = [part for part in parts if not any(letter.isdigit() for letter in part)]
    if any(letter.isdigit() for letter in words):  # a phone or a number with blanks in it is one, beside a name, too
        arms += _arms(office_key, ["".join(parts)])
    if named and len(parts) > len(named) + 1:
        arms += _arms(office_key, [*named, "".join(part for part in parts if part not in named)])
    if (number := _whole(words)) is not None:
        arms.append(_labelled(number))
    return arms


def _arms(office_key: str, parts: list[str]) -> Iterator[Select[int]]:
    """All of the words mean the person; or all a number; or some the person and the others a number."""
    names = [part for part in parts if not any(letter.isdigit() for letter in part)]
    codes = [part for part in parts if part not in names]
    said = [_all(office_key, _names(part)) for part in names]
    of_person = [*said, *(_any(office_key, _of_digits(part)) for part in codes)]
    of_number = [_any(office_key, _of_number(part)) for part in codes]
    if all(of_person):
        yield select(Applicant.case_id).where(_holds(Applicant.found_by, of_person))
    if codes and all(of_number) and all(said):
        numbered = select(Case.id).where(_holds(Case.found_by, of_number))
        if names:
            numbered = numbered.join(Applicant, Applicant.case_id == Case.id).where(_holds(Applicant.found_by, said))
        yield numbered


def _labelled(number: str) -> Select[int]:
    """The case whose paper that label is on, which was printed before anybody knew for which."""
    case_id = func.coalesce(custody.Label.case_id, custody.Item.case_id)
    wanted = select(case_id).outerjoin(custody.Item, custody.Item.code == custody.Label.item_code)
    return wanted.where(custody.Label.code == number, case_id.is_not(None))


def _names(part: str) -> list[str]:
    return [f"{word}*" for word in kazakh.plain_key(part).split()]


def _of_digits(part: str) -> list[str]:
    """What digits mean of a person: the whole IIN, or a part of the phone."""
    digits = "".join(_DIGITS.findall(part))
    if len(digits) < SHORTEST_PART or any(letter.isalpha() for letter in part):
        return []
    return [f"{WHOLE}{digits}", *(f"{part}*" for part in sorted(phones.searched(digits)) if len(part) >= SHORTEST_PART)]


def _of_number(part: str) -> list[str]:
    """What a word with digits means as a number: its count, its count and year, its beginning, another's number."""
    plain = documents.plain_code(part)
    year, _, count = plain.rpartition("-")
    short = [f"{WHOLE}{plain.lstrip('0')}"] if plain.strip("0").isdigit() else []
    padded = [f"{year}-{int(count):05d}"] if year and _DIGITS.fullmatch(count) and len(count) <= 9 else []
    whole = [number] if (number := _whole(part)) is not None else []
    begun = [f"{plain}*", f"{_run_together(plain)}*"] if len(plain) >= LONG_ENOUGH else []
    return [*short, *padded, *whole, *begun]


def _whole(words: str) -> str | None:
    try:
        return documents.read_payload(words)
    except Invalid:
        return None


def _run_together(number: str) -> str:
    return "".join(letter for letter in number.upper() if letter.isalnum())


def _all(office_key: str, keys: list[str]) -> str:
    return " & ".join(_key(office_key, each) for each in keys)


def _any(office_key: str, keys: list[str]) -> str:
    return " | ".join(_key(office_key, each) for each in dict.fromkeys(keys))


def _key(office_key: str, key: str) -> str:
    """One key as a question writes it; a star asks for all that begin so."""
    said = "".join(letter for letter in key if letter.isalnum() or letter in "-=")
    return f"'{office_key}:{said}'{':*' if key.endswith('*') else ''}"


def _holds(column: InstrumentedAttribute[Any], questions: list[str]) -> ColumnElement[bool]:
    asked = " & ".join(f"({each})" for each in questions)
    return column.op("@@", is_comparison=True)(cast(literal(asked), TSQUERY))
