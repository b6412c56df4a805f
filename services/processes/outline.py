"""A diagram as a nested list: for a screen reader, for print, and for whoever reads faster than they look.

The steps stand in the order of the flow; the ways out of a gateway stand below it until they meet again, and a way
back is said as such. Every step, event and gateway is named once, whatever the diagram looks like.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from lxml import etree

from services.bpmn import Drawing, DrawnNode, DrawnScope, Pool, Way, meeting_points, read_drawing

#: branches within branches beyond this are told at the end of the list, where they can still be followed
MOST_DEEP = 8
#: a process of more is told in the order of its file
MOST_NODES = 3000


@dataclass(frozen=True)
class OutlineLine:
    """One line of the list, and the lines below it."""

    kind: str  #: "pool", "note", "way", "back", "on", else the BPMN kind of an element
    element: str  #: its id; of "back" and "on" where it leads
    name: str
    roles: tuple[str, ...] = ()
    lane: str = ""
    step: str = ""
    event: str = ""
    about: str = ""  #: an event's time, message or error; the condition of a way
    called: str = ""
    repeats: str = ""
    lanes: tuple[str, ...] = ()  #: of a pool
    default: bool = False  #: the way taken when no condition holds
    interrupts: bool = True
    sends: tuple[str, ...] = ()  #: «message → to whom»
    receives: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    inside: tuple["OutlineLine", ...] = ()


def outline_of(root: etree._Element) -> tuple[OutlineLine, ...]:
    """The pools of a file, in the order in which they are drawn; nothing when it is no BPMN."""
    drawing = read_drawing(root)
    said = _Said(drawing)
    pools = [_pool(pool, said) for pool in drawing.pools]
    loose = [OutlineLine("note", key, text) for key, text, tied in drawing.notes if not set(tied) & said.ids]
    return (*pools, *loose)


class _Said:
    """What is said of elements from outside the flow: messages and notes."""

    def __init__(self, drawing: Drawing) -> None:
        names = {node.id: node.name for node in drawing.nodes()} | {pool.id: pool.name for pool in drawing.pools}
        self.ids = set(names)
        self.sends: dict[str, list[str]] = {}
        self.receives: dict[str, list[str]] = {}
        self.notes: dict[str, list[str]] = {}
        for each in drawing.messages:
            self.sends.setdefault(each.source, []).append(_arrow(each.name, names.get(each.target, "")))
            self.receives.setdefault(each.target, []).append(_arrow(names.get(each.source, ""), each.name))
        for _, text, tied in drawing.notes:
            for key in tied:
                self.notes.setdefault(key, []).append(text)

    def add(self, line: OutlineLine) -> OutlineLine:
        """The line with all of that."""
        key = line.element
        sends, receives = self.sends.get(key, ()), self.receives.get(key, ())
        return replace(line, sends=tuple(sends), receives=tuple(receives), notes=tuple(self.notes.get(key, ())))


def _arrow(one: str, other: str) -> str:
    return " → ".join(each for each in (one, other) if each)


def _pool(pool: Pool, said: _Said) -> OutlineLine:
    inside = tuple(_Walk(pool.scope, said).lines()) if pool.scope else ()
    return said.add(
        OutlineLine("pool", pool.id, pool.name, lanes=tuple(pool.lanes), called=pool.process, inside=inside)
    )


class _Walk:
    """One walk over a scope, that names each of its nodes once."""

    def __init__(self, scope: DrawnScope, said: _Said) -> None:
        self.scope, self.said = scope, said
        self.out: dict[DrawnNode, list[Way]] = {node: [] for node in scope.nodes}
        for way in scope.ways:
            self.out[way.source].append(way)
        for border, undoes in scope.undoes:
            self.out[border].append(Way("", "", "", border, undoes))
        self.borders = _borders(scope.nodes)
        after = {node: [way.target for way in ways] for node, ways in self.out.items()}
        self.meets: Mapping[DrawnNode, DrawnNode] = meeting_points(after)
        self.named: set[DrawnNode] = set()
        self.beyond: set[DrawnNode] = set()  #: told elsewhere: where the ordinary flow comes by
        self.path: list[DrawnNode] = []  #: what leads to here, for telling a way back from a way on
        self.later: deque[DrawnNode] = deque()

    def lines(self) -> Iterator[OutlineLine]:
        """Every node, from the starts; then what no flow leads to from there."""
        if len(self.scope.nodes) > MOST_NODES:
            yield from map(self._line, self.scope.nodes)
            return
        reached = {way.target for ways in self.out.values() for way in ways} | {
            each for many in self.borders.values() for each in many
        }
        first = [node for node in self.scope.nodes if node not in reached]
        first.sort(key=lambda node: node.kind != "startEvent")
        for node in (*first, *self.scope.nodes):
            self.later.append(node)
            while self.later:
                ahead = self.later.popleft()
                if ahead not in self.named:
                    yield from self._follow(ahead, (), 0)

    def _follow(self, begin: DrawnNode, stops: Sequence[DrawnNode | None], depth: int) -> list[OutlineLine]:
        """The lines from there, until the nearest stop, a node that is told elsewhere, or an end."""
        lines: list[OutlineLine] = []
        borders: list[tuple[int, DrawnNode, list[DrawnNode]]] = []
        known, node = len(self.path), begin
        while not (stops and node is stops[-1]):
            if node in self.named or node in stops or node in self.beyond:
                lines.append(self._jump(node))
                break
            self.named.add(node)
            self.path.append(node)
            borders += [(len(lines), each, list(self.path)) for each in self.borders.get(node, ())]
            lines.append(self._line(node))
            ways, meet = self.out[node], self.meets.get(node)
            if len(ways) > 1:
                told = [self._way(way, node, (*stops, meet), depth + 1) for way in ways]
                lines[-1] = _with(lines[-1], told)
            if not ways or (len(ways) > 1 and meet is None):
                break
            node = ways[0].target if len(ways) == 1 or meet is None else meet
        self._tell_borders(lines, borders, stops, depth)
        del self.path[known:]
        return lines

    def _tell_borders(
        self,
        lines: list[OutlineLine],
        borders: Sequence[tuple[int, DrawnNode, list[DrawnNode]]],
        stops: Sequence[DrawnNode | None],
        depth: int,
    ) -> None:
        """What happens at the border of a step stands below it, as far as the step's own flow does not come."""
        here, beyond = self.path, self.beyond
        for at, border, path in borders:
            self.path, self.beyond = path, beyond | self._reached(path[-1])
            told = [self._jump(border)] if depth + 1 >= MOST_DEEP else self._follow(border, stops, depth + 1)
            lines[at] = _with(lines[at], told)
        self.path, self.beyond = here, beyond

    def _reached(self, host: DrawnNode) -> set[DrawnNode]:
        """What the ordinary flow comes to from there."""
        reached: set[DrawnNode] = set()
        ahead = [way.target for way in self.out[host]]
        while ahead:
            node = ahead.pop()
            if node not in reached:
                reached.add(node)
                ahead += [way.target for way in self.out[node]]
        return reached

    def _way(self, way: Way, gateway: DrawnNode, stops: Sequence[DrawnNode | None], depth: int) -> OutlineLine:
        if way.target is stops[-1] or depth >= MOST_DEEP:
            told = [self._jump(way.target)]
        else:
            told = self._follow(way.target, stops, depth)
        taken = bool(way.id) and way.id == gateway.default
        return OutlineLine("way", way.id, way.name, about=way.condition, default=taken, inside=tuple(told))

    def _jump(self, node: DrawnNode) -> OutlineLine:
        """Where the list goes on; whoever is not told yet will be."""
        self.later.append(node)
        return OutlineLine("back" if node in self.path else "on", node.id, node.name, event=node.kind)

    def _line(self, node: DrawnNode) -> OutlineLine:
        inside = tuple(_Walk(node.inside, self.said).lines()) if node.inside else ()
        line = OutlineLine(
            node.kind, node.id, node.name, roles=node.roles, lane=node.lane, step=node.step, event=node.event,
            about=node.about, called=node.called, repeats=node.repeats, interrupts=node.interrupts, inside=inside,
        )  # fmt: skip
        return self.said.add(line)


def _borders(nodes: Sequence[DrawnNode]) -> dict[DrawnNode, list[DrawnNode]]:
    """Boundary events by the step they stand on."""
    known = {node.id: node for node in reversed(nodes)}
    found: dict[DrawnNode, list[DrawnNode]] = {}
    for node in nodes:
        host = known.get(node.attached_to) if node.attached_to else None
        if host is not None and host is not node:
            found.setdefault(host, []).append(node)
    return found


def _with(line: OutlineLine, more: Sequence[OutlineLine]) -> OutlineLine:
    return replace(line, inside=(*line.inside, *more))
