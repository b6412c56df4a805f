"""Rows of cases go from the working tables into the archive's, or back, as they are: copied, counted, taken away."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from services.archive.models import SCHEMA, TABLES
from services.db import Base, db

WORKING = "public"


def put_in(case_ids: Sequence[int]) -> None:
    """Into the archive. The caller has locked the cases."""
    _move(case_ids, WORKING, SCHEMA)


def take_back(case_ids: Sequence[int]) -> None:
    """Out of it. The caller has locked the cases."""
    _move(case_ids, SCHEMA, WORKING)


def _move(case_ids: Sequence[int], source: str, target: str) -> None:
    """Copied in the order in which rows refer to each other, taken away in the other: nothing hangs in the air."""
    given = {"case_ids": list(case_ids)}
    copied = {table: _count(_copying(table, source, target), given) for table in TABLES}
    db.session.flush()
    taken = {table: _count(f"DELETE FROM ONLY {_WHERE.format(source, table)}", given) for table in reversed(TABLES)}
    if copied != taken:
        raise RuntimeError(f"rows copied and rows taken away differ: {copied}, {taken}")
    db.session.expire_all()


_WHERE = '{}."{}" WHERE case_id = ANY(:case_ids)'


def _copying(table: str, source: str, target: str) -> str:
    columns = ", ".join(f'"{column.name}"' for column in Base.metadata.tables[table].columns)
    return (
        f'INSERT INTO {target}."{table}" ({columns}) OVERRIDING SYSTEM VALUE '
        f"SELECT {columns} FROM ONLY {_WHERE.format(source, table)}"
    )


def _count(statement: str, given: dict[str, list[int]]) -> int:
    prepared = text(statement).bindparams(bindparam("case_ids", type_=ARRAY(BigInteger)))
    return int(db.session.execute(prepared, given).rowcount)  # type: ignore[attr-defined]
