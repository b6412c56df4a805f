"""A plan drawn as SVG: whoever calls stands above whom it calls, boxes as wide as rooms are long, circles in red.

An arrow that follows from others is left out; the caption says how many there are.
"""

from collections import defaultdict
from collections.abc import Mapping
from html import escape

from tests.house.plan import Plan, circles

LINES_PER_PX = 32  #: of a room's bar
LETTER_PX, BOX_PX, LEVEL_PX, GAP_PX, MARGIN_PX = 7.2, 46, 84, 14, 24
WIDEST_PX = 1560
SWEEPS = 24
STYLE = """
svg { background: #fbfaf6; font: 13px "IBM Plex Sans", "Noto Sans", "DejaVu Sans", sans-serif; }
text { fill: #1c1b18; } .quiet { fill: #5d5a52; font-size: 11px; } .title { font-size: 19px; font-weight: 600; }
rect { fill: #fff; stroke: #bdb8a9; } .webapp rect.box { fill: #e4edf5; } .plugins rect.box { fill: #fdf1d8; }
.komek rect.box { fill: #e6f1e4; } .komek rect.bar { fill: #4d7a46; }
rect.bar { fill: #0f4c81; stroke: none; } .webapp rect.bar { fill: #4a6076; } .plugins rect.bar { fill: #b58900; }
path { fill: none; stroke: #8b867a; stroke-width: 1; opacity: .55; }
path.round { stroke: #a3201d; stroke-width: 2; opacity: 1; }
.rounds { fill: #a3201d; }
@media (prefers-color-scheme: dark) {
  svg { background: #171a1e; } text { fill: #ece9e1; } .quiet { fill: #aba69a; }
  rect { fill: #1e2227; stroke: #59616b; }
  .webapp rect.box { fill: #1f3346; } .plugins rect.box { fill: #3b2e14; } .komek rect.box { fill: #203a1d; }
  rect.bar { fill: #8fc1ee; }
  .webapp rect.bar { fill: #a9bfd4; } .plugins rect.bar { fill: #e0b84c; } .komek rect.bar { fill: #9ccb94; }
  path { stroke: #7d8690; }
  path.round { stroke: #ff9d94; } .rounds { fill: #ff9d94; }
}
"""


def draw(plan: Plan, title: str) -> str:
    """The picture of a house, as SVG."""
    rounds = circles(plan.arrows)
    levels = _levels(plan.arrows, rounds)
    places, width = _places(_ordered(levels, plan.arrows), plan)
    height = max(top for _, top, _ in places.values()) + BOX_PX + MARGIN_PX
    together = {room: at for at, members in enumerate(rounds) for room in members}
    drawn = [_arrow(places, one, other, together.get(one, -1) == together.get(other, -2))
             for one, other in sorted(_needed(plan.arrows, levels, together))]  # fmt: skip
    total = sum(len(called) for called in plan.arrows.values())
    said = (f"{sum(plan.lines.values()):,} lines in {len(plan.lines)} rooms. {total} arrows between rooms, "
            f"{len(drawn)} drawn: the others follow from them. Whoever calls stands above whom it calls.")  # fmt: skip
    faults = "; ".join(" – ".join(_short(room) for room in members) for members in rounds)
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" width="{width:.0f}" role="img">',
        f"<title>{escape(title)}</title><style>{STYLE}</style>",
        f'<text class="title" x="{MARGIN_PX}" y="36">{escape(title)}</text>',
        f'<text class="quiet" x="{MARGIN_PX}" y="56">{escape(said)}</text>',
        f'<text class="quiet rounds" x="{MARGIN_PX}" y="72">{escape("Rooms that call each other: " + faults)}</text>'
        if faults else "",
        *drawn, *(_box(room, plan, *places[room]) for room in sorted(places)), "</svg>", "",
    ])  # fmt: skip


def _levels(arrows: Mapping[str, set[str]], rounds: list[list[str]]) -> dict[str, int]:
    """How high a room stands: one above the highest that it calls. Rooms that call each other stand side by side."""
    head = {room: members[0] for members in rounds for room in members}
    below: dict[str, set[str]] = defaultdict(set)
    for room, called in arrows.items():
        below[head.get(room, room)] |= {head.get(each, each) for each in called} - {head.get(room, room)}
    height: dict[str, int] = {}

    def climb(room: str) -> int:
        if room not in height:
            height[room] = 1 + max((climb(each) for each in below[room]), default=-1)
        return height[room]

    levels = {room: climb(head.get(room, room)) for room in arrows}
    for room in sorted(arrows, key=lambda each: -levels[each]):  # a page that calls little stands by those that call it
        callers = [levels[each] for each in arrows if room in arrows[each] and room not in head]
        if room.startswith("webapp") and callers:
            levels[room] = min(callers) - 1
    return levels


