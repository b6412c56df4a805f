"""What applicants would not be told although the region's table `told` says so, and what would cost more than one SMS.

A line of a case's history that nothing writes never comes, and nobody would miss the message: so it is said here.
"""

from collections.abc import Iterator
from difflib import get_close_matches

from services import telling
from services.registry import Registry
from services.soundness import sentences as say
from services.soundness.cells import few
from services.soundness.columns import TEXTS, TOLD_EVENTS
from services.soundness.fault import RegionFault
from services.soundness.reading import Package, TableLine


def told_faults(registry: Registry, package: Package) -> Iterator[RegionFault]:
    """Of a table that can be read."""
    first: dict[str, TableLine] = {}
    for line in package.tables["told"]:
        yield from _line(registry, line)
        other = first.setdefault(line.row["fact"], line)
        if any(line.row[each] != other.row[each] for each in TEXTS):
            yield line.fault(say.TOLD_OTHERWISE, fact=line.row["fact"], other=other.line)
    for name in ("told", "public_words"):
        for line in package.tables[name]:
            yield from _outcome(registry, line)


def _line(registry: Registry, line: TableLine) -> Iterator[RegionFault]:
    event = line.row["event"]
    if event and event not in TOLD_EVENTS and not registry.event(event):
        yield line.fault(say.NOT_ONE_OF, column="event", value=event, known=few(TOLD_EVENTS))
    for column in TEXTS:
        if (parts := telling.parts_of(line.row[column])) > 1:
            told = {"column": column, "letters": len(line.row[column]), "parts": parts}
            yield line.fault(say.TOO_LONG, **told)


def _outcome(registry: Registry, line: TableLine) -> Iterator[RegionFault]:
    """One that is like a plugin's and none; what is like none of them may be a diagram's own."""
    known, said = sorted(registry.outcomes), line.row["outcome"]
    if said and said not in known and (near := get_close_matches(said, known, 3, 0.75)):
        yield line.fault(say.NOT_ONE_OF, column="outcome", value=said, known=", ".join(near))
