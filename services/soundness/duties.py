"""What the steps of each route must be besides steps, and whether their roles may do what they are for."""

from collections.abc import Iterator, Sequence

from services.soundness import sentences as say
from services.soundness.fault import RegionFault
from services.soundness.reading import Package, TableLine
from services.soundness.sentences import fault

#: without these nobody is kept from deciding upon what they drafted themselves, and nothing counts as decided
PARTS = ("drafts", "decides")
#: of these, a route has both or neither
TOGETHER = ("complains", "considers")
#: a rule of time -> the column that the role of its step has
NEEDS = {"R-REG": "handles_paper", "R-COUR": "carries"}
#: roles somebody must have, or no case could be worked on
SOMEBODY = ("executes", "sees_cases")
#: lines of a history that come again and again: one of them alone says nothing of what happened
ANYTHING = ("case.task_completed", "case.happened", "case.message_received")


def duty_faults(package: Package) -> Iterator[RegionFault]:
    """Of a package whose cells can be read."""
    roles = {row["key"]: row for row in package.rows("roles")}
    for line in package.tables["steps"]:
        needed = NEEDS.get(line.row["rule"])
        role = roles.get(line.row["role"])
        if needed and role is not None and role.get(needed) != "yes":
            yield line.fault(say.ROLE_CANNOT, role=line.row["role"], step=line.row["key"], column=needed)
    for route in dict.fromkeys(package.facts.routes()):
        yield from _of_route(route, [line for line in package.tables["steps"] if line.row["route"] == route])
    for column in SOMEBODY:
        if not any(row.get(column) == "yes" for row in roles.values()):
            yield fault("roles.csv", 0, say.NOBODY_DOES, {"column": column})
    for line in package.tables["told"]:
        if line.row["event"] in ANYTHING and not line.row["step"] and not line.row["outcome"]:
            yield line.fault(say.TOLD_OF_ANYTHING, fact=line.row["fact"], event=line.row["event"])


def _of_route(route: str, lines: Sequence[TableLine]) -> Iterator[RegionFault]:
    if not lines:  # told elsewhere
        return
    if lines[0].row["ends_outer"] == "yes":
        yield lines[0].fault(say.ENDS_AT_ONCE, step=lines[0].row["key"], route=route)
    parts = {line.row.get("part", "") for line in lines}
    missing = [each for each in PARTS if each not in parts]
    if parts & set(TOGETHER):
        missing += [each for each in TOGETHER if each not in parts]
    for part in missing:
        yield fault("steps.csv", 0, say.NO_PART, {"route": route, "part": part})
