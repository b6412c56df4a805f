"""Strangers' files are looked at in a process of their own, with limits of time and memory: a file that takes too much
takes nothing from the pages.

A helper is kept beside each process that asks: it has everything imported, and forks for every look, one at a time.
Only what a look gives comes back. The helper goes with whoever started it.
"""

import os
import pickle
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Lock
from typing import Any

from services.config import ROOT
from services.loading import load
from services.processes import doctor
from services.processes.doctor import Finding, Report, catalogue
from services.processes.names import Translations
from services.registry import Registry

#: of one look: by the clock on the wall, and over what the helper takes anyhow
MOST_SECONDS, MOST_MB = 30, 768
#: a helper that says nothing for so much longer is no helper
GRACE_S = 5

Beside = Mapping[str, bytes]
#: (files, those beside them, the registry, language -> translations) -> anything that pickles
Look = Callable[[Mapping[str, bytes], Beside, Registry, Mapping[str, Translations]], Any]


class TakesTooMuch(Exception):
    """The look was broken off."""


@dataclass(frozen=True)
class _Job:
    look: Look
    files: Mapping[str, bytes]
    beside: Beside
    plugins: tuple[str, ...]
    base: Path
    law: Path | None  #: the edition of the region's act, where it is not the package's files
    translated: Mapping[str, Mapping[tuple[str, str], str]]  #: without the catalogues, which the doctor reads himself
    seconds: int
    mb: int
    needs: tuple[str, ...]


def look(
    look: Look, files: Mapping[str, bytes], beside: Beside, registry: Registry, known: Mapping[str, Translations],
    *, needs: tuple[str, ...] = (),
) -> Any:  # fmt: skip
    """What `look`, a function of a module, gives for these, in the other process. Raises TakesTooMuch.

    `needs` are modules that it loads late: the helper loads them once, not each look for itself.
    A registry that was put together by hand is not known there: it is looked at here.
    """
    if registry.names is None:
        return look(files, beside, registry, known)
    laid_over = {language: dict(each.laid_over) for language, each in known.items()}
    of = registry.names, registry.base, registry.law
    job = _Job(look, dict(files), dict(beside), *of, laid_over, MOST_SECONDS, MOST_MB, needs)
    return _helper.ask(job)


def examine(
    files: Mapping[str, bytes], registry: Registry, *, beside: Beside, translated: Mapping[str, Translations]
) -> Report:
    """What the doctor says of them; of those that take too much, that they do."""
    try:
        return look(_examine, files, beside, registry, translated)  # type: ignore[no-any-return]
    except TakesTooMuch:
        return too_much(files)


def too_much(files: Mapping[str, bytes]) -> Report:
    """The finding that these files take too much."""
    rule, told = catalogue.TAKES_TOO_MUCH, {"seconds": MOST_SECONDS, "memory": MOST_MB}
    said = (rule.code, rule.severity, rule.text, rule.advice, told)
    return Report(tuple(Finding(name, "", "", None, None, *said) for name in files))


def _examine(
    files: Mapping[str, bytes], beside: Beside, registry: Registry, known: Mapping[str, Translations]
) -> Report:
    return doctor.examine(files, registry, beside=beside, translated=known)


# ---------------------------------------------------------------- on this side


class _Helper:
    """The other process, started when it is first asked."""

    def __init__(self) -> None:
        self._alone = Lock()
        self._line: Connection | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, job: _Job) -> Any:
        sent = pickle.dumps(job)
        with self._alone:
            for _ in range(2):  # a helper that was killed meanwhile is no fault of the files
                with suppress(EOFError, OSError):
                    return self._answer(sent, job.seconds + GRACE_S)
                self._end()
        raise TakesTooMuch

    def _answer(self, sent: bytes, seconds: int) -> Any:
        line = self._alive()
        line.send_bytes(sent)
        if not line.poll(seconds):
            self._end()
            raise TakesTooMuch
        answer = pickle.loads(line.recv_bytes())
        if not answer:
            raise TakesTooMuch
        return answer[0]

    def _alive(self) -> Connection:
        if self._line is None:
            self._line, theirs = Pipe()
            command = [sys.executable, "-c", f"from {__name__} import serve; serve({theirs.fileno()})"]
            self._process = subprocess.Popen(command, pass_fds=[theirs.fileno()], cwd=ROOT, stdin=subprocess.DEVNULL)
            theirs.close()
        return self._line

    def _end(self) -> None:
        if self._line is not None and self._process is not None:
            self._line.close()
            self._process.kill()
            self._process.wait()
        self._line = self._process = None


_helper = _Helper()


# ---------------------------------------------------------------- on the other side


def serve(number: int) -> None:
    """Answer over that file until nobody is there any more; what is broken off, with nothing."""
    line = Connection(number)
    registries = lru_cache(maxsize=4)(_loaded)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            job: _Job = pickle.loads(line.recv_bytes())
        except EOFError:
            return
        registry = registries(job.plugins, job.base, job.law)
        for each in job.needs:
            import_module(each)
        child = os.fork()
        if child == 0:
            _look(job, registry, line)
        _, status = os.waitpid(child, 0)
        if status:
            line.send_bytes(pickle.dumps(()))


def _loaded(plugins: tuple[str, ...], base: Path, law: Path | None) -> Registry:
    registry = load(plugins, base)
    return registry.under(law) if law is not None else registry


def _look(job: _Job, registry: Registry, line: Connection) -> None:
    """In a process that has nothing else to do, and ends with it."""
    with suppress(BaseException):
        signal.alarm(job.seconds)
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        most = pages * resource.getpagesize() + job.mb * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        known = {language: Translations(language, (), over) for language, over in job.translated.items()}
        answer = pickle.dumps((job.look(job.files, job.beside, registry, known),))
        line.send_bytes(answer)
        os._exit(0)
    os._exit(1)
