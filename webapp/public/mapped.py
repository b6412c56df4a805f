"""The offices' settlements as a plain map (SVG), drawn from latitude and longitude: no tile, no service, no border.

One degree of longitude is as wide as it is in the middle of what is shown. A settlement whose place nobody knows is not
guessed: it is listed beside the map.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from services.public import PublicOffice, place_name

_WIDE, _EDGE, _LETTER, _HIGH = 720.0, 70.0, 7.4, 13.0
_FOOT = 34.0  #: below the map: its scale
_KM_OF_DEGREE = 111.2  #: of latitude


@dataclass(frozen=True)
class Spot:
    """A settlement with at least one office."""

    x: float
    y: float
    name: str
    key: str  #: of the office that is opened: the body's, where there is one
    has_body: bool
    label: tuple[float, float, str]  #: x, y, text-anchor


@dataclass(frozen=True)
class MapDrawn:
    """All of the map."""

    width: float
    height: float  #: of the map itself; the scale stands below it
    foot: float
    spots: Sequence[Spot]
    served: Sequence[tuple[float, float, float, float]]  #: from a PSC's settlement to its body's
    parallels: Sequence[tuple[float, int]]  #: y, degree
    meridians: Sequence[tuple[float, int]]  #: x, degree
    hundred_km: float
    unplaced: Sequence[PublicOffice]


def draw(offices: Sequence[PublicOffice], language: str) -> MapDrawn:
    """Settlements from north to south; nothing but `unplaced` when no place is known."""
    placed = [each for each in offices if each.place and each.place.at]
    unplaced = [each for each in offices if not (each.place and each.place.at)]
    if not placed:
        return MapDrawn(0, 0, 0, (), (), (), (), 0, unplaced)
    points = [each.place.at for each in placed if each.place and each.place.at]
    south, north = min(lat for lat, _ in points), max(lat for lat, _ in points)
    west, east = min(lon for _, lon in points), max(lon for _, lon in points)
    narrow = math.cos(math.radians((south + north) / 2))
    degree = (_WIDE - 2 * _EDGE) / max((east - west) * narrow, 0.1)

    def at(place: tuple[float, float]) -> tuple[float, float]:
        return round(_EDGE + (place[1] - west) * narrow * degree, 1), round(_EDGE / 2 + (north - place[0]) * degree, 1)

    height = round((north - south) * degree + _EDGE, 1)
    where = {each.key: at(each.place.at) for each in placed if each.place and each.place.at}
    lines = [(*where[each.key], *where[each.serves]) for each in placed if each.serves in where]
    return MapDrawn(
        _WIDE, height, _FOOT, _spots(placed, where, language),
        sorted({line for line in lines if line[:2] != line[2:]}),
        [(at((lat, west))[1], lat) for lat in range(math.ceil(south), math.floor(north) + 1)],
        [(at((north, lon))[0], lon) for lon in range(math.ceil(west), math.floor(east) + 1)],
        round(100 / _KM_OF_DEGREE * degree, 1), unplaced,
    )  # fmt: skip


def _spots(
    placed: Sequence[PublicOffice], where: dict[str, tuple[float, float]], language: str
) -> Sequence[Spot]:  # fmt: skip
    """One of each settlement; its name where it covers no other name and no other spot, if there is such a side."""
    first: dict[str, PublicOffice] = {}
    for each in sorted(placed, key=lambda office: office.kind != "body"):
        first.setdefault(each.place.key if each.place else "", each)
    taken = [(x - 5, y - 5, x + 5, y + 5) for x, y in {where[each.key] for each in first.values()}]
    spots = []
    for each in sorted(first.values(), key=lambda office: where[office.key][1]):
        x, y = where[each.key]
        name = place_name(each.place, language) if each.place else ""
        label, box = _label(x, y, name, taken)
        taken.append(box)
        spots.append(Spot(x, y, name, each.key, each.kind == "body", label))
    return spots


Box = tuple[float, float, float, float]


def _label(x: float, y: float, name: str, taken: Sequence[Box]) -> tuple[tuple[float, float, str], Box]:
    wide = len(name) * _LETTER
    sides = [
        ((x + 8, y + 4, "start"), (x + 7, y - 7, x + 8 + wide, y + 6)),
        ((x - 8, y + 4, "end"), (x - 8 - wide, y - 7, x - 7, y + 6)),
        ((x, y - 9, "middle"), (x - wide / 2, y - 9 - _HIGH, x + wide / 2, y - 7)),
        ((x, y + 18, "middle"), (x - wide / 2, y + 7, x + wide / 2, y + 20)),
    ]

    def covers(box: Box) -> float:
        outside = 1000.0 if box[0] < 2 or box[2] > _WIDE - 2 else 0.0
        return outside + sum(
            max(0.0, min(box[2], one[2]) - max(box[0], one[0])) * max(0.0, min(box[3], one[3]) - max(box[1], one[1]))
            for one in taken
            if one != (x - 5, y - 5, x + 5, y + 5)
        )

    return min(sides, key=lambda side: covers(side[1]))
