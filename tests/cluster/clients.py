"""Eight people's work over HTTP: case after case of the direct route, each click noted as it was answered."""

import random
import re
import time
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from typing import Any

from komek.testing.filling import filled
from services.directory.demo import DEMO_PASSWORD
from tests.cluster.browser import (
    AGAIN_S,
    LONGEST_WAIT_S,
    OK,
    Answer,
    Browser,
    Record,
    Unanswered,
    Waited,
    form_of,
    sent,
)
from tests.people.office import APPLICATION, FIGURES, RECEIVED

#: whose form comes next, and what they write; the rest is what the form offers
STEPS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("clerk", dict(APPLICATION)), ("head", {}), ("executor", dict(FIGURES)), ("executor", {}),
    ("head", {"verdict": "agree"}), ("head", {"verdict": "sign"}), ("executor", {"way": "handed_over", **RECEIVED}),
)  # fmt: skip


@dataclass
class Ledger:
    """What was answered as done, and what was found done by those whose answer was lost."""

    lock: Lock = field(default_factory=Lock)
    #: step -> login of whoever was answered that it is done
    taken: dict[str, str] = field(default_factory=dict)
    #: steps of which no answer came, and that were found done when the case was opened anew
    found: dict[str, str] = field(default_factory=dict)
    #: cases of which somebody was answered that they are opened
    opened: list[int] = field(default_factory=list)
    #: cases that were gone through to their end
    closed: list[int] = field(default_factory=list)
    #: clicks that had to be pressed more than once
    again: int = 0
    faults: list[str] = field(default_factory=list)


class Client(Thread):
    """One office's three people, who go through cases until told to stop; the case in hand is left where it is."""

    def __init__(
        self, number: int, cluster: Any, office: str, stop: Event, ledger: Ledger, record: Record, seed: int
    ) -> None:
        super().__init__(name=f"client {number}", daemon=True)
        self.office, self.stop, self.ledger, self.cluster = office, stop, ledger, cluster
        self.chance = random.Random(f"{seed} {number}")
        self.people = {
            role: Browser(
                cluster.site.address("front"), "komek.office.local", f"{office}.{role}.{number}", record, self.chance
            )
            for role in ("clerk", "head", "executor")
        }

    def run(self) -> None:
        try:
            self.executor = self.cluster.staff(self.office, "executor")[0]
            for role, browser in self.people.items():
                browser.sign_in(self.cluster.staff(self.office, role)[1], DEMO_PASSWORD)
            while not self.stop.is_set():
                self.go_through()
        except (AssertionError, Unanswered, Exception) as fault:  # whatever it is, it is told at the end
            with self.ledger.lock:
                self.ledger.faults.append(f"{self.name}: {type(fault).__name__} {fault}"[:600])

    # ------------------------------------------------------------- a case

    def go_through(self) -> None:
        """One case from the counter to its end."""
        case_id = self._open_case()
        for role, said in STEPS:
            if self.stop.is_set():
                return
            self._do(case_id, role, said)
        self.people["head"].open("/boards/head")
        with self.ledger.lock:
            self.ledger.closed.append(case_id)

    def _open_case(self) -> int:
        clerk = self.people["clerk"]
        page = clerk.open("/")
        form = form_of(page, "/cases")
        assert form is not None, "no application can be begun"
        answer = self._press(clerk, "/cases", sent(form, {"route": "direct", "office": self.office}))
        found = re.search(r"/cases/(\d+)", answer.location) if answer is not None else None
        assert found, "the same form again is answered by the same case"
        with self.ledger.lock:
            self.ledger.opened.append(int(found[1]))
        return int(found[1])

    def _do(self, case_id: int, role: str, said: dict[str, Any]) -> None:
        """The form that waits for that role: taken, filled in, sent, until it is done."""
        person, path = self.people[role], f"/cases/{case_id}"
        page = person.open(path)
        claim = _form_to(page, r"/inbox/([^/]+)/claim$")
        if claim is not None:
            self._press(person, claim.action, sent(claim, {}))
            page = person.open(path)
        form = _form_to(page, r"/inbox/([^/]+)/complete$")
        assert form is not None, f"{person.who} finds no form of case {case_id}"
        task = str(re.search(r"/inbox/([^/]+)/complete", form.action)[1])  # type: ignore[index]
        for _ in range(4):
            typed = {**filled(form, _asked(form, said)), **self._more(form, said, case_id)}
            answer = self._press(person, form.action, sent(form, typed), lambda: self._gone(person, path, task))
            if answer is None:
                return self._note(self.ledger.found, task, person)
            if answer.status == 303:
                return self._note(self.ledger.taken, task, person)
            form = form_of(answer, f"/inbox/{task}/complete")
            assert form is not None, f"case {case_id}: {answer.status} {_words(answer)}"
        raise AssertionError(f"case {case_id}: a form of {role} is refused: {_words(answer)}")

    def _gone(self, person: Browser, path: str, task: str) -> bool:
        """Whether the case, opened anew, waits for that step no more."""
        return _form_to(person.open(path), rf"/inbox/({task})/complete$") is None

    def _more(self, form: Any, said: dict[str, Any], case_id: int) -> dict[str, Any]:
        """What only this office and the paper of this case say."""
        more = {"executor": self.executor} if form.xpath(".//*[@name='executor']") else {}
        return more | ({"code": self.cluster.code_on_result(case_id)} if said.get("verdict") == "sign" else {})

    def _note(self, book: dict[str, str], task: str, person: Browser) -> None:
        with self.ledger.lock:
            book[task] = person.login

    # ------------------------------------------------------------- a click

    def _press(self, person: Browser, action: str, form: list[tuple[str, str]], is_done: Any = None) -> Answer | None:
        """What the click was answered; None when no answer came and the case shows that it was done.

        Whoever was shown that something went wrong presses the same form again, or looks first, by chance.
        """
        began, troubles = time.monotonic(), list[str]()
        try:
            while True:
                answer = person.ask("POST", action, form)
                if answer.said == OK:
                    return answer
                troubles.append(answer.said)
                if time.monotonic() - began > LONGEST_WAIT_S:
                    raise Unanswered(f"{person.who} at {action}: {answer.said}")
                time.sleep(AGAIN_S)
                if is_done is not None and self.chance.random() < 0.5 and is_done():
                    return None
        finally:
            person.record.note(Waited(began, time.monotonic(), person.who, tuple(troubles)))
            if troubles:
                with self.ledger.lock:
                    self.ledger.again += 1


def _form_to(page: Answer, pattern: str) -> Any:
    return next((form for form in page.tree.forms if re.search(pattern, form.action or "")), None)


def _asked(form: Any, said: dict[str, Any]) -> dict[str, Any]:
    names = {str(each) for each in form.xpath(".//@name")}
    return {name: each for name, each in said.items() if name in names}


def _words(answer: Answer) -> str:
    found = answer.tree.xpath("//*[contains(@class,'flash') or contains(@class,'error')]//text()|//h1//text()")
    return " ".join(" ".join(found).split())[:300]
