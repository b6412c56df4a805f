"""The element templates say what the plugins declare, in every language, and their versions only grow."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask

from services import registry
from services.config import ROOT
from services.plugin import Choice, ErrorCode, Form, Input, Operation, Plugin, Variable
from services.processes.element_templates import (
    PLACE,
    made_of,
    place_of,
    shape_of,
    stale_templates,
    version_of,
)
from services.registry import Registry
from webapp.cli import komek
from webapp.designer.modeler import element_templates

VALIDATE = Path(__file__).parent / "validate.mjs"


def run(*given: object) -> dict[str, object]:
    return {}


def order(*inputs: Input, **parts: Any) -> Operation[Any]:
    return Operation(run, "Order a courier", inputs=inputs, **parts)


def region(*plugins: Plugin) -> Registry:
    """The region of the house with these plugins only."""
    regions = [plugin for plugin in registry.current().plugins if plugin.region]
    return Registry([*regions, *plugins], ROOT)


def courier(operation: Operation[Any]) -> Registry:
    return region(Plugin(Path("courier"), "A courier.", in_step={"order": operation}))


def made(rules: Registry, known: list[Any] | None = None, language: str = "en") -> dict[str, Any]:
    """Id -> the newest template."""
    found = made_of(rules, language, str, known=known or [])
    newest: dict[str, Any] = {}
    for each in found:
        newest.setdefault(str(each["id"]), each)
    return newest


def properties(template: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Name in the diagram -> property."""
    return {each["binding"].get("name") or each["binding"]["source"]: each for each in template["properties"]}


@pytest.fixture
def ours(session_app: Flask) -> Registry:
    with session_app.app_context():
        return registry.current()


# ---------------------------------------------------------------- what they say


def test_there_is_one_for_every_operation_and_every_form(session_app: Flask, ours: Registry) -> None:
    with session_app.app_context():
        found = element_templates(ours, "kk")
    assert {each["id"] for each in found} == ours.operations() | ours.forms()
    assert len({(each["id"], each["version"]) for each in found}) == len(found)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_modelers_own_validator_finds_nothing_wrong(session_app: Flask, language: str, tmp_path: Path) -> None:
    with session_app.app_context():
        odd = order(
            Input("to", "text", "To whom", help="A name."),
            Input("how", "choice", "How", choices=(Choice("foot", "On foot"), Choice("car", "By car"))),
            Input("urgent", "yes", "Urgent", default=False),
            Input("parcels", "number", "Parcels", required=True, default=1),
            Input("people", "expression", "People"),
            outputs=(Variable("taken", "yes", "Taken"),), errors=(ErrorCode("NOBODY", "Nobody drives"),),
        )  # fmt: skip
        found = [*element_templates(registry.current(), language), *element_templates(courier(odd), language)]
    file = tmp_path / "element_templates.json"
    file.write_text(json.dumps(found), encoding="utf-8")
    done = subprocess.run(["node", VALIDATE, file], capture_output=True, text=True, timeout=60, cwd=ROOT)
    assert json.loads(done.stdout) == [], done.stderr
    assert all(each["$schema"].endswith("/element-templates-json-schema/resources/schema.json") for each in found)


def test_a_broken_template_is_found_out(tmp_path: Path) -> None:
    file = tmp_path / "element_templates.json"
    file.write_text(json.dumps([{"id": "x", "name": "X", "appliesTo": [], "properties": [{"type": "Dropdown"}]}]))
    done = subprocess.run(["node", VALIDATE, file], capture_output=True, text=True, timeout=60, cwd=ROOT)
    assert [each["id"] for each in json.loads(done.stdout)] == ["x"], done.stderr


def test_an_operation_is_an_external_service_task_with_its_inputs_and_outputs(ours: Registry) -> None:
    inputs = (Input("how", "choice", "How", choices=(Choice("foot", "On foot"),)),
              Input("parcels", "number", "Parcels", required=True, default=2))  # fmt: skip
    told = order(*inputs, outputs=(Variable("taken", "yes", "Taken"),), errors=(ErrorCode("NOBODY", "Nobody drives"),))
    template = made(courier(told))["courier.order"]
    found = properties(template)
    assert template["elementType"] == {"value": "bpmn:ServiceTask"}
    assert (found["camunda:type"]["value"], found["camunda:topic"]["value"]) == ("external", "courier.order")
    assert found["how"]["binding"]["type"] == "camunda:inputParameter"
    assert [choice["value"] for choice in found["how"]["choices"]] == ["", "foot"]
    assert (found["parcels"]["value"], found["parcels"]["constraints"]) == ("2", {"notEmpty": True})
    assert found["${taken}"]["value"] == "taken"
    assert "NOBODY (Nobody drives)" in template["description"]


def test_a_form_is_a_user_task_with_its_step_and_role_from_the_regions_tables(ours: Registry) -> None:
    template = made(ours, language="ru")["assessment.draft"]
    found = properties(template)
    assert found["camunda:formKey"] | {"type": "Hidden", "value": "assessment.draft"} == found["camunda:formKey"]
    steps = {choice["value"] for choice in found["step"]["choices"]}
    assert steps == {row["key"] for row in ours.table("steps")}
    roles = {choice["value"]: choice["name"] for choice in found["camunda:candidateGroups"]["choices"]}
    assert roles == {row["key"]: row["title_ru"] for row in ours.table("roles")}
    assert "decision (approve, refuse)" in template["description"]


