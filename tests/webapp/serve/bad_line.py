"""A network between Komek and its database that can be made slow, be cut, also between a question and its answer, or
swallow what is sent."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Lock, Thread
from typing import Any

import psycopg

from services.postgres import Server
from services.postgres.server import APPLICATION, PORT

BUFFER = 1 << 16


class BadLine:
    """Takes connections on this machine's network, and carries them to that server's socket."""

    def __init__(self, server: Server) -> None:
        self._to = str(server.sockets / f".s.PGSQL.{PORT}")
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._lock = Lock()
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self.delay_s = 0.0
        self.sent = 0  #: what clients sent and was carried on, in pieces, since `cut_after`
        self._cut_at: int | None = None
        self._swallowed: set[int] = set()
        self._answers_too = False
        self._swallows = False
        self._word = b""
        self.loss: Callable[[], float] = lambda: 0.0  #: seconds for which a piece is lost, before it is sent again
        Thread(target=self._take, daemon=True).start()

    @property
    def address(self) -> str:
        """Of the database `komek`, for the application, over this line."""
        return f"postgresql+psycopg://{APPLICATION}@127.0.0.1:{self._listening.getsockname()[1]}/komek"

    def cut_after(self, pieces: int, *, answered: bool) -> None:
        """The line is cut when that many more pieces were sent: before the last of them arrives, or after it was
        carried out (`answered`) but before anybody hears of it. After 0 pieces it is left whole."""
        with self._lock:
            self.sent, self._cut_at, self._answers_too, self._swallows = 0, pieces or None, answered, False

    def part_after(self, pieces: int, *, answered: bool) -> None:
        """As `cut_after`, but nobody hears of it: both sides hold a line open to one who hears nothing any more."""
        self.cut_after(pieces, answered=answered)
        self._swallows = True

    def cut_at(self, word: bytes) -> None:
        """The line is cut after the next question with that word was carried out, before anybody hears of it."""
        with self._lock:
            self._word, self._swallows = word, False

    def part_at(self, word: bytes) -> None:
        """As `cut_at`, but nobody hears of it."""
        self.cut_at(word)
        self._swallows = True

    def cut(self) -> None:
        """Every connection there is ends at once, without a word."""
        with self._lock:
            pairs, self._pairs, self._cut_at = self._pairs, [], None
        for pair in pairs:
            for each in pair:
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
                each.close()

    def swallow(self) -> None:
        """Every connection there is stays open, takes what is sent, and gives nothing back: as a box between that has
        forgotten them. Those to come are carried."""
        with self._lock:
            self._swallowed |= {id(each) for pair in self._pairs for each in pair}

    def close(self) -> None:
        self._listening.close()
        self.cut()

    def _take(self) -> None:
        while True:
            try:
                ours, _ = self._listening.accept()
            except OSError:
                return
            theirs = socket.socket(socket.AF_UNIX)
            theirs.connect(self._to)
            with self._lock:
                self._pairs.append((ours, theirs))
            Thread(target=self._carry, args=(ours, theirs, True), daemon=True).start()
            Thread(target=self._carry, args=(theirs, ours, False), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, asks: bool) -> None:
        with suppress(OSError):
            while piece := source.recv(BUFFER):
                time.sleep(self.delay_s + self.loss())
                if id(source) in self._swallowed:
                    continue
                if asks and self._word and self._word in piece:
                    self._word, self._answers_too, self.sent, self._cut_at = b"", True, 0, 1
                if asks and self._is_last():
                    if self._answers_too:
                        target.sendall(piece)
                        time.sleep(0.2)  # it is carried out meanwhile; its answer is not carried back
                    if self._swallows:
                        self.cut_after(0, answered=False)
                        self.swallow()
                        continue
                    self.cut()
                    return
                if not asks and self._cut_at is not None and self._answers_too and self.sent >= self._cut_at:
                    continue
                target.sendall(piece)

    def _is_last(self) -> bool:
        with self._lock:
            self.sent += 1
            return self._cut_at is not None and self.sent >= self._cut_at


@contextmanager
def bad_line(server: Server) -> Iterator[BadLine]:
    line = BadLine(server)
    try:
        yield line
    finally:
        line.close()


def half_a_turn(line: psycopg.Connection[Any]) -> None:
    """The database has a part of what is sent in one turn, and carried it out; the rest is lost on the way."""
    line.pgconn.enter_pipeline_mode()
    line.pgconn.send_query_params(b"SELECT 1", None)
    line.pgconn.send_flush_request()
    line.pgconn.flush()
