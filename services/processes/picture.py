"""A diagram as a picture (SVG), without a script: the shapes and ways of BPMN 2.0, at their places in the file.

Only attributes and classes, no style of its own: the page's style sheet colours it, in the light and in the dark.
What a file does not place is not drawn. Pure; it raises BadDiagram for what is no XML.
"""

import math
import re
from collections.abc import Iterable, Iterator
from textwrap import wrap

from lxml import etree

from services.bpmn import B, local_name, read_xml

_DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
_DC = "{http://www.omg.org/spec/DD/20100524/DC}"
_WAY = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"
Box = tuple[float, float, float, float]  #: x, y, width, height
#: of a letter, on the average, in parts of its size; a line of a label
_WIDE, _LINE, _SIZE, _EDGE = 0.63, 13, 11, 12
#: what a marker inside an event or a task looks like, drawn around 0,0
_MARKS = {
    "message": "M-8,-5h16v10h-16zM-8,-5l8,6l8,-6",
    "timer": "M0,-8a8,8,0,1,1,-0.1,0zM0,-5v5l4,2",
    "signal": "M0,-7l7,12h-14z",
    "conditional": "M-6,-8h12v16h-12zM-4,-4h8M-4,0h8M-4,4h8",
    "error": "M-7,7l4,-12l5,7l5,-10l-4,13l-5,-7z",
    "escalation": "M0,-8l6,14l-6,-5l-6,5z",
    "compensate": "M-1,0l8,-6v12zM-9,0l8,-6v12z",
    "terminate": "M0,-8a8,8,0,1,1,-0.1,0z",
    "link": "M-8,-3h8v-4l8,7l-8,7v-4h-8z",
}
_CROSSES = {
    "exclusiveGateway": "M-7,-7l14,14M7,-7l-14,14", "parallelGateway": "M-10,0h20M0,-10v20",
    "inclusiveGateway": "M0,-9a9,9,0,1,1,-0.1,0z",
    "eventBasedGateway": "M0,-10a10,10,0,1,1,-0.1,0zM0,-5l5,4l-2,6h-6l-2,-6z",
    "complexGateway": "M-9,0h18M0,-9v18M-6,-6l12,12M6,-6l-12,12",
}  # fmt: skip


def picture_of(content: bytes, title: str) -> str:
    """The file's first plane; empty when it places nothing."""
    root = read_xml("", content)
    named = {each.get("id"): each for each in root.iter(f"{B}*") if each.get("id")}
    plane = root.find(f".//{_DI}BPMNPlane")
    shapes, edges, boxes = [], [], []
    for each in plane if plane is not None else ():
        element = named.get(each.get("bpmnElement"))
        if element is None:
            continue
        if local_name(each) == "BPMNEdge":
            points = [(float(way.get("x", 0)), float(way.get("y", 0))) for way in each.iterfind(_WAY)]
            edges.append(_edge(element, points, _label(each)))
            boxes += [(x, y, 0.0, 0.0) for x, y in points]
        elif (box := _box(each.find(f"{_DC}Bounds"))) is not None:
            opened = each.get("isExpanded") == "true"
            upright = each.get("isHorizontal") != "false"
            shapes.append(_scope(element, box) if opened else _shape(element, box, _label(each), upright=upright))
            boxes += [box, *filter(None, [_label(each)])]
    return _framed(boxes, title, [*shapes, *edges]) if boxes else ""


def _framed(boxes: Iterable[Box], title: str, drawn: Iterable[str]) -> str:
    boxes = list(boxes)
    left, top = min(box[0] for box in boxes) - _EDGE, min(box[1] for box in boxes) - _EDGE
    wide = max(box[0] + box[2] for box in boxes) + _EDGE - left
    high = max(box[1] + box[3] for box in boxes) + _EDGE - top
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="bpmn" role="img" aria-label="{_safe(title)}" '
        f'viewBox="{_n(left)} {_n(top)} {_n(wide)} {_n(high)}" width="{_n(wide)}" height="{_n(high)}">'
        f"{''.join(drawn)}</svg>"
    )


def _scope(element: etree._Element, box: Box) -> str:
    """A sub-process that is drawn from inside: its name stands at its top."""
    x, y, wide, _ = box
    dashed = " unasked" if element.get("triggeredByEvent") == "true" else ""
    name = _label_text(" ".join((element.get("name") or "").split()), (x, y + 4, wide, 0.0))
    return f'<g class="scope{dashed}">{_rect(box, 8)}{name}</g>'


def _shape(element: etree._Element, box: Box, label: Box | None, *, upright: bool) -> str:
    """The element, with its name in it or at its label."""
    kind, name = local_name(element), " ".join((element.get("name") or "").split())
    x, y, wide, high = box
    middle = (x + wide / 2, y + high / 2)
    if kind in ("participant", "lane"):
        words = _turned(name, box) if upright and high > 60 else _text(name, middle, wide)
        band = f'<path d="M{_n(x + 30)},{_n(y)}v{_n(high)}"/>' if upright and high > 60 else ""
        return f'<g class="{kind}">{_rect(box, 0)}{band if kind == "participant" else ""}{words}</g>'
    below = label or (middle[0] - 50, y + high + 4, 100.0, 0.0)
    if kind.endswith("Event"):
        return f'<g class="event {kind}">{_event(element, kind, middle, wide / 2)}{_label_text(name, below)}</g>'
    if kind.endswith("Gateway"):
        half = f"{_n(wide / 2)},{_n(high / 2)}"
        back = f"{_n(-wide / 2)},{_n(high / 2)}l{_n(-wide / 2)},{_n(-high / 2)}z"
        diamond = f'<path d="M{_n(middle[0])},{_n(y)}l{half}l{back}"/>'
        return f'<g class="gateway">{diamond}{_mark(_CROSSES.get(kind, ""), middle)}{_label_text(name, below)}</g>'
    if kind == "textAnnotation":
        said = " ".join((element.findtext(f"{B}text") or "").split())
        bracket = f'<path class="bare" d="M{_n(x + 10)},{_n(y)}h-10v{_n(high)}h10"/>'
        return f'<g class="note">{bracket}{_text(said, (x + 6, middle[1]), wide - 8, anchor="start")}</g>'
    if kind.startswith("data"):
        return f'<g class="data">{_rect(box, 0)}{_label_text(name, below)}</g>'
    heavy = " call" if kind == "callActivity" else ""
    return f'<g class="task{heavy}">{_rect(box, 8)}{_text(name, middle, wide - 6)}</g>'


