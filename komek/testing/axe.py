"""What axe finds on a page: whether whoever cannot see it, or uses a keyboard alone, can work with it."""

from playwright.sync_api import Page

from services.config import ROOT

AXE = ROOT / "node_modules/axe-core/axe.min.js"
#: Only what is wrong leaves the browser: all that axe found good would be megabytes. It fetches style sheets once more
#: for experimental rules alone, which are not asked, and nobody reads where an element stands: a third of what it took.
FAULTS = """async (only) => (
    await axe.run({
        resultTypes: ['violations'], preload: {assets: ['media']}, selectors: false, elementRef: false,
        ...only && {runOnly: only},
    })
).violations.flatMap(({id, nodes}) => nodes.map(({html}) => `${id}: ${html.slice(0, 160)}`))"""


def faults_of_axe(page: Page, *only: str) -> list[str]:
    """Each fault on the page as it stands, when all of it is there: axe's name of it, and the element.

    A click waits until another page begins, not until it has a document that axe could go through.
    """
    page.wait_for_load_state()
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    return list(page.evaluate(FAULTS, only or None))
