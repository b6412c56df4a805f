"""What the engine refuses, as findings of the doctor: its list over every file, then the engine's own reading."""

from collections.abc import Callable, Iterator

from services.bpmn import (
    DECISION_TWICE,
    FORM_TWICE,
    FORM_WITHOUT_ID,
    LARGEST_FILE,
    NOT_BPMN,
    NOT_DMN,
    NOT_JSON,
    PROCESS_TWICE,
    TOO_LARGE,
    B,
    BadDiagram,
    Problem,
    find_problems,
    local_name,
    read_decisions,
)
from services.engine import Definition, parse
from services.processes import forms
from services.processes.doctor.bench import Bench, executable_of
from services.processes.doctor.sheet import Sheet

#: processes that are read by the engine itself, and the largest that is
MOST_PROCESSES, MOST_ELEMENTS = 20, 3000


def refused(bench: Bench, sheet: Sheet) -> Iterator[Problem]:
    """What makes the engine refuse this file."""
    if sheet.kind == "form":
        yield from _of_form(bench, sheet)
    elif sheet.root is None:
        return
    elif sheet.kind == "dmn":
        yield from _of_decisions(bench, sheet)
    elif sheet.kind == "bpmn":
        yield from _of_diagram(bench, sheet)


def _of_form(bench: Bench, sheet: Sheet) -> Iterator[Problem]:
    if len(sheet.content) > LARGEST_FILE:
        yield Problem(sheet.name, "", "", None, TOO_LARGE)
    elif sheet.form is None:
        yield Problem(sheet.name, "", "", None, NOT_JSON)
    elif not isinstance(sheet.form.get("id"), str) or not sheet.form["id"]:
        yield Problem(sheet.name, "", "", None, FORM_WITHOUT_ID)
    else:
        if bench.forms[sheet.form["id"]] is not sheet:
            yield Problem(sheet.name, sheet.form["id"], "", None, FORM_TWICE)
        for fault in forms.examine(sheet.content):
            yield Problem(sheet.name, fault.component, fault.name, None, fault.of, fault.details)


def _of_fields(sheet: Sheet, definition: Definition) -> Iterator[Problem]:
    """What is wrong with the fields drawn on the tasks of a process."""
    for element, fault in forms.examine_tasks(definition):
        node = sheet.by_id.get(element.id)
        line = node.sourceline if node is not None and isinstance(node.sourceline, int) else None
        name = f"{element.name}: {fault.component}"
        yield Problem(sheet.name, element.id, name, line, fault.of, fault.details)


def _of_decisions(bench: Bench, sheet: Sheet) -> Iterator[Problem]:
    assert sheet.root is not None
    if local_name(sheet.root) != "definitions":
        yield Problem(sheet.name, "", "", 1, NOT_DMN)
        return
    try:
        read_decisions({name: root for name, each in bench.imported(sheet).items() if (root := each.root) is not None})
    except BadDiagram as bad:
        yield from (each for each in bad.problems if each.resource == sheet.name)
    for key, sheets in bench.deciding.items():
        if sheet in sheets and len({id(each) for each in sheets if each.name in bench.sheets}) > 1:
            yield Problem(sheet.name, key, "", None, DECISION_TWICE)


def _of_diagram(bench: Bench, sheet: Sheet) -> Iterator[Problem]:
    assert sheet.root is not None
    if sheet.root.tag != f"{B}definitions":
        yield Problem(sheet.name, "", "", 1, NOT_BPMN)
        return
    found = find_problems(sheet.name, bench.files.proper(sheet.name), bench.decisions, bench.executable, bench.forms)
    for process, sheets in bench.owners.items():
        names = [each.name for each in sheets if each.name in bench.sheets]
        if sheet in sheets and len(names) > 1:
            found.append(Problem(sheet.name, process, "", None, PROCESS_TWICE, {"files": ", ".join(names)}))
    found += [each for each in bench.calls_at_fault if each.resource == sheet.name]
    yield from found


def unreadable(bad: frozenset[str]) -> Callable[[Bench, Sheet], Iterator[Problem]]:
    """What the engine says when it really reads the processes of a file; `bad` are files that it need not try."""

    def engine(bench: Bench, sheet: Sheet) -> Iterator[Problem]:
        if sheet.root is None or len(sheet.by_id) > MOST_ELEMENTS:
            return
        files = bench.closure(sheet)
        if bad & files.keys():
            return
        good = bench.files.some([*files, *(each.name for each in bench.forms.values() if each.name not in files)])
        for process in executable_of(sheet)[:MOST_PROCESSES]:
            try:
                definition = parse(good, process)
            except BadDiagram as fault:
                yield from (each for each in fault.problems if each.resource in ("", sheet.name))
            else:
                yield from _of_fields(sheet, definition)

    return engine
