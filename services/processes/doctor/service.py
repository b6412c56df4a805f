"""Examine files: every check over every file, put together in one report."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from lxml import etree

from services.bpmn import BadDiagram, C, FileSet, Problem
from services.processes.doctor import catalogue
from services.processes.doctor.asked_decisions import notes_on_asked
from services.processes.doctor.behaviour import notes_on_behaviour
from services.processes.doctor.bench import Bench, Translated, executable_of
from services.processes.doctor.cells import notes_on_cells
from services.processes.doctor.decision_tables import notes_on_tables
from services.processes.doctor.drawing import notes_on_drawing
from services.processes.doctor.finding import SEVERITIES, Finding, Report
from services.processes.doctor.foreign import notes_on_foreign, notes_on_told
from services.processes.doctor.known_here import notes_on_region
from services.processes.doctor.longest_way import notes_on_times
from services.processes.doctor.note import Note, Notes
from services.processes.doctor.refused import refused, unreadable
from services.processes.doctor.repair import offered, repairs
from services.processes.doctor.sheet import Sheet, form_of, kind_of
from services.processes.doctor.untranslated import notes_on_names
from services.processes.doctor.variables import notes_on_variables
from services.registry import Registry

logger = logging.getLogger(__name__)

#: of one rule in one file, and of all rules in one file
MOST_OF_A_RULE, MOST_OF_A_FILE = 100, 500
NOTHING: Mapping[str, bytes] = MappingProxyType({})

Check = Callable[[Bench, Sheet], Notes]


def _kind(bench: Bench, sheet: Sheet) -> Notes:
    if sheet.kind == "other":
        yield Note(catalogue.UNKNOWN_FILE)
    if sheet.root is not None and (said := _misnamed(sheet.root, sheet.content)):
        yield Note(catalogue.ENCODING, None, {"said": said[:40]})
    scopes = [scope for scope in bench.scopes(sheet) if not scope.alone]
    if scopes and not executable_of(sheet):
        yield Note(catalogue.NO_EXECUTABLE, scopes[0].element)
    for scope in scopes:
        if scope.id in bench.executable and scope.element.get(f"{C}historyTimeToLive") is None:
            yield Note(catalogue.NO_HISTORY_TIME, scope.element)


def _misnamed(root: etree._Element, content: bytes) -> str:
    """The encoding that the file names, where its bytes are UTF-8 beyond a doubt: in another they would be no words."""
    said = str(root.getroottree().docinfo.encoding or "UTF-8")
    if said.upper().startswith(("UTF", "UCS", "ISO-10646")) or content.isascii():
        return ""
    try:
        content.decode()
    except UnicodeDecodeError:
        return ""
    return said


CHECKS: tuple[Check, ...] = (
    _kind, notes_on_foreign, notes_on_told, notes_on_behaviour, notes_on_region, notes_on_variables, notes_on_tables,
    notes_on_asked, notes_on_cells, notes_on_names, notes_on_times, notes_on_drawing,
)  # fmt: skip


def examine(
    files: Mapping[str, bytes],
    registry: Registry,
    *,
    beside: Mapping[str, bytes] = NOTHING,
    translated: Mapping[str, Translated] | None = None,
) -> Report:
    """All that is wrong with these files, or could be better.

    `beside`: files in force that they may use; nothing is said of them. `translated`: language -> what
    people translated, over the catalogues. Raises nothing but MemoryError.
    """
    findings: list[Finding] = []
    read = FileSet.of(files).others({**beside, **files})
    sheets = {name: _read(name, read, findings) for name in files}
    others = {name: _read(name, read, []) for name in beside if name not in files}
    bench = Bench(sheets, others, read, registry, translated or {})
    for sheet in sheets.values():
        findings += [_of_note(sheet, each) for each in _guarded(refused, bench, sheet)]
        for check in CHECKS:
            findings += [_of_note(sheet, each) for each in _guarded(check, bench, sheet)]
    bad = frozenset(each.resource for each in findings if each.severity == "error")
    for sheet in sheets.values():
        if sheet.name not in bad:
            findings += [_of_note(sheet, each) for each in _guarded(unreadable(bad), bench, sheet)]
    few = _in_order(list(_few_enough(findings)), list(files))
    return Report(tuple(offered(sheets[each.resource], each) for each in few))


def repaired(files: Mapping[str, bytes], findings: Iterable[Finding]) -> dict[str, bytes]:
    """The files with everything corrected that these findings offer to repair; the rest byte for byte as it was."""
    wanted = [each for each in findings if each.repair]
    read = FileSet.of(files)
    return repairs({name: _read(name, read, []) for name in read}, wanted)


def _read(name: str, files: FileSet, findings: list[Finding]) -> Sheet:
    """The file; what makes it unreadable becomes a finding."""
    root: etree._Element | None = None
    content = files[name]
    ending = name.rpartition(".")[2].lower()
    if ending == "form" or (ending not in ("bpmn", "dmn") and content.lstrip()[:1] == b"{"):
        return Sheet(name, content, "form", form=form_of(content))
    try:
        root = files.root(name)
    except BadDiagram as bad:
        if ending in ("bpmn", "dmn", "xml"):
            blank = Sheet(name, content, "other")
            findings += [_of_problem(blank, each) for each in bad.problems]
    return Sheet(name, content, kind_of(name, content, root), root)


def _guarded(check: Callable[..., Iterable[Problem | Note]], bench: Bench, sheet: Sheet) -> list[Problem | Note]:
    """What the check says; a fault of the check itself is said, too, and never stops the others."""
    found: list[Problem | Note] = []
    try:
        found += check(bench, sheet)
    except MemoryError:
        raise  # nothing that was found in time is the whole
    except Exception:  # whatever a stranger's file brings about: an answer, never an error page
        logger.exception("the check %s failed", check.__name__)
        found.append(Note(catalogue.NOT_EXAMINED, None))
    return found


def _of_note(sheet: Sheet, note: Note | Problem) -> Finding:
    if isinstance(note, Problem):
        return _of_problem(sheet, note)
    rule, carrier = note.rule, note.node
    while carrier is not None and carrier.get("id") is None:
        carrier = carrier.getparent()
    line, column = _place(sheet, note.node)
    key, name = (note.element, note.name) if carrier is None else (carrier.get("id") or "", carrier.get("name") or "")
    return Finding(
        sheet.name, key, name, line, column,
        rule.code, rule.severity, rule.text, rule.advice, dict(note.details), path=note.path,
    )  # fmt: skip


def _of_problem(sheet: Sheet, problem: Problem) -> Finding:
    carrier = sheet.by_id.get(problem.element) if problem.element else None
    node = carrier if carrier is not None and _line(carrier) == problem.line else sheet.by_line.get(problem.line or 0)
    line, column = (problem.line, None) if node is None else _place(sheet, node)
    rule = problem.rule
    return Finding(
        problem.resource or sheet.name, problem.element, problem.name, line, column,
        rule.code, rule.severity, rule.text, rule.advice, dict(problem.details),
    )  # fmt: skip


def _place(sheet: Sheet, node: etree._Element | None) -> tuple[int | None, int | None]:
    if node is None:
        return None, None
    span = sheet.spans.get(node)
    return (span.line, span.column) if span is not None else (_line(node), None)


def _line(node: etree._Element) -> int | None:
    return node.sourceline if isinstance(node.sourceline, int) else None


def _few_enough(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Not more than anybody reads; how many are left out is said."""
    of_rule: Counter[tuple[str, str]] = Counter()
    of_file: Counter[str] = Counter()
    over: Counter[str] = Counter()
    for each in findings:
        of_rule[each.resource, each.rule] += 1
        if of_rule[each.resource, each.rule] > MOST_OF_A_RULE or of_file[each.resource] >= MOST_OF_A_FILE:
            over[each.resource] += 1
            continue
        of_file[each.resource] += 1
        yield each
    for resource, count in over.items():
        rule = catalogue.MORE_FINDINGS
        yield Finding(resource, "", "", None, None, rule.code, rule.severity, rule.text, rule.advice, {"count": count})


def _in_order(findings: list[Finding], files: list[str]) -> list[Finding]:
    """By severity, then by file as they were given, then by line; the same thing is said once."""
    places = {name: number for number, name in enumerate(files)}
    findings.sort(key=lambda f: (SEVERITIES.index(f.severity), places.get(f.resource, -1), f.line or 0, f.column or 0))
    seen: set[tuple[str, str, str, int | None, str]] = set()
    kept = []
    for each in findings:
        key = (each.resource, each.element, each.rule, each.line, each.what())
        if key not in seen:
            seen.add(key)
            kept.append(each)
    return kept
