"""`.form` files and drawn fields, whatever is in them, are asked and checked as drawn; or what is wrong is said."""

import copy
import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import engine, processes
from services.answers import as_form, parse
from services.errors import InvalidAnswers
from services.kinds import ONE_OR_THE_OTHER, WRONG_BLANKS
from services.plugin import Checked
from services.processes.forms import BadForm, NoSuchForm
from services.processes.forms.faults import MOST, RULES, FormFault
from services.processes.forms.generated import read_fields
from services.processes.forms.plain_words import plain
from services.processes.forms.plugin_form import as_plugin_form
from services.processes.forms.schema import MOST_COMPONENTS, read_file
from tests.examples import tried
from tests.services.engine import drawings
from tests.services.processes.drawn_forms import ANSWERS, VISIT, visit
from tests.services.processes.small_forms import (
    GOOD,
    RIGHT_AND_WRONG,
    answer,
    ask,
    call,
    choice,
    form,
    rules_of,
    text,
    wrong,
)

OUTCOME = choice("radio", "yes", "no", properties={"outcome": "yes"}, validate={"required": True})


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
    assert set(wrong(asked, {"a": "1" * 16, "b": "1e3"})) == {"a", "b"}
    assert set(wrong(asked, {"a": "1e3", "b": "1" * 61})) == {"a", "b"}


def test_a_number_keeps_what_was_typed_in_every_digit() -> None:
    asked = ask({"type": "number", "key": "a", "serializeToString": True, "decimalDigits": 2,
                 "validate": {"min": 0.1}},
                {"type": "number", "key": "b"},
                {"type": "number", "key": "c", "serializeToString": True, "decimalDigits": 0})  # fmt: skip
    checked = answer(asked, {"a": "12,50", "b": "12,50", "c": "007"})
    assert checked.variables == {"a": "12.50", "b": 12.5, "c": "007"}
    assert checked.answers == {"a": "12.50", "b": 12.5, "b_raw": "12,50", "c": "007"}
    assert answer(asked, {"a": "0.1"}).variables["a"] == "0.1", "a bound is a decimal, too"
    assert answer(asked, {"a": "12345678901234567890.05"}).variables["a"] == "12345678901234567890.05"
    assert "b_raw" not in (answer(asked, {"b": "1 234,5"}).answers or {}), "the number says it all"
    assert wrong(asked, {"a": "1.234", "b": "45,000", "c": "2,5"}) == {
        "a": ONE_OR_THE_OTHER, "b": ONE_OR_THE_OTHER, "c": "There are too many digits after the comma.",
    }  # fmt: skip
    assert asked.initial(call(a="12.50", b=12.5, c="007")) == {"a": "12.50", "b": 12.5, "c": "007"}
    assert asked.initial(call(a="1.125")) == {"a": "1.1250"}, "what stands in the field reads in one way"


@pytest.mark.parametrize(
    ("typed", "number"),
    [("1 234,5", 1234.5), ("1\u00a0234\u202f567", 1234567), ("\u22125", -5), ("45 000,000", 45000), ("0,125", 0.125)],
)
def test_thousands_are_parted_as_kazakhs_and_russians_write_them(typed: str, number: float) -> None:
    assert answer(ask({"type": "number", "key": "a"}), {"a": typed}).variables == {"a": number}


@pytest.mark.parametrize("typed", ["1 2", "45 00", "1 2345", "1234 567", "1, 5"])
def test_blanks_that_part_no_thousands_are_asked_back(typed: str) -> None:
    assert wrong(ask({"type": "number", "key": "a"}), {"a": typed}) == {"a": WRONG_BLANKS}
    assert wrong(ask({"type": "number", "key": "a", "decimalDigits": 0}), {"a": typed}) == {"a": WRONG_BLANKS}


def test_a_list_keeps_a_number_as_text_too() -> None:
    columns = [{"type": "number", "key": "a", "serializeToString": True}, {"type": "number", "key": "b"}]
    lines = {"type": "dynamiclist", "path": "l", "components": columns}
    assert answer(ask(lines), {"l-0-a": "12,50", "l-0-b": "12,50"}).variables == {"l": [{"a": "12.50", "b": 12.5}]}


# ---------------------------------------------------------------- days and times


def at(subtype: str, **more: object) -> dict[str, Any]:
    return {"type": "datetime", "subtype": subtype, "key": "a", "use24h": True, "timeInterval": 5, **more}


#: how it is written -> what is kept of a time and of a moment, at an office five hours before UTC
KEPT = {None: ("01:30", "2026-03-06T01:30"), "no_timezone": ("01:30", "2026-03-06T01:30"),
        "utc_offset": ("01:30+05:00", "2026-03-06T01:30+05:00"),
        "utc_normalized": ("20:30Z", "2026-03-05T20:30Z")}  # fmt: skip


