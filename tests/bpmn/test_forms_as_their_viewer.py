"""Forms as their own editor's viewer has them: it opens what we open, asks, hides and refuses as we do."""

import json
import random
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from services.answers import as_form, parse
from services.config import ROOT
from services.errors import InvalidAnswers
from services.processes.forms.drawn import as_plugin_form
from services.processes.forms.schema import read_file
from tests.services.processes.test_form_files import GOOD, RIGHT_AND_WRONG, call, form

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
def viewer(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A page with the viewer in it."""
    bundle = tmp_path_factory.mktemp("viewer") / "page.js"
    subprocess.run(
        [ESBUILD, ENTRY, "--bundle", "--format=iife", f"--outfile={bundle}"], check=True, capture_output=True
    )
    page = browser.new_page(timezone_id="Asia/Almaty", locale="en-GB")
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
    for at, typed in enumerate(("06/03/2026", "01:30", "02:05", "12.50")):
        box = viewer.locator(".fjs-form-field input.fjs-input:not([type=hidden])").nth(at)
        box.fill(typed)
        box.press("Tab")
    viewer.wait_for_function("sendOpened().n !== null")
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
