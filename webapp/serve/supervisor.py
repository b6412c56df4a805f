"""Everything in one: embedded PostgreSQL, tables, diagrams, pages, worker. What dies is started again.

The same command serves production, with DATABASE_URL set; there a process manager may as well run gunicorn itself.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path

import psycopg

from services.config import ROOT, Config, NoRegionNamed, WeakKey, unheard
from services.postgres import AlreadyRunning, CannotStart, Lock, Server, dies_with_parent
from services.secret_file import kept_secret
from webapp.serve.kept_process import CannotBeMade, Kept
from webapp.serve.revival import Revival
from webapp.serve.said import tell
from webapp.serve.web_processes import THREADS, Web, copies, counted_in, worker

ALREADY_RUNNING, CANNOT_START = 3, 1
LOOK_EVERY_S = 0.2
OLDEST_POSTGRES = 15
#: a database server that starts together with us is given this long
DATABASE_PATIENCE_S = 20.0
#: connections for the console commands and for whoever looks into the database
SPARE_CONNECTIONS = 20

Step = tuple[str, Sequence[str]]
#: what is kept running beside the pages, by its name
Beside = Mapping[str, Kept]
#: the step whose words are said when the pages are open
FIRST_DAY = "the first day"
OWNER_URL = "KOMEK_DATABASE_OWNER_URL"
#: who copies the database: for the one process that does
COPIES_URL = "KOMEK_BACKUP_URL"
WORK = (sys.executable, "-m", "webapp.cli", "worker", "--log-level", "warning")


def supervise(
    config: Config,
    host: str,
    port: int,
    workers: int,
    *,
    application: str = "wsgi:app",
    steps: Sequence[Step] | None = None,
    work: Sequence[str] | None = None,
) -> int:
    """Run until told to stop; the exit code: 3 when it runs already, 1 when it cannot start, each said in a sentence.

    `workers` 0: as many as cores. `steps` are done before the pages open: tables, diagrams, demo staff. `work` is the
    command of the worker.
    """
    config = replace(config, var=config.var.resolve())
    web = Web(host, port, workers or os.cpu_count() or 2, application, config.var)
    beside = {"the worker": worker(host, port, config.var, WORK if work is None else work)}
    if config.backups:
        beside["the backups"] = copies(host, port, config.var)
    try:
        config.check_keys()
        _ = config.switched_on
        with signals() as stopping:
            return _hold_and_run(config, web, beside, preparations(config) if steps is None else steps, stopping)
    except AlreadyRunning:
        say(f"Komek runs already, over {config.var}: {_noted_address(config.var)}")
        return ALREADY_RUNNING
    except (CannotStart, NoRegionNamed, WeakKey) as fault:
        say(str(fault))
        return CANNOT_START


def environment(config: Config, database_url: str) -> dict[str, str]:
    """What the child processes are told: the whole configuration, with the database and the key filled in."""
    told = {each.name: getattr(config, each.name) for each in fields(config) if each.name != "testing"}
    told |= {"database_url": database_url, "secret_key": config.secret_key or kept_secret(config.var / "secret_key")}
    given = {**os.environ, **{f"KOMEK_{name.upper()}": _written(value) for name, value in told.items()}}
    said_already = unheard(config, given)
    return {name: value for name, value in given.items() if name not in said_already}


def preparations(config: Config) -> list[Step]:
    """What is done before the pages open."""
    komek = [sys.executable, "-m", "webapp.cli"]
    steps: list[Step] = [("tables", [*komek, "db", "upgrade"]), ("diagrams, offices, calendar", [*komek, "deploy"])]
    if config.demo:
        steps.append(("demo staff", [*komek, "seed"]))
    else:
        steps.append((FIRST_DAY, [*komek, "office", "secret", "--once"]))
    return steps


def _hold_and_run(config: Config, web: Web, beside: Beside, steps: Sequence[Step], stopping: list[int]) -> int:
    """One supervisor a database folder; where the database is elsewhere, one an address."""
    if config.database_url:
        lock = Lock(config.var / f"lock-{web.port}")
        lock.take()
        try:
            web.end_left()
            for each in beside.values():
                each.end_left()
            web.check_port()
            _need_database(config.database_url, stopping)
            return _run(config, config.database_url, None, (web, beside), steps, stopping)
        finally:
            lock.free()
    server = Server(config.var, max_connections=max(100, web.workers * THREADS + SPARE_CONNECTIONS))
    server.hold()
    try:
        web.end_all_of_folder()
        web.check_port()
        say("database")
        server.start()
        server.create_database("komek")
        config = replace(config, database_owner_url=server.address)
        return _run(config, server.application_address, server, (web, beside), steps, stopping)
    finally:
        server.stop()


def _run(
    config: Config,
    database_url: str,
    server: Server | None,
    kept: tuple[Web, Beside],
    steps: Sequence[Step],
    stopping: list[int],
) -> int:
    web, beside = kept
    noted = config.var / "address"
    noted.unlink(missing_ok=True)
    env = environment(config, database_url)
    told = _prepare(steps, env, stopping)
    owner = config.backup_url or config.database_owner_url or database_url
    env[OWNER_URL] = env[COPIES_URL] = ""  # who owns the tables is for the steps alone
    env |= counted_in(config.var / "metrics") if config.metrics_token else {}
    try:
        if not stopping:
            say("pages")
            web.start(env)
            web.wait_until_it_answers(stopping)
        if not stopping:
            for what, each in beside.items():
                each.start({**env, COPIES_URL: owner} if what == "the backups" else env)
            noted.write_text(web.address, encoding="utf-8")
            say(f"Komek is at {web.address} (ctrl-C stops it)")
            if told:
                say(f"{told}\n· the first day begins at {web.address}/begin/")
        database = Revival(server, say) if server is not None else None
        while not stopping:
            time.sleep(LOOK_EVERY_S)
            look_after({"the pages": web, **beside})
            if database is not None:
                database.look()
        say("stopping")
        return 0
    finally:
        noted.unlink(missing_ok=True)
        for each in (web, *beside.values()):
            each.stop(stopping)


def look_after(kept: Beside, again: str = "died, started again") -> None:
    """What died is started again, what stands still is woken or ended; `again` is how the first is said."""
    for what, each in kept.items():
        try:
            if each.died():
                say(f"{what} {again}")
            elif said := each.stood_still():
                say(f"{what} stood still, {said}")
        except CannotBeMade as fault:
            say(f"{what} cannot be started: {fault}\n· it is tried again and again")


def _prepare(steps: Sequence[Step], env: dict[str, str], stopping: list[int]) -> str:
    """What comes before the pages, in order; what is to be told of the first day. Raises CannotStart."""
    told = ""
    for what, command in steps:
        if stopping:
            break
        say(what)
        said = _do(what, command, env, stopping)
        told = said if what == FIRST_DAY else told
    return told


def _do(what: str, command: Sequence[str], env: dict[str, str], stopping: list[int]) -> str:
    """One preparation, to its end or ours; what it said. Raises CannotStart when it fails."""
    process = subprocess.Popen(
        command,
        env=env,
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=dies_with_parent(signal.SIGTERM),
    )
    said = None
    while said is None:
        try:
            said, _ = process.communicate(timeout=LOOK_EVERY_S)
        except subprocess.TimeoutExpired:
            if stopping:
                process.terminate()
    if process.returncode != 0 and not stopping:
        raise CannotStart(f"{said.strip()[-2000:]}\n· {what}: failed, for the reason above; nothing was opened")
    return said.strip()


def _need_database(url: str, stopping: list[int]) -> None:
    """Wait for somebody else's database. Raises CannotStart when it cannot be reached, or is too old."""
    scheme, found, rest = url.partition("://")
    if not found or scheme.split("+")[0] not in {"postgresql", "postgres"}:
        raise CannotStart("DATABASE_URL must be a PostgreSQL address: postgresql://user:password@host/database")
    say("database")
    end = time.monotonic() + DATABASE_PATIENCE_S
    while not stopping:
        try:
            with psycopg.connect(f"postgresql://{rest}", connect_timeout=5) as connection:
                version = connection.info.server_version // 10000
            break
        except psycopg.Error as fault:
            if time.monotonic() > end:
                raise CannotStart(f"the database of DATABASE_URL does not answer: {fault}") from None
        _sleep(1, stopping)
    if not stopping and version < OLDEST_POSTGRES:
        raise CannotStart(f"DATABASE_URL leads to PostgreSQL {version}; Komek needs {OLDEST_POSTGRES} or newer")


@contextmanager
def signals() -> Iterator[list[int]]:
    """The signals that told us to stop, as they come. The second makes haste."""
    told: list[int] = []
    before = {}
    for kind in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(kind) is not signal.SIG_IGN:  # nohup
            before[kind] = signal.signal(kind, lambda number, frame: told.append(number))
    try:
        yield told
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)


def _noted_address(var: Path) -> str:
    try:
        return (var / "address").read_text(encoding="utf-8")
    except OSError:
        return "it is just starting or stopping"


def _written(value: object) -> str:
    if isinstance(value, bool):
        return str(int(value))
    return ",".join(value) if isinstance(value, tuple) else str(value)


def _sleep(pause_s: float, stopping: list[int]) -> None:
    end = time.monotonic() + pause_s
    while time.monotonic() < end and not stopping:
        time.sleep(LOOK_EVERY_S)


def say(what: str) -> None:
    """Tell whoever watches, and of which region, where several do."""
    region = os.environ.get("KOMEK_REGION")
    tell(f"· {region}: {what}" if region else f"· {what}")
