"""What a case costs, measured, and what twenty oblasts come to in ten years: docs/scaling.md is written by this.

`python -m bench.scaling` measures whole cases by the direct route over HTTP, with a worker beside, and keeps the
figures in bench/scaling.json; `--say` only writes the page anew from what is kept there.
"""

import json
import math
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import psutil
import psycopg

from bench.http import KomekCase, furnished, served
from services.config import ROOT

KEPT, PAGE = Path(__file__).with_name("scaling.json"), ROOT / "docs" / "scaling.md"
BEGIN, END = "<!-- figures -->", "<!-- /figures -->"
CASES = 12
#: bytes of a row beside its values: its head and its place in the page
ROW_HEAD = 28
PAGE_BYTES = 8192
KIB, GIB = 1024, 1024**3
_TABLES = """
    SELECT c.oid::regclass::text, pg_indexes_size(c.oid) FROM pg_class c
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
"""
_EXECUTED = re.compile(rb" (?:execute |statement: )")


@dataclass(frozen=True)
class Measured:
    """Of one case, from the first form to the result that is handed over."""

    tables: dict[str, tuple[float, int, int]]  #: table -> rows, bytes of rows, bytes of indexes
    statements: float
    commits: float
    wal_bytes: int
    jobs: float
    pages_ms: float  #: processor time of the pages' processes
    database_ms: float
    worker_ms: float
    requests: float
    cases: int  #: how many were measured

    @property
    def row_bytes(self) -> int:
        return sum(each[1] + each[2] for each in self.tables.values())


@dataclass(frozen=True)
class Assumed:
    """What is not measured, and may be set otherwise: `python -m bench.scaling --say cases_a_year=50000`."""

    oblasts: int = 20
    years: int = 10
    cases_a_year: int = 30_000  #: of an oblast, with all its services
    file_bytes: int = 600_000  #: attached to a case, scans and photos
    looks: float = 3.0  #: pages looked at for each that a case needs: lists, boards, cases of others
    working_days: int = 247
    hours: int = 8
    peak: float = 4.0  #: the busiest minute against the mean of working hours
    busy: float = 0.5  #: of a processor, at the peak, so that answers stay quick
    cores: int = 4  #: of a node


@dataclass(frozen=True)
class Projected:
    """What it comes to, of one oblast or of all."""

    cases: int
    rows_gib: float
    files_gib: float
    wal_gib_a_day: float
    cases_a_minute: float  #: at the peak
    iops: float
    page_cores: float
    database_cores: float
    web_nodes: int


def project(one: Measured, told: Assumed, oblasts: int) -> Projected:
    """By multiplication; what grows otherwise is told on the page."""
    a_year = told.cases_a_year * oblasts
    cases = a_year * told.years
    second = a_year / (told.working_days * told.hours * 3600) * told.peak
    page_cores = second * one.pages_ms * told.looks / 1000 / told.busy
    written = one.commits + (one.wal_bytes + one.row_bytes + told.file_bytes) / PAGE_BYTES
    return Projected(
        cases=cases,
        rows_gib=cases * one.row_bytes / GIB,
        files_gib=cases * told.file_bytes / GIB,
        wal_gib_a_day=a_year / told.working_days * (one.wal_bytes + told.file_bytes) / GIB,
        cases_a_minute=second * 60,
        iops=second * written,
        page_cores=page_cores,
        database_cores=second * (one.database_ms * told.looks + one.worker_ms) / 1000 / told.busy,
        web_nodes=max(2, math.ceil(page_cores / told.cores) + 1),  # one may be away
    )


