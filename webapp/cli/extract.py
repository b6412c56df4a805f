"""Which English words people may read: collected from code and templates for the translators.

Of Komek itself, and of every plugin for itself: a plugin's words are translated in its own folder, ours as a
stranger's. Four sources: what is marked with `_()` (of `services.msgids`, of Flask-Babel); the docstring of every
error, which is its message; the words of the rules by which diagrams are examined; in plugins every text handed to
`Field`, `Choice`, `Form` or an error, and every constant that looks like a sentence. Of the core nothing is guessed:
`unmarked` names what looks like a sentence and is none of these.
"""

import ast
import inspect
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from babel.messages.extract import extract_from_file

from services.config import ROOT

MARKS: dict[str, None] = {"_": None, "gettext": None, "ngettext": None, "lazy_gettext": None}
IMPORTS_MARK = re.compile(r"gettext|import _$|^_ = ", re.M)
#: words that are shown: they begin with a capital letter ("A decision …", too), or have a blank between them
SHOWN = re.compile(r"[A-Z] ?[a-z].*|[A-Z]{2,}|[a-z]+( [a-z]+)+[.,:]?.*")
#: what gives a key its name: the first argument, of one word, too
NAMING = frozenset({"Outcome", "Paper"})
SHOWING = frozenset({"Field", "Choice", "Form", "Input", "Variable", "ErrorCode", "Operation"})
#: what makes sentences about diagrams -> which of its arguments are words
SAYING = {"Rule": (1, 3)} | dict.fromkeys(
    ("Fault", "FormFault", "NoResult", "FeelRefused", "Refused", "Words", "fill", "Repair", "note", "hint"), (0, 1)
)
#: what a rule or an event is called: no words
CODE = re.compile(r"[a-z]+([-._][a-z]+)+")
ERROR_BASES = frozenset({"KomekError", "Invalid", "Forbidden", "NotFound", "Conflict", "Unavailable"})

#: of the core: a sentence, or the beginning of one
SENTENCE = re.compile(r"(?=.*[a-z])[A-Z][\w’«»,:%().;“”\" -]* [\w’«»,:%().;“”\" -]*")
#: where sentences stand that no reader's language matters to, and why
ENGLISH = {
    "services/deadlines/holidays.py": "names in the package `holidays`; a note kept with a day",
    "services/journal/proof.py": "what the console prints",
    "services/cases/proof.py": "what the console prints",
    "services/metrics.py": "what Prometheus shows, in English everywhere",
    "services/migrations/": "what the console prints",
    "services/postgres/": "what the console prints",
    "services/processes/doctor/foreign.py": "names of other products",
    "services/processes/forms/schema.py": "names of other products",
    "webapp/cli/": "what the console prints",
    "webapp/rest/": "the API's own description; its errors are docstrings",
}
#: whose arguments nobody reads on a page: they are logged, stop a start, or ask the database
UNREAD = frozenset(
    {"debug", "info", "warning", "error", "exception", "critical", "ValueError", "TypeError", "RuntimeError", "text",
     "AssertionError", "SystemExit", "compile", "execute", "row_of"}
)  # fmt: skip

Found = Iterator[tuple[str, str]]  #: (where, msgid)


#: packages of Komek itself; the plugins that lie beside them
CORE, PLUGINS = (ROOT / "services", ROOT / "webapp"), ROOT / "plugins"


def extract() -> dict[str, list[str]]:
    """Msgid -> the files it stands in: of Komek itself and of every plugin in `plugins/`."""
    books = (extract_core(), *map(extract_plugin, plugin_folders()))
    return _in_order((where, msgid) for book in books for msgid, places in book.items() for where in places)


@cache
def extract_core() -> dict[str, list[str]]:
    """Msgid -> the files it stands in, of Komek itself."""
    return _in_order(_core())


def extract_plugin(folder: Path) -> dict[str, list[str]]:
    """Msgid -> the files it stands in, of the plugin in that folder, wherever it lies."""
    return _in_order(_plugin(folder))


def plugin_folders() -> list[Path]:
    """The plugins in `plugins/`."""
    return sorted(file.parent for file in PLUGINS.glob("*/__init__.py"))


def unmarked(*folders: Path) -> list[str]:
    """«file:line: the words» of every sentence of these folders, of the core's, that is not collected."""
    known, found = set(extract_core()), []
    for file in _files(*folders or CORE):
        place, nodes = _place(file), _nodes(file)
        if place.startswith(tuple(ENGLISH)):
            continue
        calls = [node for node in nodes if isinstance(node, ast.Call) and _called(node) in UNREAD]
        parts = [node for node in nodes if isinstance(node, ast.JoinedStr)]
        hidden = {id(each) for each in _docstrings(nodes)}
        hidden |= {id(each) for part in (*calls, *parts) for each in ast.walk(part)}
        found += [
            f"{place}:{node.lineno}: {node.value}"
            for node in nodes
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in hidden
            if node.value not in known and not _is_kazakh(node.value) and SENTENCE.fullmatch(node.value)
        ]
    return found


