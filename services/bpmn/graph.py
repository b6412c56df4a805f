"""A diagram as a neutral graph: scopes, nodes and flows. What the engine refuses is understood here, too."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from services.bpmn.allowed import FLOW_NODES
from services.bpmn.walks import finished
from services.bpmn.xml import B, in_bpmn, local_name

NODES = FLOW_NODES | {"sendTask", "scriptTask", "transaction", "adHocSubProcess", "complexGateway"}
SCOPES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
GATEWAYS = frozenset({"exclusiveGateway", "inclusiveGateway", "parallelGateway", "complexGateway", "eventBasedGateway"})
#: gateways that wait for several tokens
JOINS = frozenset({"parallelGateway", "inclusiveGateway", "complexGateway"})
ENDS_SCOPE = {
    "terminateEventDefinition": "terminate",
    "errorEventDefinition": "error",
    "cancelEventDefinition": "cancel",
}


@dataclass(eq=False)
class Flow:
    """A sequence flow between two nodes of one scope."""

    id: str
    source: "Node"
    target: "Node"
    conditional: bool
    element: etree._Element


@dataclass(eq=False)
class Node:
    """An element that a token can come to."""

    id: str
    kind: str  #: BPMN local name
    element: etree._Element
    event: str = ""  #: local name of its event definition
    refers: str = ""  #: what that refers to: the error's code, the link's name
    message: str = ""  #: the name of the message that it catches or throws
    incoming: list[Flow] = field(default_factory=list)
    outgoing: list[Flow] = field(default_factory=list)
    boundaries: list["Node"] = field(default_factory=list)  #: the events on its border
    host: "Node | None" = None  #: of a boundary event
    interrupting: bool = True
    default: str = ""  #: id of its default flow
    inside: "Scope | None" = None
    rank: int = 0  #: in its scope: those before it have lower ones, but for loops

    @property
    def is_activity(self) -> bool:
        return self.kind.endswith("Task") or self.kind in SCOPES or self.kind in ("task", "callActivity")

    @property
    def waits(self) -> bool:
        """Whether a token stays until something happens."""
        return self.is_activity or self.kind in ("intermediateCatchEvent", "eventBasedGateway")


@dataclass(eq=False)
class Scope:
    """A process, or the inside of a sub-process."""

    id: str
    element: etree._Element
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)
    starts: list[Node] = field(default_factory=list)  #: each begins it; several are several ways to begin
    alone: bool = False  #: an event sub-process, or one that undoes: it begins by itself
    kills: bool = False  #: something in it ends everything in it

    def whole(self) -> Iterator["Scope"]:
        """The scope, and every one inside it."""
        yield self
        for node in self.nodes.values():
            if node.inside is not None:
                yield from node.inside.whole()


def graphs(root: etree._Element) -> list[Scope]:
    """Every process of the diagram; every event sub-process, and every sub-process that undoes, for itself."""
    found: list[Scope] = []
    codes: dict[str | None, str | None] = {
        node.get("id"): node.get("errorCode") or "" for node in root.iter(f"{B}error")
    }  # none: any
    codes |= {node.get("id"): node.get("name") for node in root.iter(f"{B}message")}
    for process in root.iter(f"{B}process"):
        found.append(_scope(process, codes, found))
    return [scope for scope in found if scope.nodes]


def _scope(element: etree._Element, codes: dict[str | None, str | None], alone: list[Scope]) -> Scope:
    scope = Scope(element.get("id") or "", element)
    keys: dict[str, Node] = {}
    for child in element:
        if not in_bpmn(child) or local_name(child) not in NODES:
            continue
        undoes = child.get("isForCompensation") == "true" and local_name(child) in SCOPES
        if child.get("triggeredByEvent") == "true" or undoes:
            own = _scope(child, codes, alone)
            own.alone = True
            alone.append(own)
            continue
        node = _node(child, codes, f"#{len(scope.nodes)}")
        if node.id in scope.nodes:
            continue  # its id is there twice: the first one counts
        scope.nodes[node.id] = keys[child.get("id") or ""] = node
        if node.kind in SCOPES:
            node.inside = _scope(child, codes, alone)
    _join(scope, keys)
    _rank(scope)
    return scope


def _node(element: etree._Element, codes: dict[str | None, str | None], unnamed: str) -> Node:
    node = Node(element.get("id") or unnamed, local_name(element), element, default=element.get("default") or "")
    definition = next((e for e in element if in_bpmn(e) and local_name(e).endswith("EventDefinition")), None)
    if definition is not None:
        node.event = local_name(definition)
        named = definition.get("errorRef")
        node.refers = codes.get(named, named) or definition.get("name") or ""
    node.message = codes.get((element if definition is None else definition).get("messageRef")) or ""
    node.interrupting = element.get("cancelActivity", "true") != "false"
    return node


def _join(scope: Scope, keys: dict[str, Node]) -> None:
    for element in scope.element.iterchildren(f"{B}sequenceFlow"):
        source, target = keys.get(element.get("sourceRef") or "?"), keys.get(element.get("targetRef") or "?")
        if source is None or target is None:
            continue  # the engine's own list says that it leads nowhere
        conditional = element.find(f"{B}conditionExpression") is not None
        flow = Flow(element.get("id") or "", source, target, conditional, element)
        source.outgoing.append(flow)
        target.incoming.append(flow)
        scope.flows.append(flow)
    for node in scope.nodes.values():
        host = keys.get(node.element.get("attachedToRef") or "?") if node.kind == "boundaryEvent" else None
        if host is not None and host.is_activity:
            node.host = host
            host.boundaries.append(node)
        if node.kind == "endEvent" and node.event in ENDS_SCOPE:
            scope.kills = True
    scope.kills = scope.kills or any(node.inside is not None and node.inside.kills for node in scope.nodes.values())
    starts = [node for node in scope.nodes.values() if node.kind == "startEvent"]
    scope.starts = starts or [node for node in scope.nodes.values() if begins_unasked(node)]


def begins_unasked(node: Node) -> bool:
    """Whether, without a start event, the process begins here: nothing leads to it."""
    aside = node.kind == "boundaryEvent" or node.element.get("isForCompensation") == "true"
    linked = node.kind == "intermediateCatchEvent" and node.event == "linkEventDefinition"
    return not node.incoming and not aside and not linked


def links(scope: Scope) -> dict[str, Node]:
    """Name of a link -> the event where it comes out."""
    return {
        node.refers: node
        for node in scope.nodes.values()
        if node.kind == "intermediateCatchEvent" and node.event == "linkEventDefinition"
    }


def next_nodes(scope: Scope, node: Node) -> list[Node]:
    """Where a token can go from there in one step: along its flows, to the events on its border, through a link."""
    ahead = [flow.target for flow in node.outgoing] + node.boundaries
    if node.event == "linkEventDefinition" and node.kind != "intermediateCatchEvent":
        ahead += [out for out in [links(scope).get(node.refers)] if out is not None]
    return ahead


def _rank(scope: Scope) -> None:
    """Number the nodes so that each comes after those that lead to it, loops apart."""
    order = finished([*scope.starts, *scope.nodes.values()], lambda node: next_nodes(scope, node))
    for number, node in enumerate(reversed(order)):
        node.rank = number
