"""`.form` files and drawn fields, whatever is in them, are asked and checked as drawn; or what is wrong is said."""

import copy
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services import phones
from services.answers import as_form, parse
from services.errors import InvalidAnswers
from services.plugin import CaseFacts, Checked, Form, FormCall, OfficeFacts, PersonFacts
from services.processes.forms.drawn import as_plugin_form
from services.processes.forms.faults import MOST, RULES, Fault
from services.processes.forms.generated import read_fields
from services.processes.forms.schema import MOST_COMPONENTS, read_file
from services.processes.forms.words import plain
from tests.services.processes.drawn_forms import ANSWERS, VISIT

AT = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
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


# ---------------------------------------------------------------- what is drawn is what is asked


def test_a_good_form_has_no_fault_and_asks_everything_in_its_order() -> None:
    drawn, faults = read_file(VISIT)
    assert faults == ()
    assert [question.field.name for question in drawn.questions if question.field.kind != "note"] == [
        "visited_on", "area", "lives", "people", "services", "members", "why_empty", "act_number", "photographed",
        "next_visit", "route",
    ]  # fmt: skip
    assert drawn.submit == "Актіні бекіту"


def test_it_says_which_variables_it_puts_before_the_diagram_s_conditions() -> None:
    sets = {each.name: each for each in as_plugin_form(read_file(VISIT)[0], "").sets}
    assert {name: each.kind for name, each in sets.items()} == {
        "visited_on": "text", "area": "number", "lives": "choice", "people": "number", "services": "list",
        "members": "list", "why_empty": "text", "act_number": "text", "photographed": "yes", "next_visit": "choice",
        "route": "text",
    }  # fmt: skip
    assert [choice.key for choice in sets["lives"].choices] == ["yes", "no"]
    assert (sets["area"].always, sets["people"].always) == (True, False)


def test_numbers_are_kept_as_they_are_and_as_text_only_where_it_is_drawn_so() -> None:
    asked = ask({"type": "number", "key": "a"}, {"type": "number", "key": "b", "serializeToString": True})
    assert answer(asked, {"a": "12,50", "b": "0.1"}).variables == {"a": 12.5, "b": "0.1"}
    assert answer(asked, {"a": "1 000", "b": ""}).variables == {"a": 1000, "b": None}
    assert set(wrong(asked, {"a": "1e3", "b": "1" * 16})) == {"a", "b"}


def test_a_number_goes_in_the_steps_that_are_drawn() -> None:
    asked = ask({"type": "number", "key": "a", "increment": "0.25"})
    assert answer(asked, {"a": "1.75"}).variables == {"a": 1.75}
    assert wrong(asked, {"a": "1.8"}) == {"a": "This number is not one of those allowed."}


def test_choices_have_their_own_values_not_only_texts() -> None:
    asked = ask(choice("select", 1, 2.5, True, "x"), choice("taglist", 1, "1 ", key="b"))
    assert answer(asked, {"a": "2.5", "b-1": "yes"}).variables == {"a": 2.5, "b": [1]}
    assert answer(asked, {"a": "true", "b": ["1 "]}).variables == {"a": True, "b": ["1 "]}
    assert set(wrong(asked, {"a": "3", "b": ["2"]})) == {"a", "b"}


def test_choices_may_come_from_a_variable() -> None:
    asked = ask({"type": "select", "key": "a", "valuesKey": "flats"})
    flats = [{"label": "1-пәтер", "value": 1}, "екі", {"value": None}, {"label": "қайта", "value": 1}, [3]]
    assert [choice.label for choice in asked.fields(call(flats=flats))[0].choices] == ["1-пәтер", "екі"]
    assert answer(asked, {"a": "1"}, flats=flats).variables == {"a": 1}
    assert wrong(asked, {"a": "1"}, flats="no list") == {"a": "Please choose one of the answers."}


def test_a_group_hides_all_that_stands_in_it() -> None:
    group = {"type": "group", "label": "g", "conditional": {"hide": "=not(b)"}, "components": [text(), text("c")]}
    asked = ask({"type": "checkbox", "key": "b"}, group)
    assert set(answer(asked, {"a": "x"}).variables) == {"b"}
    assert set(answer(asked, {"a": "x", "b": "yes"}).variables) == {"a", "b", "c"}


