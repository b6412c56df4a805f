"""`DIAGRAM_CORPUS=<folder> python -m tests.oracle.corpus`: accepted, refused by code, and silently different.

«Silently different» is found by a scan of the XML of its own: an attribute or extension of Camunda's that is neither in
the list below nor in a finding of the doctor; and a place of a kind that a row which is not true yet speaks of. That
reckons too many rather than too few: a place of that kind need not come to the difference. Files that need Java, a
script or CMMN, in themselves or in what they call, are left out; those that Camunda's own tests want refused, and are,
are counted apart.
"""

import os
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from services import bpmn, engine
from services.bpmn import BadDiagram
from services.bpmn.lenient_rules import DESCRIBES_ONLY
from services.config import PLUGINS, ROOT
from services.loading import load
from services.processes.doctor import examine
from services.registry import Registry
from tests.oracle.table import not_yet

SPACES = {"b": "http://www.omg.org/spec/BPMN/20100524/MODEL", "c": "http://camunda.org/schema/1.0/bpmn"}
ACTIVITI = "http://activiti.org/bpmn"
JAVA = """//@c:class | //@c:expression | //@c:delegateExpression | //b:scriptTask | //c:script | //c:executionListener
 | //c:taskListener | //c:connector | //@c:caseRef | //c:field | //@c:formHandlerClass | //@c:variableMappingClass
 | //@c:variableMappingDelegateExpression | //c:formProperty
 | //b:conditionExpression[@language and @language != ''] | //b:serviceTask[@implementation and not(@c:type)]"""
#: a value expression that calls a method is Java as well: `${order.isPremiumOrder()}`
METHOD = re.compile(rb"[$#]\{[^}]*\w\s*\.\s*\w+\s*\(")
#: a validator of a form field is a class, or a bean
VALIDATORS = "//c:constraint[@name='validator']"
#: diagrams of Camunda's own tests of what is to be refused, by their names: their refusal is right
MEANT_TO_FAIL = re.compile(
    r"invalid|missing\w*(Ref|Id)|ThrowsE|NameFails|WithoutStartEvent|ParsingErrors|WithoutFieldTypes|Duplicate|WithWrong"
    r"|UnsupportedBinding|NoId(OnEscalation|)\.",
    re.IGNORECASE,
)
HONOURED = frozenset({
    "assignee", "candidateGroups", "dueDate", "formKey", "formRef", "formRefBinding", "formRefVersion", "type", "topic",
    "decisionRef", "resultVariable", "decisionRefBinding", "mapDecisionResult", "calledElementBinding", "collection",
    "elementVariable", "errorCodeVariable", "escalationCodeVariable", "modelerTemplate", "modelerTemplateVersion",
    "modelerTemplateIcon", "diagramRelationId", "candidateUsers", "priority", "followUpDate", "variableName",
    "variableEvents",
})  # fmt: skip
#: row -> where in a diagram its situation may come about
PLACES: Mapping[str, str] = {
    "user.no-flow-id": "//b:sequenceFlow[not(@id)]",
    "user.names-of-the-engine": "//b:*[@id='Start' or @id='End' or @id='Root']",
    "task.passes": "//b:task",
    "manual.passes": "//b:manualTask",
    "rule.result-list": "//b:businessRuleTask[@c:resultVariable and (not(@c:mapDecisionResult) or "
                        "@c:mapDecisionResult='resultList')]",
    "rule.no-hit-result": "//b:businessRuleTask[@c:resultVariable]",
    "rule.single-entry-two-hits": "//b:businessRuleTask[@c:mapDecisionResult='singleEntry']",
    "parallel.variables-shared": "//b:parallelGateway[count(b:outgoing)>1 and //b:conditionExpression]",
    "event.first-wins": "//b:eventBasedGateway",
    "timer.boundary-entered-variables": "//b:boundaryEvent[@attachedToRef=//b:subProcess/@id]"
                                        "[b:timerEventDefinition or b:messageEventDefinition]",
    "timer.reminder-sees": "//b:boundaryEvent[@cancelActivity='false'][b:timerEventDefinition]",
    "message.boundary-keeps-payload": "//b:boundaryEvent[@cancelActivity='false'][b:messageEventDefinition]",
    "message.catch-expression-name": "//b:message[contains(@name,'{')]",
    "message.start": "//b:process/b:startEvent[b:messageEventDefinition]",
    "signal.catch": "//b:signalEventDefinition",
    "escalation.multi-instance-keeps": "//b:subProcess[b:multiInstanceLoopCharacteristics]"
                                       "//b:escalationEventDefinition",
    "call.without-mapping": "//b:callActivity[not(.//c:in) or not(.//c:out)]",
    "multi.counters": "//*[contains(text(),'nrOf') or contains(text(),'loopCounter')] | "
                      "//@*[contains(.,'nrOf') or contains(.,'loopCounter')]",
}  # fmt: skip


@dataclass
class Found:
    """What came of a collection."""

    files: int = 0
    aside: int = 0  #: they, or what they call, need Java, a script or CMMN, or are no diagrams
    rightly: int = 0  #: refused, and Camunda's own test says by its name that they are to be
    accepted: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    alone: Counter[str] = field(default_factory=Counter)  #: the one reason for which a file was refused
    different: Counter[str] = field(default_factory=Counter)
    silent: int = 0  #: files that were accepted, and something in them differs without a word
    slowest: float = 0.0
    crashed: list[str] = field(default_factory=list)


