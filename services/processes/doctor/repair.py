"""One-click repairs: what is certain to be meant is done for the designer, in the file as it was saved."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import count

from lxml import etree

from services.bpmn import B, C, in_bpmn, is_time, local_name
from services.expressions import ISO, ExpressionError, compile_expression
from services.processes.doctor.edits import Edit, applied
from services.processes.doctor.finding import Finding
from services.processes.doctor.sheet import Sheet

Plan = Callable[[Sheet, etree._Element, Finding], list[Edit]]
EXPRESSIONS = ("conditionExpression", "timeDate", "timeDuration", "timeCycle", "loopCondition", "loopCardinality",
               "completionCondition")  # fmt: skip
_DURATION = re.compile(r"(\d+)\s*(second|minute|hour|day|week|month|year)s?", re.IGNORECASE)
_UNITS = {
    "second": "T{}S", "minute": "T{}M", "hour": "T{}H", "day": "{}D", "week": "{}W", "month": "{}M", "year": "{}Y",
}  # fmt: skip
#: what other languages write, and what is meant
_MEANT = {
    "===": "==", "!==": "!=", "<>": "!=", " AND ": " and ", " OR ": " or ", "= =": "==",
    "\u201c": '"', "\u201d": '"', "«": '"', "»": '"', "\u2018": "'", "\u2019": "'",
}  # fmt: skip
CAMUNDA_SPACE = C[1:-1]


@dataclass(frozen=True)
class Repair:
    """What would be done, in words, and how."""

    words: str  #: English msgid
    plan: Plan  #: the changes; none when it cannot be done here


def offered(sheet: Sheet, finding: Finding) -> Finding:
    """The finding with what can be done about it."""
    repair = REPAIRS.get(finding.rule)
    node = sheet.by_id.get(finding.element) if finding.element else None
    if repair is None or node is None or not sheet.spans or not repair.plan(sheet, node, finding):
        return finding
    return replace(finding, repair=repair.words)


def repairs(sheets: Mapping[str, Sheet], findings: Iterable[Finding]) -> dict[str, bytes]:
    """Every file, those with a finding that can be repaired corrected."""
    edits: dict[str, list[Edit]] = {name: [] for name in sheets}
    for finding in findings:
        sheet, repair = sheets.get(finding.resource), REPAIRS.get(finding.rule)
        node = sheet.by_id.get(finding.element) if sheet is not None else None
        if sheet is not None and repair is not None and node is not None:
            edits[sheet.name] += repair.plan(sheet, node, finding)
    return {name: applied(sheet, edits[name]) if edits[name] else sheet.content for name, sheet in sheets.items()}


def _default_flow(sheet: Sheet, node: etree._Element, finding: Finding) -> list[Edit]:
    """The one flow without a condition; without one, the last."""
    flows = _leaving(sheet, node)
    free = [flow for flow in flows if flow.find(f"{B}conditionExpression") is None]
    if len(flows) < 2 or len(free) != 1 or not free[0].get("id"):
        return []
    return [Edit(node, "default", free[0].get("id"))]


def _only_default(sheet: Sheet, node: etree._Element, finding: Finding) -> list[Edit]:
    """A flow without a condition, of a gateway without a default: it is meant as that."""
    source = sheet.by_id.get(node.get("sourceRef") or "")
    return [] if source is None or source.get("default") else _default_flow(sheet, source, finding)


def _wrong_default(sheet: Sheet, node: etree._Element, finding: Finding) -> list[Edit]:
    return _default_flow(sheet, node, finding) or [Edit(node, "default", None)]


def _leaving(sheet: Sheet, node: etree._Element) -> list[etree._Element]:
    beside = node.getparent()
    flows = () if beside is None else beside.iterchildren(f"{B}sequenceFlow")
    return [flow for flow in flows if flow.get("sourceRef") == node.get("id")]


def _expression(sheet: Sheet, node: etree._Element, finding: Finding) -> list[Edit]:
    """The expression as it was probably meant, when that can be read."""
    edits = []
    for each in node.iter(*(f"{B}{name}" for name in EXPRESSIONS)):
        text = (each.text or "").strip()
        if _sound(each, text) or len(each) or each.get("language"):
            continue
        meant = next((guess for guess in _guesses(text, local_name(each)) if _sound(each, guess)), None)
        if meant is not None:
            edits.append(Edit(each, "", meant))
    return edits


def _sound(node: etree._Element, text: str) -> bool:
    timed = local_name(node).startswith("time") and ISO.fullmatch(text)
    return is_time(local_name(node), text) if timed else _reads(text)


def _reads(text: str) -> bool:
    try:
        compile_expression(text)
    except ExpressionError:
        return False
    return True


def _guesses(text: str, kind: str) -> list[str]:
    """What may have been meant, the likeliest first."""
    if kind.startswith("time"):
        found = [_iso(text)]
        return [f"R/{each}" if kind == "timeCycle" else each for each in found if each]
    inner = re.sub(r"^[$#]\{\s*|^=\s*|\s*\}$", "", text).strip()
    plain = inner
    for written, meant in _MEANT.items():
        plain = plain.replace(written, meant)
    plain = re.sub(r"([\w.]+)\.equals\(([^()]*)\)", r"\1 == \2", plain)
    return [f"${{{guess}}}" for guess in dict.fromkeys([inner, plain, plain.rstrip(";")])]


def _iso(text: str) -> str:
    """«3 days», «10 күн», «P10 D», «p3d» as ISO 8601; empty when it is nothing of the kind."""
    tight = re.sub(r"\s+", "", text).upper()
    if is_time("timeDuration", tight):
        return tight
    if re.fullmatch(r"P\d+[HMS]", tight) and tight[-1] != "M":
        return f"PT{tight[1:]}"
    found = _DURATION.fullmatch(text.strip())
    return "P" + _UNITS[found[2].lower()].format(found[1]) if found else ""


def _another_id(sheet: Sheet, node: etree._Element, finding: Finding) -> list[Edit]:
    """New ids for all but the first; what refers to the id goes on meaning the first."""
    same = [each for each in _elements(sheet) if each.get("id") == node.get("id")]
    fresh = (f"{node.get('id')}_{number}" for number in count(2))
    return [Edit(each, "id", next(key for key in fresh if key not in sheet.by_id)) for each in same[1:]]


def _elements(sheet: Sheet) -> list[etree._Element]:
    return [] if sheet.root is None else [node for node in sheet.root.iter(etree.Element) if in_bpmn(node)]


def _executable(sheet: Sheet, node: etree._Element, finding: Finding) -> list[Edit]:
    return [Edit(node, "isExecutable", "true")] if local_name(node) == "process" else []


def _history(sheet: Sheet, node: etree._Element, finding: Finding) -> list[Edit]:
    prefix = _prefix(node)
    return [Edit(node, f"{prefix}:historyTimeToLive", "P1825D")] if prefix else []


def _prefix(node: etree._Element) -> str:
    """What stands before Camunda's attributes in this file; empty when it has none."""
    return next((key for key, space in node.nsmap.items() if key and space == CAMUNDA_SPACE), "")


