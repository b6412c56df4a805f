"""Expressions and templates in forms, lists, paths and tables: asked, reckoned and refused as they are drawn."""

import json
from typing import Any

import pytest

from services.answers import as_form, asked, parse
from services.kinds import TOO_LONG
from services.processes.forms.filling import BadTemplate, check_template, filled
from services.processes.forms.markup import escaped, marked, not_shown
from services.processes.forms.schema import read_file
from tests.services.processes.small_forms import AT, answer, ask, call, choice, form, rules_of, text, wrong

#: template, what is known, what form-js's own feelers makes of it
TEMPLATES: list[tuple[str, dict[str, Any], str]] = [
    ("a {{x}} b", {"x": 1}, "a 1 b"),
    ("{{x.y}}-{{z}}", {"x": {"y": True}}, "true-"),
    ("{{#if a}}yes{{/if}}no", {"a": 1}, "yesno"),
    ("{{#if a}}\nyes\n{{/if}}\nno", {"a": 1}, "yes\nno"),
    ("{{#loop l}}\n- {{this}}\n{{/loop}}\nend", {"l": [1, 2]}, "- 1\n- 2\nend"),
    ("{{#loop l}}{{n}} {{parent.q}} {{q}};{{/loop}}", {"l": [{"n": 1}, {"n": 2}], "q": 9}, "1 9 ;2 9 ;"),
    ("{{#if a}}x{{#loop l}}{{this}}{{/loop}}{{/if}}", {"a": True, "l": ["p"]}, "xp"),
    ('= "a" + b', {"b": "c"}, "ac"),
    ("{{}}", {}, ""),
    ("{{[1,2]}}", {}, "[1, 2]"),
    ('{{#if 0}}z{{/if}}{{#if ""}}e{{/if}}{{#if []}}l{{/if}}', {}, "l"),
    ("{{#loop x}}{{this}}{{/loop}}", {"x": 3}, "3"),
    ("a }} b {{x}}", {"x": 1}, "a }} b 1"),
    ("{{#if a}}\n1\n{{/if}}\n{{#if b}}\n2\n{{/if}}\n3", {"a": True, "b": False}, "1\n3"),
    ("{{{a:1}.a}}", {}, "1"),
    ("{{l[1]}} {{count(l)}}", {"l": [5, 6]}, "5 2"),
    ("= x", {"x": None}, ""),
    ("{{#loop l}}{{_this_.n}} {{_parent_.q}}{{/loop}}", {"l": [{"n": 1, "this": 5}], "q": 2}, "1 2"),
    ("{{x", {"x": 1}, "{{x"),
]


@pytest.mark.parametrize(("template", "known", "said"), TEMPLATES)
def test_words_are_filled_in_as_the_form_editor_s_own_language_does(
    template: str, known: dict[str, Any], said: str
) -> None:
    check_template(template)
    assert filled(template, [known], AT) == said


@pytest.mark.parametrize("bad", ["{{1 +}}", "{{#if a}}x", "{{/if}}", "{{#loop a}}x{{/if}}", "= a b c", "{{a) + (b}}",
                                 "{{#else}}", "{{#if a}}" * 20 + "{{/if}}" * 20])  # fmt: skip
def test_words_that_cannot_be_filled_in_are_refused_when_they_are_deployed(bad: str) -> None:
    with pytest.raises(BadTemplate):
        check_template(bad)
    assert rules_of(form(text(label=bad))) == ["form-expression"]


def test_no_template_hangs() -> None:
    nested = "{{#loop l}}" * 9 + "x" + "{{/loop}}" * 9
    assert len(filled(nested, [{"l": list(range(500))}], AT)) <= 2000


def shown(asked_: Any, raw: dict[str, object], **variables: object) -> dict[str, str]:
    """Field -> its label as it is said with these answers."""
    now = asked(asked_.fields(call(**variables)), raw)
    return {each.name: each.fill(each.label) if each.fill else each.label for each in now.fields}


def test_labels_are_filled_with_answers_and_variables() -> None:
    label = "{{name}}, {{place.town}}: {{#if n > 2}}көп{{/if}}"
    asked_ = ask(text("name"), text("b", label=label, description="=name"))
    said = shown(asked_, {"name": "Айгүл"}, n=3, place={"town": "Алматы"})
    assert said["b"] == "Айгүл, Алматы: көп"
    assert shown(asked_, {}, n=1)["b"] == ", : "


