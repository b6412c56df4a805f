"""Decisions that plugins' forms ask: whether they answer what is asked, with what the case knows, in known words."""

import re
from collections.abc import Iterator

from lxml import etree

from services.bpmn import local_name
from services.dmn import MULTIPLE
from services.plugin import Asks
from services.processes.doctor import decision_catalogue
from services.processes.doctor.bench import Bench, decisions_of
from services.processes.doctor.declared import nearest
from services.processes.doctor.note import Note, Notes
from services.processes.doctor.setting import Setting
from services.processes.doctor.sheet import Sheet

_TEXT = re.compile(r'"([^"\\]*)"')


def notes_on_asked(bench: Bench, sheet: Sheet) -> Notes:
    """Of every decision of the file that a plugin says it asks."""
    asked = bench.registry.asked()
    for node in decisions_of(sheet):
        for asks in asked.get(node.get("id") or "", ()):
            yield from _answers(node, asks)
            yield from _knows(bench, sheet, node, asks)
            yield from _reasons(bench, node, asks)


def _answers(node: etree._Element, asks: Asks) -> Notes:
    """One answer, with all that is needed of it."""
    table = node.find("{*}decisionTable")
    lists = table is not None and table.get("hitPolicy", "UNIQUE") in MULTIPLE
    given = () if table is None or lists else [each.get("name") for each in table.iterchildren("{*}output")]
    if missing := [name for name in asks.needs if name not in given]:
        yield Note(decision_catalogue.DECISION_LACKS, node, {"outputs": ", ".join(missing)})


def _knows(bench: Bench, sheet: Sheet, node: etree._Element, asks: Asks) -> Notes:
    """What is drawn as input data, and what a column reads by its name alone, is given or set by something."""
    assert sheet.root is not None
    data = [each.get("name") or "" for each in sheet.root.iterfind("{*}inputData/{*}variable")]
    texts = node.iterfind("{*}decisionTable/{*}input/{*}inputExpression/{*}text")
    columns = [(each.text or "").strip() for each in texts]
    drawn = {each.get("name") for each in sheet.root.iterfind("{*}decision/{*}variable")}
    drawn |= {each.get("id") for each in sheet.root.iterfind("{*}decision")}
    known = Setting(bench).anywhere | {each.name for each in asks.gives}
    read = [name for name in (*data, *columns) if name.isidentifier() and name not in drawn]
    unset = [name for name in dict.fromkeys(read) if name not in known]
    for name in unset:
        if near := nearest(name, known):
            yield Note(decision_catalogue.DECISION_INPUT_NEAR, node, {"input": name, "near": near})
    if unset:
        yield Note(decision_catalogue.DECISION_UNSET, node, {"inputs": ", ".join(unset)})


def _reasons(bench: Bench, node: etree._Element, asks: Asks) -> Notes:
    """Every reason that a rule writes is a ground of the region's, or stands for one."""
    if not asks.reason:
        return
    grounds = {row["key"] for row in bench.registry.table("grounds")}
    for number, said in _said(node, asks.reason):
        if asks.reasons.get(said, said) not in (*grounds, ""):
            yield Note(decision_catalogue.DECISION_REASON, node, {"rule": number, "reason": said})


def _said(node: etree._Element, output: str) -> Iterator[tuple[int, str]]:
    """Number of the rule, and the text that it writes into that output as a constant."""
    table = node.find("{*}decisionTable")
    if table is None:
        return
    names = [each.get("name") for each in table.iterchildren("{*}output")]
    for number, rule in enumerate((each for each in table if local_name(each) == "rule"), start=1):
        entries = list(rule.iterchildren("{*}outputEntry"))
        for name, entry in zip(names, entries, strict=False):
            written = _TEXT.fullmatch((entry.findtext("{*}text") or "").strip())
            if name == output and written:
                yield number, written[1]
