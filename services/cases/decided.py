"""What was decided in a case by its tables: kept with the instance, shown to whoever may know what it came to."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from services import bpmn
from services.cases.models import Case, Instance, Task
from services.directory import Person
from services.dmn import KAZAKH, in_words
from services.plugin import DecidedRule, DecidedTable

#: decisions that an instance keeps: a loop must not fill the row
MOST_KEPT = 200


@dataclass(frozen=True)
class DecidedLine:
    """A decision that was made."""

    key: str  #: of its picture's address
    at: datetime
    step: str  #: where it was asked for, as drawn
    name: str  #: of the decision, as drawn
    tables: Sequence[DecidedTable]
    behind: Sequence[tuple[str, object]]  #: what was decided on the way, by name
    outputs: Mapping[str, object]


def kept(decided: bpmn.DecisionMade, process: str, element: str, at: datetime, task: str = "") -> dict[str, object]:
    """The decision as it is kept."""
    return {"at": at.isoformat(), "process": process, "element": element, "task": task, **asdict(decided)}


def tables_of(tables: Sequence[bpmn.Fired]) -> tuple[DecidedTable, ...]:
    """Every table that was asked, with the rules that fired and what each of them looked at."""
    return tuple(
        DecidedTable(each.name, tuple(DecidedRule(rule.number, rule.says, tuple(
            (column, test, value) for (column, value), test in zip(each.values, rule.tests, strict=True)
        ), tuple(in_words(test, KAZAKH.__getitem__) for test in rule.tests)) for rule in each.rules), each.values)
        for each in tables
    )  # fmt: skip


def fired_of(entry: Mapping[str, Any]) -> list[bpmn.Fired]:
    """The tables that were asked, from how they are kept with a case."""
    found = []
    for each in entry["tables"]:
        rules = tuple(bpmn.FiredRule(**{**rule, "tests": tuple(rule["tests"])}) for rule in each["rules"])
        values = tuple((column, value) for column, value in each["values"])
        found.append(bpmn.Fired(**{**each, "rules": rules, "values": values}))
    return found


def decided_lines(
    case: Case, instances: Sequence[Instance], tasks: Sequence[Task], person: Person, *, whole: bool
) -> list[DecidedLine]:
    """What was decided in these instances, as far as this person may know it; the newest last."""
    names = {(task.instance_id, task.element): task.name for task in tasks}
    lines = [
        line_of(f"{instance.id}-{number}", entry, names.get((instance.id, str(entry["element"])), ""))
        for instance in instances
        if whole or person.roles_at(instance.office_key)
        for number, entry in enumerate(instance.decided)
    ]
    return sorted(lines, key=lambda line: line.at)


def line_of(key: str, entry: Mapping[str, Any], step: str) -> DecidedLine:
    """A decision as the case's page shows it."""
    behind = [(name, value) for _, name, value in entry["behind"]]
    return DecidedLine(
        key, datetime.fromisoformat(str(entry["at"])), step, str(entry["name"]), tables_of(fired_of(entry)), behind,
        entry["outputs"],
    )  # fmt: skip
