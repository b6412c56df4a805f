"""Counts what really goes to the database, at the driver, and what a statement reads there."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import Engine, event

from komek.testing.rows import Stands
from services.lines import KeptLine


@dataclass
class Count:
    statements: list[str] = field(default_factory=list)
    commits: int = 0
    #: how often the database was waited for: what waits for others is sent with them (services/written.py)
    turns: int = 0
    #: of the demo's clock, counted apart: a real system never reads it
    clock_reads: int = 0


@contextmanager
def counted(engine: Engine) -> Iterator[Count]:
    """Statements and commits on this engine while the block runs."""
    count = Count()
    skipped, Stands.may_skip = Stands.may_skip, False

    def statement(connection, cursor, text, parameters, context, many):  # type: ignore[no-untyped-def]
        if "FROM demo_clock" in text:
            count.clock_reads += 1
        else:
            waiting = connection.connection.driver_connection.waiting  # goes with it, in one turn
            count.statements += [each for each, _ in groupby(each.text for each in waiting)]
            count.statements.append(text)
            count.turns += 1

    def commit(connection):  # type: ignore[no-untyped-def]
        count.commits += 1

    def send(line: KeptLine, *, commit: bool = False) -> None:
        # several rows of one table are one statement, as where SQLAlchemy writes them
        count.statements += [text for text, _ in groupby(each.text for each in line.waiting)]
        count.turns += 1
        sends(line, commit=commit)

    sends, KeptLine.send = KeptLine.send, send  # type: ignore[method-assign]
    event.listen(engine, "before_cursor_execute", statement)
    event.listen(engine, "commit", commit)
    try:
        yield count
    finally:
        Stands.may_skip = skipped
        KeptLine.send = sends  # type: ignore[method-assign]
        event.remove(engine, "before_cursor_execute", statement)
        event.remove(engine, "commit", commit)


def rows_read(plan: dict[str, Any]) -> int:
    """Rows that scans of tables and indexes touched, filtered away or not."""
    own = 0
    if "Scan" in plan["Node Type"] and plan["Node Type"] != "Subquery Scan":
        own = (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"]
    return int(own) + sum(rows_read(each) for each in plan.get("Plans", []))
