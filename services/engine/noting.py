"""What is decided while a move runs is noted, with the task that asked for it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from services.bpmn import DecisionMade

_decided: ContextVar[list[tuple[Any, DecisionMade]] | None] = ContextVar("decided", default=None)


@contextmanager
def noting() -> Iterator[list[tuple[Any, DecisionMade]]]:
    """Inside, every decision is noted in the list, with what asked for it."""
    found: list[tuple[Any, DecisionMade]] = []
    token = _decided.set(found)
    try:
        yield found
    finally:
        _decided.reset(token)


def decided() -> Sequence[tuple[Any, DecisionMade]]:
    """What was decided in the move that runs."""
    return tuple(_decided.get() or ())


def note_decided(asker: Any, decided: DecisionMade) -> None:
    """Keep it for the move that runs."""
    found = _decided.get()
    if found is not None:
        found.append((asker, decided))
