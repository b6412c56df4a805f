"""What begins by itself: at which offices, and when. A timer start event is a job as long as its version is in force.

A case begins at the offices that its start event names (extension property `office`, keys of the region's table, parted
by commas); a route of the service, where nothing is named, at the first office whose counter opens it. One that names
no office and is no route begins nowhere by itself: the doctor says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services import bpmn, clock, deadlines, expressions, registry
from services.jobs import NewJob, enqueue, forget_all
from services.processes.models import ProcessDefinition
from services.registry import Registry

#: kind of job: a case begins
START = "start"
OFFICE = "office"


@dataclass(frozen=True)
class PlannedStart:
    """A case that is to begin at a moment, or at every turn of a cycle."""

    definition_id: int
    element: str
    office_key: str
    due: Mapping[str, object]  #: as the engine reckons it

    def job(self) -> NewJob:
        """Each moment of each start event at each office is one job, and one case."""
        key = f"{_prefix(self.definition_id)}{self.element}:{self.office_key}"
        args = {"definition": self.definition_id, "element": self.element, OFFICE: self.office_key}
        return NewJob(START, key, datetime.fromisoformat(str(self.due["next"])), args={**args, "due": dict(self.due)})


def named_offices(start: bpmn.Start) -> list[str]:
    """The offices that the start event names."""
    return [key for each in start.properties.get(OFFICE, "").split(",") if (key := each.strip())]


def offices_of(plugins: Registry, process: str, start: bpmn.Start) -> list[str]:
    """Where cases begin by it that nobody opens; none when nobody says."""
    named = named_offices(start)
    first = counter_of(plugins, process) if not named else None
    return named or ([first] if first is not None else [])


def counter_of(plugins: Registry, route: str) -> str | None:
    """The first office of the region where applications of that route are opened; None for what is no route."""
    role = role_of(plugins, route)
    if not role:
        return None
    kind = plugins.row("roles", role)[OFFICE]
    return next(row["key"] for row in plugins.table("offices") if row["kind"] == kind)


def role_of(plugins: Registry, route: str) -> str:
    """Who opens applications of that route; empty for what is no route."""
    facts: Mapping[str, Mapping[str, Mapping[str, str]]] = plugins.facts()
    return facts["routes"][route]["role"] if route in facts["service"]["routes"] else ""


def replan(
    before: Mapping[str, int], rows: Sequence[ProcessDefinition], files: bpmn.FileSet, since: datetime | None = None
) -> None:
    """Versions came into force: the timers of those before them are void, their own are planned.

    In the caller's transaction. What lies before that moment, now if none is said, is not made up for.
    """
    plugins, since = registry.current(), since or clock.now()
    planned: list[NewJob] = []
    for row in rows:
        if row.key in before:
            forget_all(_prefix(before[row.key]))
        for start in files.starts(row.key):
            if start.kind == "timer":
                for office_key in offices_of(plugins, row.key, start):
                    due = bpmn.first_start(start, world_of(plugins, office_key, since))
                    planned += [PlannedStart(row.id, start.element, office_key, due).job()] if due else []
    enqueue(planned)


def world_of(plugins: Registry, office_key: str, now: datetime) -> expressions.World:
    """The moment at that office; no step has begun there."""
    return expressions.World(now, lambda step, since: since, deadlines.zone(plugins, office_key))


def _prefix(definition_id: int) -> str:
    return f"{START}:{definition_id}:"
