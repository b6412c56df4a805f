"""Which clauses of the act nothing in Komek stands for, and what stands there without a clause.

For a clause stand rows of the region's tables, printed forms, and steps of the diagrams, which name theirs through the
row of their step. Nothing here is asked of the database.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from services import law
from services.bpmn import FileSet, read_drawing
from services.law import Clause, NamingRow
from services.processes.changes import NameDrawn
from services.registry import Registry


@dataclass(frozen=True)
class TaskDrawn:
    """A step of a diagram: somebody's or a program's."""

    process: str
    id: str
    kind: str  #: BPMN local name
    name: NameDrawn
    step: str  #: of the region's table; empty for none
    clauses: Sequence[str]


@dataclass
class ClauseCovered:
    """A clause, and what stands for it."""

    clause: Clause
    rows: list[NamingRow] = field(default_factory=list)
    elements: list[TaskDrawn] = field(default_factory=list)
    papers: list[str] = field(default_factory=list)  #: places of printed forms
    through: bool = False  #: something stands for a clause that carries it out

    @property
    def stands(self) -> bool:
        return bool(self.rows or self.elements or self.papers or self.through)

    @property
    def missing(self) -> bool:
        """Whether the clause asks for something, and nothing stands for it."""
        return self.clause.asks and not self.stands


@dataclass(frozen=True)
class ActCoverage:
    """What the act says beside what Komek has, both ways."""

    clauses: Sequence[ClauseCovered]  #: in the order of the act; none where the region lists none
    rows_without: Sequence[NamingRow]
    elements_without: Sequence[TaskDrawn]
    papers_without: Sequence[str]
    unknown: Sequence[tuple[str, str]]  #: what names a clause that is not in the list, and that clause

    @property
    def missing(self) -> Sequence[ClauseCovered]:
        return [each for each in self.clauses if each.missing]


def coverage(registry: Registry) -> ActCoverage:
    """Of the region under that edition of its act. Raises BadDiagram."""
    rows, papers = law.naming_rows(registry), law.naming_papers(registry)
    elements = list(_elements(registry, rows))
    act = _Act(registry)
    for row in rows:
        for clause in act.under(row.clauses, f"{row.table}.csv {row.key}"):
            clause.rows.append(row)
    for place, named in papers.items():
        for clause in act.under(named, place):
            clause.papers.append(place)
    for element in elements:
        for clause in act.under(element.clauses):
            clause.elements.append(element)
    act.pass_on()
    return ActCoverage(
        list(act.known.values()),
        [each for each in rows if not each.clauses],
        [each for each in elements if not each.clauses],
        [place for place, named in papers.items() if not named],
        act.unknown,
    )


class _Act:
    """The clauses, while what stands for them is looked for."""

    def __init__(self, registry: Registry) -> None:
        self.known = {each.key: ClauseCovered(each) for each in law.clauses_of(registry)}
        self.unknown: list[tuple[str, str]] = []

    def under(self, named: Sequence[str], who: str = "") -> Sequence[ClauseCovered]:
        """The clauses of the list that those names mean, each once; a name that means none is kept as that of `who`."""
        found = {each: law.narrowest(each, self.known) for each in named}
        self.unknown += [(who, each) for each, key in found.items() if key is None and who]
        return [self.known[key] for key in dict.fromkeys(found.values()) if key is not None]

    def pass_on(self) -> None:
        """What stands for a clause that carries another out stands for that one, too."""
        for each in self.known.values():
            through = self.under(each.clause.through, f"clauses.csv {each.clause.key}")
            each.through = any(other.rows or other.elements or other.papers for other in through)


def _elements(registry: Registry, rows: Sequence[NamingRow]) -> Iterator[TaskDrawn]:
    """Every task of the diagrams that the region brings or has in common with others.

    A diagram of a route names the clauses of that route's steps; one that several routes call, those of all.
    """
    steps = [(row.route, row.key.removeprefix(f"{row.route} "), row.clauses) for row in rows if row.table == "steps"]
    contents = {place: file.read_bytes() for place, file in registry.matching("bpmn/*.bpmn").items()}
    files = FileSet.of(contents)
    for place in contents:
        pools = read_drawing(files.root(place)).pools
        own = {pool.process for pool in pools} & {route for route, _, _ in steps}
        for pool in pools:
            for node in pool.nodes():
                if node.kind.lower().endswith("task"):
                    named = [
                        clauses for route, step, clauses in steps if step == node.step and (not own or route in own)
                    ]
                    name = NameDrawn(f"bpmn:{pool.process}", node.name, node.kind)
                    clauses = tuple(dict.fromkeys(each for clauses in named for each in clauses))
                    yield TaskDrawn(pool.process, node.id, node.kind, name, node.step, clauses)
