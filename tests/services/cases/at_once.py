"""Verbs begun at one moment, each in a thread and a session of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask

from services.db import db
from services.errors import KomekError


def at_once(app: Flask, *verbs: Callable[[], object]) -> list[object]:
    """What each gave or raised, all begun at one moment, each in a thread and a session of its own."""
    barrier = Barrier(len(verbs), timeout=60)

    def run(verb: Callable[[], object]) -> object:
        with app.app_context():
            barrier.wait()
            try:
                return verb()
            except KomekError as error:
                return error
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(verbs)) as pool:
        return list(pool.map(run, verbs))
