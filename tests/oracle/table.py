"""The table of behaviours: rows/*.rows, read. One row an element and situation."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Row:
    """One behaviour."""

    id: str  #: kind.situation
    says: str  #: what the specification or the manual says, in short
    basis: str  #: where it says so; a test of Camunda's that shows it
    drawing: str
    moves: tuple[tuple[str, str], ...]  #: what is done, and what must be true then

    @property
    def kind(self) -> str:
        return self.id.partition(".")[0]


@cache
def rows() -> tuple[Row, ...]:
    """Every row, in the order of the files."""
    found = [_read(block) for file in sorted((HERE / "rows").glob("*.rows")) for block in _blocks(file.read_text())]
    ids = [each.id for each in found]
    twice = {each for each in ids if ids.count(each) > 1}
    assert not twice, f"two rows of one id: {sorted(twice)}"
    return tuple(found)


def not_yet() -> dict[str, str]:
    """Rows that are known not to be true yet -> why."""
    lines = (HERE / "not_yet.txt").read_text().splitlines()
    pairs = (line.partition(": ") for line in lines if line.strip() and not line.startswith("#"))
    return {key: why for key, _, why in pairs}


def _blocks(text: str) -> list[str]:
    return [block for block in text.split("\n== ")[1:] if block.strip()]


def _read(block: str) -> Row:
    head, *lines = block.splitlines()
    says = " ".join(line[1:].strip() for line in lines if line.startswith(">"))
    basis = " ".join(line[1:].strip() for line in lines if line.startswith("@ "))
    moves = [line[1:].strip() for line in lines if line.startswith("|")]
    drawing = "\n".join(line for line in lines if line[:1] not in (">", "|") and not line.startswith("@ "))
    assert says and basis and moves, f"the row {head} is not whole"
    parts = [move.partition(" => ") for move in moves]
    return Row(
        head.strip(), says, basis, drawing.strip(), tuple((said.strip(), must.strip()) for said, _, must in parts)
    )
