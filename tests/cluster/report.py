"""What a run came to: as a table for the console, and for the page that keeps the last ones."""

import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tests.cluster.browser import BARE, NOTHING, Stop, Waited
from tests.cluster.clients import Ledger
from tests.cluster.killing import Kill

#: how many runs the page keeps, and how each begins
KEPT, HEADING = 3, "### "
MARKS = ("<!-- the last runs -->", "<!-- /the last runs -->")


@dataclass(frozen=True)
class Run:
    """One, from the first kill to the last look."""

    at: datetime
    seed: int
    seconds: float
    kills: Sequence[Kill]
    ledger: Ledger
    quiet: Sequence[Waited]
    stopped_quiet: Sequence[Stop]
    wrong: dict[str, list[str]]


def words(run: Run) -> str:
    """All of it, as Markdown."""
    wrong = [f"* **{what}**: {'; '.join(each[:5])}" for what, each in run.wrong.items() if each]
    zeros = [f"* {what}: 0" for what, each in run.wrong.items() if not each]
    books = run.ledger
    first = f"{HEADING}{run.at:%d.%m.%Y %H:%M} UTC, seed {run.seed}, {run.seconds / 60:g} minutes"
    counts = (
        f"{len(run.kills)} kills; {len(books.taken)} clicks answered as done, {len(books.found)} found done by those "
        f"whose answer was lost, {books.again} pressed more than once; {len(books.opened)} cases opened, "
        f"{len(books.closed)} gone through."
    )
    return "\n".join([first, "", counts, "", *table(run), "", *wrong, *zeros])


def table(run: Run) -> list[str]:
    """For each kind of kill how often, how long people waited, what they were shown, and when all was whole again."""
    lines = [
        "| killed | times | longest wait, s | whole again after, s | people stopped by a page, most times one of them "
        "| requests without an answer | bare pages |",
        "|---|---|---|---|---|---|---|",
        f"| nothing (ten seconds of peace) | | {_longest(run.quiet):.1f} | | {len(run.stopped_quiet)} "
        f"| {_count(run.quiet, NOTHING)} | {_count(run.quiet, BARE)} |",
    ]
    for kind in sorted({each.kind for each in run.kills}):
        kills = [each for each in run.kills if each.kind == kind]
        gaps, wholes = [each.gap_s for each in kills], [each.whole_after_s for each in kills]
        seen = [each for kill in kills for each in kill.disturbed]
        stops = sum(len(kill.stops) for kill in kills)
        most = max((kill.most_stops for kill in kills), default=0)
        lines.append(
            f"| {kind} | {len(kills)} | {_two(gaps)} | {_two(wholes)} "
            f"| {stops}, {most} | {_count(seen, NOTHING)} | {_count(seen, BARE)} |"
        )
    return [*lines, "", "Where two figures stand, the first is the median, the second the longest."]


def _two(figures: Sequence[float]) -> str:
    return f"{statistics.median(figures):.1f}; {max(figures):.1f}"


def _longest(waited: Sequence[Waited]) -> float:
    return max((each.until_s - each.at_s for each in waited), default=0.0)


def _count(waited: Sequence[Waited], said: str) -> int:
    return sum(each.troubles.count(said) for each in waited)


def write_down(page: Path, run: Run) -> None:
    """In that page, before those that it keeps; the oldest goes."""
    begins, ends = MARKS
    before, found, after = re.split(f"{begins}\n(.*?){ends}", page.read_text(encoding="utf-8"), maxsplit=1, flags=re.S)
    former = [each.strip() for each in re.split(rf"^(?={HEADING})", found, flags=re.M) if each.strip()]
    kept = "\n\n".join([words(run), *former[: KEPT - 1]])
    page.write_text(f"{before}{begins}\n\n{kept}\n\n{ends}{after}", encoding="utf-8")