def _event(element: etree._Element, kind: str, middle: tuple[float, float], radius: float) -> str:
    inner = "" if kind in ("startEvent", "endEvent") else _circle(middle, radius - 3)
    definition = next((local_name(each) for each in element if local_name(each).endswith("EventDefinition")), "")
    return _circle(middle, radius) + inner + _mark(_MARKS.get(definition.removesuffix("EventDefinition"), ""), middle)


def _edge(element: etree._Element, points: list[tuple[float, float]], label: Box | None) -> str:
    kind, name = local_name(element), " ".join((element.get("name") or "").split())
    if len(points) < 2:
        return ""
    line = "L".join(f"{_n(x)},{_n(y)}" for x, y in points)
    head = "" if kind == "association" else _head(points[-2], points[-1])
    return f'<g class="{kind}"><path class="bare" d="M{line}"/>{head}{_label_text(name, label) if label else ""}</g>'


def _head(before: tuple[float, float], end: tuple[float, float]) -> str:
    angle = math.degrees(math.atan2(end[1] - before[1], end[0] - before[0]))
    return (
        f'<path class="head" d="M0,0l-9,-4v8z" transform="translate({_n(end[0])},{_n(end[1])}) rotate({angle:.0f})"/>'
    )


def _mark(path: str, middle: tuple[float, float]) -> str:
    return f'<path class="mark" d="{path}" transform="translate({_n(middle[0])},{_n(middle[1])})"/>' if path else ""


def _rect(box: Box, round_: int) -> str:
    x, y, wide, high = map(_n, box)
    corner = f' rx="{round_}"' if round_ else ""
    return f'<rect x="{x}" y="{y}" width="{wide}" height="{high}"{corner}/>'


def _circle(middle: tuple[float, float], radius: float) -> str:
    return f'<circle cx="{_n(middle[0])}" cy="{_n(middle[1])}" r="{_n(radius)}"/>'


def _text(name: str, middle: tuple[float, float], wide: float, *, anchor: str = "") -> str:
    """Lines around that middle."""
    lines = list(_lines(name, wide))
    first = middle[1] - (len(lines) - 1) * _LINE / 2 + 4
    return _written(lines, middle[0], first, anchor)


def _label_text(name: str, box: Box) -> str:
    """Lines from the top of a label on."""
    lines = list(_lines(name, max(box[2], 90)))
    return _written(lines, box[0] + box[2] / 2, box[1] + 10, "")


def _written(lines: list[str], x: float, first: float, anchor: str) -> str:
    if not lines:
        return ""
    begins = f' text-anchor="{anchor}"' if anchor else ""
    if len(lines) == 1:
        return f'<text x="{_n(x)}" y="{_n(first)}"{begins}>{_safe(lines[0])}</text>'
    told = "".join(_span(line, x, "dy" if at else "y", _LINE if at else first) for at, line in enumerate(lines))
    return f"<text{begins}>{told}</text>"


def _span(line: str, x: float, way: str, by: float) -> str:
    return f'<tspan x="{_n(x)}" {way}="{_n(by)}">{_safe(line)}</tspan>'


def _turned(name: str, box: Box) -> str:
    """The name of a pool or a lane, from below."""
    x, y, _, high = box
    lines = list(_lines(name, high - 10))[:2]
    first = 4 - (len(lines) - 1) * _LINE / 2
    said = "".join(_span(line, 0, "dy" if at else "y", _LINE if at else first) for at, line in enumerate(lines))
    return f'<text transform="translate({_n(x + 15)},{_n(y + high / 2)}) rotate(-90)">{said}</text>' if lines else ""


def _lines(name: str, wide: float) -> Iterator[str]:
    most = max(int(wide / (_SIZE * _WIDE)), 6)
    # a line may end behind a hyphen, and within a word that fits into none
    yield from wrap(name, most, break_on_hyphens=True) if name else ()


def _label(shape: etree._Element) -> Box | None:
    return _box(shape.find(f"{_DI}BPMNLabel/{_DC}Bounds"))


def _box(bounds: etree._Element | None) -> Box | None:
    if bounds is None:
        return None
    x, y, wide, high = (float(bounds.get(each, 0)) for each in ("x", "y", "width", "height"))
    return x, y, wide, high


def _n(number: float) -> str:
    return f"{number:.1f}".rstrip("0").rstrip(".")


_UNSAFE = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}


def _safe(text: str) -> str:
    return re.sub(r'[&<>"]', lambda found: _UNSAFE[found[0]], text)