def test_what_is_required_and_read_only_may_hang_on_an_answer() -> None:
    asked_ = ask({"type": "checkbox", "key": "ill"}, text("why", validate={"required": "=ill"}),
                 text("fixed", readonly="=closed"), text("done", readonly="=ill"),
                 text("off", disabled="=ill"))  # fmt: skip
    assert answer(asked_, {"fixed": "x", "off": "y"}).variables == {
        "ill": False, "why": "", "fixed": "x", "done": "", "off": "y",
    }  # fmt: skip
    assert wrong(asked_, {"ill": "yes"}) == {"why": "Please fill this in."}
    sent = {"ill": "yes", "why": "a", "fixed": "forged", "done": "typed before", "off": "forged"}
    assert answer(asked_, sent, closed=True, fixed="known").variables == {
        "ill": True, "why": "a", "fixed": "known", "done": "typed before",
    }, "by a variable nothing is taken; by an answer, what was typed before it"  # fmt: skip


def test_bounds_may_be_reckoned() -> None:
    number = {"type": "number", "key": "share", "validate": {"min": "=least", "max": "=income / 2"}}
    long = text("t", validate={"minLength": "=2", "maxLength": "=n"})
    asked_ = ask({"type": "number", "key": "income"}, number, long)
    assert answer(asked_, {"income": "10", "share": "5", "t": "абв"}, least=1, n=3).variables["share"] == 5
    assert wrong(asked_, {"income": "10", "share": "6", "t": "абвг"}, least=1, n=3) == {
        "share": "This number is too large.", "t": "This is too long.",
    }  # fmt: skip
    assert wrong(asked_, {"share": "0", "t": "а"}, least=1) == {
        "share": "This number is too small.", "t": "This is too short.",
    }  # fmt: skip
    assert answer(asked_, {"share": "900"}).variables["share"] == 900, "what is not known does not bound"
    assert wrong(asked_, {"share": "1"}, least="көп") == {"share": "What is allowed here cannot be reckoned now."}


def test_choices_may_hang_on_answers() -> None:
    street = {"type": "select", "key": "street", "label": "s", "valuesExpression": "=streets[town = outer].names"}
    asked_ = ask(
        choice("radio", "a", "b", key="town"),
        {**street, "valuesExpression": '=if town = "a" then ["Абай", {label: "Бес", value: 5}] else names'},
    )
    assert answer(asked_, {"town": "a", "street": "5"}).variables == {"town": "a", "street": 5}
    assert answer(asked_, {"town": "b", "street": "Сейфуллин"}, names=["Сейфуллин"]).variables["street"] == "Сейфуллин"
    assert set(wrong(asked_, {"town": "b", "street": "Абай"})) == {"street"}


def test_a_default_may_be_reckoned() -> None:
    asked_ = ask({"type": "number", "key": "a", "defaultValue": "=n * 2"}, text("b", defaultValue='="№ " + code'))
    assert asked_.initial(call(n=4, code="7")) == {"a": 8, "b": "№ 7"}
    assert asked_.initial(call()) == {}


SUM = {"type": "expression", "key": "total", "expression": "=a + b", "computeOn": "change"}


def test_an_expression_is_reckoned_here_whatever_was_sent() -> None:
    asked_ = ask({"type": "number", "key": "a"}, {"type": "number", "key": "b"}, SUM,
                 text("c", label="Барлығы {{total}}", conditional={"hide": "=total < 10"}),
                 {"type": "expression", "key": "twice", "expression": "=total * 2",
                  "computeOn": "presubmit"})  # fmt: skip
    assert answer(asked_, {"a": "4", "b": "8", "total": "999"}).variables == {
        "a": 4, "b": 8, "total": 12, "c": "", "twice": 24,
    }  # fmt: skip
    assert shown(asked_, {"a": "4", "b": "8"})["c"] == "Барлығы 12"
    assert answer(asked_, {"a": "4", "total": "999"}).variables["total"] is None, "not known yet"


