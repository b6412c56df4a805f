"""Cases of small diagrams with timers and operations outside, and a plugin whose operations do as they are told."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from services import cases, directory, journal, processes, registry
from services.cases.models import Task
from services.config import ROOT
from services.db import db
from services.plugin import Call, House, Input, Operation, Outputs, Plugin
from tests.services.engine import drawings

OFFICE = "TALDYKORGAN"


def people(*keys: str) -> str:
    """Tasks of the clerk."""
    return "".join(drawings.node("userTask", key, camunda__candidateGroups="clerk") for key in keys)


@dataclass
class Courier:
    """The world outside: what it was asked, and what it answers."""

    calls: list[Call] = field(default_factory=list)
    answer: Callable[[Call], Outputs] = lambda call: {"taken": True}

    def order(self, call: Call) -> Outputs:
        self.calls.append(call)
        return self.answer(call)

    @property
    def keys(self) -> list[str]:
        return [call.key for call in self.calls]


def note(call: Call, house: House) -> Outputs:
    """In the transaction that leads here."""
    house.record("noted", by=call.person.id if call.person else None)
    return {}


@contextmanager
def with_plugin(courier: Courier) -> Iterator[None]:
    """Its operations are `courier.order`, outside, and `courier.note`, in the step."""
    before = registry.current()
    folder = Path(__file__).parent / "courier"
    asked = (Input("parcels", "number", "How many parcels", default=1),)
    plugin = Plugin(
        folder,
        "A courier.",
        outbound={"order": Operation(courier.order, "Order a courier", inputs=asked)},
        in_step={"note": Operation(note, "A note", inputs=asked)},
    )
    registry.use(registry.Registry([*before.plugins, plugin], ROOT))
    try:
        yield
    finally:
        registry.use(before)


@contextmanager
def plugin_away(name: str) -> Iterator[None]:
    """It is named in the settings, and did not load."""
    before = registry.current()
    others = [each for each in before.plugins if each.name != name]
    registry.use(registry.Registry(others, ROOT, [registry.Rejected(name, "ModuleNotFoundError")]))
    try:
        yield
    finally:
        registry.use(before)


def begin(nodes: str, line: str, *, key: str = "one", variables: Mapping[str, object] | None = None) -> int:
    """A case of that drawing, opened by a clerk; its first task must be a clerk's."""
    processes.install({"p.bpmn": drawings.drawn(nodes, line)}, registry.current(), name="small", actor="test")
    return cases.open_case("p", OFFICE, clerk(), key=key)


def clerk() -> directory.Person:
    return directory.staff_at(OFFICE, "clerk")[0]


def complete(case_id: int, element: str) -> None:
    task = task_at(case_id, element)
    cases.complete_task(task.id, {}, cases.Click(clerk(), task.id))


def task_at(case_id: int, element: str) -> Task:
    """The newest task at that element."""
    db.session.rollback()
    wanted = select(Task).filter_by(case_id=case_id, element=element).order_by(Task.seq.desc())
    return db.session.scalars(wanted.execution_options(populate_existing=True)).first()  # type: ignore[return-value]


def waits(case_id: int) -> list[str]:
    """Elements where it waits, as often as it waits there."""
    db.session.rollback()
    return sorted(db.session.scalars(select(Task.element).filter_by(case_id=case_id, closed_at=None)))


def events(case_id: int) -> list[str]:
    """What the journal says happened to it, the first first, with who did it."""
    lines = journal.read(f"case:{case_id}", limit=500)
    return [f"{line.event} {line.actor.split(':')[0]}" for line in reversed(lines)]


def moments(case_id: int, event: str) -> list[datetime]:
    return [line.at for line in reversed(journal.read(f"case:{case_id}", limit=500)) if line.event == event]
