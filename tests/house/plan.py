"""The rooms of a tree, how large they are, and which room calls which. Reads a tree's files; imports none of them."""

import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import grimp

FLOORS = ("services", "plugins", "webapp", "komek")


@dataclass(frozen=True)
class Plan:
    """A house. A room is a package of a floor with all that lies in it, or a module that stands alone there."""

    lines: dict[str, int]  #: of each room ("services.cases")
    within: dict[str, dict[str, int]]  #: of its packages ("pages"), where it has any
    arrows: dict[str, set[str]]  #: room -> the rooms that it imports from, also inside functions
    modules: dict[str, set[str]]  #: the same between modules


def read(root: Path) -> Plan:
    """The house whose files lie below that folder. To read a tree other than one's own takes a process of its own."""
    sys.path.insert(0, str(root))
    graph = grimp.build_graph(*FLOORS, cache_dir=None)
    lines: dict[str, int] = defaultdict(int)
    within: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    arrows: dict[str, set[str]] = defaultdict(set)
    modules = {name: set(graph.find_modules_directly_imported_by(name)) for name in graph.modules}
    for name, called in modules.items():
        room, inner = _room(name), name.split(".")[2:]
        if "versions" in inner or name in FLOORS[:2]:  # migrations, and what only marks a folder
            continue
        file = _file(root, name)
        length = len(file.read_text(encoding="utf-8").splitlines())
        lines[room] += length
        arrows[room] |= {_room(each) for each in called} - {room}
        if inner and root.joinpath(*room.split("."), inner[0]).is_dir():
            within[room][inner[0]] += length
    return Plan(dict(lines), {room: dict(inner) for room, inner in within.items()}, dict(arrows), modules)


def _room(module: str) -> str:
    return ".".join(module.split(".")[:2])


def circles(arrows: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """The strongly connected parts of a graph that have more than one node (Tarjan 1972), nodes sorted."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    open_ones: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        number[node] = low[node] = len(number)
        open_ones.append(node)
        for other in arrows.get(node, ()):
            if other not in number:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in open_ones:
                low[node] = min(low[node], number[other])
        if low[node] == number[node]:
            part = open_ones[open_ones.index(node) :]
            del open_ones[-len(part) :]
            if len(part) > 1:
                found.append(sorted(part))

    for node in sorted(arrows):
        if node not in number:
            visit(node)
    return found


def _file(root: Path, module: str) -> Path:
    folder = root.joinpath(*module.split("."))
    return folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")
