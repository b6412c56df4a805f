"""A gateway of SMS and mail for tests: a small HTTP server that takes a message once for each key."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from flask import Flask

from services import telling

TOKEN, SECRET = "a-token-of-the-gateway", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@dataclass
class FakeGateway:
    """What it was asked, what it took, and what it answers next; then it takes everything."""

    tried: list[dict[str, Any]] = field(default_factory=list)
    taken: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: list[int] = field(default_factory=list)
    more: dict[str, object] = field(default_factory=dict)  #: that it says of each message it takes

    def take(self, headers: Any, said: dict[str, Any]) -> tuple[int, dict[str, object]]:
        """As it came: the first of a key is taken, one that comes again is only answered."""
        self.tried.append(said)
        if headers["Authorization"] != f"Bearer {TOKEN}":
            return 401, {}
        if self.answers and (code := self.answers.pop(0)) != 202:
            return code, {}
        key = headers["Idempotency-Key"].strip('"')
        assert key == said["key"]
        self.taken.setdefault(key, said)
        return 202, {"id": f"m-{len(self.taken)}", **self.more}


@contextmanager
def told_by(app: Flask) -> Iterator[FakeGateway]:
    """The application with a gateway of its own."""
    fake = FakeGateway()

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            code, answer = fake.take(self.headers, said)
            body = json.dumps(answer).encode()
            self.send_response(code)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    Thread(target=server.serve_forever, daemon=True).start()
    before = app.config["KOMEK"]
    config = replace(
        before, told_url=f"http://127.0.0.1:{server.server_port}/send", told_token=TOKEN, told_report_secret=SECRET
    )
    app.config["KOMEK"] = config
    telling.use(telling.gateway_of(config))
    try:
        yield fake
    finally:
        app.config["KOMEK"] = before
        telling.use(None)
        server.shutdown()
        server.server_close()
