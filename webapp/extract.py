"""Which English words people may read: collected from code and templates for the translators.

Four sources: what is marked with `_()` in screens and templates; the docstring of every error, which is its message;
in plugins every text handed to `Field`, `Choice`, `Form` or an error, and every constant that looks like a
sentence; the words of the rules by which diagrams are examined.
"""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract_from_file

from services.config import ROOT

MARKS: dict[str, None] = {"_": None, "gettext": None, "ngettext": None, "lazy_gettext": None}
#: words that are shown: they begin with a capital letter ("A decision …", too), or have a blank between them
SHOWN = re.compile(r"[A-Z] ?[a-z].*|[A-Z]{2,}|[a-z]+( [a-z]+)+[.,:]?.*")
SHOWING = frozenset({"Field", "Choice", "Form", "Input", "Variable", "ErrorCode", "Operation"})
#: what makes sentences about diagrams -> which of its arguments are words
SAYING = {"Rule": (1, 3), "Fault": (0, 1), "Words": (0, 1), "fill": (0, 1), "Repair": (0, 1), "Refused": (0, 1),
          "note": (0, 1), "hint": (0, 1)}  # fmt: skip
EXAMINING = ("services/engine/*.py", "services/processes/*/*.py", "services/feel/**/*.py", "services/dmn/*.py")
#: what a rule is called: no words
CODE = re.compile(r"[a-z]+(-[a-z]+)+")
ERROR_BASES = frozenset({"KomekError", "Invalid", "Forbidden", "NotFound", "Conflict", "Unavailable"})

#: modules whose constants people read
TEXTS = (
    "services/answers.py",
    "services/inputs.py",
    "services/phones.py",
    "services/plugin.py",
    "services/deadlines/faults.py",
    "services/processes/changes/said.py",
    "services/processes/forms/drawn.py",
    "services/processes/forms/rules.py",
    "services/processes/template_words.py",
)

Found = Iterator[tuple[str, str]]  #: (where, msgid)


def extract() -> dict[str, list[str]]:
    """Msgid -> the files it stands in, in order."""
    found: dict[str, list[str]] = {}
    for where, msgid in (*_templates(), *_marked(), *_errors(), *_plugins(), *_reading(), *_rules()):
        places = found.setdefault(msgid, [])
        if where not in places:
            places.append(where)
    return dict(sorted(found.items()))


def _templates() -> Found:
    for file in sorted([*ROOT.glob("webapp/**/*.html"), *ROOT.glob("plugins/**/*.html")]):
        for _, message, _, _ in extract_from_file("jinja2.ext:babel_extract", file, keywords=MARKS, options=TRIM):
            yield _place(file), message if isinstance(message, str) else message[0]


TRIM = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}


def _marked() -> Found:
    for file in sorted(ROOT.glob("webapp/**/*.py")):
        for _, message, _, _ in extract_from_file("python", file, keywords=MARKS):
            yield _place(file), message if isinstance(message, str) else message[0]


def _errors() -> Found:
    """Docstrings of errors, and messages handed to them."""
    for file in sorted([*ROOT.glob("services/**/*.py"), *ROOT.glob("webapp/**/*.py"), *ROOT.glob("plugins/**/*.py")]):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and _is_error(node):
                message = ast.get_docstring(node)
                if message:
                    yield _place(file), inspect.cleandoc(message)
            if isinstance(node, ast.Call) and _called(node) in _error_names() and node.args:
                yield from ((_place(file), text) for text in _texts(node.args[0]) if SHOWN.fullmatch(text))


def _is_error(node: ast.ClassDef) -> bool:
    return (
        any(isinstance(base, ast.Name) and base.id in _error_names() for base in node.bases)
        or node.name == "KomekError"
    )


_known_errors: set[str] = set(ERROR_BASES)


def _error_names() -> set[str]:
    """Names of all error classes, found once by following their bases."""
    if len(_known_errors) == len(ERROR_BASES):
        classes = [
            node
            for file in [*ROOT.glob("services/**/*.py"), *ROOT.glob("webapp/**/*.py"), *ROOT.glob("plugins/**/*.py")]
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
            if isinstance(node, ast.ClassDef)
        ]
        while True:
            new = {
                node.name
                for node in classes
                if any(isinstance(base, ast.Name) and base.id in _known_errors for base in node.bases)
            }
            if new <= _known_errors:
                break
            _known_errors.update(new)
    return _known_errors


def _plugins() -> Found:
    """Everything a plugin may show: all sentence-like constants but docstrings and Kazakh."""
    for file in sorted(ROOT.glob("plugins/**/*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        hidden = {id(node.body[0].value) for node in ast.walk(tree) if _has_docstring(node)}  # type: ignore[attr-defined]
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        hidden |= {id(word.value) for call in calls if _called(call) == "Plugin" for word in call.keywords}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and id(node) not in hidden and _is_shown(node.value):
                yield _place(file), str(node.value)
            if isinstance(node, ast.Call) and _called(node) in SHOWING:
                yield from _shown_arguments(file, node)


def _is_shown(value: object) -> bool:
    return isinstance(value, str) and not _is_kazakh(value) and "[" not in value and SHOWN.fullmatch(value) is not None


def _is_kazakh(text: str) -> bool:
    """Words of papers, which are not translated; English ones may have “quotes”, dashes and other signs."""
    return re.search("[\u0400-\u04ff]", text) is not None


def _shown_arguments(file: Path, call: ast.Call) -> Found:
    """Labels of one word, too: `Choice("heating", "Heating")`."""
    given = [
        *call.args[1:3],
        *(word.value for word in call.keywords if word.arg in ("label", "help", "title", "submit")),
    ]
    for argument in given:
        for text in _texts(argument):
            if not _is_kazakh(text) and (text[:1].isupper() or " " in text):
                yield _place(file), text


def _reading() -> Found:
    """Constants that are texts: what is found when answers, calendars and drawn forms are read."""
    for file in (ROOT / place for place in TEXTS):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            value = node.value if isinstance(node, ast.Assign) else None
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield _place(file), value.value
            for rule in ast.walk(value) if isinstance(value, ast.Tuple) else ():
                if isinstance(rule, ast.Call) and _called(rule) == "Rule":
                    yield from ((_place(file), text) for each in rule.args[1:3] for text in _texts(each))


def _rules() -> Found:
    """What is said of diagrams: the words of every rule, why an expression cannot be read, parts of such sentences."""
    for file in sorted(file for place in EXAMINING for file in ROOT.glob(place)):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or _called(node) not in SAYING:
                continue
            first, last = SAYING[_called(node)]
            for given in node.args[first:last]:
                text = given.value if isinstance(given, ast.Constant) else None
                if isinstance(text, str) and text and not CODE.fullmatch(text):
                    yield _place(file), text


def _has_docstring(node: ast.AST) -> bool:
    if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
        return False
    return ast.get_docstring(node, clean=False) is not None


def _texts(node: ast.AST) -> list[str]:
    return [each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)]


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Name):
        return node.func.id
    return node.func.attr if isinstance(node.func, ast.Attribute) else ""


def _place(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()
