"""Behind the nginx of deploy/nginx.conf: what is the same for everybody is asked of Komek once."""

import http.client
import os
import shutil
import socket
import ssl
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from services.config import ROOT
from services.tracking import guesses
from services.tracking.codes import new_code
from tests.certificate import own_certificate
from webapp import create_app
from webapp.public import kept

CONF = ROOT / "deploy" / "nginx.conf"
#: `make test` lays one there where the system has none
NGINX = shutil.which("nginx", path=os.pathsep.join((os.environ["PATH"], "/usr/sbin", f"{ROOT}/.venv/nginx/usr/sbin")))
HOST = "komek.office.local"
ASKED = 200

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(NGINX is None, reason="no nginx here: `make test` fetches Debian's, where there is one"),
]


class Counted:
    """The application, and what came as far as it: method and address -> how often; and from whom."""

    def __init__(self, application: Any) -> None:
        self._application, self.seen = application, Counter[str]()
        self.environ: dict[str, Any] = {}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.seen[f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"] += 1
        self.environ = environ
        return self._application(environ, start_response)  # type: ignore[no-any-return]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def configured(folder: Path, komek: int, plain: int, tls: int) -> Path:
    """The file as it stands, with this machine's ports and folders; everything of nginx's own below the folder."""
    said = CONF.read_text(encoding="utf-8")
    for ours, here in (
        ("127.0.0.1:8000", f"127.0.0.1:{komek}"), ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ", f"listen 127.0.0.1:{tls} "), ("/etc/nginx/komek/", f"{folder}/"),
        ("/var/cache/nginx/komek", f"{folder}/cache"),
    ):  # fmt: skip
        assert ours in said, ours
        said = said.replace(ours, here)
    (folder / "komek.conf").write_text(said, encoding="utf-8")
    whole = folder / "nginx.conf"
    bodies = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    lines = [
        *(["user root;"] if os.geteuid() == 0 else []),  # a test's folder is its owner's alone
        f"daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log warn;",
        "events { worker_connections 256; }",
        f"http {{ access_log off; {' '.join(f'{each}_temp_path {folder}/{each};' for each in bodies)}",
        f"include {folder}/komek.conf; }}",
    ]
    whole.write_text("\n".join(lines), encoding="utf-8")
    return whole


class Behind:
    """nginx in front of the application."""

    def __init__(self, tls: int, plain: int, counted: Counted, gone: Callable[[], None]) -> None:
        self.tls, self.plain, self.counted = tls, plain, counted
        self.gone = gone  #: nobody is behind it any more

    def ask(self, path: str, form: str = "", **headers: str) -> http.client.HTTPResponse:
        trusting = ssl._create_unverified_context()
        line = http.client.HTTPSConnection("127.0.0.1", self.tls, timeout=20, context=trusting)
        more = {"Host": HOST, **({"Content-Type": "application/x-www-form-urlencoded"} if form else {}), **headers}
        line.request("POST" if form else "GET", path, form or None, more)
        answer = line.getresponse()
        answer.text = answer.read()  # type: ignore[attr-defined]
        return answer


@pytest.fixture
def behind(house: Flask, tmp_path: Path) -> Iterator[Behind]:
    kept.forget()
    guesses.refused.cache_clear()
    real = create_app(replace(house.config["KOMEK"], demo=False, proxies=1, secure_cookies=True))
    counted = Counted(real.wsgi_app)
    real.wsgi_app = counted  # type: ignore[method-assign]
    server = make_server("127.0.0.1", 0, real, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    plain, tls = free_port(), free_port()
    own_certificate(tmp_path, HOST)
    whole = configured(tmp_path, server.server_port, plain, tls)
    command = [str(NGINX), "-p", str(tmp_path), "-e", str(tmp_path / "error.log"), "-c", str(whole)]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True)
    assert checked.returncode == 0 and "warn" not in checked.stderr, checked.stderr
    process = subprocess.Popen(command)

    def gone() -> None:
        server.shutdown()
        server.server_close()

    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", tls)) == 0:
                    break
            time.sleep(0.05)
        yield Behind(tls, plain, counted, gone)
    finally:
        process.terminate()
        process.wait(10)
        server.shutdown()
        thread.join(10)
        kept.forget()
        guesses.refused.cache_clear()


def test_of_two_hundred_who_read_a_page_one_reaches_komek_and_no_copy_outlives_its_truth(behind: Behind) -> None:
    path = "/service/ru/offices"
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: behind.ask(path, Cookie="__Host-komek=x"), range(ASKED)))
    assert {each.status for each in found} == {200}, found[0].text
    assert len({each.text for each in found}) == 1
    assert behind.counted.seen == {f"GET {path}": 1}
    assert "HTTP_COOKIE" not in behind.counted.environ, "nobody's cookie goes into what is kept for everybody"
    assert not any(each.headers.get_all("Set-Cookie") for each in found)
    assert {each.headers["Expires"] for each in found} == {found[0].headers["Expires"]}
    assert found[0].headers["Strict-Transport-Security"] and "max-age" not in found[0].headers["Cache-Control"]

    browsers = ("gzip, deflate, br, zstd", "gzip, deflate, br", "gzip", "*;q=0.1, gzip;q=1.0")
    packed = [behind.ask(path, **{"Accept-Encoding": each}) for each in browsers]
    assert {each.headers["Content-Encoding"] for each in packed} == {"gzip"}
    assert behind.counted.seen == {f"GET {path}": 2}, "packed, whatever way a browser writes that it reads it"
    tag = packed[0].headers["ETag"]
    assert behind.ask(path, **{"Accept-Encoding": "gzip", "If-None-Match": tag}).status == 304
    form, style = behind.ask("/status/kk/"), behind.ask("/static/public.css?v=1")
    assert form.status == style.status == 200 and behind.ask("/static/public.css?v=1").text == style.text
    assert behind.counted.seen["GET /static/public.css"] == 1 and behind.counted.seen[f"GET {path}"] == 2


