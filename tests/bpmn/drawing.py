"""How a diagram is drawn, and what is wrong with it: every `find_…` gives its faults in words, none when it is good."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from pathlib import Path

from lxml import etree

ROOT = Path(__file__).parents[2]
NAMES = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
}
Point = tuple[float, float]


def diagrams() -> list[Path]:
    """Every diagram of the house, the common ones and the plugins' own."""
    return sorted([*ROOT.glob("bpmn/*.bpmn"), *ROOT.glob("plugins/*/bpmn/*.bpmn")])


@dataclass(frozen=True)
class Box:
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    def overlaps(self, other: "Box") -> bool:
        """Whether they share more than a border."""
        return self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom

    def contains(self, other: "Box") -> bool:
        inside_x = self.x <= other.x and other.right <= self.right
        return inside_x and self.y <= other.y and other.bottom <= self.bottom


@dataclass(frozen=True)
class Piece:
    """A straight piece of a line, from one waypoint to the next."""

    line: str
    a: Point
    b: Point

    def as_box(self) -> Box:
        (ax, ay), (bx, by) = self.a, self.b
        return Box(min(ax, bx), min(ay, by), abs(ax - bx), abs(ay - by))

    def is_straight(self) -> bool:
        return self.a[0] == self.b[0] or self.a[1] == self.b[1]

    def meets(self, other: "Piece") -> bool:
        """Whether two straight pieces touch, cross or lie on each other."""
        one, two = self.as_box(), other.as_box()
        return one.x <= two.right and two.x <= one.right and one.y <= two.bottom and two.y <= one.bottom


@dataclass
class Drawing:
    boxes: dict[str, Box] = field(default_factory=dict)  #: tasks, events, gateways, notes
    pools: dict[str, Box] = field(default_factory=dict)
    lanes: dict[str, Box] = field(default_factory=dict)
    insides: dict[str, Box] = field(default_factory=dict)  #: sub-processes that show what is in them
    hosts: dict[str, str] = field(default_factory=dict)  #: event on a border -> the activity it is on
    labels: dict[str, Box] = field(default_factory=dict)  #: of what has its name beside it
    lines: dict[str, list[Point]] = field(default_factory=dict)
    ends: dict[str, tuple[str, str]] = field(default_factory=dict)  #: line -> where it comes from and goes to
    members: dict[str, list[str]] = field(default_factory=dict)  #: lane -> what stands in it
    kinds: dict[str, str] = field(default_factory=dict)  #: id -> BPMN local name
    undrawn: list[str] = field(default_factory=list)

    def tasks(self) -> dict[str, Box]:
        return {key: box for key, box in self.boxes.items() if self.kinds[key].endswith(("Task", "task", "Activity"))}

    def pieces(self) -> Iterator[Piece]:
        for line, points in self.lines.items():
            for a, b in pairwise(points):
                yield Piece(line, a, b)


def read_drawing(file: Path | bytes) -> Drawing:
    """The drawing of a .bpmn file."""
    root = etree.fromstring(file if isinstance(file, bytes) else file.read_bytes())
    drawing = Drawing(kinds={word(node, "id"): etree.QName(node).localname for node in root.iterfind(".//*[@id]")})
    read_shapes(drawing, root)
    read_lines(drawing, root)
    for lane in root.iterfind(".//bpmn:lane", NAMES):
        drawing.members[word(lane, "id")] = [str(ref.text) for ref in lane.iterfind("bpmn:flowNodeRef", NAMES)]
    drawing.undrawn = find_undrawn(root, drawing)
    return drawing


def read_shapes(drawing: Drawing, root: etree._Element) -> None:
    groups = {"participant": drawing.pools, "lane": drawing.lanes, "subProcess": drawing.insides}
    for event in root.iterfind(".//*[@attachedToRef]"):
        drawing.hosts[word(event, "id")] = word(event, "attachedToRef")
    for shape in root.iterfind(".//bpmndi:BPMNShape", NAMES):
        key = word(shape, "bpmnElement")
        for bounds in shape.iterfind("dc:Bounds", NAMES):
            groups.get(drawing.kinds[key], drawing.boxes)[key] = read_box(bounds)
        read_label(drawing, key, shape)


def read_lines(drawing: Drawing, root: etree._Element) -> None:
    for edge in root.iterfind(".//bpmndi:BPMNEdge", NAMES):
        key = word(edge, "bpmnElement")
        points = edge.iterfind("di:waypoint", NAMES)
        drawing.lines[key] = [(float(word(point, "x")), float(word(point, "y"))) for point in points]
        read_label(drawing, key, edge)
    for node in root.iterfind(".//*[@targetRef]"):
        drawing.ends[word(node, "id")] = word(node, "sourceRef"), word(node, "targetRef")


def read_label(drawing: Drawing, key: str, node: etree._Element) -> None:
    for bounds in node.iterfind("bpmndi:BPMNLabel/dc:Bounds", NAMES):
        drawing.labels[key] = read_box(bounds)


