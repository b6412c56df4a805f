"""SpiffWorkflow as it comes, in a process of its own: nothing of ours is loaded, so none of its methods is replaced.

Lines of JSON. In: the files and the moves; out: the size of the state after every move. Then, as often as one likes,
in: `{"at": 3, "times": 5}`; out: the microseconds of five full cycles from the state after move 3.
"""

import json
import logging
import re
import sys
import time
import warnings
from typing import Any, TextIO

from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.camunda.parser import CamundaParser
from SpiffWorkflow.camunda.serializer import DEFAULT_CONFIG
from SpiffWorkflow.util.task import TaskState

ENGINE = PythonScriptEngine()
SERIALIZER = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(DEFAULT_CONFIG))
#: it waits at no service task and evaluates only Python
DIALECT = (
    (r"(</?\w+:)?serviceTask", r"\1userTask"),
    (r"<serviceTask", "<userTask"),
    (r"\$\{(.*?)\}", r"\1"),
    (r"== true\b", "== True"),
    (r">(t|f)(rue|alse)<", lambda found: f">{found[1].upper()}{found[2]}<"),
    (r"\bfloor\(", "int("),
    (r"<(\w+:)?textAnnotation.*?</(\w+:)?textAnnotation>", ""),
)


def dialect(text: str) -> bytes:
    """The file as stock SpiffWorkflow can run it."""
    for pattern, by in DIALECT:
        text = re.sub(pattern, by, text, flags=re.S)  # type: ignore[call-overload]
    return text.encode()


def begin(asked: dict[str, Any]) -> str:
    parser = CamundaParser()
    for name, text in asked["files"].items():
        root = etree.fromstring(dialect(text))
        (parser.add_dmn_xml if name.endswith(".dmn") else parser.add_bpmn_xml)(root, name)
    specs = parser.get_spec(asked["process"]), parser.get_subprocess_specs(asked["process"])
    workflow = BpmnWorkflow(*specs, script_engine=ENGINE)
    workflow.task_tree.data.update(asked["variables"])
    workflow.do_engine_steps()
    return str(SERIALIZER.serialize_json(workflow))


def move(state: str, element: str, answers: dict[str, Any]) -> str:
    """The full cycle: load, complete, go on, save."""
    workflow = SERIALIZER.deserialize_json(state)
    workflow.script_engine = ENGINE
    (task,) = [each for each in workflow.get_tasks(state=TaskState.READY) if each.task_spec.name == element]
    task.data.update(answers)
    task.run()
    workflow.do_engine_steps()
    return str(SERIALIZER.serialize_json(workflow))


def timed(state: str, following: list[Any], times: int) -> list[float]:
    found = []
    for _ in range(times):
        began = time.perf_counter()
        move(state, *following)
        found.append((time.perf_counter() - began) * 1e6)
    return found


def serve(asked: TextIO, answered: TextIO) -> None:
    setup = json.loads(asked.readline())
    states = [begin(setup)]
    for element, answers in setup["moves"]:
        states.append(move(states[-1], element, answers))
    said: Any = [len(state) for state in states]
    while True:
        answered.write(json.dumps(said) + "\n")
        answered.flush()
        line = asked.readline()
        if not line:
            return
        wanted = json.loads(line)
        said = timed(states[wanted["at"]], setup["moves"][wanted["at"]], wanted["times"])


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    out, sys.stdout = sys.stdout, sys.stderr
    serve(sys.stdin, out)
