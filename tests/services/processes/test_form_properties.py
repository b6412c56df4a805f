"""Every property that form-js knows is honoured, told or refused: the list is that of its own JSON schema.

Source: packages/form-json-schema/src/defs of github.com/bpmn-io/form-js, version 1.18.0 (schemaVersion 19).
"""

from typing import Any

import pytest

from services.config import ROOT
from services.processes.forms.schema import NEWEST, read_file
from tests.services.processes.small_forms import TYPES, form, rules_of, text

FORM = [
    "type",
    "id",
    "schemaVersion",
    "executionPlatform",
    "executionPlatformVersion",
    "versionTag",
    "exporter",
    "components",
]
COMPONENT = [
    "type",
    "id",
    "label",
    "description",
    "key",
    "readonly",
    "disabled",
    "text",
    "defaultValue",
    "action",
    "source",
    "alt",
    "url",
    "subtype",
    "dateLabel",
    "timeLabel",
    "use24h",
    "timeSerializingFormat",
    "timeInterval",
    "disallowPassedDates",
    "increment",
    "decimalDigits",
    "serializeToString",
    "searchable",
    "valuesKey",
    "valuesExpression",
    "height",
    "components",
    "path",
    "showOutline",
    "verticalAlignment",
    "isRepeating",
    "allowAddRemove",
    "defaultRepetitions",
    "disableCollapse",
    "nonCollapsedItems",
    "validate",
    "layout",
    "values",
    "appearance",
    "conditional",
    "properties",
    "columns",
    "columnsExpression",
    "rowCount",
    "dataSource",
    "security",
    "content",
    "accept",
    "multiple",
    "maxHeight",
    "expression",
    "computeOn",
]
INSIDE = [
    "required",
    "validationType",
    "pattern",
    "minLength",
    "maxLength",
    "min",
    "max",
    "patternErrorMessage",
    "prefixAdorner",
    "suffixAdorner",
    "hide",
    "row",
    "columns",
    "label",
    "value",
]

#: how it looks, or who saved it: told in the guide for designers
LOOK = {"searchable": "searchable", "height": "height", "showOutline": "outline",
        "verticalAlignment": "vertical alignment", "maxHeight": "maximum height"}  # fmt: skip
SAVED_BY = {"executionPlatformVersion", "versionTag", "exporter"}
#: of what is refused as a whole
REFUSED = {"url": "iframe", "security": "iframe"}
SOURCE = "".join(path.read_text() for path in (ROOT / "services/processes/forms").glob("*.py"))


@pytest.mark.parametrize("name", [*FORM, *COMPONENT, *INSIDE])
def test_every_property_of_their_schema_is_honoured_told_or_refused(name: str) -> None:
    if name in LOOK:
        assert f"*{LOOK[name]}*" in (ROOT / "docs/designers.md").read_text()
    elif name in REFUSED:
        assert rules_of(form({"type": REFUSED[name], "id": "A", name: {}})) == ["form-iframe"]
    elif name not in SAVED_BY:
        assert f'"{name}"' in SOURCE, "somebody reads it"


#: what each type has to have
LEAST: dict[str, dict[str, Any]] = {
    "radio": {"values": [{"value": "a"}]}, "select": {"values": [{"value": "a"}]},
    "checklist": {"values": [{"value": "a"}]}, "taglist": {"values": [{"value": "a"}]},
    "table": {"dataSource": "=rows", "columns": [{"key": "a"}]}, "expression": {"expression": "=1"},
    "dynamiclist": {"path": "p", "components": [text()]}, "image": {"source": "=scan"},
    "documentPreview": {"dataSource": "=papers"},
}  # fmt: skip


@pytest.mark.parametrize("kind", TYPES)
def test_every_type_of_their_schema_is_asked_or_refused_in_words(kind: str) -> None:
    found = rules_of(form({"type": kind, "key": "k", "id": "I", **LEAST.get(kind, {})}))
    assert found == (["form-iframe"] if kind == "iframe" else [])


def test_a_newer_format_is_refused_and_the_newest_is_theirs() -> None:
    assert NEWEST == 19
    assert rules_of(form(text(), schemaVersion=NEWEST)) == []
    assert rules_of(form(text(), schemaVersion=NEWEST + 1)) == ["form-too-new"]


@pytest.mark.parametrize(
    ("component", "named"),
    [
        (text(properties={"Outcome": "yes"}), "properties.Outcome"),
        (text(condition={"hide": "=x"}), "condition"),
        (text(validate={"requried": True, "min": 3}), "validate.requried, validate.min"),
        ({"type": "checkbox", "key": "a", "values": [{"value": "a"}]}, "values"),
        ({"type": "dynamiclist", "path": "p", "components": [text(), text("b", decimalDigits=2)]}, "decimalDigits"),
    ],
)
def test_a_property_that_nobody_reads_is_named(component: dict[str, Any], named: str) -> None:
    (fault,) = read_file(form(component))[1]
    assert (fault.rule, str(fault.details["properties"])) == ("form-property-unread", named)


def test_what_says_nothing_and_what_designers_add_for_themselves_is_let_be() -> None:
    assert rules_of(form(text(values=[], validate={"min": ""}, properties={"colour": "red"}))) == []
