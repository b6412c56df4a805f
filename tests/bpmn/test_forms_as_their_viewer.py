"""Forms as their own editor's viewer has them: it opens what we open, asks, hides and refuses as we do."""

import json
import random
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from playwright.sync_api import Browser, Page

from services.answers import as_form, parse
from services.answers import asked as now_asked
from services.config import ROOT
from services.errors import InvalidAnswers
from services.processes.forms.markup import marked
from services.processes.forms.plugin_form import as_plugin_form
from services.processes.forms.schema import read_file
from tests.services.processes.small_forms import GOOD, RIGHT_AND_WRONG, TYPES, call, form

pytestmark = [pytest.mark.modeler, pytest.mark.browser]

ENTRY = Path(__file__).parent / "modeler/page_form.js"
ESBUILD = ROOT / "node_modules/esbuild/bin/esbuild"
#: what may stand in each field of the visit; all of it of the right kind, for the viewer drops what is not
SAID: dict[str, list[Any]] = {
    "visited_on": [None, "2026-03-05"],
    "area": [None, 4.9, 5, 48.5, 48.55, 1000, 1000.5],
    "lives": [None, "yes", "no"],
    "people": [None, 0, 1, 3, 30, 31, 2.5],
    "services": [[], ["gas"], ["heating", "water"]],
    "members": [[{"kin": "бала", "born": 1950}], [{"kin": "ана", "born": 1850}, {"kin": "", "born": 1960}]],
    "why_empty": ["", "қысқ", "Көшіп кеткен"],
    "act_number": ["", "12/2026", "12-2026", "12/20266"],
    "photographed": [True, False],
    "next_visit": [None, "month", "none"],
    "route": ["p"],
}
CONDITIONS = ["=a", "=not(a)", "=a = true and b > 3", "=b != 3", '=contains(c, "x")', '=c = "x" or b = null',
              "=b > 2 and b <= 5", "=if a then b = 1 else b = 2", '=list contains(d, "one")', "=count(d) > 1",
              "=b in [1..3]", "=some each in d satisfies each = \"two\"", "=string length(c) > 1",
              "=b != null and b > 3"]  # fmt: skip