def test_keys_and_groups_make_paths() -> None:
    group = {"type": "group", "path": "home", "label": "g", "components": [
        text("street.name"), {"type": "group", "path": "", "components": [text("flat")]}]}  # fmt: skip
    asked_ = ask(group, text("note.text"), text("x", conditional={"hide": '=home.street.name = "Абай"'}))
    sent = {"home.street.name": "Абай", "home.flat": "5", "note.text": "t", "x": "y"}
    given = answer(asked_, sent, home={"city": "Алматы", "flat": "1"}).variables
    assert given == {
        "home": {"city": "Алматы", "street": {"name": "Абай"}, "flat": "5"}, "note": {"text": "t"},
    }, "what is not asked of a context stays in it"  # fmt: skip
    assert asked_.initial(call(home={"flat": "1", "street": "no context"})) == {"home.flat": "1"}
    assert {each.name: each.kind for each in asked_.sets} == {"home": "context", "note": "context", "x": "text"}


@pytest.mark.parametrize("keys", [("a", "a.b"), ("a.b", "a"), ("a.b", "a.b")])
def test_one_path_may_not_stand_in_another(keys: tuple[str, str]) -> None:
    assert rules_of(form(*map(text, keys))) == ["form-key-twice"]


LIST = {"type": "dynamiclist", "path": "members", "label": "Мүшелер", "allowAddRemove": True, "isRepeating": True,
        "components": [
            text("name", validate={"required": True}), {"type": "checkbox", "key": "works", "label": "w"},
            {"type": "number", "key": "income", "conditional": {"hide": "=not(this.works)"}, "label": "{{this.name}}"},
            {"type": "expression", "key": "year", "expression": "=this.income * 12"},
            choice("checklist", "a", "b", key="marks"),
            {"type": "group", "path": "at", "components": [text("place", defaultValue="үй")]},
        ]}  # fmt: skip
SENT = {"members-0-name": "Ана", "members-0-works": "yes", "members-0-income": "100", "members-0-marks-b": "yes",
        "members-1-name": "Бала", "members-1-income": "forged", "members-1-at.place": "мектеп"}  # fmt: skip


def test_in_lists_stand_conditions_checkboxes_groups_and_expressions() -> None:
    total = {"type": "expression", "key": "all", "expression": "=sum(members[works].income)"}
    asked_ = ask(LIST, total)
    given = answer(asked_, SENT)
    assert given.variables == {
        "members": [
            {"name": "Ана", "works": True, "income": 100, "year": 1200, "marks": ["b"], "at": {"place": ""}},
            {"name": "Бала", "works": False, "year": None, "marks": [], "at": {"place": "мектеп"}},
        ],
        "all": 100,
    }
    assert wrong(asked_, {**SENT, "members-1-name": ""}) == {"members-1-name": "Please fill this in."}
    kept = as_form(given.answers or {})
    assert parse(asked_.fields(call()), kept)["members"] == given.answers["members"]  # type: ignore[index]


def test_a_list_begins_with_its_lines_or_those_that_are_drawn() -> None:
    begins = ask({**LIST, "defaultRepetitions": 2}).initial(call())["members"]
    assert [each["at.place"] for each in begins] == ["үй", "үй"]  # type: ignore[union-attr]
    known = [{"name": "Ана", "at": {"place": "x"}}, 7]
    assert [each.get("name") for each in ask(LIST).initial(call(members=known))["members"]] == ["Ана", None]


def test_no_line_is_added_to_a_list_that_does_not_allow_it() -> None:
    fixed = {**LIST, "allowAddRemove": False, "components": [text("name", readonly=True), text("said")]}
    asked_, known = ask(fixed), [{"name": "a", "more": 1}, {"name": "b"}]
    assert answer(asked_, {"members-1-said": "x", "members-1-name": "forged"}, members=known).variables == {
        "members": [{"name": "a", "said": ""}, {"name": "b", "said": "x"}]
    }
    assert set(wrong(asked_, {"members-2-said": "x"}, members=known)) == {"members"}


def test_a_list_that_does_not_repeat_is_a_group() -> None:
    asked_ = ask({**LIST, "isRepeating": False, "components": [text("name")]})
    assert answer(asked_, {"members.name": "a"}).variables == {"members": {"name": "a"}}


