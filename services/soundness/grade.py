"""How far a region has come: bronze, silver or gold, computed from its package, with what is missing for the next."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from services.deadlines import SETTLED
from services.msgids import _
from services.registry import Registry
from services.soundness import sentences as say
from services.soundness.coverage import coverage
from services.soundness.fault import RegionFault, errors
from services.soundness.reading import Package, read_package
from services.soundness.sentences import fault
from services.soundness.service import faults_of
from services.soundness.trials import untried
from services.soundness.worked import worked_cases

Name = Literal["", "bronze", "silver", "gold"]

#: what people call them
CALLED: Mapping[str, str] = {"": _("none yet"), "bronze": _("bronze"), "silver": _("silver"), "gold": _("gold")}
#: what a region that runs may still lack, and one that is whole does not
OF_SILVER = frozenset({
    say.UNTRANSLATED, say.NOT_COMPILED, say.NO_CLAUSE, say.STEP_UNDRAWN, say.NOBODY_THERE, say.OTHER_ACT,
    say.TEMPLATES_STALE,
})  # fmt: skip
MARKED = ("steps", "hours", "documents", "grounds", "parameters", "roles", "offices")


@dataclass(frozen=True)
class Grade:
    """The highest of which nothing is missing; empty: not even bronze."""

    name: Name
    next: Name  #: empty: there is none above
    missing: Sequence[RegionFault]  #: for the next


@lru_cache(maxsize=4)
def looked_through(registry: Registry) -> tuple[Sequence[RegionFault], Grade]:
    """All that is wrong with the region in that registry, and its grade: reckoned once by each process, in seconds."""
    found = faults_of(registry)
    return found, grade_of(registry, found)


def grade_of(registry: Registry, found: Sequence[RegionFault]) -> Grade:
    """The grade of the region in that registry, of whose faults all were found.

    Bronze: nothing refuses its deployment. Silver: translated, every step that the act times has its clause, said in
    words, something stands for every clause that asks for anything, every route and every decision has worked cases,
    and a screen reader reads every form. Gold: every value is the act's or confirmed, and what `komek.testing` tries of
    a region passed for this very package, as its record says.
    """
    if wrong := errors(found):
        return Grade("", "bronze", wrong)
    package = read_package(registry)
    missing = [*_for_silver(registry, package, found)]
    if missing:
        return Grade("bronze", "silver", missing)
    missing = [*_unsettled(package), *untried(registry.folders[0])]
    return Grade("silver", "gold", missing) if missing else Grade("gold", "", [])


def _for_silver(registry: Registry, package: Package, found: Sequence[RegionFault]) -> Iterator[RegionFault]:
    yield from (each for each in found if each.text in OF_SILVER | {say.NOT_FOR_READERS})
    cases = [case.said for case in worked_cases(registry.folders[0], [])]
    routes, decisions = ({case.get(key) for case in cases} for key in ("route", "decision"))
    for route in package.facts.routes():
        if route not in routes:
            yield fault("cases", 0, say.NO_CASE_OF_ROUTE, {"route": route})
    for decision in registry.asked():
        if decision not in decisions:
            yield fault("cases", 0, say.NO_CASE_OF_DECISION, {"decision": decision})
    of_clauses = {row["route"] for row in package.rows("steps") if row["clause"] or row["table_ref"]}
    for route in package.facts.routes():
        if route not in of_clauses:
            yield fault("steps.csv", 0, say.ROUTE_WITHOUT_CLAUSE, {"route": route})
    for line in package.tables["steps"]:
        of_act = line.row["mark"] == "act" and line.row["rule"]
        if of_act and not (line.row["clause"] or line.row["table_ref"]):
            yield line.fault(say.TIMED_WITHOUT_CLAUSE, step=line.row["key"])
    yield from _uncovered(registry, package)


def _uncovered(registry: Registry, package: Package) -> Iterator[RegionFault]:
    """What `komek law coverage` counts as wrong: clauses with nothing, and names of clauses that there are not."""
    if not package.tables["clauses"]:
        yield fault("clauses.csv", 0, say.NO_LIST_OF_CLAUSES)
        return
    found, lines = coverage(registry), {line.row["key"]: line for line in package.tables["clauses"]}
    for each in found.missing:
        yield lines[each.clause.key].fault(say.NOTHING_STANDS, clause=each.clause.key)
    for who, clause in found.unknown:
        yield fault("clauses.csv", 0, say.CLAUSE_UNKNOWN, {"who": who, "clause": clause})


def _unsettled(package: Package) -> Iterator[RegionFault]:
    """Of each table how many rows nobody has settled, and the first."""
    for name in MARKED:
        lines = [line for line in package.tables[name] if line.row.get("mark", "act") not in SETTLED]
        if lines:
            yield lines[0].fault(say.NOT_SETTLED, count=len(lines))
