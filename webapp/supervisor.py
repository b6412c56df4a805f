"""Everything in one: the embedded PostgreSQL, the tables, the diagrams, the pages. What dies is started again.

The same command serves production, with DATABASE_URL set; there a process manager may as well run gunicorn itself.
"""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from services.config import ROOT, Config
from services.postgres import AlreadyRunning, CannotStart, Server, dies_with_parent

ALREADY_RUNNING, CANNOT_START = 3, 1
THREADS = 4
LOOK_EVERY_S = 0.2
#: a process that dies again and again is started more slowly
SHORT_LIFE_S = 5.0

Step = tuple[str, Sequence[str]]


def supervise(
    config: Config,
    host: str,
    port: int,
    workers: int,
    *,
    application: str = "wsgi:app",
    steps: Sequence[Step] | None = None,
) -> int:
    """Run until told to stop; the exit code: 3 when it runs already, 1 when it cannot start."""
    stopping: list[int] = []
    for kind in (signal.SIGINT, signal.SIGTERM):
        signal.signal(kind, lambda number, frame: stopping.append(number))
    server = None if config.database_url else Server(config.var)
    try:
        if server is not None:
            _say("database")
            server.start()
            server.create_database("komek")
        _need_free(host, port)
        return _run(config, server, host, port, workers, application, steps, stopping)
    except AlreadyRunning:
        _say(
            f"Komek runs already, over {config.var}; it is at http://{host}:{port} unless it was given another address."
        )
        return ALREADY_RUNNING
    except (CannotStart, OSError) as fault:
        _say(str(fault))
        return CANNOT_START
    finally:
        if server is not None:
            server.stop()


def _run(
    config: Config,
    server: Server | None,
    host: str,
    port: int,
    workers: int,
    application: str,
    steps: Sequence[Step] | None,
    stopping: list[int],
) -> int:
    env = environment(config, server)
    for what, command in preparations(config) if steps is None else steps:
        if stopping:
            return 0
        _say(what)
        done = subprocess.run(command, env=env, cwd=ROOT, check=False, capture_output=True, text=True)
        if done.returncode != 0:
            raise CannotStart(f"{what}: {(done.stderr or done.stdout).strip()[-2000:]}")
    web = _Child(lambda: _start_web(host, port, workers or os.cpu_count() or 2, application, env))
    try:
        if not _answers(host, port, web, stopping):
            raise CannotStart("the pages did not start; their messages stand above")
        if not stopping:
            _say(f"Komek is at http://{host}:{port} — ctrl-C stops it")
        while not stopping:
            time.sleep(LOOK_EVERY_S)
            web.look()
            if server is not None and server.process is not None and server.process.poll() is not None:
                _say("database died, started again")
                server.stop()
                server.start()
        _say("stopping")
        return 0
    finally:
        web.stop()


def environment(config: Config, server: Server | None) -> dict[str, str]:
    """What the child processes are told: the configuration, with the database and the key filled in."""
    own = {
        "KOMEK_DATABASE_URL": config.database_url or (server.address if server else ""),
        "KOMEK_SECRET_KEY": config.secret_key or kept_secret(config.var),
        "KOMEK_PLUGINS": ",".join(config.plugins),
        "KOMEK_DEMO": str(int(config.demo)),
        "KOMEK_SECURE_COOKIES": str(int(config.secure_cookies)),
        "KOMEK_VAR": str(config.var),
        "KOMEK_PROXIES": str(config.proxies),
        "KOMEK_SIGN_IN_ATTEMPTS": str(config.sign_in_attempts),
        "KOMEK_SIGN_IN_WINDOW_S": str(config.sign_in_window_s),
    }
    return {**os.environ, **own}


def kept_secret(var: Path) -> str:
    """The key that signs cookies: made once, readable by its owner only."""
    file = var / "secret_key"
    if not file.exists():
        var.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.write(secrets.token_hex(32))
    return file.read_text(encoding="ascii").strip()


def preparations(config: Config) -> list[Step]:
    """What is done before the pages open."""
    komek = [sys.executable, "-m", "webapp.cli"]
    steps: list[Step] = [("tables", [*komek, "db", "upgrade"]), ("diagrams, offices, calendar", [*komek, "deploy"])]
    if config.demo:
        steps.append(("demo staff", [*komek, "--demo", "seed"]))
    return steps


def _start_web(host: str, port: int, workers: int, application: str, env: Mapping[str, str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "gunicorn", application, "--bind", f"{host}:{port}", "--worker-class", "gthread",
               "--workers", str(workers), "--threads", str(THREADS), "--graceful-timeout", "10", "--log-level", "warning",
               "--worker-tmp-dir", "/dev/shm" if Path("/dev/shm").is_dir() else "/tmp"]  # fmt: skip
    return subprocess.Popen(
        command, env=env, cwd=ROOT, start_new_session=True, preexec_fn=dies_with_parent(signal.SIGTERM)
    )


class _Child:
    """A process that is started again when it dies."""

    def __init__(self, start: Callable[[], subprocess.Popen[bytes]]) -> None:
        self._start = start
        self.process = start()
        self._began = time.monotonic()

    def look(self) -> None:
        if self.process.poll() is None:
            return
        if time.monotonic() - self._began < SHORT_LIFE_S:
            time.sleep(1)
        _say("the pages died, started again")
        self.process, self._began = self._start(), time.monotonic()

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)


def _need_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as fault:
            why = f"{host}:{port} is taken or not allowed ({fault.strerror}); choose another with --port."
            raise CannotStart(why) from None


def _answers(host: str, port: int, web: _Child, stopping: list[int], timeout_s: float = 60) -> bool:
    end = time.monotonic() + timeout_s
    while time.monotonic() < end and not stopping:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex((host, port)) == 0:
                return True
        if web.process.poll() is not None:
            return False
        time.sleep(LOOK_EVERY_S)
    return bool(stopping)


def _say(what: str) -> None:
    sys.stdout.write(f"· {what}\n")
    sys.stdout.flush()
