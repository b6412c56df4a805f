"""Time on the diagram: how long each element of one version took in a period, beside the term that it has."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select

from services import directory, figures, processes, registry
from services.boards import access
from services.boards.looked import look
from services.boards.looked import measured as measures_of
from services.boards.period import Period
from services.cases import NotYours
from services.db import db
from services.errors import NotFound
from services.figures import Tree
from services.processes.models import ProcessDefinition

Level = Literal["short", "half", "near", "over", "free"]
LEVELS: tuple[Level, ...] = ("short", "half", "near", "over", "free")
#: the same from cold to warm
WARMTH: tuple[Level, ...] = ("free", "short", "half", "near", "over")
#: how many versions back one can look
MOST_VERSIONS = 30


@dataclass(frozen=True)
class Version:
    """A route in one of its versions."""

    id: int
    key: str
    version: int


@dataclass(frozen=True)
class Measured:
    """One element of a drawing."""

    drawing: str
    element: str
    name: str  #: as drawn, in Kazakh
    code: str
    step: str
    count: int
    median_s: int
    ninth_s: int
    total_s: int
    term_s: int | None
    late: int

    @property
    def level(self) -> Level:
        """How warm it is: the median beside the term; `free` where there is no term."""
        if not self.term_s:
            return "free"
        share = self.median_s / self.term_s
        return "short" if share <= 0.25 else "half" if share <= 0.6 else "near" if share <= 1 else "over"


@dataclass(frozen=True)
class Heat:
    """How long each element of a drawing took in a period, and those of what it calls."""

    version: Version
    drawings: Sequence[str]  #: processes by which the drawings are asked for, the route's own first
    measured: Sequence[Measured]
    not_counted: figures.NotCounted

    def inside(self, drawing: str) -> dict[str, Measured]:
        """Call activity on that drawing -> the warmest of what it calls, however deep."""
        found = {}
        for element, called in processes.calls_of(self.version.id, drawing).items():
            within = [each for each in self.measured if each.drawing in self._below(called)]
            if within and called != drawing:
                found[element] = max(within, key=lambda each: (WARMTH.index(each.level), each.total_s))
        return found

    def _below(self, drawing: str, known: frozenset[str] = frozenset()) -> frozenset[str]:
        """The drawing and those of what is called from it."""
        known |= {drawing}
        for called in processes.calls_of(self.version.id, drawing).values():
            if called not in known:
                known = self._below(called, known)
        return known


def versions(route: str) -> Sequence[Version]:
    """The versions of that route, the newest first."""
    rows = db.session.scalars(
        select(ProcessDefinition).filter_by(key=route).order_by(ProcessDefinition.version.desc()).limit(MOST_VERSIONS)
    )
    return [Version(row.id, row.key, row.version) for row in rows]


def heat(version: Version, period: Period, person: directory.Person, office_key: str | None = None) -> Heat:
    """What the elements of that version took in the period, at all offices or at one. Raises NotYours."""
    looked = look(period, person, office_key, measure=True)
    beside = set(pools(version))
    found: dict[tuple[int, str, str], Tree] = {}
    named: dict[tuple[int, str, str], tuple[str, str, str]] = {}
    for _, place, tree in looked.places():
        if place.definition in beside:
            key = (place.definition, place.process, place.element)
            figures.add(found.setdefault(key, {}), tree)
            told = (place.name, place.code, place.step)
            name, code, step = (max(each) for each in zip(named.get(key, told), told, strict=True))
            named[key] = (name, code, step)
    measured = []
    for key, tree in sorted(found.items()):
        count, *times, term, late = measures_of(tree)
        if count:
            drawing = processes.drawing_of(key[0], key[1])
            measured.append(Measured(drawing, key[2], *named[key], count, times[0], times[1], times[2], term, late))
    order = {(row["code"], row["key"]): at for at, row in enumerate(registry.current().steps_of_all())}
    measured.sort(key=lambda each: order.get((each.code, each.step), len(order)))
    own = processes.drawing_of(version.id, version.key)
    others = sorted({each.drawing for each in measured} - {own})
    return Heat(version, [own, *others], measured, looked.not_counted)


def diagram(version: Version, process: str, language: str, person: directory.Person) -> bytes:
    """The drawing of a process of that version. Raises NotFound, NotYours."""
    if not access.may_measure(person):
        raise NotYours(role=processes.DESIGNER, office=str(registry.current().facts()["control_office"]))
    return processes.diagram(version.id, process, language, registry.current())


def version_by_id(definition_id: int) -> Version:
    """Raises NotFound."""
    row = db.session.get(ProcessDefinition, definition_id) if 0 < definition_id < 2**63 else None
    if row is None:
        raise NotFound("There is no process definition %(id)s.", id=definition_id)
    return Version(row.id, row.key, row.version)


def pools(version: Version) -> list[int]:
    """The route's definition, and those deployed with it that are drawn on the same sheet."""
    deployed = select(ProcessDefinition.deployment_id).filter_by(id=version.id).scalar_subquery()
    beside = select(ProcessDefinition.id, ProcessDefinition.key).where(ProcessDefinition.deployment_id == deployed)
    return [
        row.id
        for row in db.session.execute(beside)
        if processes.drawing_of(row.id, row.key) == processes.drawing_of(version.id, version.key)
    ]