def test_pages_of_people_are_kept_by_nobody_and_komek_knows_who_asks(behind: Behind) -> None:
    for _ in range(2):
        page = behind.ask("/sign-in", **{"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "http"})
        assert page.status == 200 and page.headers["Cache-Control"] == "no-store"
        assert "Secure" in str(page.headers["Set-Cookie"]) and "__Host-komek" in str(page.headers["Set-Cookie"])
    assert behind.counted.seen["GET /sign-in"] == 2
    said = {key: behind.counted.environ[key] for key in ("REMOTE_ADDR", "wsgi.url_scheme", "HTTP_HOST")}
    assert said == {"REMOTE_ADDR": "127.0.0.1", "wsgi.url_scheme": "https", "HTTP_HOST": HOST}, "not what was claimed"
    line = http.client.HTTPConnection("127.0.0.1", behind.plain, timeout=20)
    line.request("GET", "/service/ru/", headers={"Host": HOST})
    assert (plain := line.getresponse()).status == 301 and plain.headers["Location"] == f"https://{HOST}/service/ru/"


def test_a_flood_of_questions_ends_at_the_proxy_and_is_told_so_in_three_languages(behind: Behind) -> None:
    form = f"number=19-2013-00042&code={new_code()}&who=x"
    began_s, found, ended = time.monotonic(), list[http.client.HTTPResponse](), list[str]()
    while len(ended) < 10 and len(found) < 400:  # the slower a machine, the more of them are let through
        found.append(behind.ask("/status/ru/", form))
        words = found[-1].text.decode()  # type: ignore[attr-defined]
        if "<title>429</title>" in words:
            ended.append(words)
    let_through = 21 + 1 + time.monotonic() - began_s  # a burst of twenty, then one a second
    assert behind.counted.seen["POST /status/ru/"] <= let_through and len(ended) == 10, len(found)
    assert sum(each.status != 429 for each in found) <= guesses.MOST["number"]
    last = found[-1]
    assert last.status == 429 and last.headers["Retry-After"] == "60" and "text/html" in last.headers["Content-Type"]
    assert all(f"lang={each}" in ended[-1] for each in ("kk", "ru", "en"))
    assert behind.ask("/status/ru/").status == 200, "the empty form is everybody's"


def test_while_nobody_is_behind_it_a_page_opens_again_by_itself_and_a_form_is_told_that_nobody_knows(
    behind: Behind,
) -> None:
    behind.gone()
    shown, sent = behind.ask("/inbox"), behind.ask("/inbox/1/complete", form="a=1")
    for answer in (shown, sent):
        assert answer.status == 502 and answer.headers["Cache-Control"] == "no-store"
        assert all(f"lang={each}>" in answer.text.decode() for each in ("kk", "ru", "en"))
    assert "http-equiv=refresh" in shown.text.decode()
    assert "http-equiv=refresh" not in sent.text.decode(), "a form's address opens no page"
    assert "href=/>" in sent.text.decode()