def _language(sheet: Sheet, node: etree._Element, finding: Finding) -> list[Edit]:
    """Away with the language, where the expression can be read without it."""
    held = [each for each in node.iter(*(f"{B}{name}" for name in EXPRESSIONS)) if each.get("language")]
    return [Edit(each, "language", None) for each in held if _reads(each.text or "")]


def _near(attribute: str) -> Plan:
    """The attribute with the value that was probably meant."""

    def plan(sheet: Sheet, node: etree._Element, finding: Finding) -> list[Edit]:
        near = str(finding.details.get("near") or "")
        prefix = _prefix(node)
        return [Edit(node, f"{prefix}:{attribute}", near)] if near and prefix else []

    return plan


#: rule -> what can be done
REPAIRS: Mapping[str, Repair] = {
    "no-default-flow": Repair("Make the flow without a condition the default.", _default_flow),
    "flow-without-condition": Repair("Make this flow the default.", _only_default),
    "default-elsewhere": Repair("Correct the default flow.", _wrong_default),
    "bad-expression": Repair("Write the expression as it was probably meant.", _expression),
    "bad-time": Repair("Write the time as ISO 8601.", _expression),
    "expression-language": Repair("Take the language away.", _language),
    "id-twice": Repair("Give the others ids of their own.", _another_id),
    "nothing-executable": Repair("Mark the process as executable.", _executable),
    "no-history-time": Repair("Keep the history for five years.", _history),
    "topic-misspelt": Repair("Write the operation's name.", _near("topic")),
    "form-misspelt": Repair("Write the form's name.", _near("formKey")),
    "form-file-misspelt": Repair("Write the form's id.", _near("formRef")),
}
