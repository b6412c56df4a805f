"""Expressions and a table of 50 rules: ours, compiled once; @bpmn-io/feelin, which reads each time; stock's Python.

Evaluations a second, in one run.
"""

import json
import subprocess
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.dmn.engine.DMNEngine import DMNEngine
from SpiffWorkflow.dmn.parser.DMNParser import DMNParser

from bench import ratios
from services.bpmn.decisions import read_decisions
from services.config import ROOT
from services.expressions.language import compile_expression

AIM = 20_000
SECONDS = 0.5
RULES = 50
CONDITION = 'amount > 1000 and kind = "b" and not(closed)'
DATA = {"amount": 2500, "kind": "b", "closed": False}
DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def table(python: bool = False) -> bytes:
    """Fifty rules over a number and a text; the last fits. As stock reads it, or as everybody else does."""
    rows = "".join(
        f'<rule id="r{n}"><inputEntry id="a{n}"><text>{f"&lt; {n * 10}" if n < RULES else ""}</text></inputEntry>'
        f'<inputEntry id="b{n}"><text>"b"</text></inputEntry>'
        f'<outputEntry id="o{n}"><text>{n}</text></outputEntry></rule>'
        for n in range(1, RULES + 1)
    )
    columns = "".join(
        f'<input id="i{n}" label="{name}"><inputExpression id="x{n}" typeRef="{of}"><text>{name}</text>'
        "</inputExpression></input>"
        for n, (name, of) in enumerate((("amount", "number"), ("kind", "string")))
    )
    return (
        f'<definitions xmlns="{DMN}" id="d" name="d" namespace="n"><decision id="fifty" name="fifty">'
        f'<decisionTable id="t" hitPolicy="{"UNIQUE" if python else "FIRST"}">{columns}'
        f'<output id="o" name="fee" typeRef="number"/>{rows}</decisionTable></decision></definitions>'
    ).encode()


def rate(once: Callable[[], Any]) -> float:
    """How often a second."""
    once()
    count, began = 0, time.perf_counter()
    while time.perf_counter() - began < SECONDS:
        once()
        count += 1
    return count / (time.perf_counter() - began)


def feelin(text: str) -> float:
    given = json.dumps({"cases": [[text, DATA]], "seconds": SECONDS})
    found = subprocess.run(["node", str(ROOT / "tests/services/feel/feelin.mjs")], input=given, capture_output=True,
                           text=True, check=True, cwd=ROOT)  # fmt: skip
    return float(json.loads(found.stdout)[0])


def stock_condition() -> float:
    engine = PythonScriptEngine()
    return rate(lambda: engine.environment.evaluate("amount > 1000 and kind == 'b' and not closed", dict(DATA)))


class _Task:
    """As much of a task as stock's tables ask for."""

    def __init__(self) -> None:
        self.data = dict(DATA)
        self.workflow = SimpleNamespace(script_engine=PythonScriptEngine())


def stock_table() -> float:
    parser = DMNParser(None, etree.fromstring(table(python=True)), {"dmn": DMN})
    parser.parse()
    engine, task = DMNEngine(parser.decision.decisionTables[0]), _Task()
    assert engine.result(task)["fee"] == RULES
    return rate(lambda: engine.result(task))


def main() -> None:
    """Prints the rates and their ratios."""
    compiled = compile_expression("=" + CONDITION)
    decision = read_decisions({"fifty.dmn": etree.fromstring(table())})["fifty"]
    as_if = (
        "if "
        + " else if ".join(f'amount < {n * 10} and kind = "b" then {n}' for n in range(1, RULES))
        + f" else {RULES}"
    )
    rows = (
        ("a simple condition", rate(lambda: compiled(DATA)), feelin(CONDITION), stock_condition()),
        ("a table of 50 rules", rate(lambda: decision.decide(DATA)), feelin(as_if), stock_table()),
    )
    print("\nFEEL and DMN. A second; the table beside feelin is one of nested conditions.")  # noqa: T201
    for name, ours, theirs, stock in rows:
        ratios.note(name, 1 / ours, 1 / theirs)
        print(  # noqa: T201
            f"{name:22}ours {ours:>9.0f}   feelin {theirs:>8.0f} ({ours / theirs:.1f} times)   "
            f"stock {stock:>8.0f} ({ours / stock:.1f} times)"
        )
    print(f"The aim is {AIM} conditions a second.")  # noqa: T201