def _needed(
    arrows: Mapping[str, set[str]], levels: Mapping[str, int], together: Mapping[str, int]
) -> set[tuple[str, str]]:
    """The arrows that do not follow from others, and every arrow of a round."""
    reached: dict[str, set[str]] = {}
    for room in sorted(arrows, key=lambda each: levels[each]):
        straight = {each for each in arrows[room] if levels[each] < levels[room]}
        reached[room] = straight.union(*(reached[each] for each in straight))
    needed = set()
    for room, called in arrows.items():
        for each in called:
            a_round = room in together and together[room] == together.get(each)
            if a_round or not any(each in reached.get(other, ()) for other in called - {each}):
                needed.add((room, each))
    return needed


def _ordered(levels: Mapping[str, int], arrows: Mapping[str, set[str]]) -> list[list[str]]:
    """The rows from the top, in each the rooms near to those they call and are called by."""
    rows = [sorted(room for room in levels if levels[room] == level) for level in range(max(levels.values()), -1, -1)]
    near: dict[str, set[str]] = {room: set(called) for room, called in arrows.items()}
    for room, called in arrows.items():
        for each in called:
            near[each].add(room)
    for _ in range(SWEEPS):
        at = {room: place / len(row) for row in rows for place, room in enumerate(row)}
        for row in rows:
            row.sort(key=lambda room: (sum(at[each] for each in near[room]) / max(len(near[room]), 1), room))
    return [row for row in rows if row]


def _places(rows: list[list[str]], plan: Plan) -> tuple[dict[str, tuple[float, float, float]], float]:
    """Of each room its left edge, top and width in px; and the picture's width."""
    widths = {room: max(len(_short(room)) * LETTER_PX + 62, _below_width(room, plan), lines / LINES_PER_PX + 16)
              for room, lines in plan.lines.items()}  # fmt: skip
    rows = [part for row in rows for part in _within(WIDEST_PX - 2 * MARGIN_PX, row, widths)]
    total = float(WIDEST_PX)
    places = {}
    for level, row in enumerate(rows):
        spare = total - 2 * MARGIN_PX - sum(widths[room] for room in row)
        gap = spare / (len(row) + 1)
        left = MARGIN_PX + gap
        for room in row:
            places[room] = (left, MARGIN_PX + 64 + level * LEVEL_PX, widths[room])
            left += widths[room] + gap
    return places, total


def _within(px: float, row: list[str], widths: Mapping[str, float]) -> list[list[str]]:
    """A row in as many even parts as it takes to be no wider than that."""
    parts = int(sum(widths[room] + GAP_PX for room in row) // px) + 1
    return [row[at::parts] for at in range(parts)]


def _below(room: str, plan: Plan) -> str:
    return " · ".join(f"{name} {lines}" for name, lines in sorted(plan.within.get(room, {}).items()))


def _below_width(room: str, plan: Plan) -> float:
    return len(_below(room, plan)) * LETTER_PX * 0.84 + 20


def _short(room: str) -> str:
    return room.removeprefix("services.").replace(".", "/")


def _box(room: str, plan: Plan, left: float, top: float, width: float) -> str:
    lines = plan.lines[room]
    inner = _below(room, plan)
    return (
        f'<g class="{room.partition(".")[0]}"><rect class="box" x="{left:.1f}" y="{top}" width="{width:.1f}" '
        f'height="{BOX_PX}" rx="4"/><text x="{left + 8:.1f}" y="{top + 17}">{escape(_short(room))}</text>'
        f'<text class="quiet" text-anchor="end" x="{left + width - 8:.1f}" y="{top + 17}">{lines}</text>'
        f'<rect class="bar" x="{left + 8:.1f}" y="{top + 23}" width="{lines / LINES_PER_PX:.1f}" height="4"/>'
        f'<text class="quiet" x="{left + 8:.1f}" y="{top + 40}">{escape(inner)}</text></g>'
    )


def _arrow(places: Mapping[str, tuple[float, float, float]], one: str, other: str, a_round: bool) -> str:
    left, top, width = places[one]
    to_left, to_top, to_width = places[other]
    from_x, from_y, to_x = left + width / 2, top + BOX_PX, to_left + to_width / 2
    start = f"M{from_x:.1f} {from_y}"
    if to_top == top:
        way = f"{start} C{from_x:.1f} {from_y + 34} {to_x:.1f} {from_y + 34} {to_x:.1f} {from_y}"
    else:
        bend = min(60, (to_top - from_y) / 2)
        way = f"{start} C{from_x:.1f} {from_y + bend:.1f} {to_x:.1f} {to_top - bend:.1f} {to_x:.1f} {to_top}"
    return f'<path class="{"round" if a_round else ""}" d="{way}"/>'
