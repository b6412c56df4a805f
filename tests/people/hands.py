"""What people do at a real browser."""

import re

from playwright.sync_api import Page, expect

from services import custody
from services.directory.demo import DEMO_PASSWORD

#: what htmx is asking for anew, or exchanging
HALF_WAY = ".htmx-request, .htmx-swapping, .htmx-settling"


def settled(page: Page) -> None:
    """Return when the page is loaded, its scripts listen, and no part of it is being exchanged.

    Half a second without a request says less of that, and takes half a second.
    """
    page.wait_for_load_state()
    expect(page.locator(HALF_WAY)).to_have_count(0)


class Hands:
    """One person's hands: counts the screens seen and the keys pressed."""

    def __init__(self, page: Page) -> None:
        self.page, self.keys, self.screens = page, 0, 0

    def come_in(self, login: str) -> None:
        """Through the door, by its form."""
        self._leave()
        self.page.goto("/sign-in")
        self.page.fill("#login", login)
        self.page.fill("#password", DEMO_PASSWORD)
        self.page.click("main button.primary")
        self.page.wait_for_load_state()

    def sign_in(self, login: str, at: str | None = "/") -> None:
        """Signed in, and at that page if at any: the door's form is sent, but nobody draws it."""
        self._leave()
        door = self.page.context.request
        (token,) = re.findall(r'name="csrf_token" value="([^"]+)"', door.get("/sign-in").text())[:1]
        form: dict[str, str | float | bool] = {"csrf_token": token, "login": login, "password": DEMO_PASSWORD}
        answer = door.post("/sign-in", form=form, max_redirects=0)
        assert answer.status == 303 and "/sign-in" not in answer.headers["location"], f"{login} was not signed in"
        if at is not None:
            self.page.goto(at)

    def _leave(self) -> None:
        """As nobody; what the page left behind still asks for comes to nothing."""
        self.page.goto("about:blank")
        self.page.context.clear_cookies()

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.keys += len(text)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def see(self) -> None:
        self.page.wait_for_load_state()
        self.screens += 1

    def take(self) -> None:
        """Take the case on the screen into work, if it is not yet."""
        if self.page.locator("form.claim [data-claim]").count():
            self.page.click("form.claim [data-claim]")
            self.page.wait_for_load_state()

    def count_papers(self) -> None:
        """Every required document was received: one press."""
        self.page.locator(".of-counts button[name=_put]").click()
        self.keys += 1

    def receive(self) -> None:
        """The applicant came in person and showed who they are: one press, one answer."""
        self.page.locator(".put[value^=received_by]").click()
        self.page.check("input[name=identified_by][value=identity]")
        self.keys += 2

    def agree_and_sign(self, case: str) -> None:
        """The draft is agreed with; the clean numbered answer is signed by hand, and its printed code scanned."""
        self.page.check("input[name=verdict][value=agree]")
        self.send()
        self.page.goto(case)
        self.take()
        code = custody.code_of(int(case.rpartition("/")[2].partition("?")[0]), "result")
        self.page.check("input[name=verdict][value=sign]")
        self.page.fill("#code", code)
        self.send()

    def send(self) -> None:
        self.page.click("form.task button.primary")
        self.page.wait_for_load_state()
