"""What Modeler can write: the elements and attributes of bpmn-moddle and camunda-bpmn-moddle, as npm has them."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from services.bpmn.allowed import KNOWN
from services.config import ROOT

MODDLE = ROOT / "node_modules"


@cache
def descriptor(name: str) -> Mapping[str, dict[str, Any]]:
    file = {
        "bpmn": "bpmn-moddle/resources/bpmn/json/bpmn.json",
        "camunda": "camunda-bpmn-moddle/resources/camunda.json",
    }
    return {each["name"]: each for each in json.loads((MODDLE / file[name]).read_text())["types"]}


def element(kind: str) -> str:
    return kind[0].lower() + kind[1:]


def kinds(kind: str) -> list[str]:
    """The type, and those it descends from."""
    found, ahead = [], [kind]
    while ahead:
        here = ahead.pop()
        found.append(here)
        ahead += descriptor("bpmn")[here].get("superClass", [])
    return found


def own(kind: str) -> list[str]:
    """Its attributes in BPMN."""
    return [each["name"] for up in kinds(kind) for each in descriptor("bpmn")[up].get("properties", [])
            if each.get("isAttr")]  # fmt: skip


def extending(kind: str) -> Iterator[str]:
    """The attributes that Camunda 7 adds to it."""
    extended = {f"bpmn:{each}" for each in kinds(kind)}
    grown = True
    while grown:  # JobPriorized extends AsyncCapable extends Activity
        grown = False
        for each in descriptor("camunda").values():
            if set(each.get("extends", [])) & extended and (name := f"camunda:{each['name']}") not in extended:
                extended.add(name)
                grown = True
    for each in descriptor("camunda").values():
        if f"camunda:{each['name']}" in extended:
            yield from (p["name"].removeprefix("camunda:") for p in each.get("properties", []) if p.get("isAttr"))


TAKEN = sorted(kind for kind in descriptor("bpmn") if element(kind) in KNOWN)
CAMUNDA = sorted({(element(kind), name) for kind in TAKEN for name in extending(kind)})
BPMN = sorted({(element(kind), name) for kind in TAKEN for name in own(kind)})
EXTENSIONS = sorted(each for each, said in descriptor("camunda").items() if not said.get("extends"))