def test_a_table_shows_what_its_source_comes_to() -> None:
    table = {"type": "table", "id": "T", "label": "Төлемдер", "dataSource": "=payments[sum > least]", "rowCount": 10,
             "columns": [{"label": "Қашан", "key": "on"}, {"label": "Сома", "key": "sum"}]}  # fmt: skip
    asked_ = ask({"type": "number", "key": "least"}, table)
    known = [{"on": "2026-01-01", "sum": 5, "secret": 1}, {"on": "2026-02-01", "sum": 9, "x": {}}]
    field = asked(asked_.fields(call(payments=known)), {"least": "6"}).fields[1]
    assert list(field.begins) == [{"on": "2026-02-01", "sum": 9}], "what no column shows is not on the page"
    assert answer(asked_, {"least": "6"}, payments=known).variables == {"least": 6}
    named = {"type": "table", "id": "T", "dataSource": "=rows", "columnsExpression": '=[{key: "a", label: "A"}]'}
    field = asked(ask(named).fields(call(rows=[{"a": [1]}, 3, None])), {}).fields[0]
    assert ([each.label for each in field.columns], list(field.begins)) == (["A"], [{"a": "[1]"}, {}])


@pytest.mark.parametrize("bad", ['<script>alert(1)</script>', '<p onclick="x()">a</p>', '<iframe src="//a"></iframe>',
                                 '<a href="java&#x73;cript:x()">a</a>', '<form><input></form>', "<svg onload=x()>",
                                 '<a href=" javascript:x">a</a>', '<object data="x"></object>'])  # fmt: skip
def test_html_that_runs_asks_or_loads_is_refused_and_never_shown(bad: str) -> None:
    assert rules_of(form({"type": "html", "id": "H", "content": bad})) == ["form-html"]
    said = marked(bad, "html") + marked(bad, "markdown")
    for sign in ("<script", "onclick", "<iframe", "javascript:", "<form", "<input", "<svg", "onload", "<object"):
        assert sign not in said, said


def test_html_that_stands_still_is_shown() -> None:
    drawn, faults = read_file(form({"type": "html", "id": "H", "content": "<h1>Бас</h1><ul><li><b>бір</b></li></ul>"}))
    assert faults == ()
    assert marked(drawn.questions[0].field.help, "html") == "<h3>Бас</h3><ul><li><b>бір</b></li></ul>"


def test_an_answer_in_a_text_stands_for_itself() -> None:
    hostile = "[сілтеме](https://evil.kz) <b>x</b> **қалың** {{a}}\n# бас"
    for markup in ("markdown", "html"):
        said = marked(filled("Айтқаны: {{a}}", [{"a": hostile}], AT, lambda words: escaped(markup, words)), markup)  # noqa: B023
        assert "<a" not in said and "<b>" not in said and "<strong>" not in said and "<h" not in said
        assert "[сілтеме](https://evil.kz)" in said.replace("&#x2F;", "/")


def test_markdown_is_shown_as_it_is_meant() -> None:
    said = marked("## Бас\n\n**қалың** [сайт](https://egov.kz)\n\n| а | б |\n|---|---|\n| 1 | 2 |", "markdown")
    assert "<h3>Бас</h3>" in said and "<strong>қалың</strong>" in said and "<td>1</td>" in said
    assert 'href="https://egov.kz" target="_blank" rel="noopener noreferrer"' in said
    assert not_shown("![сурет](https://x.kz/a.png)", "markdown")[1]


def test_a_hostile_number_of_anything_is_bounded() -> None:
    many = {"type": "table", "id": "T", "dataSource": "=for a in 1..5000 return {n: a}",
            "columns": [{"key": "n", "label": "n"}]}  # fmt: skip
    assert len(asked(ask(many).fields(call()), {}).fields[0].begins) == 500
    rows = {f"members-{at}-name": "x" for at in range(60)}
    assert set(wrong(ask(LIST), rows)) == {"members"}
    deep: dict[str, Any] = text()
    for _ in range(15):
        deep = {"type": "dynamiclist", "path": "l", "components": [deep]}
    assert "form-too-deep" in rules_of(form(deep))
    json.dumps(asked(ask(LIST).fields(call()), {"members": [[[1]], {"name": {"a": 1}}]}).known)


def test_a_longest_length_that_is_reckoned_stays_within_what_any_text_may_have() -> None:
    asked_ = ask(text("why", validate={"maxLength": "=n"}))
    assert wrong(asked_, {"why": "x" * 10_001}, n=1_000_000) == {"why": TOO_LONG}
    assert answer(asked_, {"why": "x" * 10_000}, n=1_000_000).variables == {"why": "x" * 10_000}


