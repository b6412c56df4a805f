"""From the figures of `services.boards` to tables, with the words of the reader's language."""

from collections.abc import Mapping, Sequence
from datetime import date
from urllib.parse import urlencode

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from services import boards, registry
from webapp.boards.tables import Column, Table
from webapp.language import dates, words
from webapp.language.i18n import language

HOLDERS = {
    "body": lazy_gettext("Authorised body"),
    "psc": lazy_gettext("PSC"),
    "courier": lazy_gettext("Courier"),
    "citizen": lazy_gettext("Applicant"),
}
GROUPS = {
    "late": lazy_gettext("Late now"),
    "today": lazy_gettext("Today"),
    "tomorrow": lazy_gettext("Next working day"),
    "week": lazy_gettext("Within five working days"),
}
LEVELS = {
    "short": ("●○○○", lazy_gettext("up to a quarter of the term")),
    "half": ("●●○○", lazy_gettext("up to 60 percent of the term")),
    "near": ("●●●○", lazy_gettext("up to the whole term")),
    "over": ("●●●●", lazy_gettext("longer than the term")),
    "free": ("—", lazy_gettext("no term")),
}
PRESETS = {
    "days_30": lazy_gettext("30 days"),
    "week": lazy_gettext("This week"),
    "month": lazy_gettext("This month"),
    "last_month": lazy_gettext("Last month"),
    "quarter": lazy_gettext("This quarter"),
    "year": lazy_gettext("This year"),
}


def terms_columns(of: str, order: int) -> list[Column]:
    """Kept and late, and apart what rests on a default (I-48)."""
    said = (_("in time"), _("late"), _("not in the act, in time"), _("not in the act, late"))
    return [Column(each, "count", of, order) for each in said]


def terms_cells(terms: boards.Terms) -> list[object]:
    """The cells of a table that say how terms were kept."""
    return [terms.kept, terms.late, terms.kept_default, terms.late_default]


def offices(lines: Sequence[boards.OfficeFigures], whole: boards.Figures, query: dict[str, str]) -> Table:
    """Offices side by side."""
    columns = [
        Column(_("Office"), "office"),
        *(Column(said, "count") for said in (_("Received"), _("Finished"), _("Assigned"), _("Refused"))),
        Column(_("Returns"), "count"),
        *terms_columns(_("Steps"), 1),
        *terms_columns(_("Whole service"), 2),
    ]
    links = {line.key: f"{url_for('boards.office', key=line.key)}?{urlencode(query)}" for line in lines}
    note = _("A case that a PSC took in stands at the PSC and at its body; the last line counts it once.")
    rows: list[list[object]] = [[line.key, *figures_cells(line.figures)] for line in lines]
    return Table("offices", _("Offices side by side"), columns, rows, [_("All"), *figures_cells(whole)], note, links)


def figures_cells(figures: boards.Figures) -> list[object]:
    """The cells of a table that say an office's figures."""
    return [
        figures.received,
        figures.finished,
        figures.approved,
        figures.refused,
        figures.returns,
        *terms_cells(figures.steps),
        *terms_cells(figures.whole),
    ]


def steps(lines: Sequence[boards.Times]) -> Table:
    """Time by step."""
    columns = [Column(_("Code")), Column(_("Step")), *_times_columns(), Column(_("Late"), "count")]
    rows = [
        [each.code, step_title(each.code, each.key), each.count, each.median_s, each.ninth_s, each.term_s, each.late]
        for each in lines
    ]
    return Table("steps", _("Time by step"), columns, rows)


def holders(lines: Sequence[boards.Times]) -> Table:
    """Time by holder."""
    columns = [Column(_("Holder")), *_times_columns()[:-1], Column(_("Together"), "time")]
    rows = [[str(HOLDERS[each.key]), each.count, each.median_s, each.ninth_s, each.total_s] for each in lines]
    return Table("holders", _("Time by holder"), columns, rows)


def grounds(lines: Sequence[boards.Ground]) -> Table:
    """Refusals by ground."""
    titles = registry.current().by_key("grounds")
    columns = [Column(_("Ground")), Column(_("Refusals"), "count")]
    rows = [[words.t(titles[each.key]["title_kk"]) if each.key in titles else each.key, each.count] for each in lines]
    return Table("grounds", _("Refusals by ground"), columns, rows)