def test_what_is_hidden_counts_as_not_answered_for_what_hangs_on_it() -> None:
    asked = ask(
        text("a"),
        text("b", conditional={"hide": '=a != "on"'}),
        text("c", conditional={"hide": '=b = "on"'}),
        text("d", conditional={"hide": "=outside > 3"}),
    )
    assert set(answer(asked, {"a": "off", "b": "on"}, outside=1).variables) == {"a", "c", "d"}
    assert set(answer(asked, {"a": "on", "b": "on"}, outside=4).variables) == {"a", "b"}
    assert set(answer(asked, {}, outside="no number").variables) == {"a", "c", "d"}, (
        "what cannot be reckoned hides nothing"
    )


def test_a_condition_reads_the_answer_that_stands_in_the_form_not_an_older_variable() -> None:
    asked = ask(text("a"), text("b", conditional={"hide": '=a = "old"'}))
    assert set(answer(asked, {"a": "new"}, a="old").variables) == {"a", "b"}
    assert asked.initial(call(a="old")) == {"a": "old"}


def test_what_is_read_only_keeps_its_value_and_what_is_disabled_gives_none() -> None:
    asked = ask(text("a", readonly=True), text("b", disabled=True, defaultValue="x"), text("c"))
    sent = {"a": "forged", "b": "forged", "c": "said"}
    assert answer(asked, sent, a="known").variables == {"a": "known", "c": "said"}
    assert asked.initial(call(a="known")) == {"a": "known", "b": "x"}


@pytest.mark.parametrize("value", ["", "иә", 5, True, None, [], {}, {"x": 1}, [1], "x" * 3000])
def test_a_variable_of_another_kind_does_not_break_the_form_that_begins_with_it(value: object) -> None:
    kinds = [{"type": "number", "key": "n"}, {"type": "checkbox", "key": "c"}, {"type": "datetime", "key": "d"},
             choice("select", "иә", key="s"), choice("checklist", "иә", key="l"), text("t"),
             {"type": "dynamiclist", "path": "r", "components": [text("x")]}]  # fmt: skip
    asked = ask(*kinds)
    here = call(**dict.fromkeys("ncdsltr", value))
    json.dumps(answer(asked, as_form(asked.initial(here)), **dict.fromkeys("ncdsltr", value)).variables)


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


@pytest.mark.parametrize("what", RIGHT_AND_WRONG)
def test_a_check_lets_the_right_answer_pass_and_names_the_wrong_one(what: str) -> None:
    component, right, other, said = RIGHT_AND_WRONG[what]
    asked = ask(component)
    answer(asked, {"a": right})
    assert wrong(asked, {"a": other}) == {"a": said}


@pytest.mark.parametrize(
    ("drawn", "shown"),
    [
        ("# Бас\n\n**Маңызды** және `код`\n- бір\n* екі", "Бас\nМаңызды және код\n• бір\n• екі"),
        ("[сайт](https://egov.kz) ![сурет](x.png)", "сайт (https://egov.kz) сурет (x.png)"),
        ("<script>alert(1)</script> a < b", "alert(1) a < b"),
    ],
)
def test_texts_are_shown_as_plain_lines(drawn: str, shown: str) -> None:
    assert plain(drawn) == shown


def test_html_becomes_lines_without_tags() -> None:
    assert plain("<h1>Бас</h1><ul><li>бір</li><li>екі</li></ul><p onclick='x'>үш<br>төрт</p>") == (
        "Бас\n• бір\n• екі\nүш\nтөрт"
    )


def test_components_of_one_row_share_its_width() -> None:
    def at(row: str, columns: int | None = None) -> dict[str, Any]:
        return {"layout": {"row": row, "columns": columns}}

    drawn, _ = read_file(form(text("a", **at("1")), text("b", **at("1")), text("c", **at("2", 5)),
                              text("d", **at("2", 11)), text("e")))  # fmt: skip
    assert [question.field.width for question in drawn.questions] == ["half", "half", "third", "two_thirds", "full"]


# ---------------------------------------------------------------- what cannot be asked is said

DEEP: dict[str, Any] = text()
for _ in range(15):
    DEEP = {"type": "group", "components": [DEEP]}
FAULTY = {
    "form-unreadable": b"{",
    "form-too-large": form(*[text(f"a{at}") for at in range(MOST_COMPONENTS + 5)]),
    "form-too-deep": form(DEEP),
    "form-shape": form(text(validate={"minLength": "many"})),
    "form-too-new": form(text(), schemaVersion=20),
    "form-platform": form(text(), executionPlatform="Camunda Cloud"),
    "form-component": form({"type": "filepicker", "key": "a"}),
    "form-key": form(text("address.street")),
    "form-key-twice": form(text(), text()),
    "form-expression": form(text(label="Сәлем, {{name}}")),
    "form-condition": form(text(conditional={"hide": "=sorted(a)"})),
    "form-pattern": form(text(validate={"pattern": "(?<=a)b"})),
    "form-no-choices": form(choice("radio")),
    "form-choice": form(choice("radio", {"label": "x", "value": {}}, "a")),
    "form-in-list": form({"type": "dynamiclist", "path": "l", "components": [text(), choice("taglist", "x", key="b")]}),
    "form-time": form({"type": "datetime", "subtype": "time", "key": "a"}),
    "form-outcome": form(text(properties={"outcome": "yes"})),
    "form-personal": form(text(key="applicant_iin")),
}


