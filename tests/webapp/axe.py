"""What axe finds on a page, and whether it fits a phone."""

from typing import Literal

from playwright.sync_api import Browser, Page, ViewportSize

from komek.testing.axe import AXE, faults_of_axe

SCREEN: ViewportSize = {"width": 1366, "height": 768}
PHONE: ViewportSize = {"width": 390, "height": 844}


#: cells that are cut off at their right, or in which a name stands letter under letter
CRAMPED = """() => [...document.querySelectorAll('tbody :is(td, th):not(.tick, :has(.unseen))')].filter((cell) => {
    const {right, width} = cell.getBoundingClientRect();
    if (!width || cell.checkVisibility && !cell.checkVisibility()) return false;
    const cut = [...cell.querySelectorAll('button, .button')].some((each) =>
        each.getBoundingClientRect().right > right + 1);
    return cut || width < 60 && cell.innerText.split(/\\s+/).some((word) => word.length > 7);
}).map((cell) => cell.innerText.trim().slice(0, 60))"""
TABLET: ViewportSize = {"width": 768, "height": 1024}


def cramped(page: Page) -> list[str]:
    """Words of the cells that nobody can read or press as they stand, on the screen as it is and on a tablet."""
    page.wait_for_load_state()
    before, found = page.viewport_size or SCREEN, list(page.evaluate(CRAMPED))
    page.set_viewport_size(TABLET)
    found += page.evaluate(CRAMPED)
    page.set_viewport_size(before)
    return found


def faults_in_light_and_dark(page: Page, first: Literal["light", "dark"] = "light") -> list[str]:
    """What axe finds on a page as it stands: everything in the first, and of the other its colours, none half way."""
    second: Literal["light", "dark"] = "dark" if first == "light" else "light"
    page.emulate_media(color_scheme=first, reduced_motion="reduce")
    found = faults_of_axe(page)
    page.emulate_media(color_scheme=second, reduced_motion="reduce")
    return found + [f"{second} {fault}" for fault in faults_of_axe(page, "color-contrast", "link-in-text-block")]


def wider_than_a_phone(page: Page) -> int:
    """By how many pixels, as it stands; then it is as wide again as it was."""
    page.wait_for_load_state()
    before = page.viewport_size or SCREEN
    page.set_viewport_size(PHONE)
    width = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size(before)
    return max(0, int(width) - PHONE["width"])


def opened(browser: Browser, address: str, size: ViewportSize = SCREEN) -> Page:
    """A window on nothing yet, where axe may run."""
    looks = {"viewport": size, "has_touch": size == PHONE, "reduced_motion": "reduce"}  # no colour is half way
    context = browser.new_context(base_url=address, bypass_csp=True, **looks)  # type: ignore[arg-type]
    context.add_init_script(path=AXE)
    return context.new_page()