def read_box(bounds: etree._Element) -> Box:
    return Box(*(float(word(bounds, name)) for name in ("x", "y", "width", "height")))


def word(node: etree._Element, attribute: str) -> str:
    return str(node.attrib[attribute])


def find_undrawn(root: etree._Element, drawing: Drawing) -> list[str]:
    drawn = {*drawing.boxes, *drawing.pools, *drawing.lanes, *drawing.lines, *drawing.insides}
    parts = "process/*[@id]", "subProcess/bpmn:*[@id]", "collaboration/*[@id]", "lane[@id]"
    keys = [word(node, "id") for part in parts for node in root.iterfind(f".//bpmn:{part}", NAMES)]
    return [f"{key} is not drawn" for key in keys if key not in drawn and drawing.kinds[key] != "laneSet"]


def find_slanting_lines(drawing: Drawing) -> list[str]:
    return [f"{piece.line} slants at {piece.a}" for piece in drawing.pieces() if not piece.is_straight()]


def find_crossings(drawing: Drawing) -> list[str]:
    """Two lines may touch where both end at one place, nowhere else."""
    faults = []
    for one, two in combinations(drawing.pieces(), 2):
        if one.line != two.line and one.meets(two):
            ends = outer_points(drawing, one.line) & outer_points(drawing, two.line)
            if not ends & {one.a, one.b} & {two.a, two.b}:
                faults.append(f"{one.line} meets {two.line} near {two.a}")
    return faults


def outer_points(drawing: Drawing, line: str) -> set[Point]:
    points = drawing.lines[line]
    return {points[0], points[-1]}


def find_lines_through_shapes(drawing: Drawing) -> list[str]:
    """A line touches the borders of its own two shapes only, and comes near no other."""
    faults = []
    for piece in drawing.pieces():
        for key, box in drawing.boxes.items():
            mine = key in drawing.ends.get(piece.line, ())
            if box.overlaps(piece.as_box()) or (not mine and touches(box, piece.as_box())):
                faults.append(f"{piece.line} runs through {key}")
    return faults


def touches(box: Box, other: Box) -> bool:
    return box.x <= other.right and other.x <= box.right and box.y <= other.bottom and other.y <= box.bottom


def find_loose_ends(drawing: Drawing) -> list[str]:
    """A line begins on the border of what it comes from and ends on that of what it goes to."""
    faults = []
    for line, points in drawing.lines.items():
        for key, (x, y) in zip(drawing.ends.get(line, ()), (points[0], points[-1]), strict=False):
            box = drawing.boxes.get(key) or drawing.pools[key]
            if not touches(box, Box(x, y, 0, 0)) or box.overlaps(Box(x, y, 0, 0)):
                faults.append(f"{line} does not end on the border of {key}")
    return faults


def find_labels_in_the_way(drawing: Drawing, labels: dict[str, Box]) -> list[str]:
    """A label stands clear of shapes, lines, other labels and the borders of pools and lanes."""
    faults = [f"the labels of {a} and {b} overlap" for a, b in combinations(labels, 2) if labels[a].overlaps(labels[b])]
    for key, label in labels.items():
        faults += [f"the label of {key} covers {other}" for other, box in drawing.boxes.items() if box.overlaps(label)]
        faults += [f"the label of {key} covers {p.line}" for p in drawing.pieces() if touches(label, p.as_box())]
        areas = drawing.pools | drawing.lanes | drawing.insides
        faults += [
            f"the label of {key} stands on the border of {area}"
            for area, box in areas.items()
            if box.overlaps(label) and not box.contains(label)
        ]
    return faults


def find_shapes_out_of_place(drawing: Drawing) -> list[str]:
    """What belongs to a lane stands in it, at least ten points from its border; shapes do not overlap."""
    boxes, everything = drawing.boxes, drawing.boxes | drawing.insides
    faults = [
        f"{a} overlaps {b}"
        for a, b in combinations(boxes, 2)
        if boxes[a].overlaps(boxes[b]) and drawing.hosts.get(a) != b and drawing.hosts.get(b) != a
    ]
    for key, inside in drawing.insides.items():
        faults += [
            f"{a} stands on the border of {key}"
            for a, box in boxes.items()
            if box.overlaps(inside) and not inside.contains(box)
        ]
    for lane, members in drawing.members.items():
        box = drawing.lanes[lane]
        inner = Box(box.x + 10, box.y + 10, box.width - 20, box.height - 20)
        faults += [f"{key} stands out of {lane}" for key in members if not inner.contains(everything[key])]
    return faults


def find_lanes_out_of_place(drawing: Drawing) -> list[str]:
    """The lanes fill their pool, one under the other, without a gap."""
    faults = []
    for pool, box in drawing.pools.items():
        lanes = sorted((lane for lane in drawing.lanes.values() if box.contains(lane)), key=lambda lane: lane.y)
        edges = [box.y, *(lane.bottom for lane in lanes)]
        if lanes and ([lane.y for lane in lanes] != edges[:-1] or edges[-1] != box.bottom):
            faults.append(f"the lanes of {pool} do not fill it")
    return faults