def measure() -> Measured:
    """Run whole cases; the first two are not counted."""
    with furnished() as env, served("wsgi:app", env) as port, _worker(env):
        address = env["FLOOR_DATABASE"]
        log = Path(re.search(r"host=(\S+)", address)[1])  # type: ignore[index]
        asked = [0]
        case = KomekCase(port)
        for person in (case.clerk, case.head, case.executor):
            _counted(person, asked)
        case()
        case()
        with psycopg.connect(address, autocommit=True) as line:
            line.execute("ALTER SYSTEM SET log_min_duration_statement = 0")
            line.execute("SELECT pg_reload_conf()")
            time.sleep(1)
            before, asked[0] = _standing(line, log), 0
            for _ in range(CASES):
                case()
            time.sleep(3)  # the worker is done
            after = _standing(line, log)
    return _of_one(before, after, asked[0])


Standing = dict[str, float]


def _standing(line: "psycopg.Connection[tuple[object, ...]]", log: Path) -> Standing:
    """Every figure that grows, as it is now."""
    line.execute("SELECT pg_stat_force_next_flush()")
    told: Standing = {}
    for table, indexes in line.execute(_TABLES).fetchall():
        rows, held = line.execute(f"SELECT count(*), coalesce(sum(pg_column_size(it.*)), 0) FROM {table} it").fetchone()  # type: ignore[arg-type,misc,call-overload]
        told |= {f"rows {table}": rows, f"held {table}": float(held), f"indexes {table}": indexes}  # type: ignore[dict-item]
    for name, question in {
        "wal": "SELECT pg_current_wal_lsn() - '0/0'",
        "commits": "SELECT xact_commit FROM pg_stat_database WHERE datname = 'komek'",
        "jobs": "SELECT coalesce(last_value, 0) FROM pg_sequences WHERE sequencename = 'job_id_seq'",
    }.items():
        told[name] = float(line.execute(question).fetchone()[0])  # type: ignore[index,arg-type]
    (place,) = (each for each in (log / "postgres.log", log.parent / "postgres.log") if each.exists())
    told["statements"] = len(_EXECUTED.findall(place.read_bytes()))
    return told | _processors()


def _processors() -> Standing:
    """Milliseconds of processor time of what this process has started, by what it is; also of what has ended."""
    told = {"pages": 0.0, "database": 0.0, "worker": 0.0}
    for process in psutil.Process().children(recursive=True):
        words = " ".join(process.cmdline())
        what = "database" if "postgres" in process.name() else "worker" if " worker" in words else "pages"
        times = process.cpu_times()
        told[what] += (times.user + times.system) * 1000
    return told


def _of_one(before: Standing, after: Standing, asked: int) -> Measured:
    grown = {name: (after[name] - before.get(name, 0)) / CASES for name in after}
    tables = {}
    for name in sorted(each.removeprefix("rows ") for each in grown if each.startswith("rows ")):
        if rows := grown[f"rows {name}"]:
            held = grown[f"held {name}"] + rows * ROW_HEAD
            tables[name] = (round(rows, 2), round(held), round(max(0, grown[f"indexes {name}"])))
    return Measured(
        tables=tables, statements=round(grown["statements"], 1), commits=round(grown["commits"], 1),
        wal_bytes=round(grown["wal"]), jobs=round(grown["jobs"], 2), pages_ms=round(grown["pages"], 1),
        database_ms=round(grown["database"], 1), worker_ms=round(grown["worker"], 1),
        requests=round(asked / CASES, 1), cases=CASES,
    )  # fmt: skip


def _counted(person: object, asked: list[int]) -> None:
    ask: Callable[..., object] = person.ask  # type: ignore[attr-defined]

    def counting(*words: object, **more: object) -> object:
        asked[0] += 1
        return ask(*words, **more)

    person.ask = counting  # type: ignore[attr-defined]


@contextmanager
def _worker(env: dict[str, str]) -> Iterator[None]:
    command = [sys.executable, "-m", "webapp.cli", "worker", "--log-level", "warning"]
    process = subprocess.Popen(command, env={**os.environ, **env}, cwd=ROOT)
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)


