"""Walks over graphs, whatever their nodes: what comes round to itself, and where ways meet again. In linear time."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

N = TypeVar("N", bound=Hashable)


def finished(roots: Iterable[N], ahead: Callable[[N], Iterable[N]]) -> list[N]:
    """What is reached from these roots, depth first: every node after all that it leads to, loops apart."""
    order: list[N] = []
    seen: set[N] = set()
    for root in roots:
        if root in seen:
            continue
        seen.add(root)
        trail: list[tuple[N, Iterator[N]]] = [(root, iter(ahead(root)))]
        while trail:
            node, targets = trail[-1]
            target = next((each for each in targets if each not in seen), None)
            if target is None:
                order.append(node)
                trail.pop()
            else:
                seen.add(target)
                trail.append((target, iter(ahead(target))))
    return order


def circles_of(edges: Mapping[N, Iterable[N]]) -> dict[N, int]:
    """Node -> number of the circle it belongs to; nodes that belong to none are not there."""
    order = finished(edges, lambda node: edges.get(node, ()))
    backwards: dict[N, list[N]] = {}
    for node, targets in edges.items():
        for target in targets:
            backwards.setdefault(target, []).append(node)
    found: dict[N, int] = {}
    seen: set[N] = set()
    for number, root in enumerate(reversed(order)):
        if root in seen:
            continue
        part, ahead = [], [root]
        seen.add(root)
        while ahead:
            node = ahead.pop()
            part.append(node)
            fresh = [each for each in backwards.get(node, ()) if each not in seen]
            seen.update(fresh)
            ahead += dict.fromkeys(fresh)
        if len(part) > 1 or root in edges.get(root, ()):
            found |= dict.fromkeys(part, number)
    return found


def meeting_points(after: Mapping[N, Sequence[N]]) -> dict[N, N]:
    """Node -> the first node that every way from it to an end passes; nodes without one are left out.

    The way of Cooper, Harvey and Kennedy, from the ends backwards.
    """
    before: dict[N, list[N]] = {node: [] for node in after}
    for node, targets in after.items():
        for target in targets:
            before[target].append(node)
    ends = [node for node, targets in after.items() if not targets]
    order = finished(ends, before.__getitem__)[::-1]  # those that reach an end, in reverse post-order backwards
    number = {node: at for at, node in enumerate(order, start=1)}  # 0 is the end of all ends
    meets = [0] * (len(order) + 1)
    met = [False] * (len(order) + 1)
    met[0] = True
    changed = True
    while changed:
        changed = False
        for node in order:
            at = number[node]
            known = [number[each] for each in after[node] if each in number and met[number[each]]]
            found = 0 if not after[node] or not known else known[0]
            for other in known[1:]:
                found = _common(found, other, meets)
            if not met[at] or meets[at] != found:
                meets[at], met[at], changed = found, True, True
    return {node: order[meets[number[node]] - 1] for node in order if meets[number[node]]}


def _common(one: int, other: int, meets: Sequence[int]) -> int:
    while one != other:
        if one > other:
            one = meets[one]
        else:
            other = meets[other]
    return one
