"""Our FEEL beside @bpmn-io/feelin, the reader that Modeler's own editor uses: the same values, or a reason why not."""

import json
import shutil
import subprocess
from decimal import Decimal
from typing import Any

import pytest

from services.config import ROOT
from services.feel import expression
from services.feel.run import FeelRefused

HERE = ROOT / "tests/services/feel"
DATA = {"x": 3, "y": 4, "l": [5, 6, 7]}
CASES = (HERE / "feelin.txt").read_text(encoding="utf-8").splitlines()
#: expression -> why feelin says otherwise (DMN 1.5)
OTHERWISE = {
    "if 1 then 1 else 2": "only true is true (10.3.2.6, table 47); feelin takes any value but null, false",
    "1 instance of number": "feelin does not know instance of where its parser wants a qualified type (10.3.2.9)",
    "[1] instance of list<number>": "feelin does not read list<…> (grammar rule 52)",
    "during(4, [1..9])": "a point may be during a range (table 78)",
    "coincides([1..2], [1..2])": "feelin has no coincides (table 78)",
    "is defined(zzz)": "is defined is Camunda's addition; of feelin no part",
}


def same(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, Decimal) and isinstance(theirs, int | float) and not isinstance(theirs, bool):
        return abs(float(ours) - theirs) <= 1e-9 * max(1.0, abs(theirs))  # feelin reckons with binary fractions
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    return type(ours) is type(theirs) and bool(ours == theirs)


def value(text: str) -> Any:
    try:
        return expression(text).evaluate(DATA).value
    except FeelRefused:
        return "refused"


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_modeler_s_own_reader_says_the_same_or_it_is_said_why_not() -> None:
    given = json.dumps({"cases": [[text, DATA] for text in CASES]})
    node = subprocess.run(["node", str(HERE / "feelin.mjs")], input=given, capture_output=True, text=True, check=True,
                          cwd=ROOT, timeout=60)  # fmt: skip
    theirs = json.loads(node.stdout)
    assert len(theirs) == len(CASES) > 130
    differ = [text for text, found in zip(CASES, theirs, strict=True) if not same(value(text), found)]
    assert sorted(differ) == sorted(OTHERWISE)
