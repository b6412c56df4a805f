"""What Camunda 7's extension attributes and elements say of a BPMN element, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
from lxml import etree

from services.bpmn.xml import B, C
from services.expressions import BUILT, ENTRIES

#: extension properties of a message event: who sends it, and of what people send by hand, which roles may
SENDER, STAFF, ROLE = "sender", "staff", "role"
#: events whose message a plugin or a program may send; the definition of the message says which operation that is
_THROWING = frozenset({f"{B}intermediateThrowEvent", f"{B}endEvent"})


@dataclass(frozen=True)
class Extensions:
    """The extensions of one element."""

    attributes: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    form_fields: tuple[Mapping[str, object], ...] = ()
    inputs: tuple[tuple[str, str], ...] = ()  #: name, expression
    outputs: tuple[tuple[str, str], ...] = ()
    #: of a call activity: (source expression, target); ("*", "*") for all variables
    into: tuple[tuple[str, str], ...] = ()
    out_of: tuple[tuple[str, str], ...] = ()

    def get(self, name: str) -> str | None:
        return self.attributes.get(name)

    @property
    def operation(self) -> str | None:
        """The topic of what a plugin or a program outside does there."""
        return (self.get("topic") or None) if self.get("type") == "external" else None

    def form(self, process: str, element: str) -> str | None:
        """Which form a person fills in there: `plugin.form`, a file's `form:id`, or `fields:process/element`."""
        if self.get("formRef"):
            return f"form:{self.get('formRef')}"
        return self.get("formKey") or (f"fields:{process}/{element}" if self.form_fields else None)


def by_hand(extensions: Extensions) -> bool:
    """Whether the message of that event is sent by a person, by hand, when it happens."""
    return extensions.properties.get(SENDER) == STAFF


def read_extensions(node: etree._Element) -> Extensions:
    """What stands in `camunda:…` attributes and extension elements; of a message that is sent outside, there too."""
    own = _read(node)
    said = node.find(f"{B}messageEventDefinition") if node.tag in _THROWING else None
    if said is None or said.get(f"{C}type") != "external":
        return own
    more = _read(said)
    return replace(own, attributes={**more.attributes, **own.attributes}, inputs=own.inputs or more.inputs)


def _read(node: etree._Element) -> Extensions:
    attributes = {str(key)[len(C) :]: str(value) for key, value in node.attrib.items() if str(key).startswith(C)}
    inside = node.find(f"{B}extensionElements")
    if inside is None:
        return Extensions(attributes)
    mapping = inside.find(f"{C}inputOutput")
    return Extensions(
        attributes,
        {p.get("name", ""): p.get("value", "") for p in inside.iterfind(f"{C}properties/{C}property")},
        tuple(_form_field(each) for each in inside.iterfind(f"{C}formData/{C}formField")),
        _parameters(mapping, "inputParameter"),
        _parameters(mapping, "outputParameter"),
        tuple(_passed(each) for each in inside.iterfind(f"{C}in") if each.get("businessKey") is None),
        tuple(_passed(each) for each in inside.iterfind(f"{C}out") if each.get("businessKey") is None),
    )


def _form_field(node: etree._Element) -> dict[str, object]:
    said: dict[str, object] = {
        name: value for name in ("id", "label", "type", "defaultValue") if (value := node.get(name)) is not None
    }
    said["values"] = [(each.get("id"), each.get("name")) for each in node.iterfind(f"{C}value")]
    said["validation"] = {
        each.get("name"): each.get("config") for each in node.iterfind(f"{C}validation/{C}constraint")
    }
    above = node.getparent()
    if above is not None and above.get("businessKey") == said.get("id", ""):
        said["businessKey"] = True
    said["properties"] = {each.get("id"): each.get("value") for each in node.iterfind(f"{C}properties/{C}property")}
    return said


def _parameters(mapping: etree._Element | None, kind: str) -> tuple[tuple[str, str], ...]:
    """Plain text is itself, as in Camunda 7; only `${…}` and `=…` are reckoned."""
    if mapping is None:
        return ()
    return tuple((each.get("name", ""), _parameter(each)) for each in mapping.iterfind(f"{C}{kind}"))


def _parameter(node: etree._Element) -> str:
    """An expression, or a list or map of them: BUILT and its JSON."""
    built = _built(node)
    return built if isinstance(built, str) else BUILT + orjson.dumps(built).decode()


def _built(node: etree._Element) -> Any:
    """What stands there: text, `camunda:list` or `camunda:map`, in one another."""
    if node.tag == f"{C}list":
        return [_built(each) for each in node.iterchildren(f"{C}value", f"{C}list", f"{C}map")]
    if node.tag == f"{C}map":
        return {ENTRIES: [[_literal(each.get("key", "")), _built(each)] for each in node.iterchildren(f"{C}entry")]}
    inside = next(iter(node.iterchildren(f"{C}list", f"{C}map")), None)
    return _literal(node.text or "") if inside is None else _built(inside)


def _literal(text: str) -> str:
    stripped = text.strip()
    if "${" in stripped or "#{" in stripped or stripped.startswith("="):
        return stripped
    escaped = stripped.replace("\\", "\\\\").replace('"', '\\"')
    return f'="{escaped}"'


def _passed(node: etree._Element) -> tuple[str, str]:
    if node.get("variables") == "all":
        return "*", "*"
    return node.get("sourceExpression") or f"${{{node.get('source', '')}}}", node.get("target", "")
