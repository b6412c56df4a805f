"""The worker as a process: two threads over one application, until SIGTERM."""

import logging
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread

import structlog
from flask import Flask
from sqlalchemy.exc import InterfaceError, OperationalError

from services import archive, cases, figures, jobs
from services.db import let_go
from webapp.serve.kept_process import PULSE
from webapp.serve.said import SaidLines
from webapp.serve.start import need_tables

logger = logging.getLogger(__name__)

#: between two looks for a database that is away when the worker starts
PAUSE_S = 1.0
#: what the thread of prompt jobs does at once takes no longer; one that does not look for work again stands still
LONGEST_JOB_S = 600.0


def work(app: Flask, log_level: str) -> int:
    """Work until told to stop, and end the job in hand first; the exit code: 1 when a thread broke off.

    SystemExit when the tables are those of another version.
    """
    _log_as_lines(log_level)
    stop = Event()
    for kind in (signal.SIGTERM, signal.SIGINT):
        signal.signal(kind, lambda number, frame: stop.set())
    while not stop.is_set() and not (need_tables(app) and _taken_up(app)):
        give_sign()
        stop.wait(PAUSE_S)
    broke: list[str] = []

    def run(part: Callable[[Event], None]) -> None:
        try:
            with app.app_context():
                part(stop)
        finally:
            if not stop.is_set():
                broke.append(part.__name__)
                stop.set()

    threads = [Thread(target=run, args=(part,)) for part in (jobs.work_promptly, jobs.work_outside)]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            thread.join(0.2)  # a signal is seen between two joins
            if jobs.looked_before_s() < LONGEST_JOB_S:
                give_sign()
    return 1 if broke else 0


def _taken_up(app: Flask) -> bool:
    """What was left over is taken up; False when the database went away meanwhile: then it is tried again."""
    with app.app_context():
        try:
            cases.take_up_again()
            archive.plan()
            figures.plan()
            return True
        except (OperationalError, InterfaceError) as fault:
            logger.warning("what was left over is not taken up yet: %s", type(fault).__name__)
            return False
        finally:
            let_go()


def _log_as_lines(log_level: str) -> None:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=SaidLines,
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, log_level.upper())),
    )


def give_sign() -> None:
    """Tell whoever started this process, if they listen, that it does not stand still."""
    written = os.environ.get(PULSE)
    if written:
        with suppress(OSError, ValueError):
            os.write(int(written), b".")
