"""What an installation of a release leaves to the next one: a database with a case at every act of every route.

`python -m tests.plugins.releases NAME [REGION …]` makes tests/data/releases/NAME/REGION.json.gz for each region, from
nothing but the region's own files and demo staff: the rows of each table as COPY writes them, and where each case
stands. A release is kept; `tests/plugins/test_releases.py` brings them to this one and goes on with the cases.
"""

import gzip
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from click.testing import CliRunner
from sqlalchemy import text

from komek.testing import People, RegionAtWork
from komek.testing.owner import owner_address
from komek.testing.played import PACE, play, worker_until
from komek.testing.region import config_for
from komek.testing.rows import forget
from services import clock, migrations, processes, registry
from services.config import ROOT
from services.db import db
from services.postgres import Server, as_application
from webapp.cli import komek

FOLDER = ROOT / "tests" / "data" / "releases"
#: region -> the day on which it is deployed, where that is not today
REGIONS: Mapping[str, datetime | None] = {
    "almaty_oblast": None, "north_kazakhstan": datetime(2016, 3, 1, 9, 0, tzinfo=ZoneInfo("Asia/Almaty")),
}  # fmt: skip
#: what no release leaves to another: who is signed in, which workers live, what the migrations say themselves
LEFT_OUT = {"staff_session", "worker", "alembic_version"}
_TABLES = """
    SELECT format('%%I.%%I', schemaname, tablename) FROM pg_tables
    WHERE schemaname IN ('public', 'archive') AND tablename <> ALL(%s) ORDER BY 1
"""
_NUMBERS = """
    SELECT format('%I.%I', schemaname, sequencename), last_value FROM pg_sequences
    WHERE schemaname IN ('public', 'archive') AND last_value IS NOT NULL ORDER BY 1
"""


@dataclass(frozen=True)
class Standing:
    """A case as it was left: after so many acts of its route, at that moment."""

    id: int
    route: str
    acts: int
    at: datetime


def files() -> list[Path]:
    """Everything that was kept, the oldest release first."""
    return sorted(FOLDER.glob("*/*.json.gz"))


def stop_everywhere(people: People, routes: list[str], at: datetime) -> Iterator[Standing]:
    """A case of each route after its opening, after the first act, after the second … before the last."""
    for route in routes:
        whole = play(people, route, at)
        at += timedelta(days=1)
        for acts in range(len(whole.acts)):
            yield stop_after(people, route, acts, at)
            at += timedelta(hours=1)


def stop_after(people: People, route: str, acts: int, at: datetime) -> Standing:
    """One case, taken so far; a worker has done what was due."""
    with clock.stopped(at):
        case_id = people.open(route)
    done = 0
    for number in range(2 * acts + 2):
        if done == acts:
            break
        at += timedelta(minutes=PACE[number % len(PACE)])
        worker_until(at)
        with clock.stopped(at):
            done += people.go_on(case_id) is not None
    return Standing(case_id, route, done, at)


def kept(standing: list[Standing]) -> dict[str, Any]:
    """Every row of the region in use, as text."""
    db.session.rollback()
    with psycopg.connect(owner_address().replace("+psycopg", "")) as line:
        names = [name for (name,) in line.execute(_TABLES, [list(LEFT_OUT)])]
        tables = {name: rows for name in names if (rows := _rows(line, name))}
        numbers = dict(line.execute(_NUMBERS).fetchall())
    cases = [{"id": each.id, "route": each.route, "acts": each.acts, "at": each.at.isoformat()} for each in standing]
    return {"revision": migrations.standing().found, "cases": cases, "numbers": numbers, "tables": tables}


def _rows(line: psycopg.Connection[Any], table: str) -> dict[str, Any]:
    with line.cursor() as cursor:
        columns = [each.name for each in cursor.execute(f"SELECT * FROM {table} LIMIT 0").description or ()]  # type: ignore[call-overload]
        with cursor.copy(f"COPY {table} TO STDOUT") as copied:  # type: ignore[call-overload]
            rows = b"".join(bytes(each) for each in copied).decode()
    return {"columns": columns, "rows": rows} if rows else {}


def make(name: str, wanted: list[str]) -> None:
    """Write the release of that name down; of all regions where none is named."""
    with tempfile.TemporaryDirectory(prefix="komek-release-") as home:
        Path(home).chmod(0o755)
        server = Server(Path(home) / "var").start()
        try:
            for region in wanted or REGIONS:
                file = FOLDER / name / f"{region}.json.gz"
                file.parent.mkdir(parents=True, exist_ok=True)
                told = json.dumps(_made(server, region, REGIONS[region]), ensure_ascii=False, indent=0).encode()
                file.write_bytes(gzip.compress(told, 9, mtime=0))
                sys.stdout.write(f"{file.relative_to(ROOT)}: {file.stat().st_size // 1000} kB\n")
        finally:
            server.stop()


