"""What must be so after anything at all, also after an attack: asked by whatever test does much, or does harm."""

from sqlalchemy import text

from services import cases, invariants, journal
from services.db import Base, db


def assert_unbroken() -> None:
    """The rows agree with each other, and the journal is whole, with all that it attests."""
    db.session.rollback()
    assert [str(each) for each in invariants.broken()] == []
    assert journal.verify() == []
    assert cases.verify_values().faults == []


def everything() -> dict[str, tuple[int, str]]:
    """Of each table how many rows it holds, and what tells these rows from any others."""
    asked = (
        f"SELECT '{table.name}', count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM \"{table.name}\" t"
        for table in Base.metadata.sorted_tables
    )
    db.session.rollback()
    found = {name: (rows, told) for name, rows, told in db.session.execute(text(" UNION ALL ".join(asked)))}
    db.session.rollback()
    return found
