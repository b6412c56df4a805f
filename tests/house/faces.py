"""Who passes by a room's face, and what a face hands on that nobody takes: read from the source, without running it.

A room of `services/` hands on in its `__init__.py` what others use of it. Whoever stands outside asks the face, save
for the room's `models` and `errors`; `SECOND` are faces beside the first, `INSIDE` who may look into a room, and why.
Migrations are outside of it: they are of their own day.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

#: modules that are a face of their own, and why
SECOND = {
    "services.cases.pages": "what screens show of a case: shapes and reckonings that only pages know",
    "services.cases.programs": "what programs see and do, by the words of the interface for programs",
    "services.directory.demo": "the staff of a demo system, which no real one has",
    "services.processes.beginnings": "how a process begins by itself: its words are those of cases' verbs, too",
    "services.processes.catalogues": "the file in which names are translated: its page and its command read it alone",
    "services.processes.changes": "what is other in a version: its page says it sentence by sentence",
    "services.processes.doctor": "what is wrong with files: its page, its command and the interface for programs",
    "services.processes.element_templates": "the files that Modeler is given: their page and their command",
    "services.processes.forms": "how a drawn form stands on a page",
}

#: who looks into a room, and why: (who, into which)
INSIDE = {
    ("services.bpmn", "services.feel"): "reads what a diagram says in the language",
    ("services.dmn", "services.feel"): "decisions are written in it: one language in two rooms",
    ("services.expressions", "services.feel"): "what designers type is written in it",
    ("services.processes", "services.feel"): "the doctor and drawn forms read expressions node by node",
    ("services.takeover", "services.cases"): "plays a case through the parts of its verbs, on the days of the file",
}

#: the contract: also for plugins that stand nowhere here
FOR_OTHERS = {"services.plugin"}


def rooms(root: Path) -> dict[str, list[str]]:
    """What each room of `services/` hands on, by its name."""
    found = {f"services.{file.parent.name}": _handed_on(file) for file in (root / "services").glob("*/__init__.py")}
    return {room: names for room, names in found.items() if names}


def passing_by(root: Path) -> list[str]:
    """Who takes what from behind a room's face: place, and what from where."""
    faces = rooms(root)
    return [
        f"{file.relative_to(root)}: {module}"
        for file in _files(root, "services", "plugins", "webapp")
        if "migrations/versions" not in file.as_posix()
        for module in _modules_named(root, file)
        if _is_behind(module, ".".join(file.relative_to(root).with_suffix("").parts), faces)
    ]


def idle(root: Path) -> list[str]:
    """What a face hands on and nobody outside the room takes, neither the code nor its tests."""
    taken = {
        name
        for file in _files(root, "services", "plugins", "webapp", "komek", "bench", "tests")
        for name in _taken(root, file)
    }
    return [
        f"{room}.{name}"
        for room, names in rooms(root).items()
        if room not in FOR_OTHERS
        for name in names
        if f"{room}.{name}" not in taken
    ]


def _is_behind(module: str, asking: str, faces: dict[str, list[str]]) -> bool:
    room = ".".join(module.split(".")[:2])
    if room not in faces or module == room or _within(asking, room):
        return False
    if module.removeprefix(f"{room}.") in faces[room]:  # a module that the face itself hands on
        return False
    if module in (f"{room}.models", f"{room}.errors") or any(_within(module, face) for face in SECOND):
        return False
    return not any(_within(asking, who) and room == into for who, into in INSIDE)


def _within(module: str, room: str) -> bool:
    return module == room or module.startswith(f"{room}.")


def _handed_on(file: Path) -> list[str]:
    for each in ast.parse(file.read_text("utf-8")).body:
        if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == "__all__":
            return [str(name) for name in ast.literal_eval(each.value)]
    return []


def _files(root: Path, *folders: str) -> list[Path]:
    return [file for folder in folders for file in sorted((root / folder).rglob("*.py"))]


def _modules_named(root: Path, file: Path) -> Iterator[str]:
    """The modules that a file imports from, also inside functions."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            for each in node.names:
                below = root.joinpath(*node.module.split("."), each.name)
                if below.with_suffix(".py").exists() or below.is_dir():
                    yield f"{node.module}.{each.name}"


def _taken(root: Path, file: Path) -> Iterator[str]:
    """`services.room.name` for everything that the file takes from others' faces, however it names the room."""
    tree, own = ast.parse(file.read_text("utf-8")), ".".join(file.relative_to(root).parts[:2])
    called: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "services":
            called |= {each.asname or each.name: f"services.{each.name}" for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.module != own:
            yield from (f"{node.module}.{each.name}" for each in node.names)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in called:
            yield f"{called[node.value.id]}.{node.attr}"
