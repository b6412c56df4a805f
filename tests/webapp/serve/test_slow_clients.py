"""Clients that are slow, silent or malicious cost a socket and no thread: the pages go on answering."""

import os
import socket
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from select import select

import pytest

from services.patient import PATIENCE_S, Coming
from tests.ports import free_port
from tests.webapp.serve.supervised import wait_for
from webapp.serve.web_processes import THREADS, Web, answers

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Gunicorn as `komek serve` starts it, over pages that give back what they are sent."""
    port = free_port()
    web = Web("127.0.0.1", port, 1, "tests.webapp.serve.test_slow_clients:echo", tmp_path_factory.mktemp("slow"))
    web.start({**os.environ})
    try:
        wait_for(lambda: answers(web.host, port))
        yield port
    finally:
        web.stop([1, 1])


def echo(environ, start_response):  # type: ignore[no-untyped-def]
    said = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Length", str(len(said))), ("Content-Type", "text/plain")])
    return [said]


def ask_while_held(port: int, held: list[socket.socket]) -> None:
    """A page answers, and not because one of those had been given up."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=60) as page:
        assert page.status == 200
    assert not select(held, [], [], 0)[0], "none of them was closed or answered by then"


def opened(port: int, said: bytes) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", port), timeout=60)
    made.sendall(said)
    return made


def answer(sock: socket.socket, ends_with: bytes) -> bytes:
    said = b""
    while not said.endswith(ends_with) and (piece := sock.recv(4096)):
        said += piece
    return said


@pytest.mark.processes
@pytest.mark.parametrize("half", [b"", b"GET / HTTP/1.1\r\nHost: x\r\n", HEAD + b"he"])
def test_sixty_sockets_that_send_half_a_request_stop_no_page(port: int, half: bytes) -> None:
    with ExitStack() as held:
        waiting = [held.enter_context(opened(port, half)) for _ in range(6 * THREADS)]
        for _ in range(3):
            ask_while_held(port, waiting)


@pytest.mark.processes
def test_sixty_kept_alive_sockets_that_begin_another_request_and_wait_stop_no_page(port: int) -> None:
    with ExitStack() as held:
        waiting = [held.enter_context(opened(port, HEAD + b"helloGET / HT")) for _ in range(6 * THREADS)]
        assert all(answer(made, b"hello").endswith(b"hello") for made in waiting)
        ask_while_held(port, waiting)


@pytest.mark.processes
def test_a_request_in_pieces_in_chunks_or_behind_another_is_answered_whole(port: int) -> None:
    with opened(port, HEAD[:20]) as sock:
        for piece in (HEAD[20:], b"he", b"llo" + HEAD + b"again"):
            time.sleep(0.05)
            sock.sendall(piece)
        assert answer(sock, b"again").count(b"200 OK") == 2
    chunked = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
    with opened(port, chunked) as sock:
        time.sleep(0.05)
        sock.sendall(b"0\r\n\r\n")
        assert answer(sock, b"hello").endswith(b"hello")
    expecting = HEAD.replace(b"Host", b"Expect: 100-continue\r\nHost")
    with opened(port, expecting) as sock:
        assert answer(sock, b"\r\n\r\n").startswith(b"HTTP/1.1 100 ")
        sock.sendall(b"hello")
        assert answer(sock, b"hello").endswith(b"hello")
    big = os.urandom(5_000_000)
    with urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}/", data=big), timeout=20) as page:
        assert page.read() == big


def test_half_a_request_is_given_up_in_seconds_and_a_body_as_long_as_it_goes_on_coming() -> None:
    half = Coming(b"GET / HTTP/1.1\r\n", 100.0)
    assert not half.read_head() and not half.whole and half.until == 100.0 + PATIENCE_S
    upload = Coming(b"POST / HTTP/1.1\r\nContent-Length: 9000000\r\n\r\n" + b"x" * 1_024_000, 100.0)
    assert upload.read_head() and not upload.whole and not upload.too_large
    assert upload.until > 100.0 + 1000
    assert Coming(b"x" * 70_000, 0.0).too_large
    huge = Coming(b"POST / HTTP/1.1\r\ncontent-length: 99000000\r\n\r\n", 0.0)
    assert huge.read_head() and huge.too_large
