"""The worker as a process: two threads over one application, until SIGTERM."""

import logging
import signal
from collections.abc import Callable
from threading import Event, Thread

import structlog
from flask import Flask

from services import jobs
from webapp.serve.start import need_tables

#: between two looks for a database that is away when the worker starts
PAUSE_S = 1.0


def work(app: Flask, log_level: str) -> int:
    """Work until told to stop, and end the job in hand first; the exit code: 1 when a thread broke off.

    SystemExit when the tables are those of another version.
    """
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, log_level.upper())),
    )
    stop = Event()
    for kind in (signal.SIGTERM, signal.SIGINT):
        signal.signal(kind, lambda number, frame: stop.set())
    while not stop.is_set() and not need_tables(app):
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
    return 1 if broke else 0
