"""The house in figures: sizes, circles, docstrings. Sources are read with `ast`; nothing is run."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from tests.house.plan import FLOORS, circles, read

LONG_FILE, LONG_FUNCTION = 500, 60


@dataclass(frozen=True)
class Measures:
    """Of the Python files of the three floors, migrations left out; shares are in percent."""

    files: int
    lines: int
    file_median: float
    file_p90: float
    file_max: int
    in_long_files: float  #: share of lines in files over 500 lines
    functions: int
    function_median: float
    function_p90: float
    function_max: int
    long_functions: float  #: share of functions over 60 lines
    documented: float  #: share of public functions and methods with a docstring
    verbs: int  #: functions that a package of `services/` hands on by its face
    verbs_documented: float
    module_circles: int  #: counting imports inside functions
    room_circles: int
    rooms: int
    arrows: int  #: between rooms


def measure(root: Path) -> Measures:
    """The figures of the tree below that folder. To measure a tree other than one's own takes a process of its own."""
    plan = read(root)
    trees = {file: ast.parse(file.read_text(encoding="utf-8")) for file in _files(root)}
    sizes = [len(file.read_text(encoding="utf-8").splitlines()) for file in trees]
    functions = [node for tree in trees.values() for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    lengths = [(node.end_lineno or 0) - node.lineno + 1 for node in functions]
    public = [node for tree in trees.values() for node in _public(tree)]
    verbs = list(_verbs(root, trees))
    return Measures(
        files=len(sizes), lines=sum(sizes), file_median=median(sizes), file_p90=quantiles(sizes, n=10)[-1],
        file_max=max(sizes), in_long_files=_share([size for size in sizes if size > LONG_FILE], sum(sizes)),
        functions=len(lengths), function_median=median(lengths), function_p90=quantiles(lengths, n=10)[-1],
        function_max=max(lengths),
        long_functions=_share([1 for length in lengths if length > LONG_FUNCTION], len(lengths)),
        documented=_share([1 for node in public if ast.get_docstring(node)], len(public)),
        verbs=len(verbs), verbs_documented=_share([1 for node in verbs if ast.get_docstring(node)], len(verbs)),
        module_circles=len(circles(plan.modules)), room_circles=len(circles(plan.arrows)), rooms=len(plan.lines),
        arrows=sum(len(called) for called in plan.arrows.values()),
    )  # fmt: skip


def table(found: Measures) -> str:
    """A line for each figure."""
    return "".join(f"{name:18} {value:10.1f}\n" if isinstance(value, float) else f"{name:18} {value:10}\n"
                   for name, value in vars(found).items())  # fmt: skip


def functions_past(root: Path, lines: int) -> dict[str, int]:
    """Functions and methods that are longer, as "file: name" -> their lines, counted from `def`."""
    return {
        f"{file.relative_to(root)}: {node.name}": length
        for file in _files(root)
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and (length := (node.end_lineno or 0) - node.lineno + 1) > lines
    }


def undocumented_verbs(root: Path) -> list[str]:
    """Functions that a package of `services/` hands on and that say nothing of themselves."""
    trees = {file: ast.parse(file.read_text(encoding="utf-8")) for file in _files(root)}
    return sorted(node.name for node in _verbs(root, trees) if not ast.get_docstring(node))


def _files(root: Path) -> list[Path]:
    found = (file for floor in FLOORS for file in sorted((root / floor).rglob("*.py")))
    return [file for file in found if "versions" not in file.parts]


def _share(parts: list[int], whole: int) -> float:
    return 100 * sum(parts) / whole


def _public(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """Functions of a module, and methods of its classes, whose names begin with no underscore."""
    for node in tree.body:
        within = node.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_") else [node]
        for each in within:
            if isinstance(each, ast.FunctionDef) and not each.name.startswith("_"):
                yield each


def _verbs(root: Path, trees: dict[Path, ast.Module]) -> Iterator[ast.FunctionDef]:
    for face, tree in trees.items():
        if face.name != "__init__.py" or (root / "services") not in face.parents:
            continue
        for node in tree.body:
            if isinstance(node, ast.ImportFrom) and node.module:
                source = root.joinpath(*node.module.split(".")).with_suffix(".py")
                named = {alias.name for alias in node.names}
                yield from (
                    each for each in trees.get(source, ast.Module([], [])).body
                    if isinstance(each, ast.FunctionDef) and each.name in named
                )  # fmt: skip