def reckons(key: str, expression: str) -> dict[str, Any]:
    return {"type": "expression", "key": key, "expression": expression}


def members(*columns: dict[str, Any]) -> dict[str, Any]:
    return {"type": "dynamiclist", "path": "members", "components": [text("income"), *columns]}


@pytest.mark.parametrize(
    "components",
    [
        [members(reckons("a", "=this.b"), reckons("b", "=this.a + 1"))],
        [members(reckons("share", "=this.income / total")), reckons("total", "=sum(members.share)")],
        [members(reckons("share", "=total")), reckons("total", "=sum(for m in members return m.share)")],
        [members(reckons("share", "=total")), reckons("total", "=count(members[share > 1])")],
        [{"type": "dynamiclist", "path": "homes", "components": [text("x"), members(reckons("a", "=parent.b")),
                                                                 reckons("b", "=sum(this.members.a)")]}],
        [{"type": "group", "path": "sums", "components": [reckons("a", "=sums.b"), reckons("b", "=sums.a")]}],
    ],
)  # fmt: skip
def test_what_needs_its_own_result_is_told_in_the_lines_of_lists_too(components: list[dict[str, Any]]) -> None:
    assert rules_of(form(*components)) == ["form-circle"]


@pytest.mark.parametrize(
    "components",
    [
        [members(reckons("share", "=this.income / count(members)"))],
        [members(reckons("share", "=this.income / n")), reckons("n", "=count(members)")],
        [members(reckons("share", "=this.income")), reckons("share", "=sum(members.share)")],
        [members(reckons("total", "=this.income")), reckons("total", "=sum(members[total > 1].total)")],
        [
            {
                "type": "group",
                "path": "sums",
                "components": [text("x"), reckons("a", "=sums.x"), reckons("b", "=sums.a")],
            }
        ],
        [reckons("m", "=sum(for m in members return m.income)"), members()],
    ],
)
def test_what_only_has_a_name_that_another_has_elsewhere_needs_nothing_of_itself(
    components: list[dict[str, Any]],
) -> None:
    assert rules_of(form(*components)) == []


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"conditional": {"hide": "=b = null"}}, "=b = null"),
        ({"disabled": "=b = null"}, "=b = null"),
        ({"readonly": "=b = null"}, "=b = null"),
        ({"readonly": True}, "readonly"),
        ({"readonly": True, "defaultValue": "yes"}, None),
        ({}, None),
    ],
)
def test_an_outcome_that_may_stay_without_an_answer_is_told_when_it_is_deployed(
    more: dict[str, Any], told: str | None
) -> None:
    outcome = choice("radio", "yes", "no", properties={"outcome": "yes"}, validate={"required": True}) | more
    faults = [fault for fault in read_file(form(text("b"), outcome))[1] if fault.rule == "form-outcome-may-miss"]
    assert [(fault.details["expression"], fault.of.severity) for fault in faults] == (
        [(told, "warning")] if told else []
    )


@pytest.mark.parametrize(
    ("component", "property_"),
    [
        ({"type": "image", "source": '="deployment:logo.png"'}, "source"),
        ({"type": "image", "source": '="https://example.org/" + "logo.png"'}, "source"),
        ({"type": "documentPreview", "dataSource": '="logo.pdf"'}, "dataSource"),
        ({"type": "table", "dataSource": '="lines"', "columns": [{"key": "a", "label": "A"}]}, "dataSource"),
        ({"type": "select", "key": "a", "valuesExpression": '="colours"'}, "valuesExpression"),
    ],
)
def test_what_never_shows_anything_is_told_when_it_is_deployed(component: dict[str, Any], property_: str) -> None:
    (fault,) = read_file(form(text("t"), {"id": "X", **component}))[1]
    assert (fault.rule, fault.of.severity, fault.details["property"]) == ("form-constant", "error", property_)


def test_what_a_variable_holds_may_be_shown_whatever_it_is() -> None:
    assert rules_of(form({"type": "image", "source": "=logo"}, {"type": "documentPreview", "dataSource": "=scans"},
                         {"type": "select", "key": "a", "valuesExpression": '=["red", "blue"]'})) == []  # fmt: skip
