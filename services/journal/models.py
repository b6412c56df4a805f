"""The journal's tables. Lines and seals are only ever inserted; a trigger refuses everything else."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Identity, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.db import Base, only_added_to


class Stream(Base):
    """One chain of lines ("case:42", "staff"): how many there are, and the hash of the last."""

    __tablename__ = "journal_stream"

    name: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    head: Mapped[bytes]
    count: Mapped[int] = mapped_column(BigInteger)


class Entry(Base):
    """One line. Its hash covers everything in it and the hash of the line before it."""

    __tablename__ = "journal_entry"
    __table_args__ = (UniqueConstraint("stream", "position"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    stream: Mapped[str] = mapped_column(Text(collation="C"))
    #: 1, 2, 3 … within the stream
    position: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]
    actor: Mapped[str]
    event: Mapped[str]
    #: canonical JSON, kept as the text that was hashed
    details: Mapped[str]
    hash: Mapped[bytes]


class Seal(Base):
    """One day's seal over every stream that grew since the seal before it."""

    __tablename__ = "journal_seal"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    on: Mapped[date] = mapped_column(unique=True)
    at: Mapped[datetime]
    #: how many streams it seals
    streams: Mapped[int] = mapped_column(BigInteger)
    previous: Mapped[bytes]
    hash: Mapped[bytes]


class SealedHead(Base):
    """How long a stream was, and what its last hash was, when it was sealed."""

    __tablename__ = "journal_sealed_head"
    __table_args__ = (Index(None, "seal", "stream"),)

    stream: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    head: Mapped[bytes]
    seal: Mapped[int]


#: for the migration too: PostgreSQL itself refuses to change what was written
APPEND_ONLY = """
CREATE OR REPLACE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal is only ever added to' USING ERRCODE = 'restrict_violation';
END $$;
"""
APPEND_ONLY_TABLE = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION journal_is_append_only();
"""
APPEND_ONLY_TABLES = ("journal_entry", "journal_seal", "journal_sealed_head")

for _name in APPEND_ONLY_TABLES:
    only_added_to(Base.metadata.tables[_name], APPEND_ONLY + APPEND_ONLY_TABLE.format(table=_name))
