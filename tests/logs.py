"""Every log that the tests write, searched after each test for the applicants it used."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import structlog
from flask import Flask, request, request_started
from sqlalchemy import text

from services.db import db

TELLING = ("surname", "given_name", "patronymic", "iin", "address", "phone", "phone_raw")
#: what is shorter stands in other words, too
SHORTEST = 5


class Logs(logging.Handler):
    """What servers, workers and services wrote since it was searched last: their lines, and every address asked for."""

    def __init__(self, postgres: Path) -> None:
        super().__init__()
        self.written: list[str] = []
        self.used: set[str] = set()
        self.postgres = postgres

    def emit(self, record: logging.LogRecord) -> None:
        """As it stands in the file, with the traceback."""
        if not record.name.startswith("sqlalchemy"):  # echoes what it is told to, which Komek never does
            self.written.append(self.format(record))

    def search(self) -> list[str]:
        """Which applicants of this test are given away, by which line."""
        written, self.written = self.written, []
        if not written:
            return []
        used = applicants()
        self.used |= used
        return [f"{each}: {line}" for line in written for each in used if each in line.casefold()]

    def search_postgres(self) -> list[str]:
        """The same for the database's own log and everybody who was ever used."""
        written = self.postgres.read_text(errors="replace").casefold()
        return [each for each in self.used if each in written]


def applicants() -> set[str]:
    """Names, IINs, addresses and phones of everybody who asks for something just now."""
    rows = db.session.execute(text(f"SELECT {', '.join(TELLING)} FROM applicant")).all()
    return {each.casefold() for row in rows for each in row if each and len(each) >= SHORTEST}


@contextmanager
def every_log(app: Flask, postgres: Path) -> Iterator[Logs]:
    """Listen to every logger, to the worker's lines, and to addresses as an access log writes them."""
    logs = Logs(postgres)

    def address(sender: Flask, **_: Any) -> None:
        logs.written.append(unquote_plus(request.full_path))

    def line(logger: object, method: str, event: Any) -> Any:
        logs.written.append(str(event))
        return event

    logging.getLogger().addHandler(logs)
    structlog.configure(processors=[line, *structlog.get_config()["processors"]])
    with request_started.connected_to(address, app):
        yield logs
    logging.getLogger().removeHandler(logs)