@pytest.fixture(scope="module")
def viewer(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A page with the viewer in it."""
    bundle = tmp_path_factory.mktemp("viewer") / "page.js"
    subprocess.run(
        [ESBUILD, ENTRY, "--bundle", "--format=iife", f"--outfile={bundle}"], check=True, capture_output=True
    )
    page = chromium.new_page(timezone_id="Asia/Almaty", locale="en-GB")
    page.set_content("<!doctype html><meta charset=utf-8>")
    page.add_script_tag(path=bundle)
    yield page
    page.close()


def theirs(viewer: Page, schema: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = viewer.evaluate("([schema, data]) => sendForm(schema, data)", [schema, data])
    return said


def ours(schema: Mapping[str, Any], data: Mapping[str, Any]) -> tuple[dict[str, object] | None, list[str]]:
    """What becomes of the same answers here: the variables, and the fields that are wrong."""
    drawn, faults = read_file(json.dumps(schema).encode())
    assert faults == ()
    asked, here = as_plugin_form(drawn, ""), call(**{name: data[name] for name in data if name == "route"})
    try:
        return dict(asked.check(here, parse(asked.fields(here), as_form(data))).variables), []
    except InvalidAnswers as refused:
        return None, sorted(refused.errors)


def test_the_viewer_and_we_ask_hide_and_refuse_alike(viewer: Page) -> None:
    chance, seen = random.Random(421), {"sent": 0, "refused": 0}
    for _ in range(150):
        data = {name: chance.choice(values) for name, values in SAID.items()}
        said, (given, wrong) = theirs(viewer, GOOD, data), ours(GOOD, data)
        assert said["warnings"] == []
        assert said["wrong"] == wrong, data
        if given is not None:
            assert said["data"] == given, data
        seen["sent" if given is not None else "refused"] += 1
    good = {"visited_on": "2026-03-05", "area": 48.5, "act_number": "12/2026", "people": 3}
    for lives in ("yes", "no"):
        for photographed in (True, False):
            data = {**{name: values[-1] for name, values in SAID.items()}, **good, "members": SAID["members"][0],
                    "lives": lives, "photographed": photographed}  # fmt: skip
            given, wrong = ours(GOOD, data)
            assert (wrong, theirs(viewer, GOOD, data)["data"]) == ([], given)
            seen["sent"] += 1
    assert seen["sent"] >= 4 and seen["refused"] > 50


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_condition_hides_there_what_it_hides_here(viewer: Page, condition: str) -> None:
    schema = json.loads(
        form(
            {"type": "checkbox", "key": "a", "id": "A"},
            {"type": "number", "key": "b", "id": "B"},
            {"type": "textfield", "key": "c", "id": "C"},
            {"type": "checklist", "key": "d", "id": "D",
             "values": [{"label": "1", "value": "one"}, {"label": "2", "value": "two"}]},
            {"type": "textfield", "key": "e", "id": "E", "conditional": {"hide": condition}},
        )
    )  # fmt: skip
    hidden = set()
    for a in (True, False):
        for b in (*([None] if "b >" not in condition or "null" in condition else []), 1, 2, 3, 5, 7.5):
            for c, d in (("", []), ("x", ["one"]), ("xy", ["one", "two"])):
                data = {"a": a, "b": b, "c": c, "d": d, "e": "said"}
                given, _ = ours(schema, data)
                assert given is not None
                assert theirs(viewer, schema, data)["data"] == given, data
                hidden.add("e" in given)
    assert hidden == {True, False}, "the condition is tried both ways"


def test_a_condition_that_cannot_be_decided_hides_nothing_here(viewer: Page) -> None:
    """The viewer hides then: nothing is less than nothing, and nothing is nothing. Here a question is rather asked."""
    schema = json.loads(
        form(
            {"type": "number", "key": "b", "id": "B"},
            {"type": "textfield", "key": "e", "id": "E", "conditional": {"hide": "=b > 3"}},
        )
    )
    data = {"b": None, "e": "said"}
    assert ours(schema, data)[0] == data
    assert theirs(viewer, schema, data)["data"] == {"b": None}


@pytest.mark.parametrize("written", [None, "no_timezone", "utc_offset", "utc_normalized"])
def test_what_is_typed_of_days_times_and_numbers_is_kept_there_as_here(viewer: Page, written: str | None) -> None:
    """A moment before five in the morning is yesterday's in UTC; a text keeps the noughts behind the comma."""
    clock = {"use24h": True, "timeInterval": 5, "timeSerializingFormat": written}
    schema = json.loads(
        form(
            {"type": "datetime", "id": "M", "key": "m", "subtype": "datetime", "dateLabel": "D", **clock},
            {"type": "datetime", "id": "T", "key": "t", "subtype": "time", **clock},
            {"type": "number", "id": "N", "key": "n", "label": "N", "serializeToString": True},
        )
    )  # fmt: skip
    viewer.evaluate("schema => openForm(schema)", schema)
    for _ in range(5):  # on a busy machine the viewer loses a day whose time is typed at once
        for at, typed in enumerate(("06/03/2026", "01:30", "02:05", "12.50")):
            box = viewer.locator(".fjs-form-field input.fjs-input:not([type=hidden])").nth(at)
            box.fill(typed)
            box.press("Tab")
            viewer.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 60)))")
        if viewer.evaluate("!Object.values(sendOpened()).includes(null)"):
            break
    sent = viewer.evaluate("sendOpened()")
    viewer.evaluate("opened.destroy()")
    drawn, _ = read_file(json.dumps(schema).encode())
    asked, here = as_plugin_form(drawn, ""), call()
    raw = {"m-day": "06.03.2026", "m-hour": "01:30", "t": "02:05", "n": "12,50"}
    assert dict(asked.check(here, parse(asked.fields(here), raw)).variables) == sent


#: asked more of, or less of, here on purpose
OTHERWISE = {"email": "an address needs a dot", "phone": "a Kazakh number is written with 8, too",
             "no past": "the viewer lets a past day pass when it is sent"}  # fmt: skip


