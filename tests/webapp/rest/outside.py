"""Cases that wait at a topic which no plugin answers."""

from collections.abc import Mapping

from flask import Flask

from tests.services.cases.small_cases import begin, complete, people
from tests.services.engine.drawings import boundary, error, extended, node
from tests.webapp.rest.programs import WORKER, Program

TOPIC = "heating.check"
PROPERTIES = '<camunda:properties><camunda:property name="register" value="heat"/></camunda:properties>'


def topic(key: str = "o", body: str = PROPERTIES, name: str = TOPIC) -> str:
    """A service task for somebody outside."""
    return node("serviceTask", key, extended(body), camunda__type="external", camunda__topic=name)


INPUTS = (
    '<camunda:inputOutput><camunda:inputParameter name="norm">${route}</camunda:inputParameter></camunda:inputOutput>'
)
NODES = people("A", "B", "C") + topic(body=PROPERTIES + INPUTS) + boundary("refused", "o", error())
LINE = "start>A A>o o>B B>end refused>C C>end"


def waiting(key: str = "one", nodes: str = NODES, line: str = LINE) -> int:
    """A real case that stands there."""
    case_id = begin(nodes, line, key=key)
    complete(case_id, "A")
    return case_id


def worker(house: Flask, login: str = WORKER) -> Program:
    return Program(house, login)


def fetch(program: Program, name: str = "w", most: int = 10, lock_ms: int = 60_000, **more: object) -> list[dict]:  # type: ignore[type-arg]
    wanted: Mapping[str, object] = {"topicName": TOPIC, "lockDuration": lock_ms, **more}
    found = program.post("/external-task/fetchAndLock", {"workerId": name, "maxTasks": most, "topics": [wanted]}, 200)
    assert isinstance(found, list)
    return found
