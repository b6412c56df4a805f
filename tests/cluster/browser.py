"""A person's browser at the cluster's front door, over TLS, without script: what it was shown, how long it waited."""

import http.client
import random
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from threading import Lock
from typing import Any
from urllib.parse import urlencode, urlsplit

from lxml import html

#: what a browser waits before it gives an answer up
PATIENCE_S = 60
#: what a person does when a page says that it did not go: after so many seconds once more
AGAIN_S = 1.0
#: a person who still waits then has found the fault that this is for
LONGEST_WAIT_S = 180.0

OK, OURS, FRONT, BARE, NOTHING = "fine", "our page", "the front's page", "a bare page", "no answer"
#: pages that stop somebody, and say so
STOPS = (OURS, FRONT)


@dataclass(frozen=True)
class Waited:
    """Something that somebody wanted, from the first try until it was there."""

    at_s: float
    until_s: float
    who: str
    troubles: tuple[str, ...]  #: what was shown instead, one after the other


@dataclass
class Stop:
    """Somebody was stopped by a page: from the first one until anything went on again, whatever was tried meanwhile."""

    at_s: float
    who: str
    shown: list[str]  #: each page: after how many seconds, for which request, with which words
    until_s: float = float("inf")


class Record:
    """What all of them met with."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.waited: list[Waited] = []
        self.stops: list[Stop] = []
        self._stopped: dict[str, Stop] = {}
        #: what was shown to whom that nobody could read
        self.bare: list[str] = []

    def note(self, waited: Waited) -> None:
        with self._lock:
            self.waited.append(waited)

    def answered(self, who: str, what: str, answer: "Answer") -> None:
        """Somebody was shown that: it stops them, or they go on."""
        now_s = time.monotonic()
        with self._lock:
            if answer.said in STOPS:
                if who not in self._stopped:
                    self._stopped[who] = Stop(now_s, who, [])
                    self.stops.append(self._stopped[who])
                stop = self._stopped[who]
                stop.shown.append(f"{now_s - stop.at_s:.1f} s {what}: {answer.status} {answer.in_short()}")
            elif answer.said == OK and who in self._stopped:
                self._stopped.pop(who).until_s = now_s

    def stopped_since(self, at_s: float, until_s: float) -> list[Stop]:
        """Who was stopped first in that time."""
        with self._lock:
            return [each for each in self.stops if at_s <= each.at_s < until_s]

    def since(self, at_s: float, until_s: float) -> list[Waited]:
        """What was wanted or waited for in that time."""
        with self._lock:
            return [each for each in self.waited if each.until_s >= at_s and each.at_s < until_s]


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    location: str
    said: str

    @property
    def tree(self) -> Any:
        return html.fromstring(self.text)

    def in_short(self) -> str:
        """The first words of it, for whoever looks why."""
        return " ".join(self.tree.text_content().split())[:70]


class Unanswered(Exception):
    """It was not there within three minutes."""


class Browser:
    """One person's, with cookies and one line that is kept open."""

    def __init__(self, address: str, host: str, who: str, record: Record, chance: random.Random) -> None:
        self._address, self._host, self.who, self.record, self.chance = address, host, who, record, chance
        self.login = ""
        self._cookies: dict[str, str] = {}
        self._line: http.client.HTTPSConnection | None = None

    def ask(self, method: str, path: str, form: list[tuple[str, str]] | None = None, **headers: str) -> Answer:
        """What is answered, once; NOTHING where the line is cut or nobody is there."""
        told = {"Host": self._host, "Accept": "text/html", "Accept-Language": "kk", **headers}
        told["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        if form is not None:
            told |= {"Content-Type": "application/x-www-form-urlencoded", "Referer": f"https://{self._host}/"}
        try:
            line = self._open()
            line.request(method, path, urlencode(form) if form is not None else None, told)
            answer = line.getresponse()
            text = answer.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException):
            self.close()
            return Answer(0, "", "", NOTHING)
        for said in answer.headers.get_all("Set-Cookie") or []:
            self._cookies |= {key: morsel.value for key, morsel in SimpleCookie(said).items()}
        kind = _kind(answer.status, text)
        if kind == BARE:
            self.record.bare.append(f"{self.who}: {method} {path}: {answer.status} {text[:200]}")
        found = Answer(answer.status, text, answer.headers.get("Location") or "", kind)
        self.record.answered(self.who, f"{method} {path}", found)
        return found

    def _open(self) -> http.client.HTTPSConnection:
        if self._line is None:
            trusting = ssl._create_unverified_context()
            self._line = http.client.HTTPSConnection(self._address, 443, timeout=PATIENCE_S, context=trusting)
        return self._line

    def close(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    def open(self, path: str) -> Answer:
        """That page, tried again as often as it takes, as a page of ours does by itself. Raises Unanswered."""
        began, troubles = time.monotonic(), list[str]()
        while True:
            answer = self.ask("GET", path)
            if answer.said == OK:
                self.record.note(Waited(began, time.monotonic(), self.who, tuple(troubles)))
                return self.open(_path(answer.location)) if answer.status in (302, 303) else answer
            troubles.append(answer.said)
            if time.monotonic() - began > LONGEST_WAIT_S:
                raise Unanswered(f"{self.who} at {path}: {troubles[-1]}")
            time.sleep(AGAIN_S)

    def sign_in(self, login: str, password: str) -> None:
        """By the door, as often as it takes."""
        self.login = login
        while True:
            form = form_of(self.open("/sign-in"), "/sign-in")
            assert form is not None, f"{login} finds no door"
            answer = self.ask("POST", "/sign-in", sent(form, {"login": login, "password": password}))
            if answer.status == 303 and "/sign-in" not in answer.location:
                return
            assert answer.said != OK, f"{login} is not let in: {answer.status}"
            time.sleep(AGAIN_S)


def sent(form: Any, typed: Mapping[str, object]) -> list[tuple[str, str]]:
    """What a browser sends of that form: what stands in it, and over it what somebody types; None takes one out."""
    stands = [(str(name), str(value)) for name, value in form.form_values() if str(name) not in typed]
    return [*stands, *((name, str(value)) for name, value in typed.items() if value is not None)]


def form_of(page: Answer, action: str) -> Any:
    """The form of that page which is sent to an address that ends so; None where there is none."""
    return next((form for form in page.tree.forms if _path(form.action or "").endswith(action)), None)


def _path(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"


def _kind(status: int, text: str) -> str:
    """What somebody sees: a 5xx may be our page in their language, the front's in three, or something bare."""
    if status < 500:
        return OK
    if 'class="narrow error-page"' in text and 'lang="kk"' in text:
        return OURS
    return FRONT if all(f"lang={each}" in text for each in ("kk", "ru", "en")) else BARE
