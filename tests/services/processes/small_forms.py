"""Small forms drawn for a test, and what somebody asked by them gets or is refused."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from services import phones
from services.answers import parse
from services.errors import InvalidAnswers
from services.plugin import CaseFacts, Checked, Form, FormCall, OfficeFacts, PersonFacts
from services.processes.forms.plugin_form import as_plugin_form
from services.processes.forms.schema import read_file
from tests.services.processes.drawn_forms import VISIT

AT = datetime(2026, 3, 5, 14, 0, tzinfo=timezone(timedelta(hours=5)))
OFFICE = OfficeFacts("BALKHASH", "Балқаш ауданының бөлімі", "district", "Балқаш")
GOOD: dict[str, Any] = json.loads(VISIT)


def call(**variables: object) -> FormCall:
    case = CaseFacts(7, "p", OFFICE, OFFICE, OFFICE, AT, AT, None, None, {}, variables)
    person = PersonFacts(1, "Дерекова Нұсқагүл", frozenset({"clerk"}))
    return FormCall(case, person, "", AT, lambda name: [], lambda role: [], lambda name, inputs: {}, lambda code: code)


def form(*components: dict[str, Any], **more: object) -> bytes:
    whole = {"type": "default", "id": "f", "schemaVersion": 19, "components": list(components), **more}
    return json.dumps(whole, ensure_ascii=False).encode()


def ask(*components: dict[str, Any]) -> Form:
    drawn, faults = read_file(form(*components))
    assert faults == ()
    return as_plugin_form(drawn, "")


def text(key: str = "a", **more: object) -> dict[str, Any]:
    return {"type": "textfield", "key": key, "label": key, **more}


def choice(kind: str, *values: object, key: str = "a", **more: object) -> dict[str, Any]:
    given = [each if isinstance(each, dict) else {"label": f"{each}", "value": each} for each in values]
    return {"type": kind, "key": key, "label": key, "values": given, **more}


def answer(asked: Form, raw: Mapping[str, object], **variables: object) -> Checked:
    here = call(**variables)
    return asked.check(here, parse(asked.fields(here), raw))


def wrong(asked: Form, raw: Mapping[str, object], **variables: object) -> dict[str, str]:
    with pytest.raises(InvalidAnswers) as found:
        answer(asked, raw, **variables)
    return found.value.errors


def rules_of(content: bytes) -> list[str]:
    return [fault.rule for fault in read_file(content)[1]]


RIGHT_AND_WRONG = {
    "minLength": (text(validate={"minLength": 3}), "абв", "аб", "This is too short."),
    "maxLength": (text(validate={"maxLength": 3}), "абв", "абвг", "This is too long."),
    "pattern": (text(validate={"pattern": "^[A-Z]+\\d$"}), "AB1", "ab1", "This is not written the way it has to be."),
    "email": (text(validate={"validationType": "email"}), "a@b.kz", "a@b", "Please enter an e-mail address."),
    "phone": (text(validate={"validationType": "phone"}), "+7 (700) 000-00-01", "12 34",
              phones.TOO_SHORT),
    "required": (text(validate={"required": True}), "a", " ", "Please fill this in."),
    "no past": ({"type": "datetime", "key": "a", "disallowPassedDates": True}, "05.03.2026", "04.03.2026",
                "Please enter today or a later day."),
    "min": ({"type": "number", "key": "a", "validate": {"min": "0.5"}}, "0.5", "0.4", "This number is too small."),
    "digits": ({"type": "number", "key": "a", "decimalDigits": 2}, "1.25", "1.2555",
               "There are too many digits after the comma."),
    "must tick": ({"type": "checkbox", "key": "a", "validate": {"required": True}}, "yes", "", "Please fill this in."),
}  # fmt: skip

#: every type of component that is read
TYPES = [
    "textfield",
    "number",
    "datetime",
    "textarea",
    "checkbox",
    "radio",
    "select",
    "checklist",
    "taglist",
    "image",
    "text",
    "html",
    "button",
    "spacer",
    "group",
    "dynamiclist",
    "separator",
    "table",
    "iframe",
    "expression",
    "filepicker",
    "documentPreview",
]
