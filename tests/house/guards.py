"""What guards a verb tells by its name whether it answers or raises: read from the source, without running it.

`may_…`, `sees…`, `is_…`, `has_…`, `can_…`, `looks_…` answer: they raise nothing themselves and ask nothing that raises.
`check_…` raises: it hands back nothing, or what it checked, in its one form; what does nothing but raise is called so.
`check` alone is also a form's (of the contract of plugins) and a command's. `OTHERS` have their names from elsewhere.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ANSWERS = re.compile(r"_?(may|sees|is|has|can|looks)_\w+|sees|may")
CHECKS = re.compile(r"_?check(_\w+)?")

#: called otherwise, and why
OTHERS = {
    "_check_threshold_structured": "SpiffWorkflow asks a join by this name whether it goes on",
    "_check_threshold_unstructured": "SpiffWorkflow asks a join by this name whether it goes on",
    "check_character": "ISO 7064's word for the last character of a code",
    "check_digit": "the word for the last digit of an IIN",
    "check_needs_rehash": "argon2's question whether a hash has today's costs; it answers",
    "need": "a reader of expressions takes the sign that has to stand there",
    "need_word": "a reader of expressions takes the word that has to stand there",
    "keep_beside": "writes by one statement, and raises when that kept less than it was given",
    "end_left": "ends processes, and says when they do not",
}


def misnamed(root: Path) -> list[str]:
    """Guards whose names promise what they do not do: place, name, and what is wrong with it."""
    return [
        f"{file.relative_to(root)}: {function.name} {fault}"
        for room in ("services", "plugins", "webapp")
        for file in sorted((root / room).rglob("*.py"))
        if "migrations/versions" not in file.as_posix()
        for function in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(function, ast.FunctionDef) and function.name not in OTHERS
        for fault in faults(function)
    ]


def faults(function: ast.FunctionDef) -> Iterator[str]:
    """What is wrong with the function's name, seen from what it does."""
    inside = list(_inside(function))
    raises = any(isinstance(each, ast.Raise) for each in inside)
    caught = any(isinstance(each, ast.Try) for each in inside)
    asks = [each for each in inside if isinstance(each, ast.Call) and _is_check(_called(each))]
    if ANSWERS.fullmatch(function.name):
        if raises or (asks and not caught):
            yield "is to answer, and raises"
        if not re.match(r"bool\b|TypeGuard|TypeIs|.*ColumnElement\[bool\]", _returned(function)):
            yield "is to answer yes or no"
    elif CHECKS.fullmatch(function.name):
        if function.name.strip("_") == "check":
            return
        if not raises and not asks and "Raises " not in (ast.get_docstring(function) or ""):
            yield "is to raise, and does not"
        if _returned(function) == "bool" or re.match("Iter|Generator", _returned(function)):
            yield "is to raise, and answers"
    elif (raises or asks) and _only_checks(function):
        yield "does nothing but raise: check_…"


def _inside(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """All that the function's own body says; not what it defines inside."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if not isinstance(node, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            yield node
            waiting.extend(ast.iter_child_nodes(node))


def _only_checks(function: ast.FunctionDef) -> bool:
    """Whether it gives nothing back and changes nothing: conditions, names for what they ask, and errors."""
    if _returned(function) != "None" or function.name.startswith("__"):
        return False
    kept = (ast.If, ast.Raise, ast.Return, ast.Assign, ast.For, ast.Pass)
    return all(
        (isinstance(each, ast.Expr) and (isinstance(each.value, ast.Constant) or _is_checking(each.value)))
        or (isinstance(each, ast.Assign) and all(isinstance(target, ast.Name | ast.Tuple) for target in each.targets))
        or (isinstance(each, kept) and not isinstance(each, ast.Assign))
        for each in _inside(function)
        if isinstance(each, ast.stmt)
    )


def _is_checking(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and _is_check(_called(value))


def _is_check(name: str) -> bool:
    return bool(CHECKS.fullmatch(name)) and name not in OTHERS


def _called(call: ast.Call) -> str:
    return ast.unparse(call.func).rpartition(".")[2]


def _returned(function: ast.FunctionDef) -> str:
    return ast.unparse(function.returns) if function.returns else ""
