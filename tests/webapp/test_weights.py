"""What a page brings over the line when nothing of it is there yet: everything that is text travels packed."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.people.hands import Hands
from tests.people.office import Office

KB = 1000
#: page -> the most that it may bring to a browser that was never here, with scripts, styles, letters and pictures
BUDGETS = {
    "/": 260 * KB,
    "/cases/%(case)s": 300 * KB,
    "/signing/": 330 * KB,  # with two papers to look at
    "/boards/head": 260 * KB,
    "/service/kk/": 30 * KB,
    "/status/kk/": 30 * KB,
}

pytestmark = pytest.mark.browser


@pytest.fixture
def travelled(page: Page) -> Iterator[list[float]]:
    """Bytes of each answer as they come over the line; nothing is taken from what the browser keeps."""
    line, found = page.context.new_cdp_session(page), []
    line.send("Network.enable")
    line.send("Network.setCacheDisabled", {"cacheDisabled": True})
    line.on("Network.loadingFinished", lambda said: found.append(said["encodedDataLength"]))
    yield found
    line.detach()


def test_no_page_weighs_more_than_its_budget_on_a_first_visit(house: Flask, page: Page, travelled: list[float]) -> None:
    office = Office(house)
    case_id, _ = (office.run(until=5) for _ in range(2))
    Hands(page).sign_in("head.taldykorgan")
    weights = {}
    for path in BUDGETS:
        travelled.clear()
        page.goto(path % {"case": case_id}, wait_until="networkidle")
        weights[path] = sum(travelled)
    import sys

    sys.stderr.write(str(weights) + "\n")
    assert all(weights[path] > 5 * KB for path in BUDGETS), weights
    assert {path: weight for path, weight in weights.items() if weight > BUDGETS[path]} == {}, weights
