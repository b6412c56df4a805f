"""A person at a browser without JavaScript: opens pages, fills in their forms as they stand, and sends them."""

from collections.abc import Mapping
from contextvars import Context
from functools import partial
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from flask import Flask
from lxml import html
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from services.directory.demo import DEMO_PASSWORD

#: cookies and fields of an application's page to sign in on, as somebody gets it who comes for the first time
DOOR: WeakKeyDictionary[Flask, tuple[dict[Any, Any], dict[str, str]]] = WeakKeyDictionary()


class NoSuchForm(AssertionError):
    """The page has no form that sends to that address."""


class Surfer:
    """One person's browser."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self._page: TestResponse | None = None
        self._sent_on = ""

    @property
    def page(self) -> TestResponse | None:
        """The page on the screen; where a sign-in leads, or what was `send`, is fetched when somebody looks."""
        if self._sent_on:
            self.get(self._sent_on)
        return self._page

    @page.setter
    def page(self, page: TestResponse | None) -> None:
        self._page, self._sent_on = page, ""

    @property
    def left(self) -> tuple[dict[Any, Any], str]:
        """The browser as it is left: its cookies, and the address of the page on its screen."""
        there = self._sent_on or (self._page.request.full_path if self._page is not None else "")
        return dict(self.client._cookies or {}), there

    @left.setter
    def left(self, left: tuple[dict[Any, Any], str]) -> None:
        if left != self.left:
            self.client._cookies, self.page, self._sent_on = dict(left[0]), None, left[1]

    def cookies(self) -> list[Any]:
        """What a real browser needs to go on as this person: each with its `key` and `value`."""
        return list((self.client._cookies or {}).values())

    def sign_in(self, login: str, password: str = DEMO_PASSWORD) -> "Surfer":
        """Go in by the door: its page, which is the same for all who have no cookie yet, is fetched by the first."""
        if self.client._cookies:
            self.get("/sign-in")
            answer = self.submit("/sign-in", {"login": login, "password": password}, follow=False)
        else:
            cookies, form = DOOR.get(self.client.application) or self._open_door()
            self.client._cookies = dict(cookies)
            sent = {**form, "login": login, "password": password}
            answer = self.page = self._ask("POST", "/sign-in", data=sent, follow_redirects=False)
        assert answer.status_code == 303, f"{login} was not signed in: {answer.status_code}"
        assert "/sign-in" not in answer.location, f"{login} was not signed in"
        self._sent_on = answer.location
        return self

    def _open_door(self) -> tuple[dict[Any, Any], dict[str, str]]:
        self.get("/sign-in")
        opened = self.left[0], dict(self.form("/sign-in").form_values())
        DOOR[self.client.application] = opened
        return opened

    def get(self, path: str, **headers: str) -> TestResponse:
        self.page = self._ask("GET", path, headers=headers)
        return self.page

    def _ask(self, method: str, path: str, *, follow_redirects: bool = True, **more: Any) -> TestResponse:
        """As a server would: in a context of its own, not in the test's."""
        request = partial(self.client.open, path, method=method, follow_redirects=follow_redirects, **more)
        return Context().run(request)

    @property
    def tree(self) -> html.HtmlElement:
        assert self.page is not None
        return html.fromstring(self.page.get_data())

    def form(self, action: str) -> html.FormElement:
        """The form that sends to an address ending so. Raises NoSuchForm."""
        for form in self.tree.forms:
            if urlsplit(form.action or (self.page and self.page.request.path) or "").path.endswith(action):
                return form
        raise NoSuchForm(f"{action} in {[form.action for form in self.tree.forms]}")

    def submit(
        self,
        action: str,
        answers: Mapping[str, object] | None = None,
        *,
        follow: bool = True,
        headers: Mapping[str, str] | None = None,
    ) -> TestResponse:
        """Send that form with what stands in it, and these answers over it; None takes one out, a tuple is a file."""
        form = self.form(action)
        values = MultiDict(form.form_values())
        for name, value in (answers or {}).items():
            values.poplist(name)
            if isinstance(value, tuple):  # a file: (stream, name)
                values.add(name, value)
            elif value is not None:
                values.setlist(name, [str(each) for each in value] if isinstance(value, list) else [str(value)])
        address = form.action or self.page.request.path  # type: ignore[union-attr]
        self.page = self._ask("POST", address, data=values, follow_redirects=follow, headers=dict(headers or {}))
        return self.page

    def send(self, action: str, answers: Mapping[str, object] | None = None) -> TestResponse:
        """`submit`, without looking at where it leads: the answer itself, 303 where the form was taken."""
        answer = self.submit(action, answers, follow=False)
        if answer.status_code == 303:
            self._sent_on = answer.location
        return answer

    def find(self, words: str) -> TestResponse:
        """What the field at the top of every page finds."""
        self.get("/")
        return self.submit("/scan", {"code": words})

    def json(self, path: str) -> object:
        answer = self._ask("GET", path, headers={"Accept": "application/json"})
        assert answer.status_code == 200, answer.text
        return answer.get_json()
