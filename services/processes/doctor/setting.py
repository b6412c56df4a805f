"""What sets variables: forms, operations, decisions, messages, called processes."""

from collections.abc import Iterator, Mapping
from functools import cached_property

from lxml import etree

from services.bpmn import C, Extensions, Node, local_name, read_extensions
from services.processes.doctor.bench import CALLS_OUT, THROWS, Bench
from services.processes.doctor.declared import Names

#: what a person or a program does: their answers are let go where output parameters say what is kept
BY_SOMEBODY = frozenset({"userTask", "serviceTask"})
#: what every case has from the beginning
AT_FIRST = frozenset({"route"})


def together(one: Names, other: Names) -> Names:
    """Both; anything, when one of them may be anything."""
    return None if one is None or other is None else one | other


class Setting:
    """Which variables each element of the files on the bench sets."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self._known: dict[Node, Names] = {}
        self._by_process: dict[str, Names] = {}

    def sets(self, node: Node) -> Names:
        """The variables that are there once the node is done; None: any."""
        if node not in self._known:
            self._known[node] = self._sets(node)
        return self._known[node]

    def _sets(self, node: Node) -> Names:
        extensions = read_extensions(node.element)
        mine = item_of(node) | _caught(node) | frozenset(name for name, _ in extensions.outputs)
        if extensions.outputs and (node.kind in BY_SOMEBODY or extensions.operation):
            return mine  # of what somebody answers only what these name is kept
        if node.kind in CALLS_OUT and extensions.operation:
            return together(mine, self.bench.declared.sets.get(extensions.operation))
        match node.kind:
            case "userTask" | "manualTask" | "startEvent":
                return together(mine, self._by_form(extensions, node.element.get(f"{C}formRef")))
            case "businessRuleTask":
                return together(mine, self._by_decision(extensions))
            case "callActivity":
                return together(mine, self._by_call(node, extensions))
            case "scriptTask":
                return None
        if node.inside is not None:
            for each in node.inside.nodes.values():
                if (found := together(mine, self.sets(each))) is None:
                    return None
                mine = found
            return mine
        catches = node.kind == "receiveTask" or (node.event == "messageEventDefinition" and node.kind not in THROWS)
        return together(mine, self._payloads.get(node.message)) if catches else mine

    def answered(self, node: Node) -> Names:
        """What a person answers at a task; None: anything, or it is not known."""
        return self._by_form(read_extensions(node.element), node.element.get(f"{C}formRef"))

    def at_first(self, process: str) -> Names:
        """The variables that are there when that process begins."""
        if any(process in called for called in self.bench.calls.values()):
            return None  # whatever the caller has
        starts = self.bench.processes[process].starts if process in self.bench.processes else ()
        found: Names = AT_FIRST
        for start in starts:
            if start.event == "messageEventDefinition":
                found = together(found, self._payloads.get(start.message))
            elif start.event in ("signalEventDefinition", "conditionalEventDefinition"):
                return None  # whatever it brings
        return found

    @cached_property
    def anywhere(self) -> frozenset[str]:
        """Every variable that anything on the bench or any plugin sets."""
        found = set(AT_FIRST | frozenset(self.bench.declared.kinds))
        for _, node in self.bench.nodes():
            found |= self.sets(node) or frozenset()
        return frozenset(found)

    @cached_property
    def _payloads(self) -> dict[str, frozenset[str]]:
        """Message -> what the events that throw it send along; one from outside may bring anything."""
        found: dict[str, frozenset[str]] = {}
        for _, node in self.bench.nodes():
            if node.kind in THROWS and node.message:
                sent = frozenset(each for each, _ in read_extensions(node.element).inputs)
                found[node.message] = found.get(node.message, frozenset()) | sent
        return found

    def _by_form(self, extensions: Extensions, ref: str | None) -> Names:
        if key := extensions.get("formKey"):
            return self.bench.declared.sets.get(key)
        if ref:
            sheet = self.bench.forms.get(ref)
            return frozenset(_keys(sheet.form)) if sheet is not None and sheet.form is not None else None
        return frozenset(str(each["id"]) for each in extensions.form_fields if "id" in each)

    def _by_decision(self, extensions: Extensions) -> Names:
        if variable := extensions.get("resultVariable"):
            return frozenset({variable})
        node = self.bench.decisions.get(extensions.get("decisionRef") or "")
        if node is None:
            return None
        columns = (each for each in node.iter(etree.Element) if local_name(each) in ("output", "variable"))
        return frozenset(each.get("name") or "" for each in columns)

    def _by_call(self, node: Node, extensions: Extensions) -> Names:
        targets = frozenset(target for source, target in extensions.out_of if source != "*")
        if extensions.out_of and not any(source == "*" for source, _ in extensions.out_of):
            return targets
        return together(targets, self._by(node.element.get("calledElement") or ""))

    def _by(self, process: str) -> Names:
        """Every variable that a called process may set."""
        if process not in self._by_process:
            self._by_process[process] = frozenset()  # while it is asked: it may call itself
            scope = self.bench.processes.get(process)
            found: Names = None if scope is None else frozenset()
            for each in scope.nodes.values() if scope is not None else ():
                found = together(found, self.sets(each))
            self._by_process[process] = found
        return self._by_process[process]


def item_of(node: Node) -> frozenset[str]:
    """The element variable of a multi-instance marker."""
    found = [each.get(f"{C}elementVariable") for each in node.element.iterchildren(etree.Element)]
    return frozenset(each for each in found if each)


def _caught(node: Node) -> frozenset[str]:
    names = ("errorCodeVariable", "escalationCodeVariable")
    inside = node.element.iterchildren(etree.Element)
    return frozenset(said for each in inside for name in names if (said := each.get(f"{C}{name}")))


def _keys(form: Mapping[str, object]) -> Iterator[str]:
    ahead: list[object] = [form]
    while ahead:
        part = ahead.pop()
        if isinstance(part, dict):
            if isinstance(part.get("key"), str):
                yield str(part["key"])
            components = part.get("components")
            ahead += components if isinstance(components, list) else []
