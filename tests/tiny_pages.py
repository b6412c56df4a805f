"""The smallest pages there can be, for the supervisor's trials: each visit leaves a row and is told how many stand."""

import os
import sys
import time
from collections.abc import Callable, Iterable

import psycopg

TABLE = "CREATE TABLE IF NOT EXISTS visit (id bigserial PRIMARY KEY)"


def app(environ: dict[str, str], start_response: Callable[[str, list[tuple[str, str]]], object]) -> Iterable[bytes]:
    """What gunicorn serves."""
    if environ["PATH_INFO"] == "/healthz":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"ok"]
    with psycopg.connect(address(), autocommit=True, connect_timeout=5) as connection:
        connection.execute("INSERT INTO visit DEFAULT VALUES")
        row = connection.execute("SELECT count(*) FROM visit").fetchone()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(row[0] if row else 0).encode()]


def address() -> str:
    """The database, as the supervisor told it; while tables are made, as their owner."""
    told = os.environ["KOMEK_DATABASE_OWNER_URL"] or os.environ["KOMEK_DATABASE_URL"]
    return told.replace("postgresql+psycopg://", "postgresql://")


if __name__ == "__main__" and "work" in sys.argv:  # the worker, which has nothing to do
    while True:
        if "silently" not in os.environ.get("WORKS", ""):
            os.write(int(os.environ["KOMEK_PULSE"]), b".")
        time.sleep(0.2)
elif __name__ == "__main__":  # the step before the pages open
    with psycopg.connect(address(), autocommit=True) as made:
        made.execute(f"{TABLE}; GRANT ALL ON visit, visit_id_seq TO PUBLIC")
