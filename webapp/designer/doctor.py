"""What the doctor says of any files: a list and marks on the diagram, corrected at a press. Nothing is kept."""

import base64
import binascii
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath

from flask import Response, render_template
from flask_babel import gettext

from services import processes, registry
from services.bpmn import BadDiagram, read_xml
from services.errors import Invalid, NotFound
from services.processes.doctor import Finding, Report, repaired
from services.processes.doctor.catalogue import TAKES_TOO_MUCH
from webapp import asked
from webapp.designer.rooms import bp, designers
from webapp.language.i18n import language

LONGEST_NAME = 200
ORDER = ("error", "warning", "info")


class NothingToExamine(Invalid):
    """Choose a file first."""


@dataclass(frozen=True)
class Told:
    """A finding in the reader's language."""

    severity: str
    where: str  #: what it is about: the element's name or id, else the file
    element: str
    drawing: str  #: key of the diagram that shows it
    resource: str
    line: int | None
    text: str
    advice: str
    repair: str
    path: Sequence[str]


@dataclass(frozen=True)
class CheckedDiagram:
    """A diagram that is shown without being kept anywhere."""

    key: str
    title: str
    xml: str
    lines: tuple[processes.OutlineLine, ...]
    marks: Mapping[str, str]


@bp.get("/doctor")
@designers
def ask_doctor() -> str:
    """Where files are dropped."""
    return _page({}, Report(()), "")


@bp.post("/doctor")
@designers
def examined() -> str:
    """What is wrong with the files; after repairing one finding, or all that can be."""
    files = uploaded()
    if not files:
        raise NothingToExamine
    return page_of(files, asked.form.text("repair"))


def page_of(files: Mapping[str, bytes], what: str = "") -> str:
    """What the doctor says of these files, once `what` is repaired: "all", the number of a finding, or nothing."""
    report = _examine(files)
    wanted = [each for at, each in enumerate(report.findings) if each.repair and what in ("all", str(at))]
    if wanted:
        files = repaired(files, wanted)
        report = _examine(files)
    return _page(files, report, gettext("Repaired: %(count)s", count=len(wanted)) if wanted else "")


@bp.post("/doctor/files/<name>")
@designers
def examined_file(name: str) -> Response:
    """One of these files as it stands now, repaired or not."""
    files = uploaded()
    if name not in files:
        raise NotFound("There is no file at %(place)s.", place=name)
    answer = Response(files[name], mimetype="application/octet-stream")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def uploaded() -> dict[str, bytes]:
    """File name -> bytes of every file that was sent, or carried on from the page before. Raises NameTwice."""
    found: dict[str, bytes] = {}
    for _, file in asked.files("files"):
        if name := PurePosixPath(file.filename or "").name[:LONGEST_NAME]:
            if name in found:  # of two folders
                raise processes.NameTwice(name=name)
            found[name] = file.read()
    for kept in [] if found else asked.form.all.getlist("kept"):
        name, _, text = kept.partition(":")
        try:
            found[PurePosixPath(name).name[:LONGEST_NAME]] = base64.b64decode(text, validate=True)
        except binascii.Error:
            raise NothingToExamine from None
    return found


def carried(files: Mapping[str, bytes]) -> list[str]:
    """The files for a hidden field."""
    return [f"{name}:{base64.b64encode(content).decode()}" for name, content in files.items()]


def report_of(page: processes.DeploymentPage) -> Report:
    """What the doctor says of a deployment, of the files that were sent with it."""
    sent = frozenset(each.name for each in page.files if each.sent)
    return report_under(page.deployment.id, sent, *processes.all_translations(registry.current()).values())


@lru_cache(maxsize=64)
def report_under(deployment_id: int, sent: frozenset[str], *known: processes.Translations) -> Report:
    """A report's key: it changes only when names are translated."""
    files = processes.resources(deployment_id)
    beside = files.some(name for name in files if name not in sent)
    translated = {each.language: each for each in known}
    return processes.examine_apart(files.some(sorted(sent)), registry.current(), beside=beside, translated=translated)


def told(findings: Iterable[Finding]) -> list[Told]:
    """Findings in the reader's language."""
    return [
        Told(
            each.severity,
            each.name or each.element or each.resource,
            each.element,
            each.resource.removesuffix(".bpmn") if each.resource.endswith(".bpmn") and each.element else "",
            each.resource,
            each.line,
            each.what(gettext),
            each.what_to_do(gettext),
            gettext(each.repair) if each.repair else "",
            each.path,
        )
        for each in findings
    ]


def marks_of(findings: Iterable[Finding], resource: str) -> dict[str, str]:
    """Element -> the mark of the worst that is said of it."""
    marks: dict[str, str] = {}
    for each in sorted(findings, key=lambda each: ORDER.index(each.severity)):
        if each.resource == resource and each.element:
            marks.setdefault(each.element, f"finding-{each.severity}")
    return marks


def _examine(files: Mapping[str, bytes]) -> Report:
    beside = {name: content for name, content in processes.files_in_force().items() if name not in files}
    plugins = registry.current()
    return processes.examine_apart(files, plugins, beside=beside, translated=processes.all_translations(plugins))


def _sheets(files: Mapping[str, bytes], report: Report) -> list[CheckedDiagram]:
    found: list[CheckedDiagram] = []
    if any(each.rule == TAKES_TOO_MUCH.code for each in report.findings):
        return found
    for name, content in files.items():
        try:
            xml = processes.drawn(content, language(), registry.current())
            root = read_xml(name, xml)
        except BadDiagram:
            continue  # the doctor has said so
        first = next(root.iter("{*}process"), None)
        if first is not None:
            title, key = first.get("name") or first.get("id") or name, name.removesuffix(".bpmn")
            lines = processes.outline_of(root)
            found.append(CheckedDiagram(key, title, xml.decode(), lines, marks_of(report.findings, name)))
    return found


def _page(files: Mapping[str, bytes], report: Report, done: str) -> str:
    return render_template(
        "designer/doctor.html",
        files=files,
        kept=carried(files),
        report=report,
        findings=told(report.findings),
        sheets=_sheets(files, report),
        done=done,
    )
