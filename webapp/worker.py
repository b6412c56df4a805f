"""The worker as a process: two threads over one application, until SIGTERM."""

import logging
import signal
from collections.abc import Callable
from threading import Event, Thread

import structlog

from services import jobs
from services.config import Config
from webapp import create_app


def work(config: Config, log_level: str) -> int:
    """Work until told to stop, and end the job in hand first; the exit code: 1 when a thread broke off."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, log_level.upper())),
    )
    app, stop = create_app(config), Event()
    for kind in (signal.SIGTERM, signal.SIGINT):
        signal.signal(kind, lambda number, frame: stop.set())
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
