"""A journal with two streams, and the means to tamper with it as its keeper could."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import text

from komek.testing.owner import owner
from services import journal
from services.db import db, transaction
from services.journal.models import APPEND_ONLY_TABLES

AT = datetime(2013, 3, 4, 4, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture
def write() -> Callable[..., None]:
    """Append `count` lines to a stream and commit."""

    def write(stream: str, count: int = 1) -> None:
        with transaction():
            lines = [
                journal.NewLine("case.noted", "staff:7", {"field": "iin", "task": number}) for number in range(count)
            ]
            journal.append(stream, lines, at=AT)

    return write


@pytest.fixture
def tamper() -> Callable[..., None]:
    """Run SQL with the triggers switched off, as only the database's owner can."""

    def tamper(*statements: str, **values: object) -> None:
        with owner().begin() as connection:
            for table in APPEND_ONLY_TABLES:
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
            for statement in statements:
                assert connection.execute(text(statement), values).rowcount > 0, statement
            for table in APPEND_ONLY_TABLES:
                connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))

    return tamper


@pytest.fixture
def rewrite(tamper: Callable[..., None]) -> Callable[[str], None]:
    """Compute every hash of a stream anew, so that the stream itself looks whole."""

    def rewrite(stream: str) -> None:
        from services.journal.chain import GENESIS, line_hash
        from services.journal.models import Entry

        head, position = GENESIS, 0
        db.session.rollback()
        for position, line in enumerate(db.session.query(Entry).filter_by(stream=stream).order_by(Entry.position), 1):
            head = line_hash(head, stream, position, line.at, line.actor, line.event, line.details)
            tamper("UPDATE journal_entry SET hash = :hash, position = :position WHERE id = :id",
                   hash=head, position=position, id=line.id)  # fmt: skip
        tamper("UPDATE journal_stream SET head = :head, count = :count WHERE name = :name",
               head=head, count=position, name=stream)  # fmt: skip
        db.session.rollback()
        db.session.expire_all()

    return rewrite