@pytest.mark.parametrize("written", KEPT)
def test_a_time_is_kept_the_way_that_is_drawn_and_stands_in_the_form_as_it_was_typed(written: str | None) -> None:
    time, moment = ask(at("time", timeSerializingFormat=written)), ask(at("datetime", timeSerializingFormat=written))
    for typed in ("01:30", "1.30", "1:30 am", "20:30Z", "23:30+03:00"):
        assert answer(time, {"a": typed}).variables == {"a": KEPT[written][0]}, typed
    for sent in ({"a-day": "06.03.2026", "a-hour": "1:30"}, {"a": "2026-03-06T01:30"}, {"a": "06.03.2026, 01:30"},
                 {"a": "2026-03-05T20:30:00.000Z"}):  # fmt: skip
        assert answer(moment, sent).variables == {"a": KEPT[written][1]}, sent
    assert time.initial(call(a=KEPT[written][0])) == {"a": KEPT[written][0]}
    assert moment.initial(call(a="2026-03-05T20:30:17.5Z")) == {"a": KEPT[written][1]}


def test_what_is_no_time_is_asked_again_and_a_day_wants_its_hour() -> None:
    time, moment = ask(at("time")), ask(at("datetime"))
    for typed in ("25:00", "12:60", "9", "0:30 pm", "13:00 PM", "12:30:15", "12:30+99:00", "күн", "-1:30"):
        assert wrong(time, {"a": typed}) == {"a": "Please enter a time, as 14:30."}, typed
    assert wrong(time, {"a": "14:37"}) == {"a": "This time is not one of those offered."}
    for sent in ({"a-day": "06.03.2026"}, {"a-hour": "10:00"}):
        assert wrong(moment, sent) == {"a": "Please enter the day and the time, both."}
    for typed in ("31.02.2026 10:00", "06.03.2026", "2026-03-06T", "9999-12-31T23:59-10:00"):
        assert wrong(moment, {"a": typed}) == {"a": "Please enter a day and a time, as 31.12.2013 and 14:30."}, typed
    assert answer(moment, {}).variables == {"a": None}


def test_a_past_day_is_refused_with_its_time_by_the_clock_of_the_office() -> None:
    asked = ask(at("datetime", disallowPassedDates=True, timeSerializingFormat="utc_normalized"))
    assert answer(asked, {"a": "05.03.2026 00:05"}).variables == {"a": "2026-03-04T19:05Z"}
    assert wrong(asked, {"a": "04.03.2026 23:55"}) == {"a": "Please enter today or a later day."}


def test_days_and_times_stand_in_lists() -> None:
    lines = {"type": "dynamiclist", "path": "l", "components": [at("datetime"), {**at("time"), "key": "b"}]}
    sent = {"l-0-a": "06.03.2026 14:30", "l-0-b": "9:05"}
    assert answer(ask(lines), sent).variables == {"l": [{"a": "2026-03-06T14:30", "b": "09:05"}]}


@pytest.mark.parametrize(
    ("condition", "hides", "leaves"),
    [
        ('=a > date("2026-03-01")', "05.03.2026", "01.03.2026"),
        ("=a.year = 2025", "05.03.2025", "05.03.2026"),
        ('=a = "2026-03-05"', "05.03.2026", "06.03.2026"),
        ('=date(a) > date("2026-03-01")', "05.03.2026", "01.03.2026"),
    ],
)
def test_a_condition_knows_a_day_as_a_date_and_as_the_text_of_the_viewer(
    condition: str, hides: str, leaves: str
) -> None:
    asked = ask({"type": "datetime", "key": "a"}, text("b", conditional={"hide": condition}))
    assert "b" not in answer(asked, {"a": hides}).variables
    assert "b" in answer(asked, {"a": leaves}).variables


