"""The rooms in words: what each package and each module that stands alone says of itself in its first sentence."""

import ast
import re
from pathlib import Path

from tests.house.plan import FLOORS

#: where `make map` writes in docs/developers.md
PLACE = re.compile(r"(<!-- rooms -->\n).*?(<!-- /rooms -->)", re.S)


def rooms(root: Path) -> dict[str, str]:
    """Path of each room below the root -> the first sentence of its docstring."""
    found = {}
    for floor in FLOORS:
        for file in sorted([*(root / floor).glob("*/__init__.py"), *(root / floor).glob("*.py")]):
            path = file.parent if file.name == "__init__.py" else file
            if path != root / floor:
                said = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
                found[path.relative_to(root).as_posix()] = " ".join(said.partition("\n\n")[0].split())
    return found


def written_into(page: str, root: Path) -> str:
    """The page with the table of the rooms as they are."""
    lines = [f"| `{path}` | {said.replace('|', '·')} |" for path, said in rooms(root).items()]
    table = "\n".join(["| room | what lives there |", "|---|---|", *lines])
    return PLACE.sub(lambda found: f"{found[1]}{table}\n{found[2]}", page)