def late_steps(lines: Sequence[boards.LateStep]) -> Table:
    """Steps finished late, by the case's number."""
    columns = [
        Column(_("Number"), "case"),
        *(Column(said) for said in (_("Code"), _("Step"))),
        Column(_("Due"), "moment"),
        Column(_("Done"), "moment"),
        Column(_("Not in the act")),
    ]
    rows = [
        [each.number, each.code, step_title(each.code, each.step), each.due_at, each.done_at,
         _("yes") if each.default else ""]
        for each in lines
    ]  # fmt: skip
    links = {each.number: url_for("boards.case", case_id=each.case_id) for each in lines if each.number}
    return Table("late", _("Finished late"), columns, rows, links=links)


def elements(heat: boards.Heat) -> Table:
    """Time on the diagram, as a table."""
    columns = [
        Column(_("Code")),
        Column(_("Element")),
        Column(_("Heat")),
        *_times_columns(),
        Column(_("Late"), "count"),
    ]
    rows = [
        [each.code, words.t(each.name), level_said(each.level), each.count, each.median_s, each.ninth_s, each.term_s,
         each.late]
        for each in heat.measured
    ]  # fmt: skip
    return Table("elements", _("Time on the diagram"), columns, rows)


def late_now(board: boards.HeadBoard) -> Table:
    """The head's list, as a file."""
    titles = (_("When"), _("Number"), _("Applicant"), _("Code"), _("Step"))
    columns = [*map(Column, titles), Column(_("Due"), "moment"), *map(Column, (_("Whose"), _("Why")))]
    rows = [
        [str(GROUPS[each.group]), each.number, each.applicant, each.code, words.t(each.title), each.due.at, whose(each),
         "; ".join(why(each))]
        for each in board.rows
    ]  # fmt: skip
    return Table("urgent", _("What will be late"), columns, rows)


def workload(board: boards.HeadBoard) -> Table:
    """Who has how much to do."""
    counts = (_("Open"), _("Due this week"), _("Late"), _("Done in 30 days"))
    columns = [Column(_("Who")), Column(_("Role")), *(Column(said, "count") for said in counts)]
    rows = [
        [each.name or _("nobody yet"), words.word("role", each.role), each.open, each.week, each.late, each.done]
        for each in board.workload
    ]
    return Table("workload", _("Workload"), columns, rows)


def whose(row: boards.Late) -> str:
    """The person in whose hands it is, else the role, and where, when that is another office."""
    return row.holder or words.word("role", row.role)


def why(row: boards.Late) -> list[str]:
    """What it hangs on, in words."""
    said = [_("term of the step") if row.due.clock == "step" else _("term of the whole service")]
    if row.missing:
        said.append(_("the paper is missing"))
    elif row.waiting:
        said.append(_("waits for: %(whom)s", whom=str(HOLDERS[row.waits_for])))
    if row.round > 1:
        said.append(_("returned %(times)s", times=words.counted("times", row.round - 1)))
    if row.holder is None and row.may_reassign:
        said.append(_("nobody has taken it"))
    return said


def ratio(returns: int, finished: int) -> str:
    """Returns for a finished case."""
    said = f"{returns / finished:.2f}" if finished else "—"
    return said if language() == "en" else said.replace(".", ",")


def day_until(on: date) -> str:
    """«26 қарашаға дейін», "until 26 November"."""
    return dates.day_until(on, language())


def day(on: date) -> str:
    """A day by its number and month."""
    return dates.day(on, language())


def route(key: str) -> str:
    """A route in the reader's language."""
    routes: Mapping[str, Mapping[str, str]] = registry.current().facts()["routes"]
    return routes[key][f"name_{language()}"] if key in routes else key


def level_said(level: str) -> str:
    """How near a due date is, in words."""
    mark, said = LEVELS[level]
    return f"{mark} {said}"


def step_title(code: str, key: str) -> str:
    """A step in the reader's language, as the region's table names it."""
    rows = registry.current().table("steps")
    row = next((row for row in rows if row["code"] == code and row["key"] == key), None)
    return words.t(row["title_kk"]) if row else key


def _times_columns() -> list[Column]:
    return [
        Column(_("Times"), "count"),
        Column(_("Median"), "time"),
        Column(_("Nine of ten"), "time"),
        Column(_("Term"), "time"),
    ]