def test_a_condition_knows_times_moments_and_numbers_that_are_kept_as_texts() -> None:
    for component, condition, hides, leaves in (
        (at("time"), '=a >= time("14:30:00")', "14:30", "14:25"),
        (at("datetime", timeSerializingFormat="utc_offset"), '=a < date and time("2026-03-05T09:00:00Z")',
         "05.03.2026 13:55", "05.03.2026 14:00"),
        ({"type": "number", "key": "a", "serializeToString": True}, "=a > 10", "10,50", "9,50"),
    ):  # fmt: skip
        asked = ask(component, text("b", conditional={"hide": condition}))
        assert "b" not in answer(asked, {"a": hides}).variables
        assert "b" in answer(asked, {"a": leaves}).variables


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
    "form-property-unread": form(text(requird=True)),
    "form-too-new": form(text(), schemaVersion=20),
    "form-platform": form(text(), executionPlatform="Camunda Cloud"),
    "form-component": form({"type": "hologram", "key": "a"}),
    "form-picture": form({"type": "image", "source": "https://example.org/logo.png"}),
    "form-accept": form({"type": "filepicker", "key": "a", "accept": ".docx"}),
    "form-in-list": form(
        {"type": "dynamiclist", "path": "l", "components": [text(), {"type": "filepicker", "key": "b"}]}
    ),
    "form-key": form(text("address-street")),
    "form-key-twice": form(text(), text()),
    "form-expression": form(text(label="Сәлем, {{sorted(}}")),
    "form-no-expression": form(choice("radio", {"label": "{{name}}", "value": "a"})),
    "form-circle": form(
        {"type": "expression", "key": "a", "expression": "=b"},
        {"type": "expression", "key": "b", "expression": "=a + 1"},
    ),
    "form-constant": form({"type": "image", "id": "I", "source": '="deployment:logo.png"'}),
    "form-condition": form(text(conditional={"hide": "=sorted(a)"})),
    "form-pattern": form(text(validate={"pattern": "(?<=a)b"})),
    "form-no-choices": form(choice("radio")),
    "form-choice": form(choice("radio", {"label": "x", "value": {}}, "a")),
    "form-no-columns": form({"type": "table", "id": "T", "dataSource": "=lines"}),
    "form-html": form({"type": "html", "id": "H", "content": "<p onclick='x()'>a</p><script>alert(1)</script>"}),
    "form-html-look": form({"type": "html", "id": "H", "content": "<p style='color: red'>a</p><img src='a.png'>"}),
    "form-iframe": form({"type": "iframe", "id": "I", "url": "https://example.kz"}),
    "form-reset": form({"type": "button", "id": "B", "action": "reset", "label": "x"}),
    "form-button": form({"type": "button", "id": "B", "label": "x"}, {"type": "button", "id": "C", "label": "y"}),
    "form-outcome": form(text(properties={"outcome": "yes"})),
    "form-outcome-not-here": form(OUTCOME | {"disabled": True}),
    "form-outcome-may-miss": form(text("b"), OUTCOME | {"conditional": {"hide": "=b = null"}}),
    "form-button-stays": form({"type": "button", "id": "B", "label": "x", "disabled": True}),
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


@pytest.mark.parametrize("rule", FAULTY)
def test_a_form_that_is_deployed_opens_though_a_rule_that_came_later_would_refuse_it(rule: str) -> None:
    """The cases that wait at it were never told of that rule."""
    name = json.loads(FAULTY[rule])["id"] if rule != "form-unreadable" else ""
    files = {
        "p.bpmn": drawings.drawn(visit(camunda__formRef=name or "f"), "start>Visit Visit>end"),
        "f.form": FAULTY[rule],
    }
    definition = engine.parse(files, "p", reading=engine.READING)
    if RULES[rule].severity != "error" or rule in ("form-circle", "form-constant"):
        opened, here = processes.form(definition, f"form:{name}"), call(b=1)
        assert isinstance(opened.check(here, parse(opened.fields(here), {"a": "yes"})), Checked)
    else:
        with pytest.raises((BadForm, NoSuchForm)):
            processes.form(definition, f"form:{name or 'f'}")


@pytest.mark.parametrize(
    "key", ["", "key", "csrf_token", "_add", "a-b", "a.", "this.a", "this", "1a", "a b", "a" * 101, None, 5, [], {}]
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
         "increment", "subtype", "timeInterval", "timeSerializingFormat", "use24h", "serializeToString",
         "source", "alt", "accept", "multiple",
         
         "action", "text", "schemaVersion", "content", "expression", "dataSource", "columns",
         "columnsExpression", "valuesExpression", "allowAddRemove", "isRepeating", "defaultRepetitions"]  # fmt: skip
TYPES = st.sampled_from(["textfield", "textarea", "number", "checkbox", "checklist", "radio", "select", "taglist",
                         "datetime", "text", "html", "group", "spacer", "separator", "dynamiclist", "button", "image",
                         "filepicker", "documentPreview",
                         "table", "iframe", "expression", ""])  # fmt: skip
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


@tried(80)
@given(JSON, SENT)
def test_any_json_at_all_is_read_or_refused_in_words(anything: object, sent: dict[str, object]) -> None:
    never_breaks(json.dumps(anything).encode("utf-8", "surrogatepass"), sent, {})


@tried(80)
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


@tried(120)
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


@tried(80)
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


@pytest.mark.parametrize(
    "drawn", [{**OUTCOME, "disabled": True}, {"type": "dynamiclist", "path": "l", "components": [OUTCOME]}]
)
def test_an_outcome_that_nobody_could_give_is_told(drawn: dict[str, Any]) -> None:
    """Disabled, it has no answer; in a list, it has as many as lines."""
    assert rules_of(form(drawn)) == ["form-outcome-not-here"]


BUTTON = {"type": "button", "id": "B", "label": "x"}


@pytest.mark.parametrize(
    "drawn",
    [{**BUTTON, "conditional": {"hide": "=a = null"}}, {**BUTTON, "disabled": "=a = null"},
     {"type": "group", "id": "G", "conditional": {"hide": "=a = null"}, "components": [BUTTON]}],
)  # fmt: skip
def test_that_the_button_cannot_be_hidden_or_disabled_is_told(drawn: dict[str, Any]) -> None:
    assert rules_of(form(text(), drawn)) == ["form-button-stays"]
    assert rules_of(form(text(), {**BUTTON, "disabled": False})) == []


def one_field(**said: object) -> list[FormFault]:
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
