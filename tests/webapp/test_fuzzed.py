"""Whatever is sent to whatever address, by whoever may: an answer, and never our own fault. The seed is fixed.

`make soak` goes on with other seeds, for an hour or for the seconds in `FUZZ_S`; a fault names its seed.
"""

import ast
import io
import os
import random
import re
import time
import traceback
from collections.abc import Callable, Iterator
from contextvars import Context
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask, request
from sqlalchemy import text
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from komek.testing.surfer import Surfer
from services import registry
from services.db import db
from services.directory.demo import demo_people
from tests.examples import SOAK
from tests.webapp import hostile_files, rights
from tests.webapp.rest.programs import basic
from webapp import asked

WEBAPP = Path(__file__).parents[2] / "webapp"
SEED, ROUNDS = 421, 2
HOSTILE = (
    "", "0", "-1", "²", "٣", "9" * 18, "9" * 19, str(2**63 - 1), str(2**63), "9" * 30, "1e9", "NaN", "\0", "a\0b",
    "\ufeff", "\u200b\u200b", "\u202e1", "и\u0306", "[" * 5000, "{", "//evil.example", "https://evil.example/",
    "/\\evil.example", "javascript:alert(1)", "%00", "../../etc/passwd", "' OR 1=1 --", "2013-W52-2", "0001-01-01",
    "9999-12-31", "31.02.2013", "2013-03-15T09:00", "1~1", "2013-03-15T09:00:00+00:00~\0", "x" * 3000, "TALDYKORGAN",
    "direct", "mine", "all", "csv", "xlsx", "import", "days", "hours", "value", "real", "\ud800", "\ufffd",
    "\U000e0001",
)  # fmt: skip
BODIES = (
    "[" * 100_000, "{}", '{"a":1e999}', "null", '"\\ud800"', '{"variables":{"a":{"value":"\\u0000"}}}', "\0",
)  # fmt: skip
#: names under which requests send what addresses name otherwise
SAME = {"to": "staff_id", "staff": "staff_id", "task": "task_id", "codes": "code"}
_PART = re.compile(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>")
#: would end what the fuzzer stands on: its own sessions, the clock of everybody
SPARED = {"account.sign_out", "time_machine.set_clock", "static"}


def names_asked() -> list[str]:
    """Every name that a page reads from a request."""
    readers = "text|texts|number|numbers|day|address|get|getlist"
    reads = re.compile(rf'(?:address|form|asked|typed)\.(?:all\.)?(?:{readers})\("(\w+)"')
    return sorted({name for file in WEBAPP.rglob("*.py") for name in reads.findall(file.read_text())})


def logins() -> dict[str, str]:
    """Somebody of each role: login -> role."""
    by_role: dict[str, str] = {}
    for person in demo_people(registry.current()):
        for _, role in person.roles:
            by_role.setdefault(role, person.login)
    return {login: role for role, login in sorted(by_role.items(), key=lambda each: each[1])}


class Fuzzer:
    def __init__(self, app: Flask, seed: int) -> None:
        self.app, self.chance = app, random.Random(seed)
        self.names = names_asked()
        self.roles = logins()
        self.logins = list(self.roles)
        self.people = [Surfer(app).sign_in(login) for login in self.logins]
        self.known = self.values()
        self.asked, self.faults = 0, list[str]()

    @staticmethod
    def values() -> dict[str, list[str]]:
        """Some of what is there, by the name that an address has for it."""
        rows = {
            "case_id": 'SELECT id FROM "case" LIMIT 40', "task_id": "SELECT id FROM task LIMIT 80",
            "paper_id": "SELECT id FROM paper LIMIT 40", "code": "SELECT code FROM custody_item LIMIT 40",
            "staff_id": "SELECT id FROM staff LIMIT 10", "consignment_id": "SELECT id FROM consignment LIMIT 20",
            "deployment_id": "SELECT id FROM deployment LIMIT 5",
            "definition_id": "SELECT id FROM process_definition LIMIT 5",
        }  # fmt: skip
        return {name: [str(each) for each in db.session.scalars(text(sql))] for name, sql in rows.items()}

    def value(self, name: str) -> str:
        known = self.known.get(name)
        return self.chance.choice(known) if known and self.chance.random() < 0.6 else self.chance.choice(HOSTILE)

    def ask(self, rule: Rule, method: str) -> None:
        """One request there, by somebody. Keeps what was asked when it breaks."""
        path = _PART.sub(lambda found: quote(self.value(found[1]) or "1", safe="", errors="surrogatepass"), rule.rule)
        sent = self._sent(rule, method)
        self.asked += 1
        said = f"{method} {path[:200]} {sent!r:.1500}"
        try:
            client = self.chance.choice(self.people).client
            answer: TestResponse = Context().run(lambda: client.open(path, method=method, **sent))
        except Exception as fault:  # an error of ours, which a server would answer with 500
            frames = traceback.extract_tb(fault.__traceback__)
            ours = [f"{each.filename}:{each.lineno}" for each in frames if "site-packages" not in each.filename]
            self.faults.append(f"{type(fault).__name__} {str(fault)[:300]!r} at {ours[-3:]}: {said}")
            return
        place = answer.headers.get("Location", "")
        if answer.status_code >= 500 or re.match(r"(?i)//|/\\|(?!http://localhost/)[a-z]+:", place):
            self.faults.append(f"{answer.status_code} {place} {answer.text[:200]!r}: {said}")

    def _sent(self, rule: Rule, method: str) -> dict[str, Any]:
        """A form, questions of the address, or JSON that is none."""
        names = self.chance.sample(self.names, self.chance.randint(1, 12))
        told = {name: self.value(SAME.get(name, name)).encode("utf-8", "surrogatepass") for name in names}
        programs = rule.rule.startswith("/engine-rest")
        more: dict[str, Any] = (
            {"headers": {"Authorization": basic(self.chance.choice(self.logins))}} if programs else {}
        )
        if method == "GET" or self.chance.random() < 0.2:
            return more | {"query_string": told}
        if programs or rule.rule.startswith("/desk/merge"):
            return more | {"data": self.chance.choice(BODIES), "content_type": "application/json"}
        return more | {"data": told}


@pytest.fixture
def fuzzed(region: Flask) -> Iterator[Flask]:
    region.config["WTF_CSRF_ENABLED"] = False
    yield region
    region.config["WTF_CSRF_ENABLED"] = True


def rounds(app: Flask, seed: int, count: int) -> int:
    fuzzer = Fuzzer(app, seed)
    for _ in range(count):
        for rule in app.url_map.iter_rules():
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                if rule.endpoint not in SPARED:
                    fuzzer.ask(rule, method)
    assert not fuzzer.faults, "\n".join([f"seed {seed}", *fuzzer.faults])
    return fuzzer.asked


def test_no_address_breaks_whatever_is_sent_to_it(
    fuzzed: Flask, record_property: Callable[[str, object], None]
) -> None:
    asked = rounds(fuzzed, SEED, ROUNDS)
    record_property("hostile requests", asked)
    assert asked > 200


@pytest.mark.soak
def test_no_address_breaks_in_an_hour_with_seeds_that_no_run_has_seen(
    fuzzed: Flask, record_property: Callable[[str, object], None]
) -> None:
    until, asked = time.monotonic() + float(os.environ.get("FUZZ_S", "3600")), 0
    while time.monotonic() < until:
        asked += rounds(fuzzed, random.SystemRandom().getrandbits(32), 10)
    record_property("hostile requests", asked)


#: the fields in which files are sent
FIELDS = ("file", "files", "photo", "key", "data", "x")
#: so many files are sent to each address that reads any; all of them, under three names each, in the soak
FILES = 29 if SOAK else 8


class Sender(Fuzzer):
    """Sends files to addresses, by people who are let in there; knows which of these looked at them."""

    def __init__(self, app: Flask, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(app, seed)
        self.readers, self.let_in = set[str](), rights.read()
        for name in ("file", "files"):
            monkeypatch.setattr(asked, name, self._noting(getattr(asked, name)))

    def _noting(self, read: Callable[..., Any]) -> Callable[..., Any]:
        def reads(*told: Any) -> Any:
            self.readers.add(str(request.endpoint))
            return read(*told)

        return reads

    def send(self, rule: Rule, content: bytes, name: str) -> None:
        """One file there, in every field that any address has for one."""
        path = _PART.sub(lambda found: quote(self.value(found[1]) or "1", safe="", errors="surrogatepass"), rule.rule)
        form = {each: self.value(each).encode("utf-8", "replace") for each in self.chance.sample(self.names, 4)}
        told: dict[str, Any] = {**form, **{field: (io.BytesIO(content), name) for field in FIELDS}}
        more = {"headers": {"Authorization": basic(self.by(rule))}} if rule.rule.startswith("/engine-rest") else {}
        person = self.people[self.logins.index(self.by(rule))]
        self.asked += 1
        said = f"POST {path[:200]} {name!r} {content[:60]!r}"
        try:
            answer = Context().run(lambda: person.client.open(
                path, method="POST", data=told, content_type="multipart/form-data", **more))  # fmt: skip
        except Exception as fault:
            frames = traceback.extract_tb(fault.__traceback__)
            ours = [f"{each.filename}:{each.lineno}" for each in frames if "site-packages" not in each.filename]
            self.faults.append(f"{type(fault).__name__} {str(fault)[:300]!r} at {ours[-3:]}: {said}")
            return
        if answer.status_code >= 500:
            self.faults.append(f"{answer.status_code} {answer.text[:200]!r}: {said}")

    def by(self, rule: Rule) -> str:
        """Somebody who is let in there, at their own office or above."""
        roles = {role for role, where in self.let_in.get(("POST", rule.rule), set()) if where in ("own", "above")}
        logins = [login for login, role in self.roles.items() if role in roles or "everybody" in roles]
        return self.chance.choice(sorted(logins) or self.logins)


def test_no_file_breaks_an_address_whatever_it_holds_and_is_called(
    fuzzed: Flask, monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    sender = Sender(fuzzed, SEED, monkeypatch)
    rules = [
        each for each in fuzzed.url_map.iter_rules() if "POST" in (each.methods or ()) and each.endpoint not in SPARED
    ]
    for rule in rules:
        for content, name in hostile_files.some(sender.chance, 1):
            sender.send(rule, content, name)
    readers = [rule for rule in rules if rule.endpoint in sender.readers]
    assert len(readers) >= 8, "each that reads files is known by reading one"
    for rule in readers:
        for content, name in hostile_files.some(sender.chance, FILES):
            for each in (name, *sender.chance.sample(hostile_files.NAMES, 2 if SOAK else 0)):
                sender.send(rule, content, each)
    record_property("hostile files", sender.asked)
    assert not sender.faults, "\n".join(sender.faults)


#: what a request is, beside what somebody wrote into it: that is read by `webapp/asked.py` alone
ABOUT = {
    "method", "path", "full_path", "endpoint", "blueprint", "host", "host_url", "is_secure", "remote_addr", "mimetype",
    "referrer", "accept_encodings", "accept_languages", "accept_mimetypes", "environ", "max_content_length",
    "max_form_memory_size",
}  # fmt: skip


def test_nothing_but_one_module_reads_what_a_request_says() -> None:
    found = set()
    for file in WEBAPP.rglob("*.py"):
        if file == WEBAPP / "asked.py":
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "request":
                found |= {f"{file.relative_to(WEBAPP)}:{node.lineno} {node.attr}"} if node.attr not in ABOUT else set()
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "getattr":
                first = node.args[0]
                found |= {f"{file}: getattr"} if isinstance(first, ast.Name) and first.id == "request" else set()
    assert found == set()
