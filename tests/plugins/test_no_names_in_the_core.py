"""The core knows no plugin's role, step, outcome or paper by its key: what it decides, tables and plugins declare."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from services.config import PLUGINS, ROOT
from services.loading import load

RULES = load(PLUGINS, ROOT)
#: roles that every installation has; a region only words them
OUR_ROLES = {"admin", "designer", "external_worker"}
KEYS: Mapping[str, frozenset[str]] = {
    "role": frozenset(RULES.by_key("roles")) - OUR_ROLES,
    "step": frozenset(row["key"] for row in RULES.table("steps")),
    "outcome": frozenset(RULES.outcomes),
    "item": frozenset(RULES.papers),
}
EVERY = frozenset().union(*KEYS.values())
#: words that the core has for other things, too: verbs, fates of papers, states of tokens, kinds of offices, columns,
#: number series. Of these only the places are looked at where a role, a step, an outcome or a paper is meant
OTHERS = frozenset({
    "accept", "came_back", "control", "courier", "deliver", "draft", "executor", "hand_over", "handed_over", "head",
    "joined", "passed", "posted", "ready", "receive", "received", "refused", "register", "registry", "returned",
    "scanned", "send", "sign", "signed", "unclaimed",
})  # fmt: skip
ALONE = EVERY - OTHERS
#: where a key of a plugin would be meant
MEANT = {"role", "roles", "step", "outcome", "item", "ended_as", "recorder", "to_role", "code"}
ASKED = {"roles_at", "roles", "signs_at", "staff_at", "concerned_at", "may", "acts_for", "hands_at"}

MEANT_OR_ASKED = MEANT | ASKED


def sources() -> list[Path]:
    found = [*ROOT.glob("services/**/*.py"), *ROOT.glob("webapp/**/*.py")]
    return sorted(each for each in found if not {"migrations"} & set(each.parts))


def named(node: ast.AST) -> set[str]:
    """The attributes, calls and names in it."""
    return {
        each.attr if isinstance(each, ast.Attribute) else each.id
        for each in ast.walk(node)
        if isinstance(each, ast.Attribute | ast.Name)
    }


def texts(node: ast.AST) -> set[str]:
    return {each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)}


def docs(nodes: Iterable[ast.AST]) -> set[int]:
    """Docstrings and other bare sentences."""
    return {id(each.value) for each in nodes if isinstance(each, ast.Expr)}


def everywhere(nodes: Sequence[ast.AST]) -> Iterator[tuple[int, str]]:
    """Keys that mean nothing else in the core, wherever they stand."""
    said = docs(nodes)
    for node in nodes:
        if isinstance(node, ast.Constant) and node.value in ALONE and id(node) not in said:
            yield node.lineno, str(node.value)


def where_meant(nodes: Iterable[ast.AST]) -> Iterator[tuple[int, str]]:
    """Keys that stand where a role, a step, an outcome or a paper is compared, asked for or handed on."""
    for node in nodes:
        parts: list[ast.AST] = []
        if isinstance(node, ast.Compare | ast.BinOp) and not MEANT_OR_ASKED.isdisjoint(named(node)):
            parts = [node]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            told = node.func.attr in ASKED or (node.func.attr in {"in_", "not_in"} and MEANT & named(node.func))
            parts = list(node.args) if told else []
        elif isinstance(node, ast.keyword) and node.arg in {"role", "step", "item", "to_role"}:
            parts = [node.value]
        for part in parts:
            yield from ((node.lineno if hasattr(node, "lineno") else part.lineno, key) for key in texts(part) & EVERY)


def found_in(source: str) -> set[tuple[int, str]]:
    nodes = list(ast.walk(ast.parse(source)))
    return {*everywhere(nodes), *where_meant(nodes)}


def test_no_source_of_the_core_names_a_role_a_step_an_outcome_or_a_paper_of_a_plugin() -> None:
    found = [(file.relative_to(ROOT), *each) for file in sources() for each in sorted(found_in(file.read_text()))]
    assert not found, "\n".join(f"{file}:{line} {key}" for file, line, key in found)


def test_the_core_has_each_of_the_words_that_are_let_pass_for_another_thing() -> None:
    said = {text for file in sources() for text in texts(ast.parse(file.read_text()))}
    assert said & EVERY >= OTHERS


#: in a page, `word("outcome", …)` and conditions on a line's role, step, outcome or paper
IN_PAGES = re.compile(r"""\b(?:role|step|outcome|item)\b[^{}%]{0,40}["'](\w[\w.]*)["']""")
QUOTED = re.compile(r"""["'](\w[\w.]*)["']""")


def test_no_page_and_no_script_of_the_core_names_one() -> None:
    pages = sorted([*ROOT.glob("webapp/**/*.html"), *ROOT.glob("webapp/js/*.js")])
    assert len(pages) > 50
    wrong = [
        f"{file.relative_to(ROOT)}: {key}"
        for file in pages
        for text in [file.read_text()]
        for key in {*QUOTED.findall(text)} & ALONE | ({*IN_PAGES.findall(text)} & EVERY)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "source",
    [
        'x = {"psc_accum"}', 'if task.role == "courier": pass', 'if "head" in person.roles_at(key): pass',
        'Task.step.in_(("draft",))', 'raise NotYours(role="clerk")', 'if checked.outcome == "returned": pass',
        'directory.staff_at(key, "executor")', 'Paper.item == "doc.envelope"', 'REQUIRED = {"doc.talon": ()}',
        'bool({"control", ADMIN} & actor.roles())',
    ],
)  # fmt: skip
def test_a_key_is_found_where_it_stood_before(source: str) -> None:
    assert found_in(source)
