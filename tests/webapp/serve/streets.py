"""A door in front of regions, in this process, and whoever asks there by the name of a host."""

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

from werkzeug.serving import make_server

from services.config import Config
from tests import the_region
from webapp.serve.door import door

FILE = """
address = "http://komek.test"
[regions.north]
name = {{ kk = "Солтүстік", ru = "Север", en = "North" }}
plugins = ["{region}"]
port = {north}
[regions.south]
name = {{ kk = "Оңтүстік", ru = "Юг", en = "South" }}
plugins = ["{region}"]
port = {south}
machine = "{machine}"
"""


@contextmanager
def serving(app: Any, port: int = 0, machine: str = "127.0.0.1") -> Iterator[int]:
    server = make_server(machine, port, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


def told(name: str) -> Any:
    """A region's pages that tell what they were asked."""

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        said = {"region": name, "uri": environ["RAW_URI"], "body": environ["wsgi.input"].read(length).decode(),
                **{key: value for key, value in environ.items() if key.startswith("HTTP_")}}  # fmt: skip
        start_response("207 Told", [("Content-Type", "application/json"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
        return [json.dumps(said).encode()]

    return app


def door_of(folder: Path, north: int, south: int, machine: str = "127.0.0.1") -> Any:
    file = folder / "regions.toml"
    text = FILE.format(region=the_region.REGION, north=north, south=south, machine=machine)
    file.write_text(text, encoding="utf-8")
    return door(Config(regions=str(file)))


def ask(port: int, host: str, path: str = "/", method: str = "GET", body: bytes | None = None, **headers: str) -> Any:
    """The answer, and its text."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest(method, path, skip_host=True)
    for name, value in {"Host": host, **headers}.items():
        connection.putheader(name, value)
    if body is not None:
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer, text
