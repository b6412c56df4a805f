"""Which nodes of a graph can come round to themselves."""

from collections.abc import Iterable, Iterator, Mapping


def circles(edges: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """Node -> number of the circle it belongs to; nodes that belong to none are not there. In linear time."""
    order = _finished(edges, list(edges))
    backwards: dict[str, list[str]] = {}
    for node, targets in edges.items():
        for target in targets:
            backwards.setdefault(target, []).append(node)
    found: dict[str, int] = {}
    seen: set[str] = set()
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


def _finished(edges: Mapping[str, Iterable[str]], roots: Iterable[str]) -> list[str]:
    """Depth first: every node after all that it leads to."""
    order: list[str] = []
    seen: set[str] = set()
    for root in roots:
        if root in seen:
            continue
        seen.add(root)
        trail: list[tuple[str, Iterator[str]]] = [(root, iter(edges.get(root, ())))]
        while trail:
            node, targets = trail[-1]
            target = next((each for each in targets if each not in seen), None)
            if target is None:
                order.append(node)
                trail.pop()
            else:
                seen.add(target)
                trail.append((target, iter(edges.get(target, ()))))
    return order
