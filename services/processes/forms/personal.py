"""Which questions ask for a person's own data, as far as their keys say."""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from services.processes.forms.drawn_form import Question
from services.processes.forms.faults import FormFault

#: of a key, in three languages
WORDS = frozenset(
    [
        "iin", "surname", "lastname", "firstname", "givenname", "fullname", "patronymic", "birthdate", "birthday",
        "address", "phone", "mobile", "email", "iban", "passport",
        "жсн", "тегі", "аты", "әкесінің", "мекенжай", "телефон", "пошта",
        "иин", "фамилия", "имя", "отчество", "фио", "адрес", "почта", "паспорт",
    ]
)  # fmt: skip
_PARTS = re.compile(r"[A-ZӘҒҚҢӨҰҮҺІА-ЯЁ]?[a-zәғқңөұүһіа-яё]+|[A-ZӘҒҚҢӨҰҮҺІА-ЯЁ]+(?![a-zәғқңөұүһіа-яё])")


def personal_faults(questions: Iterable[Question]) -> Iterator[FormFault]:
    """A warning for each key, of a question or a column, whose answer becomes a variable."""
    for question in questions:
        if question.disabled:
            continue
        for each in question:
            field = each.field
            if not field.asks_nothing and not each.disabled and _is_personal(field.name):
                yield FormFault("form-personal", field.name, field.label, {"key": field.name})


def _is_personal(key: str) -> bool:
    """`iin`, `applicantPhone`, `last_name`."""
    parts = [part.casefold() for part in _PARTS.findall(key)]
    return not WORDS.isdisjoint([*parts, *(first + second for first, second in pairwise(parts))])