def scan(folder: Path, registry: Registry) -> Found:
    """Every diagram under that folder, each with the files beside it that it calls or asks."""
    found = Found()
    for directory in sorted({each.parent for each in _files(folder)}):
        beside = {
            each: each.read_bytes()
            for each in sorted(directory.iterdir())
            if ".dmn" in each.name or each.suffix == ".form"
        }
        owners = {process: file for file in _files(directory, deep=False) for process in _processes(file)}
        for file in _files(directory, deep=False):
            found.files += 1
            files = {} if _root(file) is None else _with(file, owners, beside)
            if not files or any(_needs_java(content) for content in files.values()):
                found.aside += 1
                continue
            root = _root(file)
            assert root is not None
            _one(found, file, root, files, registry)
    return found


def _needs_java(content: bytes) -> bool:
    """Of a diagram; a table or a form needs none."""
    try:
        root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return False
    java = root.xpath(f"{JAVA} | {VALIDATORS}", namespaces=SPACES) or METHOD.search(content)
    return bool(java) or ACTIVITI in root.nsmap.values()


def _one(found: Found, file: Path, root: etree._Element, files: dict[str, bytes], registry: Registry) -> None:
    begun = time.monotonic()
    try:
        report = examine(files, registry)
        codes = {each.rule for each in report.errors}
        if not codes:
            codes = _engine(files)
    except Exception as fault:  # a crash is what is looked for
        found.crashed.append(f"{file}: {type(fault).__name__}")
        return
    found.slowest = max(found.slowest, time.monotonic() - begun)
    if codes and MEANT_TO_FAIL.search(file.name):
        found.rightly += 1
        return
    if codes:
        found.refused.update(codes)
        found.alone.update(codes if len(codes) == 1 else ())
        return
    found.accepted += 1
    told = {(each.element, _last(str(each.details.get("what", "")))) for each in report.findings}
    described = {each.element for each in report.findings if each.rule == DESCRIBES_ONLY.code}
    silent = {*_unread(root, told, described), *_places(root)}
    found.different.update(silent)
    found.silent += bool(silent)


def _engine(files: dict[str, bytes]) -> set[str]:
    try:
        for process in bpmn.FileSet(files).processes:
            engine.parse(files, process)
    except BadDiagram as bad:
        return {each.rule.code for each in bad.problems}
    return set()


def _unread(root: etree._Element, told: set[tuple[str, str]], described: set[str]) -> Iterator[str]:
    for node in root.iter(etree.Element):
        carrier = node
        while carrier is not None and not (carrier.get("id") and etree.QName(carrier).namespace == SPACES["b"]):
            carrier = carrier.getparent()
        where = carrier.get("id") if carrier is not None else ""
        for name in node.attrib:
            space, _, short = str(name).rpartition("}")
            if (
                space == "{" + SPACES["c"]
                and short not in HONOURED
                and not (where in described or (where, short) in told)
            ):
                yield f"camunda:{short}"


def _last(what: str) -> str:
    """`srcExpr` of `camunda:in srcExpr`."""
    return what.rpartition(":")[2].rpartition(" ")[2]


def _places(root: etree._Element) -> Iterator[str]:
    open_rows = not_yet().keys()
    for row, where in PLACES.items():
        if row in open_rows and root.xpath(where, namespaces=SPACES):
            yield row


def _files(folder: Path, *, deep: bool = True) -> list[Path]:
    return sorted(each for each in (folder.rglob("*") if deep else folder.iterdir()) if ".bpmn" in each.name)


def _root(file: Path) -> etree._Element | None:
    try:
        return etree.fromstring(file.read_bytes(), etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return None


def _processes(file: Path) -> list[str]:
    root = _root(file)
    return [] if root is None else [each.get("id", "") for each in root.iter(f"{{{SPACES['b']}}}process")]


def _with(file: Path, owners: Mapping[str, Path], beside: Mapping[Path, bytes]) -> dict[str, bytes]:
    """The file, what it calls however far, and the decisions it asks."""
    found: dict[Path, bytes] = {}
    ahead = [file]
    while ahead:
        here = ahead.pop()
        if here in found or (root := _root(here)) is None:
            continue
        found[here] = here.read_bytes()
        ahead += [owners[called] for called in root.xpath("//@calledElement") if called in owners]
    root = _root(file)
    assert root is not None
    asked = sorted({str(each) for each in root.xpath("//@c:decisionRef | //@c:formRef", namespaces=SPACES)})
    giving = [next((each for each in beside if f'"{key}"'.encode() in beside[each]), None) for key in asked]
    others = {_called(each): beside[each] for each in giving if each is not None}
    return {f"{each.name.partition('.bpmn')[0]}.bpmn": content for each, content in found.items()} | others


def _called(file: Path) -> str:
    """`decided.dmn` of `decided.dmn11.xml`."""
    return file.name if file.suffix == ".form" else f"{file.name.partition('.dmn')[0]}.dmn"


def main() -> None:
    folder = os.environ.get("DIAGRAM_CORPUS") or next(iter(sys.argv[1:]), "")
    found = scan(Path(folder), load(PLUGINS, ROOT))
    looked = found.files - found.aside - found.rightly
    lines = [
        f"{found.files} files, {found.aside} left out (Java, scripts, CMMN, Activiti, no XML, in what they call too), "
        f"{found.rightly} refused as Camunda's own tests want, {looked} looked at",
        f"accepted {found.accepted} ({found.accepted / max(looked, 1):.1%}), "
        f"refused {looked - found.accepted - len(found.crashed)}, crashed {len(found.crashed)}, "
        f"slowest {found.slowest:.1f} s",
        f"accepted and silently different: {found.silent}",
        *(f"  {count:5} {what}" for what, count in found.different.most_common()),
        "refused, by code (files that have it; files that have nothing else):",
        *(f"  {count:5} {found.alone[code]:5} {code}" for code, count in found.refused.most_common()),
        *found.crashed,
    ]
    print("\n".join(lines))  # noqa: T201


if __name__ == "__main__":
    main()
