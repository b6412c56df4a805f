"""What happens between two statements of one thread: a pause, a fault, a line that is cut.

A commit counts as a statement; what waits at a line (`services.written`) as one each: whoever is told of statements has
each sent and answered by itself, as the server carries them out.
"""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from komek.testing.owner import owner
from services.db import db
from services.errors import KomekError
from services.lines import KeptCursor, KeptLine
from services.turns import Statement, Turns

COMMIT = "COMMIT"
#: whatever is waited for comes within that, or the test says what did not
LIMIT_S = 60
_CHANGES = re.compile(
    r"\s*(INSERT|UPDATE|DELETE|WITH\b.*\b(INSERT|UPDATE|DELETE)\b)|.*(\bFOR (NO KEY )?UPDATE|_lock\()", re.S
)
#: is told the statement, before it is sent, and the line
Before = Callable[[str, KeptLine], None]


class _Hooks(threading.local):
    before: Before | None = None


_hooks = _Hooks()


@contextmanager
def watched() -> Iterator[None]:
    """Whoever says so by `told_before` is told of the statements of their own thread meanwhile."""
    with pytest.MonkeyPatch.context() as patch:
        execute, commit, take = KeptCursor.execute, KeptLine.commit, Turns.take

        def executes(cursor: KeptCursor, query: Any, *told: Any, **more: Any) -> Any:
            if _hooks.before is not None:
                _hooks.before(str(query), cursor.connection)  # type: ignore[arg-type]
            return execute(cursor, query, *told, **more)

        def commits(line: KeptLine) -> None:
            if _hooks.before is not None:
                _hooks.before(COMMIT, line)
            commit(line)

        def takes(turns: Turns, line: KeptLine, asked: Sequence[Statement], *, commit: bool = False) -> Any:
            if _hooks.before is None:
                return take(turns, line, asked, commit=commit)
            found = []
            for each in asked:
                _hooks.before(each.text, line)
                found += take(turns, line, [each])
            if commit:
                take(turns, line, [], commit=True)
            return found

        patch.setattr(KeptCursor, "execute", executes)
        patch.setattr(Turns, "take", takes)
        patch.setattr(KeptLine, "commit", commits)
        yield


@contextmanager
def told_before(hook: Before) -> Iterator[None]:
    """Of each statement that this thread sends."""
    former, _hooks.before = _hooks.before, hook
    try:
        yield
    finally:
        _hooks.before = former


def cut(line: KeptLine) -> None:
    """The line is gone, as when a cable is pulled: what is sent next meets nobody, and the server ends its session."""
    with socket.socket(fileno=socket.dup(line.fileno())) as end:
        end.shutdown(socket.SHUT_RDWR)


#: which statement: its number in its thread, from nought; how it begins; or what is so of it
Which = int | str | Callable[[str], bool]


def changes(sent: str) -> bool:
    """Whether that statement changes or holds something, so that nobody else does."""
    return bool(_CHANGES.match(sent))


def once_at(at: Which, do: Callable[[KeptLine], None]) -> Before:
    """Before the first such statement of this thread, and at no other."""
    numbers, done = count(), False

    def before(sent: str, line: KeptLine) -> None:
        nonlocal done
        number = next(numbers)
        if done or not (number == at or (callable(at) and at(sent)) or (isinstance(at, str) and sent.startswith(at))):
            return
        done = True
        do(line)

    return before


class Injected(Exception):
    """A fault of ours, in the middle of whatever is done."""


def raises(_: KeptLine) -> None:
    raise Injected


def statements_of(verb: Callable[[], object]) -> list[str]:
    """What a verb sends to the database, with its commits."""
    sent: list[str] = []
    with told_before(lambda text, _: sent.append(text)):
        verb()
    return sent


def meanwhile(
    app: Flask, first: Callable[[], object], second: Callable[[], object], at: Which
) -> tuple[object, object]:
    """`first` stands still before its statement `at` (as `once_at`) until `second` is done or waits for it.

    What each gave, or which error of ours it raised.
    """
    stands, goes_on = threading.Event(), threading.Event()

    def stand(_: KeptLine) -> None:
        stands.set()
        assert goes_on.wait(LIMIT_S), "nobody let the first one go on"

    def run(verb: Callable[[], object], before: Before) -> object:
        with app.app_context(), told_before(before):
            try:
                return verb()
            except KomekError as error:
                return error
            finally:
                stands.set()
                db.session.remove()

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(run, first, once_at(at, stand))
        assert stands.wait(LIMIT_S), "the first one never came there"
        other = pool.submit(run, second, lambda _text, _line: None)
        until = time.monotonic() + LIMIT_S
        while not wait({other}, 0.004).done and not _is_held():
            assert time.monotonic() < until, "the second one neither ends nor waits for the first"
        goes_on.set()
        return one.result(LIMIT_S), other.result(LIMIT_S)


def _is_held() -> bool:
    """Whether somebody waits in this database for what another transaction holds."""
    asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with owner().connect() as beside:
        return bool(beside.scalar(text(asked)))