@pytest.mark.parametrize("rule", FAULTY)
def test_every_fault_of_a_file_is_named_with_what_to_do(rule: str) -> None:
    faults = [fault for fault in read_file(FAULTY[rule])[1] if fault.rule == rule]
    assert len(faults) == 1
    assert "%(" not in str(faults[0]), "every detail that the words want is given"


def test_every_rule_has_a_file_or_a_task_that_breaks_it() -> None:
    on_tasks = {"form-field-type", "form-constraint", "form-business-key"}
    assert set(RULES) == set(FAULTY) | on_tasks


@pytest.mark.parametrize(
    "key", ["", "key", "csrf_token", "_add", "a-b", "a.b", "1a", "a b", "a" * 101, None, 5, [], {}]
)
def test_a_key_that_the_page_could_not_tell_apart_is_refused(key: object) -> None:
    assert rules_of(form({"type": "textfield", "key": key})) == ["form-key"]


@pytest.mark.parametrize("key", ["IIN", "lastName", "last_name", "ownerEMail", "жсн", "мекенжай_2", "homeAddress2"])
def test_a_key_that_asks_for_personal_data_is_warned_of(key: str) -> None:
    assert rules_of(form({"type": "textfield", "key": key})) == ["form-personal"]
    inside = {"type": "dynamiclist", "path": "people", "components": [{"type": "textfield", "key": key}]}
    assert rules_of(form(inside)) == ["form-personal"]


def test_what_is_only_shown_asks_for_nothing() -> None:
    assert rules_of(form({"type": "textfield", "key": "address", "disabled": True})) == []


@pytest.mark.parametrize("key", ["area", "mining", "addressee", "telephony", "finished", "name_of_street", "phonebook"])
def test_a_key_that_only_sounds_alike_is_not(key: str) -> None:
    assert rules_of(form({"type": "textfield", "key": key})) == []


def test_a_file_of_another_shape_says_so_once() -> None:
    for content in (b"", b"[]", b"null", b"3", b'{"components": {}}', b"[" * 100_000, b'{"components": NaN}', b"\xff"):
        assert rules_of(content) == ["form-unreadable"]
    assert rules_of(b'{"components": [' + b"1," * 600_000 + b"1]}") == ["form-too-large"]


# ---------------------------------------------------------------- nothing that is sent breaks it

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(max_size=8), inside, max_size=4),
    max_leaves=20,
)
NAMES = ["id", "type", "key", "path", "label", "description", "values", "valuesKey", "validate", "conditional",
         "layout", "components", "appearance", "defaultValue", "properties", "readonly", "disabled", "decimalDigits",
         "increment", "subtype", "action", "text", "schemaVersion"]  # fmt: skip
TYPES = st.sampled_from(["textfield", "textarea", "number", "checkbox", "checklist", "radio", "select", "taglist",
                         "datetime", "text", "html", "group", "spacer", "separator", "dynamiclist", "button", "image",
                         "table", "iframe", ""])  # fmt: skip
COMPONENT = st.recursive(
    st.fixed_dictionaries({"type": TYPES | JSON}, optional={name: JSON for name in NAMES if name != "type"}),
    lambda inside: st.fixed_dictionaries({"type": TYPES, "components": st.lists(inside | JSON, max_size=3)}),
    max_leaves=6,
)
SENT = st.dictionaries(
    st.sampled_from([*"abc", "a-0", "area", "people", "lives", "members", "members-0-born", "services", "why_empty"]),
    JSON | st.text(max_size=30),
    max_size=6,
)


def never_breaks(content: bytes, sent: Mapping[str, object], variables: Mapping[str, object]) -> None:
    """Its faults are words; what can be asked is asked and answered, or refused by field."""
    drawn, faults = read_file(content)
    assert len(faults) <= MOST
    for fault in faults:
        assert isinstance(str(fault), str) and "%(" not in str(fault)
        assert str(fault).isprintable() or "\n" in str(fault)
    asked, here = as_plugin_form(drawn, ""), call(**variables)
    as_form(asked.initial(here))
    try:
        checked = asked.check(here, parse(asked.fields(here), sent))
    except InvalidAnswers as refused:
        assert refused.errors
        return
    assert json.loads(json.dumps(checked.variables, allow_nan=False)) == dict(checked.variables)


