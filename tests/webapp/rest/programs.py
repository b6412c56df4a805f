"""A program that talks to the API: with a name and a password in every request, and nothing else."""

import base64
import io
from collections.abc import Mapping
from contextvars import Context
from functools import partial
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from services.directory.demo import DEMO_PASSWORD
from tests.webapp.rest import truth

DESIGNER, SECOND_DESIGNER, ADMIN, WORKER = "designer", "designer2", "admin", "worker"
CLERK = "clerk.taldykorgan"


def basic(login: str, password: str = DEMO_PASSWORD, coding: str = "utf-8") -> str:
    return "Basic " + base64.b64encode(f"{login}:{password}".encode(coding)).decode()


class Program:
    """One account's program."""

    def __init__(self, app: Flask, login: str | None = None, *, language: str = "en") -> None:
        self.client = app.test_client()
        self.headers = {"Accept": "application/json", "Accept-Language": language}
        if login is not None:
            self.headers["Authorization"] = basic(login)

    def ask(self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **more: Any) -> TestResponse:
        """As a server would: in a context of its own, not in the test's. What is answered must be as described."""
        sent = {**self.headers, **(headers or {})}
        asked = partial(self.client.open, f"/engine-rest{path}", method=method, headers=sent, **more)
        answer = Context().run(asked)
        truth.check(method, f"/engine-rest{path}", answer)
        return answer

    def get(self, path: str, **query: object) -> Any:
        answer = self.ask("GET", path, query_string=query)
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    def post(self, path: str, body: object = None, status: int | None = None) -> Any:
        answer = self.ask("POST", path, json={} if body is None else body)
        assert answer.status_code == (status or (200 if answer.data else 204)), answer.text
        return answer.get_json() if answer.data else None

    def put(self, path: str, body: object, status: int = 204) -> Any:
        answer = self.ask("PUT", path, json=body)
        assert answer.status_code == status, answer.text
        return answer.get_json() if answer.data else None

    def deploy(self, files: Mapping[str, bytes], name: str = "small", **fields: str) -> TestResponse:
        """In one request, as Modeler sends it."""
        data: dict[str, object] = {"deployment-name": name, "deployment-source": "Camunda Modeler",
                                   "enable-duplicate-filtering": "true", **fields}  # fmt: skip
        data |= {called: (io.BytesIO(content), called) for called, content in files.items()}
        return self.ask("POST", "/deployment/create", data=data)
