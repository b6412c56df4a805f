"""The diagrams and decisions of a region, looked through by the model doctor, and held against its tables."""

import re
from collections.abc import Iterator, Mapping

from lxml import etree

from services import processes
from services.bpmn import B, BadDiagram, FileSet, read_extensions
from services.processes.doctor import Finding, examine
from services.registry import Registry
from services.shown import Words
from services.soundness import sentences as say
from services.soundness.fault import RegionFault
from services.soundness.reading import Package
from services.soundness.sentences import fault

#: what the doctor only warns of in a designer's file, and what is wrong with a region that is to be law
REFUSED = frozenset(
    {"role-unknown", "role-misspelt", "step-of-another-role", "decision-reason-unknown", "decision-input-misspelt"}
)


#: an act in a text of a diagram, by its number: "№ 421 қаулысымен" (a resolution, an order, a decision, a law)
ACT = re.compile(r"№\s*([0-9]+(?:[-/]\w+)?)\s+(?:қаулы|бұйры|шешім|заң)", re.I)


def drawn_faults(registry: Registry, *, only_own: bool = False) -> Iterator[RegionFault]:
    """What the doctor says of them; `only_own`: of those that the region itself brings, beside the common ones."""
    files = processes.brought(registry)
    own = {file.name for file in registry.folders[0].glob("bpmn/*.*")}
    looked_at = {name: content for name, content in files.items() if name in own} if only_own else files
    beside = {name: content for name, content in files.items() if name not in looked_at}
    for finding in examine(looked_at, registry, beside=beside).findings if looked_at else ():
        others = finding.rule == "role-unknown" and finding.resource not in own and _held(registry, files, finding)
        if finding.severity != "info" and not others:
            yield _of_finding(finding)


def _held(registry: Registry, files: Mapping[str, bytes], finding: Finding) -> bool:
    """Whether one of the roles that a common diagram offers there is the region's: the other is of another route."""
    node = next(
        (each for each in FileSet.of(files).root(finding.resource).iter() if each.get("id") == finding.element), None
    )
    said = read_extensions(node).properties.get("role", "") if node is not None else ""
    return any(role.strip() in registry.by_key("roles") for role in said.split(","))


def _of_finding(finding: Finding) -> RegionFault:
    where = f"{finding.name} ({finding.element})".strip() if finding.element else ""
    details = {**finding.details, "where": where, "what": Words(finding.text, finding.details)}
    refused = finding.severity == "error" or finding.rule in REFUSED
    text = say.DRAWN if where else finding.text
    return RegionFault(f"bpmn/{finding.resource}", finding.line or 0, text, details, finding.advice,
                       "error" if refused else "warning")  # fmt: skip


def undrawn_faults(registry: Registry, package: Package) -> Iterator[RegionFault]:
    """Routes and steps that no diagram has, and decisions that forms ask and nobody brings."""
    files = FileSet.of(processes.brought(registry))
    roots = {name: root for name in files if (root := _root(files, name)) is not None}
    drawn_ones = {each.get("id") for root in roots.values() for each in root.iter(f"{B}process")}
    for route in package.facts.routes():
        if route not in drawn_ones:
            yield package.facts.fault(f"routes.{route}.name_kk", say.ROUTE_UNDRAWN, route=route)
    yield from _other_acts(registry, roots, package)
    drawn = {read_extensions(each).properties.get("step") for root in roots.values() for each in root.iter(f"{B}*")}
    for line in package.tables["steps"]:
        if line.row["key"] not in drawn:
            yield line.fault(say.STEP_UNDRAWN, route=line.row["route"], step=line.row["key"])
    yield from _decisions(registry, roots, package)


def _other_acts(registry: Registry, roots: Mapping[str, etree._Element], package: Package) -> Iterator[RegionFault]:
    """Diagrams of the region and of its routes whose notes name acts that it does not: those of another region."""
    own, routes = {file.name for file in registry.folders[0].glob("bpmn/*.bpmn")}, package.facts.routes()
    for name, root in roots.items():
        if name not in own and not any(each.get("id") in routes for each in root.iter(f"{B}process")):
            continue
        for note in root.iter(f"{B}text"):
            line = note.sourceline if isinstance(note.sourceline, int) else 0
            for number in dict.fromkeys(ACT.findall(note.text or "")):
                if not re.search(rf"№\s*{re.escape(number)}\b", package.facts.text):
                    yield fault(f"bpmn/{name}", line, say.OTHER_ACT, {"number": number})


def _root(files: FileSet, name: str) -> etree._Element | None:
    try:
        return files.root(name)
    except BadDiagram:
        return None  # the doctor says so


def _decisions(registry: Registry, roots: Mapping[str, etree._Element], package: Package) -> Iterator[RegionFault]:
    there = {each.get("id") for root in roots.values() for each in root.iter("{*}decision")}
    grounds = package.keys("grounds")
    for plugin in registry.plugins:
        for key, asks in plugin.decisions.items():
            if key not in there:
                yield fault("bpmn", 0, say.DECISION_AWAY, {"plugin": plugin.name, "decision": key})
            for ground in filter(None, asks.reasons.values()):
                if ground not in grounds:
                    yield fault("grounds.csv", 0, say.GROUND_AWAY, {"decision": key, "ground": ground})
