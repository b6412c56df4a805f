"""What a page brings over the line when nothing of it is there yet: everything that is text travels packed; and that
nothing jumps about while it comes.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.people.hands import Hands
from tests.people.office import Office

KB = 1000
#: page -> the most that it may bring to a browser that was never here, with scripts, styles, letters and pictures
BUDGETS = {
    "/": 260 * KB,
    "/cases/%(case)s": 290 * KB,
    "/signing/": 330 * KB,  # with two papers to look at
    "/boards/head": 260 * KB,
    "/service/kk/": 30 * KB,
    "/status/kk/": 30 * KB,
}
#: a slow line: 400 kbit/s and 300 ms until the first byte
QUICK = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
SLOW = {"offline": False, "latency": 300, "downloadThroughput": 400 * KB / 8, "uploadThroughput": 400 * KB / 8}
#: what has to be there before anything is drawn, the page and its styles, comes within three seconds at 400 kbit/s with
#: 300 ms each way there and back: once for the page, once for what it names
BEFORE_PAINT = (3.0 - 2 * 0.3) * 400 * KB / 8
#: of the browser's own measure of how much jumped, up to which it calls a page good
MOST_SHIFTED = 0.1
SHIFTED = """() => {
    let shifted = 0
    const watch = new PerformanceObserver(() => {})
    watch.observe({type: 'layout-shift', buffered: true})
    for (const each of watch.takeRecords()) if (!each.hadRecentInput) shifted += each.value
    return shifted
}"""

pytestmark = pytest.mark.browser


@dataclass
class Travelled:
    """Bytes as they come over the line, by what they are for: Document, Stylesheet, Script, Font, …"""

    go_slowly: Callable[[bool], object]
    by_kind: list[tuple[str, float]] = field(default_factory=list)

    def bytes(self, *kinds: str) -> float:
        return sum(size for kind, size in self.by_kind if not kinds or kind in kinds)


@pytest.fixture
def travelled(page: Page) -> Iterator[Travelled]:
    """Of each answer; nothing is taken from what the browser keeps."""
    line = page.context.new_cdp_session(page)
    found = Travelled(lambda slow: line.send("Network.emulateNetworkConditions", SLOW if slow else QUICK))
    kinds: dict[str, str] = {}
    line.send("Network.enable")
    line.send("Network.setCacheDisabled", {"cacheDisabled": True})
    line.on("Network.responseReceived", lambda said: kinds.__setitem__(said["requestId"], said["type"]))
    line.on(
        "Network.loadingFinished",
        lambda said: found.by_kind.append((kinds.get(said["requestId"], ""), said["encodedDataLength"])),
    )
    yield found
    line.send("Network.emulateNetworkConditions", QUICK)
    line.detach()


def test_no_page_weighs_more_than_its_budget_on_a_first_visit_nor_jumps_about(
    house: Flask, page: Page, travelled: Travelled
) -> None:
    office = Office(house)
    case_id, _ = (office.run(until=5) for _ in range(2))
    Hands(page).sign_in("head.taldykorgan")
    weights, first, shifted = {}, {}, {}
    for path in BUDGETS:
        travelled.by_kind.clear()
        travelled.go_slowly("/cases/" in path)  # where most stands, and most could jump
        page.goto(path % {"case": case_id}, wait_until="networkidle")
        weights[path], first[path] = travelled.bytes(), travelled.bytes("Document", "Stylesheet")
        shifted[path] = page.evaluate(SHIFTED)
    assert all(weights[path] > 5 * KB and first[path] > KB for path in BUDGETS), (weights, first)
    assert {path: weight for path, weight in weights.items() if weight > BUDGETS[path]} == {}, weights
    assert {path: size for path, size in first.items() if size > BEFORE_PAINT} == {}, first
    assert {path: value for path, value in shifted.items() if value >= MOST_SHIFTED} == {}, shifted
