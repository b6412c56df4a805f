"""What one move of a case, and its state, may take. Bounds on what anybody can draw; nothing lawful comes near them.

The doctor refuses what can be seen to exceed them; what cannot be seen breaks the move off with words, and changes
nothing.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from services.engine.errors import CannotGoOn
from services.shown import Words

MOST_UNDONE = 500  #: entries of what can be undone in one scope
MOST_STEPS = 5000  #: elements passed in one move
MOST_MADE = 10_000  #: tasks made in one move, those included that are only looked ahead at
MOST_SECONDS = 10.0  #: of a processor, for one move
MOST_STATE = 1024 * 1024  #: bytes of what is kept of an instance, packed
MOST_WAITING = 1000  #: places where one instance waits at a time

TOO_MANY = Words("more is begun at once here than a case can hold")
TOO_LONG = Words("it reckons longer here than a case may take")
TOO_LARGE = Words("the case would hold more than can be kept of it")
_LOOK_EVERY = 64


@dataclass
class Spent:
    """What the move that runs has taken so far."""

    made: int = 0
    begun: float = field(default_factory=time.thread_time)


_spent: ContextVar[Spent | None] = ContextVar("spent", default=None)


@contextmanager
def spending() -> Iterator[None]:
    """Inside, one move goes on, and takes no more than it may."""
    token = _spent.set(Spent())
    try:
        yield
    finally:
        _spent.reset(token)


def one_more() -> None:
    """A task is made. Raises CannotGoOn when the move takes more than it may."""
    spent = _spent.get()
    if spent is None:
        return
    spent.made += 1
    if spent.made > MOST_MADE:
        raise CannotGoOn(TOO_MANY)
    if spent.made % _LOOK_EVERY == 0 and time.thread_time() - spent.begun > MOST_SECONDS:
        raise CannotGoOn(TOO_LONG)
