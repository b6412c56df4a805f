"""From the figures of `services.boards` to tables, in the words of `called`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import url_for
from flask_babel import gettext as _

from services import boards
from webapp.boards import called
from webapp.boards.tables import Column, Leading, Table
from webapp.language import words


@dataclass(frozen=True)
class Source:
    """Where figures come from: of which office (None: of all), and how addresses ask for their period."""

    office: str | None
    query: Mapping[str, str]

    def counts(self, value: int, what: str, of: str = "") -> Leading:
        """A figure, with the address of the cases that it counts."""
        asked = {"what": what, **({"of": of} if of else {}), **({"office": self.office} if self.office else {})}
        return Leading(value, f"{url_for('boards.counted')}?{urlencode({**asked, **self.query})}")


def terms_columns(of: str, order: int) -> list[Column]:
    """Kept and late, and apart what rests on a default (I-48); and what part of all was late."""
    said = (_("in time"), _("late"), _("not in the act, in time"), _("not in the act, late"))
    return [*(Column(each, "count", of, order) for each in said), Column(_("late, share"), "share", of, order)]


def terms_cells(terms: boards.Terms, source: Source, what: str) -> list[object]:
    """The cells of a table that say how terms were kept."""
    counted = [source.counts(getattr(terms, of), what, of) for of in ("kept", "late", "kept_default", "late_default")]
    return [*counted, share(counted[1] + counted[3], sum(counted))]


def share(part: int, whole: int) -> float | None:
    """What part of the whole it is, of one; None of nothing."""
    return part / whole if whole else None


def offices(lines: Sequence[boards.OfficeFigures], whole: boards.Figures, query: dict[str, str]) -> Table:
    """Offices side by side."""
    columns = [
        Column(_("Office"), "office"),
        *(Column(said, "count") for said in (_("Received"), _("Finished"), _("Assigned"), _("Refused"))),
        *(Column(said, "count") for said in (_("Ended otherwise"), _("Returns"))),
        *terms_columns(_("Steps"), 1),
        *terms_columns(_("Whole service"), 2),
    ]
    links = {line.key: f"{url_for('boards.office', key=line.key)}?{urlencode(query)}" for line in lines}
    note = _("A case that another office took in for its body stands at both; the last line counts it once.")
    rows: list[list[object]] = [[line.key, *figures_cells(line.figures, Source(line.key, query))] for line in lines]
    total = [_("All"), *figures_cells(whole, Source(None, query))]
    return Table("offices", _("Offices side by side"), columns, rows, total, note, links)


def figures_cells(figures: boards.Figures, source: Source) -> list[object]:
    """The cells of a table that say an office's figures."""
    return [
        source.counts(figures.received, "received"),
        source.counts(figures.finished, "finished"),
        source.counts(figures.approved, "decided", "granted"),
        source.counts(figures.refused, "decided", "denied"),
        source.counts(figures.otherwise.total(), "decided", "otherwise"),
        source.counts(figures.returns, "returns"),
        *terms_cells(figures.steps, source, "terms"),
        *terms_cells(figures.whole, source, "whole"),
    ]


def complaints(lines: Sequence[boards.OfficeFigures], whole: boards.Figures, query: dict[str, str]) -> Table:
    """What became of complaints, of the offices that had any."""
    columns = [Column(_("Office"), "office"), *(Column(str(said), "count") for said in called.COMPLAINTS.values())]
    rows = [
        [line.key, *_complaints_cells(line.figures.complaints, Source(line.key, query))]
        for line in lines
        if line.figures.complaints != boards.Complaints()
    ]
    total = [_("All"), *_complaints_cells(whole.complaints, Source(None, query))]
    return Table("complaints", _("Complaints"), columns, rows, total)


def _complaints_cells(found: boards.Complaints, source: Source) -> list[object]:
    return [source.counts(getattr(found, of), "complaints", of) for of in called.COMPLAINTS]


def steps(lines: Sequence[boards.Times], source: Source) -> Table:
    """Time by step."""
    columns = [Column(_("Code")), Column(_("Step")), *_times_columns(), *_late_columns()]
    rows = []
    for each in lines:
        count, late = (source.counts(getattr(each, n), w, f"{each.code} {each.key}") for n, w in _STEP_FIGURES)
        times = [count, each.median_s, each.ninth_s, each.term_s, late, share(late, count)]
        rows.append([each.code, called.step_title(each.code, each.key), *times])
    return Table("steps", _("Time by step"), columns, rows, note=called.in_classes())


def holders(lines: Sequence[boards.Times], source: Source) -> Table:
    """Time by holder."""
    columns = [
        Column(_("Holder")),
        *_times_columns()[:-1],
        Column(_("Together"), "time"),
        Column(_("Share"), "share"),
    ]
    whole = sum(each.total_s for each in lines)
    rows = [
        [called.holder(each.key), source.counts(each.count, "holder", each.key), each.median_s, each.ninth_s,
         each.total_s, share(each.total_s, whole)]
        for each in lines
    ]  # fmt: skip
    return Table("holders", _("Time by holder"), columns, rows)


def outcomes(figures: boards.Figures, source: Source) -> Table:
    """Finished by outcome, the most frequent first: every one that a diagram ends with."""
    columns = [Column(_("Outcome")), Column(_("Finished"), "count"), Column(_("Share"), "share")]
    rows = [
        [called.outcome(key), source.counts(count, "outcome", key), share(count, figures.finished)]
        for key, count in figures.ended.most_common()
    ]
    whole = [_("All"), source.counts(figures.finished, "finished"), None]
    return Table("outcomes", _("Finished by outcome"), columns, rows, whole)


