"""Processes and their versions; one deployment: what it changes, its files, putting it in force."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask import Response, flash, g, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import login_required
from werkzeug.wrappers import Response as AnyResponse

from services import bpmn, cases, directory, processes, registry
from services.bpmn import read_xml
from services.errors import InvalidAnswers, NotFound
from webapp import asked
from webapp.designer.doctor import marks_of, report_of, told
from webapp.designer.replay import changes_decisions
from webapp.designer.rooms import bp, designers
from webapp.designer.said import sentence
from webapp.language.i18n import language

MEDIA = {"bpmn": "application/xml", "dmn": "application/xml", "form": "application/json"}


@bp.get("/")
@designers
def show() -> str:
    """Every process: what is in force, what waits to be, what was."""
    lines = processes.all_processes(g.person)
    running = cases.running_under([each.definition_id for line in lines for each in line.versions])
    actors = [name for line in lines for each in line.versions for name in (each.deployed_by, each.enacted_by)]
    return render_template("designer/processes.html", processes=lines, running=running, who=names_of_actors(actors))


@bp.get("/deployments/<int:deployment_id>")
@designers
def deployment(deployment_id: int) -> str:
    """One deployment: what it changes, how it stands, what can be done with it."""
    return _page(deployment_id, {}, {})


@bp.post("/deployments/<int:deployment_id>/enact")
@designers
def enact(deployment_id: int) -> AnyResponse | tuple[str, int]:
    """Put it in force, or a former one again."""
    typed = asked.form.all.to_dict()
    try:
        said = {"act_number": typed.get("act_number", ""), "why": typed.get("why", "")}
        keys = asked.form.all.getlist("keys") if _asks_which(deployment_id) else None
        processes.enact(deployment_id, g.person, act_on=asked.form.day("act_on"), keys=keys, **said)
    except InvalidAnswers as error:
        return _page(deployment_id, typed, error.errors), 422
    flash(gettext("It is in force now: new cases begin under it."), "plain")
    return redirect(url_for("designer.deployment", deployment_id=deployment_id), 303)


@bp.post("/deployments/<int:deployment_id>/withdraw")
@designers
def withdraw(deployment_id: int) -> AnyResponse | tuple[str, int]:
    """Take a candidate back."""
    why = asked.form.all.get("withdrawn_why", "")
    try:
        processes.withdraw(deployment_id, g.person, why=why)
    except InvalidAnswers as error:
        return _page(deployment_id, {"withdrawn_why": why}, error.errors), 422
    flash(gettext("It is withdrawn."), "plain")
    return redirect(url_for("designer.deployment", deployment_id=deployment_id), 303)


@bp.post("/versions/<int:definition_id>/rehearse")
@designers
def rehearse(definition_id: int) -> AnyResponse:
    """Begin a rehearsal under that version, at the start event that was chosen."""
    at, key = asked.form.all.get("at") or None, asked.form.text("key", most=200)
    once = f"{key}:{definition_id}:{at or ''}" if key else ""
    case_id = cases.rehearse(definition_id, g.person, at=at, key=once)
    return redirect(url_for("case.show", case_id=case_id), 303)


@bp.get("/deployments/<int:deployment_id>/files/<name>")
@designers
def file(deployment_id: int, name: str) -> Response:
    """A file of it, byte for byte."""
    content = processes.resource(deployment_id, name, g.person)
    answer = Response(content, mimetype=MEDIA.get(name.rpartition(".")[2], "application/octet-stream"))
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


@bp.get("/deployments/<int:deployment_id>/<which>/<name>.bpmn")
@designers
def drawing(deployment_id: int, which: str, name: str) -> Response:
    """A diagram of it, or of what it is compared with, names in the reader's language."""
    before, after = processes.before_and_after(processes.deployment_page(deployment_id, g.person))
    content = _one(after, f"{name}.bpmn")
    if which == "before":
        content = _counterpart(f"{name}.bpmn", content, before) or _one({}, name)
    return Response(processes.drawn(content, language(), registry.current()), mimetype="application/xml")


@dataclass(frozen=True)
class ShownDiagram:
    """A diagram of a deployment."""

    key: str  #: the file's name without its ending
    title: str  #: of its first process, in Kazakh
    lines: tuple[processes.OutlineLine, ...]
    has_before: bool
    marks: Mapping[str, str]  #: element -> the worst that the doctor says of it
    kinds: Mapping[str, str]  #: element -> added, removed or changed
    changed: int  #: in how many things it differs


