"""A person at a browser without JavaScript: opens pages, fills in their forms as they stand, and sends them."""

from collections.abc import Mapping
from contextvars import Context
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from lxml import html
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from services.directory.demo import DEMO_PASSWORD


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
        """The page on the screen; where a sign-in leads is fetched when somebody looks."""
        if self._sent_on:
            self.get(self._sent_on)
        return self._page

    @page.setter
    def page(self, page: TestResponse | None) -> None:
        self._page, self._sent_on = page, ""

    def sign_in(self, login: str, password: str = DEMO_PASSWORD) -> "Surfer":
        self.get("/sign-in")
        answer = self.submit("/sign-in", {"login": login, "password": password}, follow=False)
        assert answer.status_code == 303, answer.text
        assert "/sign-in" not in answer.location, f"{login} was not signed in"
        self._sent_on = answer.location
        return self

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

    def find(self, words: str) -> TestResponse:
        """What the field at the top of every page finds."""
        self.get("/")
        return self.submit("/scan", {"code": words})

    def json(self, path: str) -> object:
        answer = self._ask("GET", path, headers={"Accept": "application/json"})
        assert answer.status_code == 200, answer.text
        return answer.get_json()
