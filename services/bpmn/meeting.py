"""Where the ways that leave a node meet again: its immediate post-dominator. Pure; any graph will do."""

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

N = TypeVar("N", bound=Hashable)


def meeting_points(after: Mapping[N, Sequence[N]]) -> dict[N, N]:
    """Node -> the first node that every way from it to an end passes; nodes without one are left out.

    The way of Cooper, Harvey and Kennedy, from the ends backwards.
    """
    before: dict[N, list[N]] = {node: [] for node in after}
    for node, targets in after.items():
        for target in targets:
            before[target].append(node)
    ends = [node for node, targets in after.items() if not targets]
    order = _from_the_ends(ends, before)
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


def _from_the_ends(ends: Sequence[N], before: Mapping[N, Sequence[N]]) -> list[N]:
    """Nodes that reach an end, in reverse post-order of the way backwards."""
    order: list[N] = []
    seen = set(ends)
    for end in ends:
        stack = [(end, iter(before[end]))]
        while stack:
            node, rest = stack[-1]
            ahead = next((each for each in rest if each not in seen), None)
            if ahead is None:
                order.append(node)
                stack.pop()
            else:
                seen.add(ahead)
                stack.append((ahead, iter(before[ahead])))
    order.reverse()
    return order