def _made(server: Server, region: str, day: datetime | None) -> dict[str, Any]:
    with clock.stopped(day or clock.real()):
        at_work = RegionAtWork(server, region)
    with at_work.in_use():
        at_work.app.config["WTF_CSRF_ENABLED"] = True
        morning = at_work.first_day() + timedelta(hours=1)
        told = kept(list(stop_everywhere(People(at_work.app), at_work.routes, morning)))
    at_work.close()
    return told


@contextmanager
def brought_back(server: Server, file: Path) -> Iterator[tuple[RegionAtWork, list[Standing]]]:
    """That release's database, brought to this one as `komek db upgrade` and `komek deploy` do; the region in use."""
    told = json.loads(gzip.decompress(file.read_bytes()))
    region = file.name.removesuffix(".json.gz")
    at_work = _Upgraded(server, region, f"{file.parent.name}_{region}", told)
    cases = [Standing(each["id"], each["route"], each["acts"], datetime.fromisoformat(each["at"]))
             for each in told["cases"]]  # fmt: skip
    with at_work.in_use():
        yield at_work, cases
    at_work.close()


class _Upgraded(RegionAtWork):
    """A region over what an earlier release left, not over tables of its own."""

    def __init__(self, server: Server, region: str, name: str, told: Mapping[str, Any]) -> None:
        from komek.testing import region as at_work

        before = at_work._standing()
        self.name, self.database = region, f"release_{name}".replace("-", "_").replace(".", "_")
        server.create_database(self.database)
        self.address = as_application(server.address_of(self.database))
        self.plugins = (*at_work.common_plugins(), region)
        self.config = config_for(self.address, self.plugins)
        self.app = at_work.create_app(self.config)
        self.rules = registry.shipped()
        with self.app.app_context():
            migrations.upgrade(told["revision"])
            put_in(told)
            migrations.upgrade()
            db.session.remove()
        at_work._stand(before)

    def anew(self) -> None:
        """As it was left; whatever this process knows of another's rows is forgotten."""
        db.session.rollback()
        forget()


def deploy(at_work: RegionAtWork, at: datetime, *folder: str) -> str:
    """`komek deploy` of today's files over the region in use, at that moment; what it says."""
    from komek.testing import region

    before = region._standing()
    db.session.remove()
    env = {"KOMEK_DATABASE_URL": at_work.config.database_url, "KOMEK_PLUGINS": ",".join(at_work.plugins),
           "KOMEK_DATABASE_OWNER_URL": at_work.config.database_owner_url, "KOMEK_SECRET_KEY": at_work.config.secret_key,
           "KOMEK_DEMO": "1"}  # fmt: skip
    with clock.stopped(at):
        said = CliRunner().invoke(komek, ["deploy", *folder], env=env)
    region._stand(before)
    assert said.exit_code == 0, said.output or said.exception
    return said.output


def drawn_anew(at_work: RegionAtWork, folder: Path) -> str:
    """That region's diagrams, each a little otherwise than its file, in that folder."""
    for name, content in processes.brought(at_work.rules).items():
        (folder / name).write_bytes(content.replace(b"</bpmn:definitions>", b"<!-- anew --></bpmn:definitions>"))
    return str(folder)


def put_in(told: Mapping[str, Any]) -> None:
    """The rows, and the numbers given out last."""
    with psycopg.connect(owner_address().replace("+psycopg", "")) as line:
        line.execute("SET session_replication_role = replica")
        for name, each in told["tables"].items():
            columns = ", ".join(f'"{column}"' for column in each["columns"])
            line.execute(f"DELETE FROM ONLY {name}")  # type: ignore[call-overload]
            with line.cursor() as cursor, cursor.copy(f"COPY {name} ({columns}) FROM STDIN") as copied:  # type: ignore[call-overload]
                copied.write(each["rows"].encode())
        for name, last in told["numbers"].items():
            line.execute("SELECT setval(%s, %s)", [name, last])


def waits() -> int:
    """Cases that are open in the region in use."""
    return int(db.session.scalar(text('SELECT count(*) FROM "case" WHERE closed_at IS NULL')) or 0)


if __name__ == "__main__":
    make(sys.argv[1], sys.argv[2:])
