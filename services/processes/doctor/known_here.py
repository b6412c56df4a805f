"""Whether what a diagram names is there: operations, forms, roles, and the steps of the act."""

from collections.abc import Iterator

from lxml import etree

from services import expressions
from services.bpmn import ROLE, B, Extensions, begins_process, by_hand, in_bpmn, local_name, read_extensions, starts_of
from services.processes import beginnings
from services.processes.doctor import catalogue
from services.processes.doctor.bench import CALLS_OUT, Bench, executable_of
from services.processes.doctor.declared import has_form, inputs_of, nearest
from services.processes.doctor.note import Note, Notes
from services.processes.doctor.sheet import Sheet

PEOPLE = frozenset({"userTask", "manualTask"})
#: extension property that Komek reads -> the values it knows, where a rule of its own says nothing of them; (): any
PROPERTIES = {
    "step": (), "office": (), "role": (), "only_if": (), "when": (), "clock": (), "decides": (),
    "sender": ("staff", "outside", "desk"), "aside": ("yes", "no"), "at": ("intake", "body"),
}  # fmt: skip


def notes_on_region(bench: Bench, sheet: Sheet) -> Notes:
    """Everything that a plugin or a table of the region must provide."""
    for process, node in steps_of(sheet):
        extensions = read_extensions(node)
        kind = local_name(node)
        yield from _step(bench, process, node, extensions)
        yield from _properties(node, extensions)
        if kind in CALLS_OUT and extensions.operation:
            yield from _operation(bench, node, extensions.operation, extensions)
        if kind == "startEvent" and begins_process(node):
            yield from _office(bench, process, node)
            yield from _form(bench, node, extensions)
        if by_hand(extensions):
            yield from _by_hand(bench, node, extensions)
        if kind in PEOPLE:
            yield from _form(bench, node, extensions)
            yield from _role(bench, node, extensions)


def _properties(node: etree._Element, extensions: Extensions) -> Notes:
    """A name that comes near one that Komek reads, and values that it does not know."""
    for name, value in extensions.properties.items():
        known = PROPERTIES.get(name)
        if known is None:
            if near := nearest(name.strip(), [*PROPERTIES]):
                yield Note(catalogue.PROPERTY_NEAR, node, {"property": name[:60], "near": near})
        elif known and value not in known:
            said = {"value": value[:60], "property": name, "known": ", ".join(known)}
            yield Note(catalogue.PROPERTY_VALUE, node, said)


def steps_of(sheet: Sheet) -> Iterator[tuple[str, etree._Element]]:
    """Every element of every executable process, with the process's id."""
    executable = set(executable_of(sheet))
    if sheet.root is None or not executable:
        return
    for process in sheet.root.iter(f"{B}process"):
        if process.get("id") in executable:
            yield from ((process.get("id") or "", node) for node in process.iter(etree.Element) if in_bpmn(node))


def _operation(bench: Bench, node: etree._Element, topic: str, extensions: Extensions) -> Notes:
    known = bench.registry.operations()
    if topic not in known:
        near = nearest(topic, known)
        yield Note(catalogue.TOPIC_NEAR if near else catalogue.EXTERNAL_TASK, node, {"topic": topic, "near": near})
        return
    declared = inputs_of(bench.registry, topic)
    if declared is None:
        return
    given = dict(extensions.inputs)
    for each in declared:
        if each.name not in given:
            if each.required and each.default is None:
                yield Note(catalogue.INPUT_MISSING, node, {"input": each.name, "operation": topic})
        elif said := _wrong(each, given[each.name]):
            yield Note(catalogue.INPUT_WRONG, node, {"input": each.name, "value": said})
    names = [each.name for each in declared]
    for name in given:
        if name not in names:
            near = nearest(name, names)
            rule = catalogue.INPUT_NEAR if near else catalogue.INPUT_UNKNOWN
            yield Note(rule, node, {"input": name, "operation": topic, "near": near})


def _office(bench: Bench, process: str, node: etree._Element) -> Notes:
    """A case that begins by itself begins at an office."""
    around = node.getparent()
    assert around is not None
    start = next(each for each in starts_of(node.getroottree().getroot(), around) if each.element == node.get("id", ""))
    known = [row["key"] for row in bench.registry.table("offices")]
    for key in beginnings.named_offices(start):
        if key not in known:
            yield Note(catalogue.OFFICE_UNKNOWN, node, {"office": key, "near": nearest(key, known)})
    by_itself = start.kind != "plain" and (start.kind != "message" or start.properties.get("sender") == "outside")
    if by_itself and not beginnings.offices_of(bench.registry, process, start):
        yield Note(catalogue.NO_OFFICE, node)


def _wrong(declared: object, expression: str) -> str:
    """The plain value that is none of those that the operation takes; empty when it is one, or is reckoned."""
    if not (expression.startswith('="') and expression.endswith('"')):
        return ""
    value = expression[2:-1].replace('\\"', '"').replace("\\\\", "\\")
    kind = getattr(declared, "kind", "text")
    if kind == "choice":
        return "" if value in {each.key for each in getattr(declared, "choices", ())} else value or "—"
    if kind == "yes":
        return "" if value in ("true", "false") else value or "—"
    if kind == "number":
        return "" if value.replace(".", "", 1).lstrip("-").isdigit() else value or "—"
    return ""


