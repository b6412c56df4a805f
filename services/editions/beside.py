"""Two laws side by side: editions of an act, or two regions. What is drawn is told in sentences, too, and what is
printed line by line."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from services import bpmn, law, processes
from services.law import ColumnChange, Kind, RowChange
from services.processes.changes import Change
from services.registry import Registry

DRAWN = (".bpmn", ".dmn", ".form")


@dataclass(frozen=True)
class PrintedOtherwise:
    """What a printed form says now in a place where it said something else; either may be empty."""

    before: Sequence[str]
    after: Sequence[str]


@dataclass(frozen=True)
class FileCompared:
    """A file that came, went, or says something else: what of it."""

    place: str
    kind: Kind
    cells: Sequence[ColumnChange] = ()  #: of `region.toml`
    drawn: Sequence[Change] = ()  #: of a diagram, a decision or a form
    printed: Sequence[PrintedOtherwise] = ()  #: of a printed form
    unread: bool = False  #: it is no diagram that can be read

    @property
    def laid_out(self) -> bool:
        """Of a file that changed: that what it draws, decides, asks or prints is as before."""
        return self.kind == "changed" and not (self.cells or self.drawn or self.printed or self.unread or self.listed)

    @property
    def listed(self) -> bool:
        """Whether this is a table, or says how clauses are called: not told in sentences."""
        return self.place.endswith((".csv", ".toml"))


@dataclass(frozen=True)
class TwoLaws:
    """What the second law says otherwise than the first."""

    rows: Sequence[RowChange]
    files: Sequence[FileCompared]

    @property
    def without_clause(self) -> Sequence[RowChange]:
        """Rows that no clause names."""
        return [row for row in self.rows if not row.clause]

    def __bool__(self) -> bool:
        return bool(self.rows or self.files)


def beside(before: Registry, after: Registry) -> TwoLaws:
    """Row by row and file by file. Raises BadTable."""
    files = [_file(each, before, after) for each in law.changed_files(before, after)]
    return TwoLaws(law.changed_rows(before, after), [each for each in files if each is not None])


def _file(change: law.FileChange, before: Registry, after: Registry) -> FileCompared | None:
    """What that comes to beside files that all regions have in common; None when to nothing."""
    place, was, now = change.place, _content(before, change.place), _content(after, change.place)
    if place == "region.toml" or place.endswith(".csv"):
        return FileCompared(place, change.kind, change.cells)
    if was == now:
        return None
    kind: Kind = "changed" if was is not None and now is not None else "added" if was is None else "removed"
    if kind == "removed":
        return FileCompared(place, kind)
    if not place.endswith(DRAWN):
        return FileCompared(place, kind, printed=_lines(was or b"", now or b"") if kind == "changed" else ())
    try:
        return FileCompared(place, kind, drawn=processes.changes({place: was} if was else {}, {place: now or b""}))
    except bpmn.BadDiagram:
        return FileCompared(place, kind, unread=True)


def _content(registry: Registry, place: str) -> bytes | None:
    return next((file.read_bytes() for file in registry.files(place)), None)


def _lines(was: bytes, now: bytes) -> Sequence[PrintedOtherwise]:
    """Where a printed form says something else: its lines, without remarks for whoever writes it."""
    one, other = _said(was), _said(now)
    blocks = SequenceMatcher(a=one, b=other, autojunk=False).get_opcodes()
    return [PrintedOtherwise(one[a:b], other[c:d]) for what, a, b, c, d in blocks if what != "equal"]


def _said(content: bytes) -> list[str]:
    lines = (line.strip() for line in content.decode("utf-8", "replace").splitlines())
    return [line for line in lines if line and not line.startswith("//")]
