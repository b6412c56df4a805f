"""The papers of several cases as one file: what is due to be printed at each one's step, and why nothing of the rest.

Due is the paper that the step is about, as its form shows it; and whatever leaves the office by hand or by post (what
the applicant takes home, answers, envelopes) and was never printed. Drafts and reckonings stay where they are read.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Select, select

from services import clock, custody, deadlines, directory, documents, registry
from services.cases.lists.several import TaskVerdict, known_tasks
from services.cases.models import Case, Task
from services.cases.pages.papers import may_read_paper, print_paper
from services.cases.rights import check_sees
from services.db import db
from services.errors import Conflict, KomekError

#: what a paper is for that leaves the office
LEAVES = ("taken_home", "answers", "encloses")
LIST = "doc.print_list"
LISTED = "Басып шығарылған қағаздар"


class NothingToPrint(Conflict):
    """Nothing is due to be printed at this step."""


class PrintedAlready(Conflict):
    """All that was due here was printed already: a copy is printed on the case's page."""


@dataclass(frozen=True)
class DuePaper:
    """A paper that is due to be printed, and how."""

    paper_id: int
    item: str
    sheets: int  #: originals, as its plugin declares; a copy is one
    copy: bool  #: it was printed before


@dataclass(frozen=True)
class DuePapers:
    """What is due to be printed of one that was ticked; its verdict's error says why nothing is."""

    verdict: TaskVerdict
    papers: Sequence[DuePaper] = ()


@dataclass(frozen=True)
class PrintedLine:
    """What of one case is in the file: so many pages, or why nothing or not all of it is."""

    number: str
    items: Sequence[str]
    pages: int
    errors: Sequence[KomekError]


@dataclass(frozen=True)
class PrintWords:
    """What the list in front says, in Kazakh: it lies with the papers."""

    paper: Callable[[str], str]  #: what a paper is called
    error: Callable[[KomekError], str]
    site: str  #: address of these pages: what an applicant takes home says it


def papers_due(task_ids: Sequence[str], person: directory.Person) -> Sequence[DuePapers]:
    """What is due to be printed of each task, in that order, a case once. Raises TooManyAtOnce."""
    verdicts = list(known_tasks(task_ids).values())
    case_ids = [each.case_id for each in verdicts if each.case_id is not None]
    tasks = {task.id: task for task in _rows(select(Task).where(Task.id.in_([each.task_id for each in verdicts])))}
    cases = {case.id: case for case in _rows(select(Case).where(Case.id.in_(case_ids)))}
    papers, annulled = documents.standing_of(case_ids), custody.annulled_in(case_ids)
    found: dict[int | str, DuePapers] = {}
    for verdict in verdicts:
        due: Sequence[DuePaper] = ()
        if verdict.case_id is not None:
            try:
                standing = [
                    each
                    for each in papers.get(verdict.case_id, [])
                    if each.content.get("outgoing_number") not in annulled
                ]
                due = _due(tasks[verdict.task_id], cases[verdict.case_id], standing, person)
            except KomekError as error:
                verdict = replace(verdict, error=error)
        key = verdict.case_id or verdict.task_id
        if key not in found or (due and not found[key].papers):
            found[key] = DuePapers(verdict, due)
    return list(found.values())


def _rows(wanted: Select[Any]) -> Sequence[Any]:
    return db.session.scalars(wanted).all()


def _due(task: Task, case: Case, papers: Sequence[documents.Paper], person: directory.Person) -> Sequence[DuePaper]:
    """Raises NotYours, NothingToPrint, PrintedAlready."""
    check_sees(case, person)
    plugins = registry.of(case)
    leaving = {item for what in LEAVES for item in plugins.papers_that(what)}
    shows = plugins.form(task.form).shows if task.done_at is None and task.form in plugins.forms() else ()
    about = max((each.id for each in papers if each.item in shows), default=0)
    ours = [each for each in papers if each.id == about or each.item in leaving]
    ours = [each for each in ours if may_read_paper(each, case, person)]
    due = [each for each in ours if each.id == about or not each.copies]
    if not due:
        raise PrintedAlready if ours else NothingToPrint
    return [DuePaper(each.id, each.item, _sheets(each, plugins), each.copies > 0) for each in due]


def _sheets(paper: documents.Paper, plugins: registry.Registry) -> int:
    """How many originals its plugin asks for, at the first printing; a copy is one."""
    declared = plugins.papers.get(paper.item)
    parameter = declared.sheets if declared is not None and not paper.copies else ""
    return max(deadlines.whole_number(plugins, parameter), 1) if parameter else 1


def print_due(
    wanted: Sequence[DuePapers], person: directory.Person, office_key: str, words: PrintWords
) -> Iterator[int | documents.Printed]:
    """Print what `papers_due` found of each, each paper by the verb of one, which counts it and writes it down.

    Says how many cases are done, time and again; at last the file. Its first pages list what is in it, and what could
    not be printed. Raises NothingToPrint when nothing could.
    """
    bodies: list[documents.Enclosed] = []
    lines: list[PrintedLine] = []
    for done, each in enumerate(wanted):
        yield done
        line, parts = _printed(each, person, words)
        lines.append(line)
        bodies += parts
    if not bodies:
        raise NothingToPrint
    yield len(lines)
    at = clock.now()
    listed = _listed(lines, person, office_key, words)
    whole = documents.join([documents.Enclosed(LISTED, listed), *bodies], title=LISTED)
    yield documents.Printed(
        whole, f"papers-{at.astimezone(deadlines.zone(registry.current(), office_key)):%Y%m%d-%H%M}.pdf"
    )


def _printed(
    due: DuePapers, person: directory.Person, words: PrintWords
) -> tuple[PrintedLine, Sequence[documents.Enclosed]]:
    errors = [due.verdict.error] if due.verdict.error is not None else []
    parts, items = [], []
    for paper in due.papers:
        try:
            pdf = print_paper(paper.paper_id, person, words.site).pdf
        except KomekError as error:
            errors.append(error)
            continue
        items.append(paper.item)
        parts.append(documents.Enclosed(f"{due.verdict.number}: {words.paper(paper.item)}", pdf, paper.sheets))
    pages = sum(documents.pages_of(part.pdf) * part.sheets for part in parts)
    return PrintedLine(due.verdict.number, items, pages, errors), parts


def _listed(lines: Sequence[PrintedLine], person: directory.Person, office_key: str, words: PrintWords) -> bytes:
    """The list in front: it counts its own pages, too, and is set once more when it turned out longer than thought."""
    before = 1
    while True:
        content = {
            "office_name": registry.current().row("offices", office_key)["name_kk"],
            "made_by": person.full_name,
            "lines": list(_numbered(lines, before, words)),
        }
        documents.check_content(LIST, content, registry.current())
        pdf = documents.print_form(LIST, content, registry.current(), at=clock.now(), mark="")
        if (found := documents.pages_of(pdf)) == before:
            return pdf
        before = found


def _numbered(lines: Sequence[PrintedLine], before: int, words: PrintWords) -> Iterator[dict[str, object]]:
    """Each line with its pages in the whole file."""
    at = before
    for line in lines:
        first, at = at + 1, at + line.pages
        yield {
            "case": line.number or "—",
            "papers": ", ".join(words.paper(item) for item in line.items),
            "pages": "" if not line.pages else str(first) if first == at else f"{first}–{at}",
            "not_printed": " ".join(words.error(error) for error in line.errors),
        }
