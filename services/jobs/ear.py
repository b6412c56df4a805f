"""Hears what the database tells on a channel, over a line of its own that is not one of the pool."""

from contextlib import suppress
from threading import Event

import psycopg

from services.db import own_line


class Ear:
    """One listener on one channel. When it hears nothing, because the database is away, it just sleeps."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self._open = own_line()
        self._line: psycopg.Connection[tuple[object, ...]] | None = None

    def listen(self, seconds: float, stop: Event) -> None:
        """Return after those seconds, or sooner when something was told."""
        try:
            if self._line is None:
                self._line = self._open()
                self._line.execute(f"LISTEN {self._channel}")
            else:
                for _ in self._line.notifies(timeout=seconds, stop_after=1):
                    pass
        except psycopg.Error:
            self.close()
            stop.wait(seconds)

    def close(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            with suppress(psycopg.Error):
                line.close()
