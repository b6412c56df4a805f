"""SpiffWorkflow as it comes, in a process of its own: no patch of ours is loaded here.

`python stock.py 30` walks every animal 30 times, once kept in memory and once through SpiffWorkflow's own serializer at
every step, and prints the logs as JSON.
"""

import contextlib
import io
import json
import logging
import re
import sys
import warnings
from datetime import UTC, datetime, timedelta
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn import BpmnEvent, BpmnWorkflow
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.serializer import DEFAULT_CONFIG, BpmnWorkflowSerializer
from SpiffWorkflow.camunda.parser import CamundaParser
from SpiffWorkflow.camunda.serializer import DEFAULT_CONFIG as CAMUNDA_CONFIG
from SpiffWorkflow.util.task import TaskState

from tests.services.engine.drawings import HEAD
from tests.services.engine.walk import Place, walk
from tests.services.engine.zoo import ZOO, Animal

COLLECTION = re.compile(r' camunda:collection="(\w+)" camunda:elementVariable="(\w+)"/>')


def dialect(content: bytes) -> bytes:
    """The diagram as stock SpiffWorkflow reads it: a person for every operation, references for collections."""
    assert content.startswith(HEAD.encode())
    text = content.decode().replace("<serviceTask", "<userTask").replace("</serviceTask>", "</userTask>")
    end = r'><loopDataInputRef>\1</loopDataInputRef><inputDataItem id="\2"/></multiInstanceLoopCharacteristics>'
    return COLLECTION.sub(end, text).encode()


def parse(animal: Animal) -> tuple[Any, dict[str, Any]]:
    parser = CamundaParser() if animal.decisions else BpmnParser()
    parser.add_bpmn_xml(etree.fromstring(dialect(animal.diagram)), "zoo.bpmn")
    if animal.decisions:
        parser.add_dmn_xml(etree.fromstring(animal.decisions), "zoo.dmn")
    return parser.get_spec("p"), parser.get_subprocess_specs("p")


class StockWalker:
    """An instance in stock SpiffWorkflow."""

    def __init__(self, specs: tuple[Any, dict[str, Any]], variables: dict[str, Any], serializer: Any) -> None:
        self.serializer = serializer
        self.workflow = BpmnWorkflow(*specs)
        self.workflow.task_tree.data.update(variables)
        self.workflow.do_engine_steps()

    def places(self) -> list[Place]:
        if self.serializer is not None:
            self.workflow = self.serializer.deserialize_json(self.serializer.serialize_json(self.workflow))
        if self.workflow.is_completed():
            return []
        ready = self.workflow.get_tasks(state=TaskState.READY, manual=True)
        found = [Place("do", _name(task), _data(task), str(task.id)) for task in ready]
        for task in self.workflow.event_manager.tasks.values():
            found += [Place(kind, _name(task), "", str(task.id)) for kind in _kinds(task)]
        return found

    def move(self, place: Place, answers: dict[str, Any]) -> list[str]:
        tasks = [*self.workflow.get_tasks(), *self.workflow.event_manager.tasks.values()]
        task = next(each for each in tasks if str(each.id) == place.key)
        passed = []
        if place.kind == "do":
            task.data.update(answers)
            task.run()
            passed.append(task)
        elif place.kind == "timer":
            _make_due(task)
            self.workflow.refresh_timers()
        else:
            task.task_spec.catch(task, BpmnEvent(_message(task), payload={}))
            task.task_spec._update(task)
        self.workflow.do_engine_steps(did_complete_task=passed.append)
        return [
            each.task_spec.bpmn_id for each in passed if each.task_spec.bpmn_id and each.state == TaskState.COMPLETED
        ]

    def end(self) -> dict[str, Any] | None:
        return _lasting(self.workflow.last_task.data) if self.workflow.is_completed() else None


def _name(task: Any) -> str:
    return str(task.task_spec.bpmn_id or task.task_spec.name)


def _data(task: Any) -> str:
    one_of_several = "[child]" in task.task_spec.name
    return json.dumps(task.data if one_of_several else _lasting(task.data), sort_keys=True)


def _lasting(data: dict[str, Any]) -> dict[str, Any]:
    """Without the item that a multi-instance task had in hand: the stock engine leaves it behind, we do not."""
    return {name: value for name, value in data.items() if name != "it"}


def _message(task: Any) -> Any:
    definition = task.task_spec.event_definition
    for each in getattr(definition, "event_definitions", [definition]):
        if type(each).__name__ == "MessageEventDefinition":
            return each
    return None


def _kinds(task: Any) -> list[str]:
    """An event gateway with a timer and a message is a place of two kinds."""
    value = task.internal_data.get("event_value")
    timed = isinstance(value, str) or (isinstance(value, dict) and value["cycles"] != 0)
    return ["timer"] * timed + ["message"] * (_message(task) is not None)


def _make_due(task: Any) -> None:
    past = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    value = task.internal_data["event_value"]
    if isinstance(value, dict):
        value["next"] = past
    else:
        task.internal_data["event_value"] = past


def main(walks: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, animal in ZOO.items():
        config = CAMUNDA_CONFIG if animal.decisions else DEFAULT_CONFIG
        serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(config))
        specs = parse(animal)
        for way, how in (("kept", None), ("saved", serializer)):
            found[f"{way}: {name}"] = [_walk(specs, animal, seed, how) for seed in range(walks)]
    return found


def _walk(specs: Any, animal: Animal, seed: int, serializer: Any) -> list[Any]:
    try:
        return walk(StockWalker(specs, animal.variables, serializer), seed, animal.answers)
    except Exception as fault:  # what it cannot do is part of the answer
        return ["fault", type(fault).__name__, str(fault)[:200]]


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    with contextlib.redirect_stdout(io.StringIO()):
        logs = main(int(sys.argv[1]))
    sys.stdout.write(json.dumps(logs))
