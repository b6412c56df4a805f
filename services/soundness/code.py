"""What a plugin's code may not do: see more of Komek than the contract, or wait for the world without an end."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from services import continued
from services.config import ROOT
from services.soundness import sentences as say
from services.soundness.fault import RegionFault
from services.soundness.sentences import fault

#: packages of Komek, and all that a plugin may see of them
KOMEK = frozenset({"services", "webapp", "plugins", "tests", "bench"})
ALLOWED = frozenset({"services.plugin", "services.errors"})
#: what imports a module by its name
BY_NAME = frozenset({"import_module", "__import__"})
#: what waits for another machine until it answers, unless it is given `timeout`: the libraries' own documentation says
#: so of requests and of urllib; httpx alone has a limit of its own
WAITS = {
    "requests": frozenset({"get", "post", "put", "patch", "delete", "head", "options", "request"}),
    "urllib.request": frozenset({"urlopen"}),
    "socket": frozenset({"create_connection"}),
    "smtplib": frozenset({"SMTP", "SMTP_SSL"}),
    "ftplib": frozenset({"FTP", "FTP_TLS"}),
    "http.client": frozenset({"HTTPConnection", "HTTPSConnection"}),
}


def code_faults(folder: Path) -> list[RegionFault]:
    """Every import of the plugin in that folder that goes beyond the contract, and every call without a time limit."""
    package = continued.package_of(folder)  # what is laid out with a former's is imported by its own name
    own = f"plugins.{package.name}" if package.parent == ROOT / "plugins" else package.name
    found: list[RegionFault] = []
    for file in sorted(folder.rglob("*.py")):
        place = file.relative_to(folder).as_posix()
        try:
            tree = ast.parse(file.read_bytes())
        except (SyntaxError, ValueError) as error:
            found.append(fault(place, getattr(error, "lineno", 0) or 0, say.NO_PYTHON, {"why": str(error)}))
            continue
        within = ".".join((own, *file.relative_to(folder).parent.parts))
        for each in _imported(tree, within):
            if not _is_allowed(each.module, own):
                text = say.BEYOND if each.module else say.UNSAID_IMPORT
                found.append(fault(place, each.line, text, {"name": each.module} if each.module else {}))
        found += [fault(place, line, say.NO_LIMIT, {"called": name}) for line, name in _waiting(tree)]
    return found


@dataclass(frozen=True)
class _Import:
    line: int
    module: str  #: empty where it is only known when it runs


def _imported(tree: ast.AST, package: str) -> Iterator[_Import]:
    """Every import, also by name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (_Import(node.lineno, each.name) for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(package, node)
            yield from (_Import(node.lineno, f"{base}.{each.name}" if base in KOMEK else base) for each in node.names)
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in BY_NAME:
            given = node.args[0] if node.args else None
            name = given.value if isinstance(given, ast.Constant) else ""
            yield _Import(node.lineno, str(name))


def _absolute(package: str, node: ast.ImportFrom) -> str:
    """The module that is imported from; of one above the plugin's own package, the package it would be in."""
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    above = parts[: len(parts) - node.level + 1]
    return ".".join([*above, *(node.module or "").split(".")]).strip(".")


def _is_allowed(name: str, own: str) -> bool:
    if not name:
        return False
    mine = name == own or name.startswith(f"{own}.")
    return mine or name in ALLOWED or name.partition(".")[0] not in KOMEK


def _waiting(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and name of each call that waits for as long as the other side likes."""
    called = dict(_names(tree))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or any(word.arg in ("timeout", None) for word in node.keywords):
            continue
        first, _, rest = ast.unparse(node.func).partition(".")
        module, _, name = f"{called.get(first, first)}{'.' if rest else ''}{rest}".rpartition(".")
        if name in WAITS.get(module, ()):
            yield node.lineno, f"{module}.{name}"


def _names(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """A name that the file imports, and what it is called in full."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for each in node.names:
                top = each.name.partition(".")[0]
                yield (each.asname, each.name) if each.asname else (top, top)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from ((each.asname or each.name, f"{node.module}.{each.name}") for each in node.names)
