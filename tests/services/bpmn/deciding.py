"""Files of one decision, and what is said of them."""

import pytest

from services.bpmn import BadDiagram
from services.bpmn.decisions import CompiledDecision, read_decisions
from services.bpmn.xml import read_xml
from tests.services.engine.drawings import table

NOON = 'date and time("2013-05-01T12:00:00")'


def decision(content: bytes, reading: int | None = None) -> CompiledDecision:
    return read_decisions({"t.dmn": read_xml("t.dmn", content)}, reading=reading)["sort"]


def refused(content: bytes) -> list[str]:
    with pytest.raises(BadDiagram) as caught:
        decision(content)
    return [each.rule.code for each in caught.value.problems]


def listing(values: str, rules: list[list[str]], policy: str = "PRIORITY") -> bytes:
    """A table whose only output lists its values."""
    said = f'name="x" typeRef=""><outputValues id="v"><text>{values}</text></outputValues></output>'
    return table(["n"], ["x"], rules, policy=policy).replace(b'name="x" typeRef=""/>', said.encode())


def typed(values: str) -> bytes:
    """A table whose output is of a type that allows these values."""
    defined = f'<itemDefinition id="t" name="colour"><typeRef>string</typeRef><allowedValues><text>{values}</text></allowedValues></itemDefinition>'
    content = table(["n"], ["x"], [["1", "n2"]], types=("", "colour"))
    return content.replace(b"<decision ", defined.encode() + b"<decision ", 1)
