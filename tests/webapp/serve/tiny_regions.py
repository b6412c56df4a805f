"""Two regions with the smallest pages there can be, and one that cannot start, behind a real door.

`python -m tests.webapp.serve.tiny_regions FILE PORT` keeps them all; with `of KEY PORT` it is one of them.
"""

import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BROKEN = "broken"


class Pages(BaseHTTPRequestHandler):
    """They say whose they are, and as which region they were begun."""

    def do_GET(self) -> None:
        said = f"{sys.argv[2]} {os.environ['KOMEK_REGION']} {os.environ['KOMEK_PROXIES']}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: object) -> None:
        """Nothing."""


def keep(file: str, port: int) -> int:
    """The exit code of what keeps all regions."""
    from services.config import Config
    from webapp.serve.several import supervise_regions

    signal.signal(signal.SIGINT, signal.default_int_handler)
    itself = [sys.executable, "-m", "tests.webapp.serve.tiny_regions", "of"]
    config = Config.from_env({**os.environ, "KOMEK_REGIONS": file})
    return supervise_regions(config, "127.0.0.1", port, 1, command=lambda each: [*itself, each.key, str(each.port)])


if __name__ == "__main__" and sys.argv[1] != "of":
    sys.exit(keep(sys.argv[1], int(sys.argv[2])))
elif __name__ == "__main__":
    if sys.argv[2] == BROKEN:
        sys.exit("its package is broken")
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[3])), Pages).serve_forever()
