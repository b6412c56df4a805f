"""Gunicorn's threads, kept for requests that have come whole: a slow or silent client costs a socket, no thread.

Gunicorn's own threaded worker reads a request in the thread that answers it, for as long as the client likes: two dozen
sockets that send half a request stop every page. Here the worker's loop gathers what comes, and a thread gets the
request when its last byte is there. Behind a proxy that gathers requests itself it makes no difference.
It stands here and not in webapp/, because gunicorn's master imports it, and should import no application.
"""

import re
import socket
import time
from contextlib import suppress
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn.http2 import negotiation
from gunicorn.workers.gthread import TConn, ThreadWorker

#: for the head of a request; for a body as long again, and a second more for each so many bytes that came
PATIENCE_S, SLOWEST_BYTES_S = 10.0, 1024
#: a client that takes nothing of its answer for so long is let go
UNREAD_S = 30
LONGEST_HEAD, LONGEST_BODY = 64 * 1024, 40 * 1024 * 1024
#: of all requests together that have not come whole
MOST_GATHERED = 256 * 1024 * 1024
PIECE = 64 * 1024
TOO_LARGE = b"HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"^content-length:[ \t]*(\d{1,18})[ \t]*$", re.IGNORECASE | re.MULTILINE)
_CHUNKED = re.compile(rb"^transfer-encoding:.*\bchunked\b", re.IGNORECASE | re.MULTILINE)
_EXPECTS = re.compile(rb"^expect:[ \t]*100-continue", re.IGNORECASE | re.MULTILINE)


class Coming:
    """A request as far as it has come."""

    def __init__(self, had: bytes, now: float) -> None:
        self.data, self.since = bytearray(had), now
        self._head = -1  #: where the head ends
        self._needed: int | None = None  #: bytes in all; None while the head is not there, or in chunks
        self._chunked = False

    @property
    def until(self) -> float:
        """When it is given up."""
        if self._head < 0:
            return self.since + PATIENCE_S
        return self.since + 2 * PATIENCE_S + len(self.data) / SLOWEST_BYTES_S

    @property
    def too_large(self) -> bool:
        """Whether it is more than any request of ours."""
        if self._head < 0:
            return len(self.data) > LONGEST_HEAD
        return max(len(self.data), self._needed or 0) > self._head + LONGEST_BODY

    def read_head(self) -> bool:
        """Whether the head has just come; then it is known what is to come after it."""
        if self._head >= 0 or (end := self.data.find(_END)) < 0:
            return False
        self._head = end + len(_END)
        head = bytes(self.data[:end]).replace(b"\r\n", b"\n")
        length = _LENGTH.search(head)
        self._chunked = length is None and _CHUNKED.search(head) is not None
        self._needed = None if self._chunked else self._head + (int(length[1]) if length else 0)
        self.expects = _EXPECTS.search(head) is not None and not self.whole
        return True

    @property
    def whole(self) -> bool:
        """Whether nothing of it is missing."""
        if self._head < 0:
            return False
        if self._chunked:
            return self.data.endswith(b"0\r\n\r\n", self._head)
        return self._needed is not None and len(self.data) >= self._needed


class _Gathered:
    """Reads like the socket: first what has come already."""

    def __init__(self, data: bytearray, sock: socket.socket) -> None:
        self._data, self._at, self._sock = memoryview(data), 0, sock

    def recv(self, size: int) -> bytes:
        piece = bytes(self._data[self._at : self._at + size])
        self._at += len(piece)
        return piece or self._sock.recv(size)

    def rest(self) -> bytes:
        return bytes(self._data[self._at :])


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """The threaded worker that waits for requests without a thread."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._coming: dict[TConn, Coming] = {}

    def enqueue_req(self, conn: TConn) -> None:
        """A request begins on that connection, new or kept alive; called in the loop's thread."""
        if self.cfg.is_ssl or conn.is_http2 or negotiation.prior_knowledge_allowed(self.cfg, conn.client):
            super().enqueue_req(conn)
            return
        with suppress(OSError, AttributeError):
            conn.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_S * 1000)
        had = conn.parser.unreader.take_buffered() if conn.parser is not None else b""
        self._coming[conn] = Coming(had, time.monotonic())
        conn.sock.setblocking(False)
        self.poller.register(conn.sock, EVENT_READ, partial(self._read, conn))
        self._read(conn, conn.sock)

    def murder_pending(self) -> None:
        """Let go whoever waits too long; the loop asks at least once a second."""
        super().murder_pending()
        now = time.monotonic()
        for conn, coming in list(self._coming.items()):
            if now > coming.until or (not self.alive and not coming.data):
                self._let_go(conn)

    def _read(self, conn: TConn, sock: socket.socket) -> None:
        """Take what has come; a thread gets the request when it is whole."""
        coming = self._coming[conn]
        try:
            piece = sock.recv(PIECE)
        except (BlockingIOError, InterruptedError):
            piece = None
        except OSError:
            self._let_go(conn)
            return
        if piece == b"":
            self._let_go(conn)
            return
        coming.data += piece or b""
        if coming.read_head() and coming.expects:
            with suppress(OSError):
                sock.send(CONTINUE)
        if coming.whole:
            self._hand_on(conn)
        elif coming.too_large or sum(len(each.data) for each in self._coming.values()) > MOST_GATHERED:
            with suppress(OSError):
                sock.send(TOO_LARGE)
            self._let_go(conn)

    def _hand_on(self, conn: TConn) -> None:
        coming = self._coming.pop(conn)
        self.poller.unregister(conn.sock)
        conn.data_ready = True
        conn.init()
        conn.parser.unreader.sock = _Gathered(coming.data, conn.sock)
        super().enqueue_req(conn)

    def finish_request(self, conn: TConn, fs: Any) -> None:
        """An answer was given; what has come behind the request begins the next one."""
        gathered = conn.parser.unreader.sock if conn.parser is not None and not conn.is_http2 else None
        if isinstance(gathered, _Gathered):
            conn.parser.unreader.sock = conn.sock
            conn.parser.unreader.unread(conn.parser.unreader.take_buffered() + gathered.rest())
        super().finish_request(conn, fs)

    def _let_go(self, conn: TConn) -> None:
        del self._coming[conn]
        with suppress(OSError, KeyError, ValueError):
            self.poller.unregister(conn.sock)
        self.nr_conns -= 1
        conn.close()