def _in_order(words: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for where, msgid in words:
        places = found.setdefault(msgid, [])
        if where not in places:
            places.append(where)
    return dict(sorted(found.items()))


def _core() -> Found:
    yield from (*_templates(CORE[1]), *_marked(), *_errors(*CORE), *_rules())


def _plugin(folder: Path) -> Found:
    yield from (*_templates(folder), *_errors(folder), *_shown_by(folder))


def _templates(folder: Path) -> Found:
    for file in sorted(folder.glob("**/*.html")):
        for _, message, _, _ in extract_from_file("jinja2.ext:babel_extract", file, keywords=MARKS, options=TRIM):
            yield _place(file), message if isinstance(message, str) else message[0]


TRIM = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}


def _marked() -> Found:
    for file in (each for each in _files(*CORE) if IMPORTS_MARK.search(each.read_text(encoding="utf-8"))):
        for _, message, _, _ in extract_from_file("python", file, keywords=MARKS):
            yield _place(file), message if isinstance(message, str) else message[0]


def _errors(*folders: Path) -> Found:
    """Docstrings of errors, and messages handed to them."""
    known = _error_names(folders)
    for file in _files(*folders):
        for node in _nodes(file):
            if isinstance(node, ast.ClassDef) and _is_error(node, known):
                message = ast.get_docstring(node)
                if message:
                    yield _place(file), inspect.cleandoc(message)
            if isinstance(node, ast.Call) and _called(node) in known and node.args:
                yield from ((_place(file), text) for text in _texts(node.args[0]) if SHOWN.fullmatch(text))


@cache
def _nodes(file: Path) -> tuple[ast.AST, ...]:
    """All that stands in it: to walk through the whole of Komek takes a second, and everything here does."""
    return tuple(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))


@cache
def _classes(file: Path) -> tuple[ast.ClassDef, ...]:
    return tuple(node for node in _nodes(file) if isinstance(node, ast.ClassDef))


def _files(*folders: Path) -> list[Path]:
    return sorted(file for folder in folders for file in folder.glob("**/*.py"))


def _is_error(node: ast.ClassDef, known: frozenset[str]) -> bool:
    return any(isinstance(base, ast.Name) and base.id in known for base in node.bases) or node.name == "KomekError"


@cache
def _error_names(folders: tuple[Path, ...]) -> frozenset[str]:
    """Names of all error classes of Komek and of those folders, found by following their bases."""
    files = {file for folder in {*CORE, *folders} for file in folder.glob("**/*.py")}
    classes = [node for file in files for node in _classes(file)]
    known = ERROR_BASES
    while new := {each.name for each in classes if _is_error(each, known)} - known:
        known |= new
    return known


def _shown_by(folder: Path) -> Found:
    """Everything a plugin may show: all sentence-like constants but docstrings and Kazakh."""
    for file in sorted(folder.glob("**/*.py")):
        nodes = _nodes(file)
        hidden = {id(each) for each in _docstrings(nodes)}
        calls = [node for node in nodes if isinstance(node, ast.Call)]
        hidden |= {id(word.value) for call in calls if _called(call) == "Plugin" for word in call.keywords}
        for node in nodes:
            if isinstance(node, ast.Constant) and id(node) not in hidden and _is_shown(node.value):
                yield _place(file), str(node.value)
            if isinstance(node, ast.Call) and _called(node) in SHOWING:
                yield from _shown_arguments(file, node)
            if isinstance(node, ast.Call) and _called(node) in NAMING:
                yield from ((_place(file), text) for given in node.args[:1] for text in _texts(given))
            if isinstance(node, ast.Call) and _called(node) == "Plugin":
                told = [word.value for word in node.keywords if word.arg == "events"]
                words = [value for each in told if isinstance(each, ast.Dict) for value in each.values]
                yield from ((_place(file), text) for given in words for text in _texts(given))


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


def _rules() -> Found:
    """What is said of diagrams: the words of every rule, why an expression cannot be read, parts of such sentences."""
    for file in _files(CORE[0]):
        for node in _nodes(file):
            if not isinstance(node, ast.Call) or _called(node) not in SAYING:
                continue
            first, last = SAYING[_called(node)]
            for given in node.args[first:last]:
                text = given.value if isinstance(given, ast.Constant) else None
                if isinstance(text, str) and text and not CODE.fullmatch(text):
                    yield _place(file), text


def _docstrings(nodes: Iterable[ast.AST]) -> Iterator[ast.expr]:
    for node in nodes:
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node, clean=False):
            match node.body[0]:
                case ast.Expr(value=docstring):
                    yield docstring


def _texts(node: ast.AST) -> list[str]:
    return [each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)]


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Name):
        return node.func.id
    return node.func.attr if isinstance(node.func, ast.Attribute) else ""


def _place(file: Path) -> str:
    """Where it stands, without where Komek or a stranger's package lies."""
    if file.is_relative_to(ROOT):
        return file.relative_to(ROOT).as_posix()
    package = next(each for each in file.parents if not (each.parent / "__init__.py").is_file())
    return file.relative_to(package.parent).as_posix()
