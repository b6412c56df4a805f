"""A small process with a way out of it that people tell by hand."""

from tests.services.cases.small_cases import begin, people
from tests.services.engine import drawings
from tests.services.engine.drawings import message, node


def by_hand(**properties: str) -> str:
    said = {"sender": "staff", "role": "clerk", **properties}
    inside = "".join(f'<camunda:property name="{name}" value="{value}"/>' for name, value in said.items())
    return drawings.extended(f"<camunda:properties>{inside}</camunda:properties>")


def out(*, interrupting: bool = True, **properties: str) -> str:
    start = node("startEvent", "out", by_hand(**properties) + message(), isInterrupting=str(interrupting).lower())
    nodes = start + people("Back") + node("endEvent", "End_Withdrawn")
    inside = drawings.scope(nodes, "out>Back Back>End_Withdrawn", "out_f")
    return node("subProcess", "Out", inside, triggeredByEvent="true")


def begun(key: str = "one", **how: object) -> int:
    return begin(people("A", "B") + out(**how), "start>A A>B B>end", key=key)  # type: ignore[arg-type]
