"""«From one machine to many» in docs/administrators.md: its commands, and on which machine each is given.

The cluster is made by them and by nothing else, so that what an administrator reads is what was tried.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from services.config import ROOT
from tests.cluster.machine import PLACES

PAGE = ROOT / "docs" / "administrators.md"
HEADING = "## From one machine to many"


@dataclass(frozen=True)
class Block:
    """Commands, one a line, and the machines on which they are given."""

    machines: tuple[str, ...]
    lines: tuple[str, ...]


def blocks(page: Path = PAGE) -> list[Block]:
    """All of the section, in order: the words in bold before each say where. Raises ValueError."""
    said = page.read_text(encoding="utf-8")
    section = said[said.index(HEADING) + len(HEADING) :]
    section = re.split(r"^## ", section, maxsplit=1, flags=re.M)[0]
    found = []
    for where, commands in re.findall(r"^\*\*On ([^*]+)\*\*[^\n]*\n+```sh\n(.*?)^```", section, re.M | re.S):
        machines = tuple(re.findall(r"\b(?:db|web)\d\b|\bfront\b", where))
        if unknown := set(machines) - set(PLACES):
            raise ValueError(f"there is no machine {unknown}")
        found.append(Block(machines, tuple(commands.splitlines())))
    return found