@settings(max_examples=300, deadline=None)
@given(JSON, SENT)
def test_any_json_at_all_is_read_or_refused_in_words(anything: object, sent: dict[str, object]) -> None:
    never_breaks(json.dumps(anything).encode("utf-8", "surrogatepass"), sent, {})


@settings(max_examples=300, deadline=None)
@given(st.lists(COMPONENT, max_size=5), SENT, st.dictionaries(st.sampled_from("abc"), JSON, max_size=3))
def test_components_of_any_shape_are_asked_or_refused_in_words(
    components: list[object], sent: dict[str, object], variables: dict[str, object]
) -> None:
    never_breaks(form(*components), sent, variables)  # type: ignore[arg-type]


def places(value: object, at: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """Every place in a JSON value."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(place for key, each in inside for place in places(each, (*at, key)))]


PLACES = [place for place in places(GOOD) if place]


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(PLACES), JSON | st.just(...), SENT, st.booleans())
def test_a_good_form_spoilt_anywhere_is_asked_or_refused_in_words(
    place: tuple[Any, ...], instead: object, sent: dict[str, object], well: bool
) -> None:
    spoilt = copy.deepcopy(GOOD)
    inside: Any = spoilt
    for key in place[:-1]:
        inside = inside[key]
    if instead is ...:
        del inside[place[-1]]
    else:
        inside[place[-1]] = instead
    never_breaks(json.dumps(spoilt).encode(), {**ANSWERS, **sent} if well else sent, {"route": "p"})


NODE = st.fixed_dictionaries(
    {
        "values": st.lists(st.tuples(st.none() | st.text(max_size=5), st.none() | st.text(max_size=5)), max_size=3),
        "validation": st.dictionaries(
            st.sampled_from(["required", "readonly", "min", "max", "minlength", "maxlength", "validator"]),
            st.none() | st.text(max_size=6) | st.integers().map(str), max_size=3),
        "properties": st.dictionaries(st.sampled_from(["outcome", "help"]), st.none() | st.text(max_size=5)),
    },
    optional={
        "id": st.sampled_from(["a", "b", "c", "", "a-b"]),
        "label": st.text(max_size=8),
        "type": st.sampled_from(["string", "long", "boolean", "date", "enum", "money", "iin", "rows", ""]),
        "defaultValue": st.sampled_from(["1", "true", "2026-01-01", "${a}", "${", "${1/0}"]) | st.text(max_size=6),
    },
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(NODE, max_size=4), SENT, st.dictionaries(st.sampled_from("abc"), JSON, max_size=2))
def test_fields_of_any_shape_are_asked_or_refused_in_words(
    nodes: list[Mapping[str, object]], sent: dict[str, object], variables: dict[str, object]
) -> None:
    drawn, faults = read_fields("fields:A", nodes)
    assert all(isinstance(str(fault), str) for fault in faults)
    asked, here = as_plugin_form(drawn, ""), call(**variables)
    try:
        json.dumps(
            dict(asked.check(here, parse(asked.fields(here), {**as_form(asked.initial(here)), **sent})).variables)
        )
    except InvalidAnswers as refused:
        assert refused.errors


def one_field(**said: object) -> list[Fault]:
    whole: dict[str, object] = {"id": "a", "type": "string", "values": [], "validation": {}, "properties": {}, **said}
    return list(read_fields("fields:A", [whole])[1])


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({"type": "file"}, "form-field-type"),
        ({"validation": {"validator": "org.Check"}}, "form-constraint"),
        ({"validation": {"min": "x"}, "type": "long"}, "form-constraint"),
        ({"type": "enum"}, "form-no-choices"),
        ({"type": "date", "defaultValue": "soon"}, "form-shape"),
        ({"defaultValue": "${import os}"}, "form-condition"),
        ({"id": "a.b"}, "form-key"),
        ({"businessKey": True}, "form-business-key"),
        ({"id": "contactPhone"}, "form-personal"),
        ({"properties": {"outcome": "yes"}}, "form-outcome"),
    ],
)
def test_a_field_that_cannot_be_asked_says_why(said: dict[str, object], rule: str) -> None:
    assert [fault.rule for fault in one_field(**said)] == [rule]