@pytest.mark.parametrize("what", sorted(set(RIGHT_AND_WRONG) - set(OTHERWISE)))
def test_a_check_refuses_there_what_it_refuses_here(viewer: Page, what: str) -> None:
    component, right, wrong, _ = RIGHT_AND_WRONG[what]
    schema = json.loads(form({**component, "id": "A"}))
    kinds: dict[str, Any] = {"number": float, "checkbox": bool}
    read = kinds.get(component["type"], str)
    assert theirs(viewer, schema, {"a": read(right)})["wrong"] == []
    assert theirs(viewer, schema, {"a": read(wrong)})["wrong"] == ["a"] or what == "required"


def group(*components: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "group", "id": "G" + str(more.get("path", "")), "components": list(components), **more}


def one(kind: str, key: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "key": key, "id": f"F_{key}".replace(".", "_"), "label": key, **more}


LIST = {"type": "dynamiclist", "id": "L", "path": "lines", "label": "l", "isRepeating": True, "allowAddRemove": True}
TOWN = one("select", "town", values=[{"label": each, "value": each} for each in ("a", "b")])
#: what is drawn, and the data that it is shown with: sent back alike
DRAWN_ALIKE: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]]]] = {
    "an expression": (
        [one("number", "a"), one("number", "b"), one("expression", "sum", expression="=a + b", computeOn="change"),
         one("textfield", "c", conditional={"hide": "=sum > 10"})],
        [{"a": 1, "b": 2, "c": "x"}, {"a": 7, "b": 8, "c": "x"}],
    ),
    "an expression when it is sent": (
        [one("number", "a"), one("expression", "last", expression="=a * 3", computeOn="presubmit")],
        [{"a": 1}, {"a": 2.5}, {"a": None}],
    ),
    "paths": (
        [group(one("textfield", "street.name"), group(one("number", "flat")), path="home"),
         one("textfield", "note.text")],
        [{"home": {"street": {"name": "x"}, "flat": 5}, "note": {"text": "y"}}, {}],
    ),
    "a condition on a path": (
        [group(one("checkbox", "own"), path="home"), one("textfield", "a", conditional={"hide": "=home.own"})],
        [{"home": {"own": True}, "a": "x"}, {"home": {"own": False}, "a": "x"}],
    ),
    "a list": (
        [{**LIST, "components": [one("textfield", "name"), one("checkbox", "works"),
                                 one("number", "income", conditional={"hide": "=not(this.works)"})]}],
        [{"lines": [{"name": "x", "works": True, "income": 5}, {"name": "y", "works": False, "income": 7}]}],
    ),
    "a list that hides": (
        [one("checkbox", "alone"),
         {**LIST, "conditional": {"hide": "=alone"}, "components": [one("textfield", "name")]}],
        [{"alone": True, "lines": [{"name": "x"}]}, {"alone": False, "lines": [{"name": "x"}]}],
    ),
    "a list in which the whole form is asked": (
        [one("number", "least"), {**LIST, "components": [
            one("number", "n"), one("textfield", "why", conditional={"hide": "=this.n > least or i[1] = 2"})]}],
        [{"least": 3, "lines": [{"n": 1, "why": "a"}, {"n": 1, "why": "b"}, {"n": 5, "why": "c"}]}],
    ),
    "a list in a list": (
        [{**LIST, "components": [one("textfield", "name"), {**LIST, "id": "M", "path": "inner", "components": [
            one("number", "n"), one("textfield", "t", conditional={"hide": '=parent.name = "x"'})]}]}],
        [{"lines": [{"name": "x", "inner": [{"n": 1, "t": "a"}]}, {"name": "y", "inner": [{"n": 2, "t": "b"}]}]}],
    ),
    "groups and choices in a list": (
        [{**LIST, "components": [group(one("textfield", "place"), path="at"), one("checklist", "marks", values=[
            {"label": "1", "value": "one"}, {"label": "2", "value": "two"}])]}],
        [{"lines": [{"at": {"place": "x"}, "marks": ["two"]}, {"at": {"place": "y"}, "marks": []}]}],
    ),
    "choices that are reckoned": (
        [TOWN, one("radio", "street", valuesExpression='=if town = "a" then ["x", "y"] else ["z"]')],
        [{"town": "a", "street": "y"}, {"town": "b", "street": "z"}],
    ),
    "what is read only by an answer": (
        [one("checkbox", "shut"), one("textfield", "a", readonly="=shut"), one("number", "b", readonly="=b > 3")],
        [{"shut": True, "a": "x", "b": 5}, {"shut": False, "a": "x", "b": 1}],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", DRAWN_ALIKE)
def test_what_is_reckoned_and_repeated_there_is_here(viewer: Page, what: str) -> None:
    components, several = DRAWN_ALIKE[what]
    schema = json.loads(form(*components))
    for data in several:
        drawn, faults = read_file(json.dumps(schema).encode())
        assert faults == ()
        asked, here = as_plugin_form(drawn, ""), call(**data)
        given = asked.check(here, parse(asked.fields(here), as_form(asked.initial(here)))).variables
        assert theirs(viewer, schema, data)["data"] == given, data


LIMITS = {
    "min": (one("number", "a", validate={"min": "=n"}), 4, 2),
    "max": (one("number", "a", validate={"max": "=n * 2"}), 6, 7),
    "minLength": (one("textfield", "a", validate={"minLength": "=n"}), "абв", "аб"),
    "maxLength": (one("textarea", "a", validate={"maxLength": "=n"}), "абв", "абвг"),
}


@pytest.mark.parametrize("what", LIMITS)
def test_a_bound_that_is_reckoned_bounds_there_as_here(viewer: Page, what: str) -> None:
    component, right, wrong = LIMITS[what]
    schema = json.loads(form(one("number", "n"), component))
    for value, refused in ((right, []), (wrong, ["a"])):
        data = {"n": 3, "a": value}
        assert theirs(viewer, schema, data)["wrong"] == refused == ours(schema, data)[1]
    assert theirs(viewer, schema, {"n": None, "a": wrong})["wrong"] == ours(schema, {"n": None, "a": wrong})[1] == []


def test_people_read_the_same_words_there_and_here(viewer: Page) -> None:
    schema = json.loads(form(
        one("textfield", "name", label="Аты: {{name}}", description="=string length(name)",
            appearance={"prefixAdorner": "№ {{n}}", "suffixAdorner": '="м" + "²"'}),
        {"type": "text", "id": "T",
         "text": "Сәлем, {{name}}!{{#if n > 2}} Көп.{{/if}}{{#loop list}} {{this}};{{/loop}}"},
        {"type": "html", "id": "H", "content": "<b>{{name}}</b> <i>{{n}}</i>"},
        {"type": "table", "id": "B", "label": "Кесте {{n}}", "dataSource": "=rows", "rowCount": 2, "columns": [
            {"label": "А", "key": "a"}, {"label": "", "key": "b"}]},
    ))  # fmt: skip
    data = {"name": "Ай<b>", "n": 3, "list": ["x", 2], "rows": [{"a": 1, "b": {"c": 2}}, {"a": True}]}
    read = viewer.evaluate("([schema, data]) => readForm(schema, data)", [schema, data])
    drawn, _ = read_file(json.dumps(schema).encode())
    asked, here = as_plugin_form(drawn, ""), call(**data)
    now = {field.name: field for field in now_asked(asked.fields(here), as_form(asked.initial(here))).fields}
    say = {name: (lambda words, field=field: field.fill(words) if field.fill else words) for name, field in now.items()}
    name, table = now["name"], next(field for field in now.values() if field.kind == "table")
    notes = [field for field in now.values() if field.kind == "note"]
    assert read["labels"] == [say["name"](name.label), say[table.name](table.label)]
    assert read["descriptions"] == [say["name"](name.help)]
    assert read["adorners"] == [say["name"](name.prefix), say["name"](name.suffix)]
    bare = [html.fromstring(marked(say[note.name](note.help), note.markup)).text_content().strip() for note in notes]
    assert read["texts"][1] == bare[1] == "Ай<b> 3"
    assert bare[0] == "Сәлем, Ай<b>! Көп. x; 2;", "what was answered stands for itself; the viewer takes it for a tag"
    assert read["heads"] == [column.label for column in table.columns]
    assert read["cells"] == ["1", '{"c":2}', "true", ""]
    assert [dict(line) for line in table.begins] == [{"a": 1, "b": '{"c": 2}'}, {"a": True}]


def test_it_has_no_component_that_we_have_not_heard_of(viewer: Page) -> None:
    assert set(viewer.evaluate("typesOfForm()")) - {"default"} == set(TYPES)
