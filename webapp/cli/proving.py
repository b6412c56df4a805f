"""Whether a database that was brought back is whole: its journal, what that attests, its numbers, its rows, and whether
they agree with each other."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg

from services import backups, invariants, journal, migrations
from services.config import Config
from services.postgres import plain
from webapp.cli.doctor_data import said
from webapp.cli.tables import over_the_database


@dataclass(frozen=True)
class ReturnProof:
    """What was found."""

    faults: list[str]
    rows: Mapping[str, int]  #: table -> how many it has
    things: int  #: values that the journal attests and that are as they were
    other_tables: str  #: the revision, where its tables are not those of this code; then the journal was not read
    compared: bool  #: whether rows were held against those counted when the copy was made


def prove(
    config: Config, back: backups.Restored, seals: Path | None, expected: Mapping[str, int] | None = None
) -> ReturnProof:
    """Look through every row of the open database. `expected`: how many each table is to have."""
    with psycopg.connect(plain(back.address), autocommit=True) as connection:
        rows = backups.count_rows(connection)
        faults = backups.differing(dict(expected), rows) if expected is not None else []
        faults += backups.faults_in_numbers(connection)
    things, other = 0, ""
    beside = replace(config, database_url=back.address, database_owner_url="")
    with over_the_database(beside, any_tables=True):
        now = migrations.standing()
        if not now.usable:
            other = now.found or "none"
        else:
            outside = seals.read_text(encoding="utf-8").splitlines() if seals else []
            faults += [str(each) for each in journal.verify([line for line in outside if line.strip()])]
            from services import cases

            values = cases.verify_values()
            faults += [str(each) for each in values.faults]
            things = values.things
            faults += [said(each) for each in invariants.broken()]
    return ReturnProof(faults, rows, things, other, expected is not None)