@dataclass(frozen=True)
class Said:
    """A change as it is shown."""

    kind: str
    element: str
    drawing: str  #: key of the diagram it is on; empty for a decision or a form
    text: str


@bp.get("/law/<int:enactment_id>")
@login_required
def law(enactment_id: int) -> str:
    """What changed for everybody when a version came into force: for all staff."""
    page = processes.law_page(enactment_id)
    sentences = [sentence(each) for each in processes.changes(page.before, page.after)]
    return render_template(
        "designer/law.html", page=page, sentences=sentences,
        who=names_of_actors([page.enactment.enacted_by]), may_look=processes.looks_after(g.person),
    )  # fmt: skip


def _asks_which(deployment_id: int) -> bool:
    """Whether the page lets one choose which processes go back."""
    page = processes.deployment_page(deployment_id, g.person)
    return bool(page.enactments) and len(page.to_enact) > 1


def _page(deployment_id: int, typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
    page = processes.deployment_page(deployment_id, g.person)
    before, after = processes.before_and_after(page)
    contexts = {_context(name, content): name.removesuffix(".bpmn") for name, content in _diagrams(after)}
    found = [
        Said(each.kind, each.element, contexts.get(each.context, ""), sentence(each))
        for each in processes.changes(before, after)
    ]
    report = report_of(page)
    drawings = [
        _drawing(name, content, before, found, marks_of(report.findings, name)) for name, content in _diagrams(after)
    ]
    actors = [page.deployment.deployed_by, page.deployment.withdrawn_by, *(each.enacted_by for each in page.enactments)]
    return render_template(
        "designer/deployment.html",
        page=page,
        changes=found,
        decides_anew=changes_decisions(before, after),
        findings=told(report.findings),
        drawings=sorted(drawings, key=lambda each: not each.changed),
        running=cases.running_under([each.definition_id for each in (*page.versions, *page.beside)]),
        who=names_of_actors([*actors, *(each.enacted_by for each in page.beside)]),
        own=page.deployment.deployed_by == f"staff:{g.person.id}",
        may_rehearse=processes.DESIGNER in g.person.roles(),
        key=secrets.token_urlsafe(12),
        starts={each.definition_id: _several_starts(each.definition_id) for each in page.versions},
        typed=typed,
        chosen=asked.form.all.getlist("keys"),
        errors=errors,
    )


def _several_starts(definition_id: int) -> Sequence[bpmn.Start]:
    """Where a rehearsal of that version may begin, the usual one first; none when there is no choice."""
    definition = processes.definition(definition_id)
    if len(definition.starts) < 2:
        return ()
    return sorted(definition.starts, key=lambda each: each.element != definition.begins_at)


def _drawing(
    name: str, content: bytes, before: Mapping[str, bytes], found: Iterable[Said], marks: Mapping[str, str]
) -> ShownDiagram:
    key = name.removesuffix(".bpmn")
    root = read_xml(name, processes.drawn(content, language(), registry.current()))
    title = next((each.get("name") or each.get("id") or "" for each in root.iter("{*}process")), key)
    here = [each for each in found if each.drawing == key]
    former = _counterpart(name, content, before)
    kinds = {each.element: each.kind for each in here} if former is not None else {}
    return ShownDiagram(key, title, processes.outline_of(root), former is not None, marks, kinds, len(here))


def _diagrams(files: Mapping[str, bytes]) -> list[tuple[str, bytes]]:
    return [(name, content) for name, content in files.items() if name.endswith(".bpmn")]


def _context(name: str, content: bytes) -> str:
    first = next(read_xml(name, content).iter("{*}process"), None)
    return f"bpmn:{'' if first is None else first.get('id', '')}"


def _counterpart(name: str, content: bytes, before: Mapping[str, bytes]) -> bytes | None:
    """The file before that draws a process of this one."""
    gives = {each for each in bpmn.FileSet({name: content}).contents(name).gives if each[0] == "process"}
    files = bpmn.FileSet.of(before)
    alike = (other for each, other in _diagrams(files) if files.contents(each).gives & gives)
    return next(alike, None)


def _one(files: Mapping[str, bytes], name: str) -> bytes:
    if name not in files:
        raise NotFound("There is no file at %(place)s.", place=name)
    return files[name]


def names_of_actors(actors: Iterable[str]) -> dict[str, str]:
    """Actor of a journal -> what people call them."""
    ids = {actor: int(actor.removeprefix("staff:")) for actor in actors if actor.startswith("staff:")}
    known = directory.names(set(ids.values()))
    return {actor: known.get(staff_id, actor) for actor, staff_id in ids.items()}
