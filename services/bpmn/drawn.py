"""A diagram as a graph that is easy to read aloud and to compare. Reads any BPMN file, however odd; refuses none."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lxml import etree

from services.bpmn.reading import Extensions, read_extensions
from services.bpmn.xml import B, in_bpmn, local_name

NODE = re.compile(
    r"task|[a-zA-Z]+Task|[a-zA-Z]+Event|[a-zA-Z]+Gateway|callActivity|subProcess|transaction|adHocSubProcess"
)
SCOPES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
#: attributes of BPMN that are told in the file's own words
_OWN = ("scriptFormat", "isForCompensation", "triggeredByEvent", "testBefore", "loopMaximum")
#: sub-processes within sub-processes beyond this are read as part of the one around them
MOST_NESTED = 6


@dataclass(frozen=True, eq=False)
class DrawnNode:
    """A step, an event or a gateway. Two of one id (which no diagram should have) are still two."""

    id: str
    kind: str  #: BPMN local name
    name: str
    lane: str = ""
    extensions: Extensions = field(default_factory=Extensions)
    event: str = ""  #: of an event: "timer", "message", "error" …; empty for a plain one
    about: str = ""  #: the time, the message's name, the error's code
    default: str = ""  #: id of the way that is taken when no condition holds
    attached_to: str = ""
    interrupts: bool = True
    called: str = ""  #: process that is called
    repeats: str = ""  #: "loop", "one by one", "all at once"
    settings: Mapping[str, str] = field(default_factory=dict)  #: of its loop, script and event, in the file's words
    inside: "DrawnScope | None" = None

    @property
    def roles(self) -> tuple[str, ...]:
        """Who does it: the roles that are named, expressions left out."""
        named = (self.extensions.get("candidateGroups") or "").split(",")
        return tuple(role for each in named if (role := each.strip()) and "{" not in role)

    @property
    def step(self) -> str:
        return self.extensions.properties.get("step", "")


@dataclass(frozen=True, eq=False)
class Way:
    """A sequence flow."""

    id: str
    name: str
    condition: str
    source: DrawnNode
    target: DrawnNode


@dataclass(frozen=True, eq=False)
class DrawnScope:
    """A process or a sub-process."""

    nodes: Sequence[DrawnNode]
    ways: Sequence[Way]
    undoes: Sequence[tuple[DrawnNode, DrawnNode]] = ()  #: a compensation event on a border, and what it leads to


@dataclass(frozen=True, eq=False)
class Pool:
    """A participant; without a scope when nobody drew what happens in it."""

    id: str
    name: str
    process: str = ""
    lanes: Sequence[str] = ()
    scope: DrawnScope | None = None

    def nodes(self) -> Iterator[DrawnNode]:
        """Every node in it, those of sub-processes after the sub-process itself."""
        return _all_nodes(self.scope)


@dataclass(frozen=True)
class MessageDrawn:
    """A message flow: ids of an element or a pool at both ends."""

    id: str
    name: str
    source: str
    target: str


@dataclass(frozen=True, eq=False)
class Drawing:
    """One file."""

    pools: Sequence[Pool]
    messages: Sequence[MessageDrawn]
    notes: Sequence[tuple[str, str, tuple[str, ...]]]  #: id, text, ids of what they are tied to

    def nodes(self) -> Iterator[DrawnNode]:
        """Every node, those of sub-processes after the sub-process itself."""
        for pool in self.pools:
            yield from pool.nodes()

    def ways(self) -> Iterator[Way]:
        """Every sequence flow."""
        for pool in self.pools:
            yield from _all_ways(pool.scope)


def read_drawing(root: etree._Element) -> Drawing:
    """What is drawn in that file; nothing when it is no BPMN."""
    processes = list(root.iter(f"{B}process"))
    participants = [(each, each.get("processRef", "").rpartition(":")[2]) for each in root.iter(f"{B}participant")]
    about = _abouts(root)
    pools, shown = [], set()
    for participant, reference in participants:
        process = next((each for each in processes if each.get("id") == reference and reference not in shown), None)
        shown.add(reference if process is not None else "")
        pools.append(_pool(participant.get("id", ""), participant.get("name", ""), process, about))
    pools += [
        _pool(each.get("id", ""), each.get("name", ""), each, about)
        for each in processes
        if (each.get("id") or "") not in shown or not each.get("id")
    ]
    return Drawing(pools, _messages(root), _notes(root))


def _pool(key: str, name: str, process: etree._Element | None, about: Mapping[str, str]) -> Pool:
    if process is None:
        return Pool(key, name)
    named: dict[str, str] = {}
    for lane in process.iter(f"{B}lane"):  # an inner lane stands after the one around it, and says more
        named |= {(each.text or "").strip(): lane.get("name", "") for each in lane.iterfind(f"{B}flowNodeRef")}
    lanes = [said for lane in process.iter(f"{B}lane") if (said := _clean(lane.get("name")))]
    return Pool(
        key, name or process.get("name", ""), process.get("id", ""), lanes, _scope(process, _Around(named, about))
    )


@dataclass(frozen=True)
class _Around:
    """What is known of elements from elsewhere in the file."""

    lanes: Mapping[str, str]
    about: Mapping[str, str]
    depth: int = 0

    def deeper(self) -> "_Around":
        return _Around(self.lanes, self.about, self.depth + 1)


def _scope(element: etree._Element, around: _Around) -> DrawnScope:
    within = element if around.depth < MOST_NESTED else element.iter()
    parts = [each for each in within if each is not element and in_bpmn(each)]
    nodes = [_node(each, around) for each in parts if NODE.fullmatch(local_name(each))]
    known: dict[str, DrawnNode] = {}
    for node in nodes:
        known.setdefault(node.id, node)
    flows = [each for each in parts if local_name(each) == "sequenceFlow"]
    tied = [each for each in parts if local_name(each) == "association"]
    return DrawnScope(nodes, list(_ways(flows, known)), list(_undoes(tied, known)))


def _undoes(tied: Iterable[etree._Element], known: Mapping[str, DrawnNode]) -> Iterator[tuple[DrawnNode, DrawnNode]]:
    for each in tied:
        ends = [known.get(each.get(end, "")) for end in ("sourceRef", "targetRef")]
        for border, other in (ends, ends[::-1]):
            if border is not None and other is not None and border.event == "compensate" and border.attached_to:
                yield border, other


def _ways(flows: Iterable[etree._Element], known: Mapping[str, DrawnNode]) -> Iterator[Way]:
    for flow in flows:
        source, target = known.get(flow.get("sourceRef", "")), known.get(flow.get("targetRef", ""))
        if source is not None and target is not None:
            condition = flow.find(f"{B}conditionExpression")
            text = "" if condition is None else " ".join((condition.text or "").split())
            yield Way(flow.get("id", ""), _clean(flow.get("name")), text, source, target)


def _node(element: etree._Element, around: _Around) -> DrawnNode:
    event, about = _event(element, around.about)
    kind, key = local_name(element), element.get("id", "")
    return DrawnNode(
        id=key,
        kind=kind,
        name=_clean(element.get("name")),
        lane=around.lanes.get(key, ""),
        extensions=read_extensions(element),
        event=event,
        about=about,
        default=element.get("default", ""),
        attached_to=element.get("attachedToRef", ""),
        interrupts=element.get("cancelActivity", element.get("isInterrupting", "true")) != "false",
        called=element.get("calledElement", ""),
        repeats=_repeats(element),
        settings=_settings(element),
        inside=_scope(element, around.deeper()) if kind in SCOPES and around.depth < MOST_NESTED else None,
    )


def _event(element: etree._Element, abouts: Mapping[str, str]) -> tuple[str, str]:
    """What kind of event it is, and what it is about."""
    for each in element:
        if in_bpmn(each) and local_name(each).endswith("EventDefinition"):
            kind = local_name(each).removesuffix("EventDefinition")
            reference = next((str(value) for key, value in each.attrib.items() if str(key).endswith("Ref")), "")
            times = [" ".join((time.text or "").split()) for time in each if in_bpmn(time)]
            return kind, abouts.get(reference, reference) or " ".join(times)
    reference = element.get("messageRef", "")
    return ("message", abouts.get(reference, reference)) if reference else ("", "")


def _abouts(root: etree._Element) -> dict[str, str]:
    """Messages, signals, errors, escalations and what compensation undoes, by id: their code or name."""
    kinds = (f"{B}message", f"{B}signal", f"{B}error", f"{B}escalation")
    found = {
        each.get("id", ""): each.get("errorCode") or each.get("escalationCode") or each.get("name") or ""
        for each in root.iter(*kinds)
    }
    undone = {each.get("activityRef") for each in root.iter(f"{B}compensateEventDefinition")} - {None}
    named = {each.get("id"): each.get("name") for each in root.iter(f"{B}*") if undone and each.get("id") in undone}
    return found | {str(key): " ".join(name.split()) for key, name in named.items() if name}


def _repeats(element: etree._Element) -> str:
    if element.find(f"{B}standardLoopCharacteristics") is not None:
        return "loop"
    several = element.find(f"{B}multiInstanceLoopCharacteristics")
    if several is None:
        return ""
    return "one by one" if several.get("isSequential") == "true" else "all at once"


def _settings(element: etree._Element) -> dict[str, str]:
    """What stands in it beside its own extensions: how often it is done, what a script says, what an event hands on."""
    found = {name: value for name in _OWN if (value := element.get(name))}
    for part in element:
        kind = local_name(part) if in_bpmn(part) else ""
        if kind.endswith("EventDefinition"):
            found |= _handed(read_extensions(part))
        elif kind.endswith("LoopCharacteristics") or kind == "script":
            found |= read_extensions(part).attributes
            found |= {name: value for name in _OWN if (value := part.get(name))}
            texts = [(local_name(each), " ".join((each.text or "").split())) for each in (part, *part) if in_bpmn(each)]
            found |= {name: text for name, text in texts if text}
    return found


def _handed(said: Extensions) -> dict[str, str]:
    """What an event's definition says; of a message that is sent outside, the event itself says it."""
    if said.operation:
        return {}
    return {**said.attributes, **dict(said.inputs), **{target: source for source, target in said.into}}


def _messages(root: etree._Element) -> list[MessageDrawn]:
    return [
        MessageDrawn(each.get("id", ""), _clean(each.get("name")), each.get("sourceRef", ""), each.get("targetRef", ""))
        for each in root.iter(f"{B}messageFlow")
    ]


def _notes(root: etree._Element) -> list[tuple[str, str, tuple[str, ...]]]:
    ends = [(each.get("sourceRef", ""), each.get("targetRef", "")) for each in root.iter(f"{B}association")]
    found = []
    for note in root.iter(f"{B}textAnnotation"):
        key, text = note.get("id", ""), note.findtext(f"{B}text") or ""
        tied = [other for pair in ends if key in pair for other in pair if other != key]
        if text.strip():
            found.append((key, text.strip(), tuple(tied)))
    return found


def _all_nodes(scope: DrawnScope | None) -> Iterator[DrawnNode]:
    for node in scope.nodes if scope else ():
        yield node
        yield from _all_nodes(node.inside)


def _all_ways(scope: DrawnScope | None) -> Iterator[Way]:
    if scope:
        yield from scope.ways
        for node in scope.nodes:
            yield from _all_ways(node.inside)


def _clean(name: str | None) -> str:
    return " ".join((name or "").split())
