"""The boards' pages. Any of them with `as=xlsx`, or `as=csv` and a table's key, is a file instead."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import Blueprint, Response, g, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import login_required
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from services import boards, calls, cases, clock, processes, registry
from services.errors import NotFound
from webapp import asked, neighbours, standby
from webapp.boards import called, made, pictures, tables
from webapp.boards.tables import Table
from webapp.errors import sentences_of
from webapp.language import dates, words
from webapp.language.i18n import language
from webapp.language.laws import speak_of
from webapp.standby import by_standby

bp = Blueprint("boards", __name__, template_folder="templates", url_prefix="/boards")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Board:
    """What every board's page and file begin with."""

    title: str
    period: str  #: in words
    file: str  #: beginning of the files' names
    tables: Sequence[Table]

    def __getitem__(self, key: str) -> Table:
        return next(table for table in self.tables if table.key == key)


@bp.get("/")
@login_required
def show() -> AnyResponse:
    """The board that is this person's: the head's of the office they stand in, else that of all offices."""
    if boards.may_lead(g.person, g.office_key or ""):
        return redirect(url_for("boards.head"))
    return redirect(url_for("boards.region" if boards.may_compare(g.person) else "boards.heat"))


@bp.get("/head")
@login_required
@by_standby
def head() -> str | Response:
    """What will be late at this office, whose it is and why."""
    return _head(None)


@bp.post("/head/reassign")
@login_required
def reassign() -> str | Response:
    """Put what is ticked into another's hands; what may not go is named, with the reason."""
    ticked, to = asked.form.texts("task"), asked.form.number("to") or 0
    return _head(cases.hand_on_tasks(ticked, to, g.person, asked.form.numbers_of("held")))


def _head(verdicts: Sequence[cases.TaskVerdict] | None) -> str | Response:
    page = boards.head_board(g.office_key or "", g.person)
    board = Board(
        gettext("Board"), _just_now(), f"{page.office.lower()}-today", [made.late_now(page), made.workload(page)]
    )
    refused = [(each.number, sentences_of(each.error)) for each in verdicts or () if each.error is not None]
    given = None if verdicts is None else len(verdicts) - len(refused)
    drawn = pictures.of_work(page.workload)
    return _answer("boards/head.html", board, page=page, given=given, refused=refused, pictures=drawn)


@bp.get("/region")
@login_required
@by_standby
def region() -> str | Response:
    """All offices side by side."""
    period, query = _period()
    looked = boards.look(period, g.person)
    lines, whole = boards.side_by_side(looked)
    common, drawn = _common(looked, made.Source(None, query), whole)
    drawn["offices"] = pictures.of_terms([line.figures.steps for line in lines])
    made_of = [made.offices(lines, whole, query), made.complaints(lines, whole, query), *common]
    said = called.not_counted(looked.not_counted)
    board = _board(gettext("Offices side by side"), period, "region", made_of, said)
    source = made.Source(None, query)
    shown = {"whole": whole, "pictures": drawn, "source": source, "compares": neighbours.compares(g.person)}
    return _answer("boards/region.html", board, period=period, query=query, as_of_said=said, **shown)


@bp.get("/offices/<key>")
@login_required
@by_standby
def office(key: str) -> str | Response:
    """One office's figures."""
    period, query = _period()
    looked = boards.look(period, g.person, key)
    figures = boards.figures_of(looked)
    late = made.late_steps(boards.late_steps(period, g.person, key), figures.steps)
    common, drawn = _common(looked, made.Source(key, query), figures)
    said = called.not_counted(looked.not_counted)
    board = _board(words.office_name(key), period, key.lower(), [*common, late], said)
    shown = {"figures": figures, "source": made.Source(key, query), "pictures": drawn}
    more = {**shown, "key": key, "everywhere": boards.may_compare(g.person)}
    return _answer("boards/office.html", board, period=period, query=query, as_of_said=said, **more)


@bp.get("/cases/<int:case_id>")
@login_required
def case(case_id: int) -> str | AnyResponse:
    """How one case stands, for whoever answers for its terms; who may look at the case itself lands there."""
    found = boards.standing(case_id, g.person)
    if any(cases.looks_at_cases(g.person, key) for key in (found.office, found.body)):
        return redirect(url_for("case.show", case_id=case_id))
    speak_of(found)
    lookups = calls.looked_up(g.person, case_id=case_id) if calls.may_watch(g.person) else []
    return render_template("boards/case.html", case=found, lookups=lookups)


@bp.get("/heat")
@login_required
@by_standby
def heat() -> str | Response:
    """Time on the diagram of one version of a route."""
    period, query = _period()
    key = asked.address.text("office") or (None if boards.may_look_everywhere(g.person) else g.office_key)
    chosen = _version()
    found = boards.heat(chosen, period, g.person, key)
    said = called.not_counted(found.not_counted)
    elements = made.elements(found, _source_of_heat(key, query))
    board = _board(gettext("Time on the diagram"), period, f"{chosen.key}-{chosen.version}", [elements], said)
    kept = {"version": str(chosen.id), **({"office": key} if key else {})}
    return _answer(
        "boards/heat.html",
        board,
        period=period,
        query={**query, **kept},
        kept=kept,
        as_of_said=said,
        pictures=pictures.of_times(found.measured),
        heat=found,
        versions=[version for route in _routes() for version in boards.versions(route)],
        office=key,
        compared=boards.offices_compared() if boards.may_look_everywhere(g.person) else [],
        marks={drawing: _marks(found, drawing) for drawing in found.drawings},
        outlines=[(_title(chosen, drawing), drawing, _outline(chosen, drawing)) for drawing in found.drawings],
    )


