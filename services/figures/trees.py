"""Trees of numbers, which are added and taken from each other leaf by leaf; and the median of what stands in classes.

A time in seconds is kept in a class: how many there are in it, and their sum. Classes are a sixteenth of an octave
wide, so that the mean of one is within six percent of every time in it; what stands alone is told to the second.
"""

from bisect import bisect_right
from collections.abc import Mapping
from typing import Any, Final

Tree = dict[str, Any]

_STEPS = 16
#: lower bounds of the classes, in seconds: up to 2**24 s of working time
BOUNDS: Final = (*range(_STEPS), *(2**octave * (_STEPS + step) for octave in range(20) for step in range(_STEPS)))


def class_of(seconds: int) -> int:
    """Which class a time is in, as PostgreSQL's `width_bucket` says it over `BOUNDS`."""
    return bisect_right(BOUNDS, seconds)


def add(into: Tree, more: Mapping[str, Any], times: int = 1) -> Tree:
    """Add the other tree so many times; what comes to nothing stays, as nought."""
    for key, value in more.items():
        if isinstance(value, dict):  # and no other mapping: a year of offices is tens of thousands of leaves
            add(into.setdefault(key, {}), value, times)
        else:
            into[key] = into.get(key, 0) + times * value
    return into


def bare(tree: Mapping[str, Any]) -> Tree:
    """Without what came to nothing."""
    found: Tree = {}
    for key, value in tree.items():
        kept = bare(value) if isinstance(value, dict) else value
        if kept:
            found[key] = kept
    return found


def measures(classes: Mapping[str, Mapping[str, int]], *shares: float) -> list[int | None]:
    """How long so large a part of all took at most, by linear interpolation, for each of these parts.

    `classes`: {"n": class -> how many, "s": class -> their sum}; None of nothing.
    """
    many, sums = classes.get("n", {}), classes.get("s", {})
    filled = sorted((int(key), count, sums.get(key, 0) / count) for key, count in many.items() if count > 0)
    whole = sum(count for _, count, _ in filled)
    if not whole:
        return [None for _ in shares]

    def at(place: int) -> float:
        for _, count, mean in filled:
            if place < count:
                return mean
            place -= count
        return filled[-1][2]

    found: list[int | None] = []
    for share in shares:
        place = share * (whole - 1)
        below, part = int(place), place - int(place)
        found.append(round(at(below) + part * (at(min(below + 1, whole - 1)) - at(below))))
    return found