def grounds(lines: Sequence[boards.Ground], source: Source) -> Table:
    """Refusals by ground."""
    columns = [Column(_("Ground")), Column(_("Refusals"), "count"), Column(_("Share"), "share")]
    whole = sum(each.count for each in lines)
    rows = [
        [called.ground(each.key), source.counts(each.count, "ground", each.key), share(each.count, whole)]
        for each in lines
    ]  # fmt: skip
    return Table("grounds", _("Refusals by ground"), columns, rows)


def late_steps(lines: Sequence[boards.LateStep], of_all: boards.Terms) -> Table:
    """Steps finished late, by the case's number; where these are not all, it says so."""
    columns = [
        Column(_("Number"), "case"),
        *(Column(said) for said in (_("Code"), _("Step"))),
        Column(_("Due"), "moment"),
        Column(_("Done"), "moment"),
        Column(_("Not in the act")),
    ]
    rows = [
        [each.number, each.code, called.step_title(each.code, each.step), each.due_at, each.done_at,
         _("yes") if each.default else ""]
        for each in lines
    ]  # fmt: skip
    links = {each.number: url_for("boards.case", case_id=each.case_id) for each in lines if each.number}
    return Table(
        "late", _("Finished late"), columns, rows, links=links, cut=newest(rows, of_all.late + of_all.late_default)
    )


def newest(rows: Sequence[object], of_all: int, *, more: bool = False) -> str:
    """What a list of the newest leaves out, in words; nothing where all stand there."""
    said = _("The newest %(shown)s of %(all)s stand here.", shown=len(rows), all=f"{of_all}{'+' if more else ''}")
    return said if more or of_all > len(rows) else ""


def elements(heat: boards.Heat, source: Source | None) -> Table:
    """Time on the diagram, as a table; `source` for whoever may look at the cases behind the figures."""
    columns = [
        Column(_("Code")),
        Column(_("Element")),
        Column(_("Heat")),
        *_times_columns(),
        *_late_columns(),
    ]
    rows = []
    for each in heat.measured:
        of = f"{heat.version.id} {each.drawing} {each.element}"
        count, late = each.count, each.late
        if source is not None:
            count, late = source.counts(count, "element", of), source.counts(late, "element_late", of)
        times = [count, each.median_s, each.ninth_s, each.term_s, late, share(late, count)]
        rows.append([each.code, words.t(each.name), called.level(each.level), *times])
    return Table("elements", _("Time on the diagram"), columns, rows, note=called.in_classes())


def late_now(board: boards.HeadBoard) -> Table:
    """The head's list, as a file."""
    titles = (_("When"), _("Number"), _("Applicant"), _("Code"), _("Step"))
    columns = [*map(Column, titles), Column(_("Due"), "moment"), *map(Column, (_("Whose"), _("Why")))]
    rows = [
        [str(called.GROUPS[each.group]), each.number, each.applicant, each.code, words.t(each.title, each), each.due.at,
         called.whose(each), "; ".join(called.why(each))]
        for each in board.rows
    ]  # fmt: skip
    counted, cut = f"{sum(board.counts.values())}{'+' if board.beyond else ''}", ""
    if sum(board.counts.values()) > len(rows):
        cut = _("The most urgent %(shown)s of %(all)s stand here.", shown=len(rows), all=counted)
    return Table("urgent", _("What will be late"), columns, rows, cut=cut)


def _more_than_counted(board: boards.HeadBoard) -> str:
    """A remark that somebody has more than is counted; nothing while nobody has."""
    said = _("Of each, at most %(open)s open ones and %(done)s done ones are counted.",
             open=called.MOST_OPEN, done=called.MOST_DONE)  # fmt: skip
    return said if board.more else ""


def workload(board: boards.HeadBoard) -> Table:
    """Who has how much to do."""
    counts = [Column(str(called.FIGURES[what]), "count") for what in boards.NOW]
    columns = [Column(_("Who")), Column(_("Role")), *counts]
    source = Source(board.office, {})
    rows = []
    for each in board.workload:
        whose = f"{each.role} {each.person_id or ''}".strip()
        figures = [source.counts(getattr(each, what), what, whose) for what in boards.NOW]
        rows.append([each.name or _("nobody yet"), words.word("role", each.role), *figures])
    return Table("workload", _("Workload"), columns, rows, cut=_more_than_counted(board))


#: a step's figures, and what each is asked for as
_STEP_FIGURES = (("count", "step"), ("late", "step_late"))


def _late_columns() -> list[Column]:
    return [Column(_("Late"), "count"), Column(_("late, share"), "share")]


def _times_columns() -> list[Column]:
    return [
        Column(_("Times"), "count"),
        Column(_("Median"), "time"),
        Column(_("Nine of ten"), "time"),
        Column(_("Term"), "time"),
    ]


def counted(said: str, found: boards.CasesCounted) -> Table:
    """The cases behind a figure, by their numbers."""
    steps = any(row.title for row in found.rows)
    columns = [
        Column(_("Number"), "case"),
        Column(_("Office"), "office"),
        *((Column(_("Code")), Column(_("Step"))) if steps else (Column(_("Outcome")), Column(_("Returns"), "count"))),
        Column(_("Due"), "moment"),
        Column(_("Done"), "moment"),
    ]
    rows: list[list[object]] = []
    for row in found.rows:
        what = [row.code, words.t(row.title, row)] if steps else [called.outcome(row.outcome), row.rounds]
        rows.append([row.number or str(row.case_id), row.office, *what, row.due_at, row.at])
    links = {
        str(row[0]): url_for("boards.case", case_id=each.case_id) for row, each in zip(rows, found.rows, strict=True)
    }
    return Table("counted", said, columns, rows, links=links, cut=newest(rows, found.cases, more=found.more))
