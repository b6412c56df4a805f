"""The public Technology Compatibility Kit of DMN (https://github.com/dmn-tck/tck): all that lies beside the project.

The folder is `DMN_TCK`, or ../shared/dmn-tck. Nothing of it is kept here: the test cases say themselves what is right.
"""

import os
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from services.config import ROOT
from services.dmn import Decision, DmnReader, Model, Required, Service, decide
from services.feel import lift
from services.feel.run import FeelRefused
from services.feel.times import Date, DateTime, DaysTime, Time, YearsMonths

FOLDER = Path(os.environ.get("DMN_TCK") or ROOT.parent / "shared" / "dmn-tck")
LEAST = {
    "compliance-level-2": 1.0,
    "compliance-level-3": 0.9967,
}  #: all but functions of Java (10) and a pattern with a reference back
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"


@lru_cache(maxsize=4)
def model(folder: Path) -> Model:
    return DmnReader({each.name: etree.parse(each).getroot() for each in sorted(folder.glob("*.dmn"))}).model()


def value(node: etree._Element) -> Any:
    """What an inputNode, expected or component says."""
    components = node.findall("{*}component")
    listed = node.find("{*}list")
    if components:
        return {each.get("name"): value(each) for each in components}
    if listed is not None:
        return [] if listed.get(f"{XSI}nil") == "true" else [value(each) for each in listed.findall("{*}item")]
    single = node.find("{*}value")
    if single is None or single.get(f"{XSI}nil") == "true":
        return None
    text, kind = "".join(single.itertext()), (single.get(f"{XSI}type") or "string").rpartition(":")[2]
    readers: dict[str, Any] = {
        "boolean": lambda text: text.strip() == "true", "date": Date.read, "dateTime": DateTime.read,
        "time": Time.read, "duration": lambda text: DaysTime.read(text) or YearsMonths.read(text),
        "dayTimeDuration": DaysTime.read, "yearMonthDuration": YearsMonths.read, "string": str,
    }  # fmt: skip
    if kind in ("decimal", "double", "integer", "int", "long", "float"):
        return Decimal(text.strip())
    return readers[kind](text if kind == "string" else text.strip())


def same(found: Any, wanted: Any) -> bool:
    """Equal; numbers to eight places, as the kit's own runner compares them."""
    if isinstance(wanted, Decimal) and isinstance(found, Decimal):
        return abs(found - wanted) <= max(Decimal("1e-8"), abs(wanted) * Decimal("1e-8"))
    if isinstance(wanted, list) and isinstance(found, list):
        return len(found) == len(wanted) and all(same(a, b) for a, b in zip(found, wanted, strict=True))
    if isinstance(wanted, dict) and isinstance(found, dict):
        return found.keys() == wanted.keys() and all(same(found[key], wanted[key]) for key in wanted)
    return type(found) is type(wanted) and bool(found == wanted)


def cases(level: Path) -> Iterator[tuple[str, Model, etree._Element, etree._Element]]:
    for folder in sorted(each for each in level.iterdir() if each.is_dir()):
        for file in sorted(folder.glob("*test*.xml")):
            for case in etree.parse(file).getroot().iter("{*}testCase"):
                for node in case.findall("{*}resultNode"):
                    name = f"{folder.name}/{file.stem}/{case.get('id')}/{node.get('name')}"
                    yield name, model(folder), case, node


def asked(found: Model, case: etree._Element, node: etree._Element) -> Required | None:
    if case.get("type") == "decisionService":
        return found.named(case.get("invocableName") or "", Service)
    return found.named(node.get("name") or "", Decision)


def passes(found: Model, case: etree._Element, node: etree._Element) -> bool:
    element = asked(found, case, node)
    expected = node.find("{*}expected")
    wanted = value(expected) if expected is not None else None
    if element is None:
        return wanted is None
    given = {each.get("name") or "": lift(value(each)) for each in case.findall("{*}inputNode")}
    try:
        answer = decide(found, element, given, clock=_clock).value
    except FeelRefused:
        answer = None
    if isinstance(element, Service) and isinstance(answer, dict) and len(element.outputs) > 1:
        answer = answer.get(node.get("name") or "")
    return same(answer, wanted)


def _clock() -> Any:
    from datetime import UTC, datetime

    return datetime.now(UTC)


@pytest.mark.parametrize("level", sorted(LEAST))
def test_the_public_kit_is_passed(level: str, capsys: pytest.CaptureFixture[str]) -> None:
    if not (FOLDER / level).is_dir():
        if os.environ.get("CI") == "true" or "DMN_TCK" in os.environ:
            pytest.fail(f"the DMN TCK is not in {FOLDER}")
        pytest.skip(f"the DMN TCK is not in {FOLDER}: say where with DMN_TCK=<folder>")
    failed, counted = [], Counter[bool]()
    for name, found, case, node in cases(FOLDER / level):
        good = passes(found, case, node)
        counted[good] += 1
        if not good:
            failed.append(name)
    with capsys.disabled():
        print(f"\nDMN TCK {level}: {counted[True]} of {counted.total()}")  # noqa: T201
    assert counted[True] >= LEAST[level] * counted.total(), "\n".join(failed[:200])