def _form(bench: Bench, node: etree._Element, extensions: Extensions) -> Notes:
    key, ref = extensions.get("formKey"), node.get("{http://camunda.org/schema/1.0/bpmn}formRef")
    if key and not has_form(bench.registry, key):
        near = nearest(key, bench.registry.forms())
        yield Note(catalogue.FORM_NEAR if near else catalogue.FORM_MISSING, node, {"form": key, "near": near})
    elif ref and "${" not in ref and ref not in bench.forms:
        if near := nearest(ref, list(bench.forms)):  # that it is missing, the engine says
            yield Note(catalogue.FORM_FILE_NEAR, node, {"form": ref, "near": near})
    elif not key and not ref and not extensions.form_fields and local_name(node) == "userTask":
        yield Note(catalogue.NO_FORM, node)


def _role(bench: Bench, node: etree._Element, extensions: Extensions) -> Notes:
    groups = extensions.get("candidateGroups") or ""
    named = ", ".join(filter(None, (extensions.get("assignee"), extensions.get("candidateUsers"))))
    if not groups and not named:
        yield Note(catalogue.NOBODY, node)
    if named and "${" not in named and "#{" not in named:
        yield Note(catalogue.PERSON_BY_NAME, node, {"who": named[:100]})
    yield from _roles(bench, node, groups)


def _by_hand(bench: Bench, node: etree._Element, extensions: Extensions) -> Notes:
    """What people tell of a case: who may, where it may stand, and the form that is asked then."""
    around = node.getparent()
    opens = around is not None and around.get("triggeredByEvent") == "true" and local_name(node) == "startEvent"
    begins = local_name(node) == "startEvent" and begins_process(node)
    if node.find(f"{B}messageEventDefinition") is None or not (opens or begins or local_name(node) == "boundaryEvent"):
        yield Note(catalogue.TOLD_ELSEWHERE, node)
        return
    when = extensions.properties.get("when", "open")
    if begins and when not in ("open", "closed", "always"):
        yield Note(catalogue.TOLD_WHEN, node, {"when": when[:40]})
    if begins:
        yield from _taken_up(node, extensions)
    if opens:
        yield from _form(bench, node, extensions)
    groups = extensions.properties.get(ROLE, "")
    step = extensions.properties.get("step")
    if not groups.strip() and not any(row["key"] == step and row["role"] for row in bench.registry.table("steps")):
        yield Note(catalogue.NOBODY_TELLS, node)
    yield from _roles(bench, node, groups)


def _taken_up(node: etree._Element, extensions: Extensions) -> Notes:
    """Under which condition it is offered, what becomes of the clock, and who decides then."""
    clock, decides, only_if = (extensions.properties.get(name, "") for name in ("clock", "decides", "only_if"))
    if decides not in ("", "another"):
        yield Note(catalogue.TOLD_DECIDES, node, {"decides": decides[:40]})
    if clock not in ("", "stays"):
        yield Note(catalogue.TOLD_CLOCK, node, {"clock": clock[:40]})
    if only_if:
        try:
            expressions.check_expression(only_if)
        except expressions.ExpressionError as error:
            yield Note(catalogue.TOLD_ONLY_IF, node, {"why": error.message[:200]})


def _roles(bench: Bench, node: etree._Element, groups: str) -> Notes:
    known = {row["key"] for row in bench.registry.table("roles")}
    for group in () if "${" in groups or "#{" in groups else filter(None, map(str.strip, groups.split(","))):
        if group not in known:
            near = nearest(group, sorted(known))
            yield Note(catalogue.ROLE_NEAR if near else catalogue.ROLE_UNKNOWN, node, {"role": group, "near": near})


def _step(bench: Bench, process: str, node: etree._Element, extensions: Extensions) -> Notes:
    step = extensions.properties.get("step")
    if not step:
        if local_name(node) == "userTask":
            yield Note(catalogue.NO_STEP, node)
        return
    rows = [row for row in bench.registry.table("steps") if row["key"] == step]
    if not rows:
        near = nearest(step, sorted({row["key"] for row in bench.registry.table("steps")}))
        yield Note(catalogue.STEP_NEAR if near else catalogue.STEP_UNKNOWN, node, {"step": step, "near": near})
        return
    routes = bench.routes.get(process, frozenset())
    for route in sorted(routes - {row["route"] for row in rows}):
        yield Note(catalogue.STEP_NOT_ON_ROUTE, node, {"step": step, "route": route})
    groups = extensions.get("candidateGroups") or ""
    held = {each.strip() for each in groups.split(",")} - {""}
    for row in rows:
        if row["route"] in routes and row["role"] and held and "{" not in groups and row["role"] not in held:
            told = {"step": step, "drawn": ", ".join(sorted(held)), "route": row["route"], "role": row["role"]}
            yield Note(catalogue.STEP_OF_ANOTHER_ROLE, node, told)
        if row["route"] in routes and row["rule"] and extensions.get("dueDate"):
            yield Note(catalogue.DUE_TWICE, node, {"step": step})
        if row["route"] in routes and not row["clause"]:
            yield Note(catalogue.NO_CLAUSE, node, {"step": step, "route": row["route"]})
        if row["route"] in routes and not row["rule"]:
            yield Note(catalogue.NO_DEADLINE, node, {"step": step, "route": row["route"]})