def test_no_optional_field_has_a_pattern_which_an_empty_value_would_fail(session_app: Flask) -> None:
    with session_app.app_context():
        found = element_templates(registry.current(), "kk")
    for template in found:
        for each in template["properties"]:  # type: ignore[attr-defined]
            assert "pattern" not in each.get("constraints", {})


def test_names_are_in_the_language_that_is_asked_for(session_app: Flask) -> None:
    with session_app.app_context():
        names = {
            language: next(each["name"] for each in element_templates(registry.current(), language)
                           if each["id"] == "registration.register")
            for language in ("kk", "ru", "en", "xx")
        }  # fmt: skip
    assert names["kk"] == names["xx"] == "Нөмір мен талон беру"
    assert (names["ru"], names["en"]) == ("Выдать номер и талон", "Number and talon")


# ---------------------------------------------------------------- versions


def test_the_same_declaration_keeps_its_version_whatever_is_said_of_it(ours: Registry) -> None:
    first = made(courier(order(Input("to", "text", "To whom"))))["courier.order"]
    again = made(courier(replace(order(Input("to", "text", "Addressee", help="A name.")), title="A courier")),
                 [first])["courier.order"]  # fmt: skip
    assert (first["version"], again["version"]) == (1, 1)
    assert again["name"] == "A courier"


@pytest.mark.parametrize(
    "other",
    [
        order(),
        order(Input("to", "text", "To whom", required=True)),
        order(Input("to", "text", "To whom", default="the head")),
        order(Input("to", "choice", "To whom", choices=(Choice("head", "The head"),))),
        order(Input("whom", "text", "To whom")),
        order(Input("to", "text", "To whom"), outputs=(Variable("taken", "yes", "Taken"),)),
    ],
)
def test_another_declaration_is_the_next_version_and_the_former_stays_known(
    ours: Registry, other: Operation[Any]
) -> None:
    known = made_of(courier(order(Input("to", "text", "To whom"))), "en", str, known=[])
    found = [each for each in made_of(courier(other), "en", str, known=known)
             if each["id"] == "courier.order"]  # fmt: skip
    assert [each["version"] for each in found] == [2, 1]
    assert found[1] in known


def test_to_go_back_is_a_new_version_too(ours: Registry) -> None:
    one, two = order(Input("to", "text", "To whom")), order()
    known: list[Any] = []
    numbers = []
    for each in (one, two, one, one):
        known = made_of(courier(each), "en", str, known=known)
        numbers.append(next(t["version"] for t in known if t["id"] == "courier.order"))
    assert numbers == [1, 2, 3, 3]
    assert sorted(int(str(t["version"])) for t in known if t["id"] == "courier.order") == [1, 2, 3]


def test_another_row_of_the_regions_tables_is_no_other_version(ours: Registry) -> None:
    visit = Form("Visit", "Record", lambda call: [], run)  # type: ignore[arg-type]
    template = made(region(Plugin(Path("visit"), "A visit.", forms={"visit": visit})))["visit.visit"]
    fewer = {**template, "properties": [
        {**each, "choices": each["choices"][:2]} if "choices" in each else each for each in template["properties"]
    ]}  # fmt: skip
    assert shape_of(fewer) == shape_of(template)
    assert version_of(template, [fewer]) == 1


# ---------------------------------------------------------------- the file beside the diagrams


def test_the_file_beside_the_diagrams_is_what_the_plugins_declare() -> None:
    done = CliRunner().invoke(komek, ["templates", "check"])
    assert (done.exit_code, done.output) == (0, "element templates: as declared\n")


def test_a_region_whose_operation_changed_is_told_to_offer_it_anew(ours: Registry, tmp_path: Path) -> None:
    kept = tmp_path / "courier" / place_of("courier")
    kept.parent.mkdir(parents=True)

    def offering(operation: Operation[Any]) -> Registry:
        return region(Plugin(tmp_path / "courier", "A courier.", in_step={"order": operation}))

    first = offering(order())
    assert stale_templates(first, "courier") == ["courier.order"], "nothing is offered yet"
    kept.write_text(json.dumps(made_of(first, "kk", str, of="courier")), encoding="utf-8")
    assert stale_templates(first, "courier") == []
    changed = offering(order(Input("to", "text", "To whom", required=True)))
    assert stale_templates(changed, "courier") == ["courier.order"]
    assert [each["version"] for each in made_of(changed, "kk", str, of="courier")] == [2, 1]


def test_they_are_written_whole_in_any_language(tmp_path: Path) -> None:
    file = tmp_path / "place" / "komek.json"
    done = CliRunner().invoke(komek, ["templates", "write", "--language", "en", "--file", str(file)])
    assert done.exit_code == 0, done.output
    ours = json.loads((ROOT / PLACE).read_text(encoding="utf-8"))
    theirs = json.loads(file.read_text(encoding="utf-8"))
    assert [(each["id"], each["version"]) for each in theirs] == [(each["id"], each["version"]) for each in ours]
    assert theirs[0]["name"] != ours[0]["name"]
    assert list(file.parent.iterdir()) == [file]