def figures(one: Measured, told: Assumed) -> str:
    """The part of the page that nobody writes by hand."""
    rows = sorted(one.tables.items(), key=lambda each: -each[1][1] - each[1][2])
    lines = [
        f"Of one case by the direct route, over {one.cases} of them:", "",
        "| table | rows | bytes of rows | bytes of indexes |", "|---|---:|---:|---:|",
        *(f"| `{name}` | {count:g} | {held:,} | {indexes:,} |" for name, (count, held, indexes) in rows),
        f"| **all** | {sum(each[0] for each in one.tables.values()):.0f} | "
        f"{sum(each[1] for each in one.tables.values()):,} | {sum(each[2] for each in one.tables.values()):,} |", "",
        "| | a case |", "|---|---:|",
        f"| requests (pages and forms) | {one.requests:g} |", f"| statements | {one.statements:g} |",
        f"| commits | {one.commits:g} |", f"| WAL | {one.wal_bytes / KIB:.0f} KiB |",
        f"| jobs for a worker | {one.jobs:g} |", f"| processor, pages | {one.pages_ms:.0f} ms |",
        f"| processor, PostgreSQL | {one.database_ms:.0f} ms |", f"| processor, worker | {one.worker_ms:.0f} ms |", "",
        "Assumed:", "", "| | |", "|---|---:|",
        *(f"| {said} | {getattr(told, each.name):,} |" for each, said in zip(fields(told), SAID, strict=True)), "",
        f"After {told.years} years, and at the busiest minute of the last of them:", "",
        "| | one oblast | all, in one database |", "|---|---:|---:|",
        *_projections(project(one, told, 1), project(one, told, told.oblasts)),
    ]  # fmt: skip
    return "\n".join(lines)


SAID = (
    "oblasts", "years", "cases of an oblast a year, of all its services", "bytes of files attached to a case",
    "pages looked at for each that a case needs", "working days a year", "working hours a day",
    "the busiest minute, times the mean", "of a processor busy at the peak", "cores of a node",
)  # fmt: skip


def _projections(one: Projected, all_: Projected) -> Iterator[str]:
    said = {
        "cases": "cases kept", "rows_gib": "rows and indexes, GiB", "files_gib": "files, GiB",
        "wal_gib_a_day": "WAL a working day with files, GiB (a backup's growth, a standby's line)",
        "cases_a_minute": "cases a minute", "iops": "writes of 8 KiB a second", "page_cores": "cores for pages",
        "database_cores": "cores for PostgreSQL and workers", "web_nodes": "web nodes, one of them to spare",
    }  # fmt: skip
    for name, words in said.items():
        values = (getattr(each, name) for each in (one, all_))
        yield (
            f"| {words} | "
            + " | ".join(f"{each:,.2f}" if isinstance(each, float) else f"{each:,}" for each in values)
            + " |"
        )


def kept() -> Measured:
    """The figures that were measured last."""
    told = json.loads(KEPT.read_text(encoding="utf-8"))
    return Measured(**{**told, "tables": {name: tuple(each) for name, each in told["tables"].items()}})


def written(page: str, inside: str, marks: tuple[str, str] = (BEGIN, END)) -> str:
    """The page with these figures between those marks."""
    begin, end = marks
    before, _, rest = page.partition(begin)
    return f"{before}{begin}\n{inside}\n{end}{rest.partition(end)[2]}"


def main(words: list[str]) -> None:
    """Measure, unless only the page is wanted; keep; write the page."""
    if "--say" not in words:
        KEPT.write_text(json.dumps(asdict(measure()), indent=1) + "\n", encoding="utf-8")
    kinds = {each.name: type(each.default) for each in fields(Assumed)}
    told = dict(word.split("=", 1) for word in words if "=" in word)
    assumed = Assumed(**{name: kinds[name](value) for name, value in told.items()})  # type: ignore[arg-type]
    inside = figures(kept(), assumed)
    sys.stdout.write(f"{inside}\n")
    if not told:
        PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), inside), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
