"""Public pages against a bare Flask page, served by the same gunicorn in one run; and what a slow line makes of them.

`python -m bench.public` prints both; `make bench` the first alone. Pages are answered as they are kept, and as people
get them: one is made anew every five minutes at most.
"""

import os
import statistics
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

from flask import Flask

from bench import ratios
from bench.http import Client, furnished, served
from services.config import PLUGINS

PAGES = ("/service/kk/", "/service/ru/offices", "/service/kk/offices/map", "/service/en/offices/TALDYKORGAN",
         "/service/kk/diagrams/psc")  # fmt: skip
ASKED, TURNS = 100, 4  #: by each client, in turns with the bare page: what slows one slows the other
#: of the browser's throttling: 400 kbit/s, 300 ms
LINE = {"offline": False, "latency": 300, "downloadThroughput": 50_000, "uploadThroughput": 25_000}
LARGEST_PAINT = """() => new Promise((found) => new PerformanceObserver((list) =>
    found(list.getEntries().at(-1).startTime)).observe({type: 'largest-contentful-paint', buffered: true}))"""


def create_bare() -> Flask:
    """The least that Flask can do."""
    app = Flask(__name__)
    app.get("/")(lambda: "<!doctype html><title>bare</title><p>bare")
    return app


def _real(env: dict[str, str]) -> dict[str, str]:
    """Without a demo's clock, which stands in the database and is asked on every page."""
    return {**env, "KOMEK_DEMO": "0", "KOMEK_PLUGINS": ",".join(PLUGINS)}


def measure(port: int, path: str, clients: int) -> list[float]:
    """Milliseconds of each answer."""

    def run(_: int) -> Iterator[float]:
        client, took = Client(port), []
        client.ask("GET", path)
        for _ in range(ASKED):
            began = time.perf_counter()
            assert client.ask("GET", path)[0] == 200
            took.append((time.perf_counter() - began) * 1000)
        return iter(took)

    with ThreadPoolExecutor(clients) as pool:
        return [one for took in pool.map(run, range(clients)) for one in took]


def middle_and_most(took: list[float]) -> tuple[float, float]:
    """Median and 95th percentile."""
    return statistics.median(took), sorted(took)[int(len(took) * 0.95)]


def main(*, slow_line: bool = False) -> None:
    """Print the table."""
    say = sys.stdout.write
    with furnished() as env, served("wsgi:app", _real(env)) as komek, served("bench.public:create_bare()", env) as bare:
        say(
            "a public page: median (95 %) in ms, with 4 clients; the ratio of the 95 %, to be under 3; "
            f"load {os.getloadavg()[0]:.1f}\n"
        )
        for path in PAGES:
            turns = [(measure(komek, path, 4), measure(bare, "/", 4)) for _ in range(TURNS)]
            ours, theirs = (middle_and_most([*chain(*each)]) for each in zip(*turns, strict=True))
            ratio = ratios.note(f"public {path}", ours[1], theirs[1])
            say(
                f"  {path:34} {ours[0]:5.1f} ({ours[1]:5.1f})  bare {theirs[0]:5.1f} ({theirs[1]:5.1f})  {ratio:5.2f}\n"
            )
        if slow_line:
            _over_a_slow_line(komek)


def _over_a_slow_line(port: int) -> None:
    """Requests, bytes as they travel and unpacked, and the largest paint of a first visit at 400 kbit/s."""
    from playwright.sync_api import sync_playwright

    from komek.testing.browser import ARGUMENTS, CHROMIUM

    sys.stdout.write(
        "at 400 kbit/s with 300 ms, on a first visit: requests, bytes travelled, bytes, largest paint in s\n"
    )
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for path in PAGES:
            page = browser.new_context(viewport={"width": 360, "height": 640}).new_page()
            line = page.context.new_cdp_session(page)
            line.send("Network.enable")
            line.send("Network.emulateNetworkConditions", LINE)
            travelled: list[float] = []
            line.on("Network.loadingFinished", lambda said, seen=travelled: seen.append(said["encodedDataLength"]))
            whole: list[int] = []
            page.on("response", lambda answer, seen=whole: seen.append(len(answer.body())))
            page.goto(f"http://127.0.0.1:{port}{path}", wait_until="networkidle")
            paint = page.evaluate(LARGEST_PAINT) / 1000
            figures = f"{len(travelled):3}  {sum(travelled):7.0f}  {sum(whole):7}  {paint:5.2f}"
            sys.stdout.write(f"  {path:34} {figures}\n")
            page.context.close()
        browser.close()


if __name__ == "__main__":
    main(slow_line=True)
