"""What must be so after anything at all, also after an attack: asked by whatever test does much, or does harm."""

from sqlalchemy import FromClause, text

from services import cases, invariants, journal
from services.db import Base, db


def assert_unbroken() -> None:
    """The rows agree with each other, and the journal is whole, with all that it attests."""
    db.session.rollback()
    assert [str(each) for each in invariants.broken()] == []
    assert journal.verify() == []
    assert cases.verify_values().faults == []


def _hash(row: FromClause) -> str:
    """A row in a number: at once where each column can be hashed, else by its text, which for files takes long."""
    by_text = any(str(column.type) in {"TSVECTOR", "JSON"} for column in row.columns)
    return "hashtextextended(t::text, 0)" if by_text else "hash_record_extended(t, 0)"


def everything() -> dict[str, tuple[int, str]]:
    """Of each table how many rows it holds, and what tells these rows from any others."""
    asked = (
        f"SELECT '{table.name}', count(*), coalesce(sum({_hash(table)}), 0)::text FROM \"{table.name}\" t"
        for table in Base.metadata.sorted_tables
    )
    db.session.rollback()
    found = {name: (rows, told) for name, rows, told in db.session.execute(text(" UNION ALL ".join(asked)))}
    db.session.rollback()
    return found
