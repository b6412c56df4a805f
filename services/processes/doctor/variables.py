"""Variables: what sets them, who reads them, and whether what is read can be there."""

from collections.abc import Iterator

from lxml import etree

from services.bpmn import PERSONS, B, C, Node, Scope, local_name, next_nodes, read_extensions
from services.expressions import names_in
from services.processes.doctor import catalogue
from services.processes.doctor.bench import Bench, executable_of, process_of
from services.processes.doctor.compared import notes_on_compared
from services.processes.doctor.declared import Names, nearest
from services.processes.doctor.note import Note, Notes
from services.processes.doctor.setting import Setting, item_of, together
from services.processes.doctor.sheet import Sheet

IN_A_LOOP = frozenset({"loopCounter", "nrOfInstances", "nrOfActiveInstances", "nrOfCompletedInstances"})
TIMES = ("timeDate", "timeDuration", "timeCycle")
LOOPS = ("loopCondition", "loopCardinality", "completionCondition")


def notes_on_variables(bench: Bench, sheet: Sheet) -> Notes:
    """Names that nothing before sets, or that come near to one that is set; values that are never set."""
    executable = set(executable_of(sheet))
    setting = Setting(bench)
    for scope in bench.scopes(sheet):
        if process_of(scope) not in executable:
            continue
        known = _Known(setting, scope)
        for part in scope.whole():
            for node in part.nodes.values():
                yield from _let_go(setting, node)
                undoes = node.element.get("isForCompensation") == "true"
                for where, text in reads(node):
                    seen = known.some_day if undoes else known.at(node, where)
                    yield from _judged(seen, setting.anywhere, where, text)
                    yield from notes_on_compared(bench, where, text)
                if text := waited_for(node):
                    yield from _judged(known.some_day, setting.anywhere, node.element, text)
                    yield from notes_on_compared(bench, node.element, text)


def _judged(known: Names, everything: frozenset[str], where: etree._Element, text: str) -> Notes:
    for name in sorted(names_in(text)):
        if name in IN_A_LOOP or (known is not None and name in known):
            continue
        near = nearest(name, everything - {name}) if name not in everything else ""
        if near:
            yield Note(catalogue.VARIABLE_NEAR, where, {"variable": name, "near": near})
        elif known is not None:
            rule = catalogue.VARIABLE_LATER if name in everything else catalogue.VARIABLE_UNKNOWN
            yield Note(rule, where, {"variable": name})


def _let_go(setting: Setting, node: Node) -> Notes:
    """Answers of a person's task that no variable keeps: its output parameters name others."""
    outputs = read_extensions(node.element).outputs
    if node.kind != "userTask" or not outputs or (answers := setting.answered(node)) is None:
        return
    kept = {name for target, text in outputs for name in (target, *names_in(text))}
    if lost := sorted(answers - kept):
        yield Note(catalogue.ANSWERS_LET_GO, node.element, {"names": ", ".join(lost)[:300]})


def reads(node: Node) -> Iterator[tuple[etree._Element, str]]:
    """Every expression of a node and of the flows that leave it, with the element that holds it."""
    for flow in node.outgoing:
        condition = flow.element.find(f"{B}conditionExpression")
        if condition is not None and not condition.get("language"):
            yield flow.element, condition.text or ""
    extensions = read_extensions(node.element)
    for name in PERSONS:
        text = extensions.get(name) or ""
        if "${" in text or "#{" in text:
            yield node.element, text
    yield from ((node.element, text) for _, text in extensions.inputs)
    yield from ((node.element, text) for text, _ in extensions.into if text != "*")
    for each in node.element.iterchildren(etree.Element):
        kind = local_name(each)
        if kind.endswith(("EventDefinition", "LoopCharacteristics")):
            inside = [x for x in each.iterchildren(etree.Element) if local_name(x) in (*TIMES, *LOOPS)]
            yield from ((node.element, x.text or "") for x in inside if not x.get("language"))
        if collection := each.get(f"{C}collection"):
            yield node.element, collection


def waited_for(node: Node) -> str:
    """The condition that a conditional event waits for."""
    return node.element.findtext(f"{B}conditionalEventDefinition/{B}condition") or ""


class _Known:
    """Which variables may be set when a case comes to a node of that process; None: any."""

    def __init__(self, setting: Setting, scope: Scope) -> None:
        self.setting = setting
        self.before: dict[Node, Names] = {}
        # an event sub-process begins at any time: whatever was set until then is there
        first = None if scope.alone else setting.at_first(scope.id)
        self._flow(scope, first)
        sets = [first, *(setting.sets(node) for part in scope.whole() for node in part.nodes.values())]
        #: for what waits, or undoes, and comes whenever it is time: whatever anything sets
        self.some_day: Names = None if None in sets else setting.anywhere

    def at(self, node: Node, where: etree._Element) -> Names:
        """At the node; for what leaves it, with what it sets itself."""
        known = together(self.before.get(node, frozenset()), item_of(node))
        return together(known, self.setting.sets(node)) if where is not node.element else known

    def _flow(self, scope: Scope, first: Names) -> None:
        """Forward along the flows, until nothing more is learned."""
        ahead = list(scope.starts)
        self.before |= dict.fromkeys(scope.starts, first)
        while ahead:
            node = ahead.pop()
            known = self.before[node]
            after = together(known, self.setting.sets(node))
            if node.inside is not None:
                self._flow(node.inside, together(known, item_of(node)))
            for target in next_nodes(scope, node):
                reached = known if target.host is node and not target.interrupting else after
                joined = together(self.before.get(target, frozenset()), reached)
                if target not in self.before or joined != self.before[target]:
                    self.before[target] = joined
                    ahead.append(target)
