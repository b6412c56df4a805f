"""What axe finds on a page, and whether it fits a phone."""

from playwright.sync_api import Browser, Page, ViewportSize

from services.config import ROOT

AXE = ROOT / "node_modules/axe-core/axe.min.js"
SCREEN: ViewportSize = {"width": 1366, "height": 768}
PHONE: ViewportSize = {"width": 390, "height": 844}
#: only what is wrong leaves the browser: all that axe found good would be megabytes
FAULTS = """async (only) => (
    await axe.run({resultTypes: ['violations'], ...only && {runOnly: only}})
).violations.flatMap(({id, nodes}) => nodes.map(({html}) => `${id}: ${html.slice(0, 160)}`))"""


def faults_of_axe(page: Page, *only: str) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    return list(page.evaluate(FAULTS, only or None))


def faults_in_light_and_dark(page: Page) -> list[str]:
    """What axe finds on a page as it stands: everything in the light, and of the dark its colours."""
    page.emulate_media(color_scheme="light")
    found = faults_of_axe(page)
    page.emulate_media(color_scheme="dark")
    return found + [f"dark {fault}" for fault in faults_of_axe(page, "color-contrast", "link-in-text-block")]


def wider_than_a_phone(page: Page) -> int:
    """By how many pixels, as it stands; then it is as wide again as it was."""
    before = page.viewport_size or SCREEN
    page.set_viewport_size(PHONE)
    width = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size(before)
    return max(0, int(width) - PHONE["width"])


def opened(browser: Browser, address: str, size: ViewportSize = SCREEN) -> Page:
    """A window at the door, where axe may run."""
    looks = {"viewport": size, "has_touch": size == PHONE, "reduced_motion": "reduce"}  # no colour is half way
    context = browser.new_context(base_url=address, bypass_csp=True, **looks)  # type: ignore[arg-type]
    context.add_init_script(path=AXE)
    page = context.new_page()
    page.goto("/sign-in")
    return page