def _just_now() -> str:
    """The moment of a board that is of no period: of the standby that it is read by, where that is behind."""
    return standby.as_of() or dates.exactly(clock.now(), language(), words.zone_here())


def _board(title: str, period: boards.Period, file: str, made_of: Sequence[Table], said: Sequence[str]) -> Board:
    """Of a period; what its figures leave out is said in each file, too."""
    told = [replace(table, cut=" ".join([table.cut, *said]).strip()) for table in made_of] if said else made_of
    return Board(title, _in_words(period), _file(file, period), told)


def _source_of_heat(key: str | None, query: dict[str, str]) -> made.Source | None:
    """None for whoever looks at time on the diagram, and at no case."""
    looks = boards.may_compare(g.person) or boards.may_lead(g.person, key or "")
    return made.Source(key, query) if looks else None


@bp.get("/counted")
@login_required
@by_standby
def counted() -> str | Response:
    """The cases behind a figure of a board."""
    period, query = _period()
    figure = boards.Figure(asked.address.text("what"), asked.address.text("of"), asked.address.text("office") or None)
    found = boards.counted(figure, period, g.person, in_file=bool(asked.address.text("as")))
    said = called.figure(figure)
    now = figure.what in boards.NOW
    when = _just_now() if now else _in_words(period)
    board = Board(said, when, _file("cases", period), [made.counted(said, found)])
    named = {"what": figure.what, "of": figure.of, "office": figure.office or ""}
    kept = {name: value for name, value in named.items() if value}
    shown = {"kept": kept, "back": query, "found": found, "figure": figure, "now": now,
              "in_files": boards.MOST_IN_FILE}  # fmt: skip
    return _answer("boards/counted.html", board, period=period, query={**query, **kept}, **shown)


def _title(version: boards.Version, drawing: str) -> str:
    return processes.title(version.id, drawing, language(), registry.current())


def _outline(version: boards.Version, drawing: str) -> tuple[processes.OutlineLine, ...]:
    return processes.outline(version.id, drawing, language(), registry.current())


@bp.get("/heat/<int:version>/<process>.bpmn")
@login_required
@by_standby
def drawing(version: int, process: str) -> Response:
    """The drawing itself, names in the reader's language."""
    xml = boards.diagram(boards.version_by_id(version), process, language(), g.person)
    return Response(xml, mimetype="application/xml")


def _common(
    looked: boards.Looked, source: made.Source, figures: boards.Figures
) -> tuple[list[Table], dict[str, list[Markup]]]:
    """The tables that a region and an office both have, and what is drawn beside them."""
    steps, holders, grounds = boards.by_step(looked), boards.by_holder(looked), boards.by_ground(looked)
    drawn = {
        "steps": pictures.of_times(steps),
        "holders": pictures.of_counts([each.total_s for each in holders]),
        "outcomes": pictures.of_counts([count for _, count in figures.ended.most_common()]),
        "grounds": pictures.of_counts([each.count for each in grounds]),
    }
    made_of = (made.steps(steps, source), made.holders(holders, source), made.outcomes(figures, source),
               made.grounds(grounds, source))  # fmt: skip
    return list(made_of), drawn


def _marks(found: boards.Heat, drawing: str) -> dict[str, dict[str, str]]:
    """Element -> how warm it is, and what its badge says; a call is as warm as the warmest step inside."""
    here = found.inside(drawing) | {each.element: each for each in found.measured if each.drawing == drawing}
    return {
        "marks": {element: f"heat-{each.level}" for element, each in here.items()},
        "notes": {
            element: f"{called.LEVELS[each.level][0]} {dates.worked(each.median_s, language())} · {each.count}×"
            for element, each in here.items()
        },
    }


def _answer(template: str, board: Board, **more: object) -> str | Response:
    """The page, or what it says as a file."""
    if (as_of := standby.as_of()) and as_of != board.period:
        board = replace(board, period=f"{board.period} · {as_of}")
    kind = asked.address.text("as")
    if kind == "xlsx":
        return _as_file(tables.as_xlsx(board.title, board.period, board.tables), XLSX, f"{board.file}.xlsx")
    if kind == "csv":
        table = next((each for each in board.tables if each.key == asked.address.text("table")), None)
        if table is None:
            raise NotFound
        return _as_file(tables.as_csv(table), "text/csv; charset=utf-8", f"{board.file}-{table.key}.csv")
    return render_template(template, board=board, shown=tables.shown, shares=tables.share_said, called=called,
                           as_of=as_of, **more)  # fmt: skip


def _as_file(content: bytes, kind: str, name: str) -> Response:
    answer = Response(content, content_type=kind)
    answer.headers.set("Content-Disposition", "attachment", filename=f"komek-{name}")
    return answer


def _period() -> tuple[boards.Period, dict[str, str]]:
    """The period that is asked for, and how its own links ask for it. Raises WrongPeriod."""
    since, until = asked.address.text("since"), asked.address.text("until")
    if since or until:
        period = boards.period(since, until)
        return period, {"since": period.since.isoformat(), "until": period.until.isoformat()}
    key = asked.address.text("period")
    key = key if key in boards.PRESETS else boards.PRESETS[0]
    return boards.preset(key), {"period": key}


def _version() -> boards.Version:
    """The version asked for, else the one in force of the region's first route. Raises NotFound."""
    if (wanted := asked.address.number("version")) is not None:
        return boards.version_by_id(wanted)
    found = boards.versions(_routes()[0])
    if not found:
        raise NotFound
    return found[0]


def _routes() -> list[str]:
    return list(registry.current().facts()["service"]["routes"])


def _in_words(period: boards.Period) -> str:
    return f"{period.since:%d.%m.%Y} – {period.until:%d.%m.%Y}"


def _file(what: str, period: boards.Period) -> str:
    return f"{what}-{period.since}-{period.until}"
