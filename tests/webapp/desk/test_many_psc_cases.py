"""Many people at once on the PSC route, over HTTP: every folder accounted for, every number gapless."""

import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue

import pytest
from flask import Flask
from sqlalchemy import func, select

from komek.testing.surfer import Surfer
from services import custody, directory
from services.cases.models import Case, Task
from services.custody.models import Consignment, Item
from services.db import db
from tests.people.walk import APPLICATION, FIGURES, check_everything

CLIENTS = 8
PAIRS = (("PSC_TALDYKORGAN", "TALDYKORGAN"), ("PSC_NURA", "TALGAR"))
DECISION = {"decision": "approve", "amount": "26000", "period_months": "3", "departure_reason": "Сынақ"}


class Crowd:
    """Eight clients of everybody who is needed; each browser belongs to one client at a time."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._free: dict[tuple[str, str], SimpleQueue[tuple[Surfer, str]]] = {}

    def sign_in(self, office: str, role: str, browsers: int) -> None:
        free = self._free[office, role] = SimpleQueue()
        person = directory.staff_at(office, role)[0]  # one person at several browsers: whose task it is, completes it
        for _ in range(browsers):
            surfer = Surfer(self.app).sign_in(person.login)
            surfer.get("/")
            free.put((surfer, surfer.tree.xpath("//input[@name='csrf_token']/@value")[0]))

    def post(self, office: str, role: str, path: str, answers: dict[str, object]) -> str:
        """What the page says; every refusal is a fault here."""
        surfer, token = self._free[office, role].get()
        try:
            answer = surfer._ask("POST", path, data={**answers, "csrf_token": token}, follow_redirects=False)
        finally:
            self._free[office, role].put((surfer, token))
        assert answer.status_code in (200, 303), f"{path}: {answer.status_code} {_errors(answer.text)}"
        return answer.text

    def all_at_once(self, jobs: Iterable[Callable[[], object]]) -> None:
        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(lambda job: job(), jobs))


def _errors(page: str) -> str:
    return " ".join(re.findall(r'class="error"[^>]*>([^<]*)', page)) or page[-300:]


def run(app: Flask, count: int, batch: int) -> None:
    """So many cases, in consignments of so many folders, from the first counter to the last."""
    crowd = Crowd(app)
    for psc, body in PAIRS:
        for role in ("psc_inspector", "psc_accum"):
            crowd.sign_in(psc, role, 4)
        for role in ("clerk", "head", "executor"):
            crowd.sign_in(body, role, 4)
    accept(crowd, count)
    carry(crowd, "folder", batch)
    for step, role, answers in (
        ("receive", "clerk", {"papers": "match", "_together": "1"}),
        ("resolution", "head", {"text": "Қарау"}),
        ("review", "executor", {**FIGURES, **DECISION, "_together": "1"}),
        ("agree", "head", {"verdict": "agree"}),
        ("sign", "head", {"verdict": "sign"}),
        ("pass_result", "executor", {}),
    ):
        complete(crowd, step, role, answers)
    carry(crowd, "result", batch)
    complete(crowd, "arrive", "psc_accum", {})
    crowd.all_at_once(
        [
            lambda t=t: crowd.post(t.office_key, t.role, f"/desk/cases/{t.case_id}/came", {})
            for t in waiting("await_applicant")
        ]
    )
    issued = {"received_by": "Сынақова Үлгі", "identified_by": "identity", "receipt": "shown"}
    complete(crowd, "issue", "psc_inspector", issued)


def accept(crowd: Crowd, count: int) -> None:
    def one(at: int) -> None:
        psc = PAIRS[at % 2][0]
        crowd.post(psc, "psc_inspector", "/cases", {"route": "psc", "office": psc, "key": f"many-{at}"})

    crowd.all_at_once([lambda at=at: one(at) for at in range(count)])
    complete(crowd, "accept", "psc_inspector", dict(APPLICATION), usual_body=True)


def complete(crowd: Crowd, step: str, role: str, answers: dict[str, object], *, usual_body: bool = False) -> None:
    """Everything that waits at that step, by whoever of the role is free; an executor's by the one who was named."""

    def one(task: Task) -> None:
        more: dict[str, object] = {"body": dict(PAIRS)[task.office_key]} if usual_body else {}
        if step == "resolution":
            more = {"executor": named[task.office_key]}
        if step == "sign":
            with crowd.app.app_context():
                more = {"code": custody.code_of(task.case_id, "result")}
        crowd.post(task.office_key, role, f"/inbox/{task.id}/complete", {**answers, **more, "key": "k"})

    named = {body: directory.staff_at(body, "executor")[0].id for _, body in PAIRS}
    crowd.all_at_once([lambda task=task: one(task) for task in waiting(step)])


def carry(crowd: Crowd, kind: str, batch: int) -> None:
    """Scanned onto registries, closed, handed over, scanned in by paste, unpacked: both offices at once."""

    def one(psc: str, body: str) -> None:
        sender, receiver = (
            ((psc, "psc_accum"), (body, "clerk")) if kind == "folder" else ((body, "clerk"), (psc, "psc_accum"))
        )
        with crowd.app.app_context():
            wanted = select(Item.code).where(Item.kind == kind, Item.state == "to_send", Item.office_key == sender[0])
            codes = list(db.session.scalars(wanted.order_by(Item.code)))
            for some in chunks(codes, batch):
                said = crowd.post(*sender, "/desk/scan", {"codes": "\n".join(some)})
                assert said.count('data-word="listed"') == len(some)
                number = db.session.scalar(select(Item.consignment_id).filter_by(code=some[0]))
                db.session.rollback()
                for act in ("close", "hand-over"):
                    crowd.post(*sender, f"/desk/consignments/{number}/{act}", {})
                said = crowd.post(*receiver, "/desk/scan", {"codes": "\n".join(some)})
                assert said.count('data-word="received"') == len(some)
                crowd.post(*receiver, f"/desk/consignments/{number}/finish", {})
            db.session.remove()

    crowd.all_at_once([lambda pair=pair: one(*pair) for pair in PAIRS])


def waiting(step: str) -> Sequence[Task]:
    found = list(db.session.scalars(select(Task).where(Task.step == step, Task.closed_at.is_(None))))
    db.session.expunge_all()  # they are read in other threads
    db.session.rollback()
    return found


def chunks(codes: list[str], size: int) -> Iterator[list[str]]:
    return (codes[at : at + size] for at in range(0, len(codes), size))


@pytest.fixture
def one_executor(house: Flask) -> Flask:
    """With one executor at each body, so that whoever is free is the one who was named."""
    for _, body in PAIRS:
        for other in directory.staff_at(body, "executor")[1:]:
            directory.set_active(other.id, False, actor="console")
    return house


def check(count: int, consignments: int) -> None:
    check_everything()
    assert db.session.scalar(select(func.count()).select_from(Case).where(Case.outcome == "approved")) == count
    assert db.session.scalar(select(func.count()).select_from(Consignment)) == consignments
    states = select(Item.kind, Item.state, func.count()).group_by(Item.kind, Item.state)
    where = {tuple(row) for row in db.session.execute(states)}
    assert where == {("folder", "here", count), ("result", "gone", count)}  # kept at the body; given to the applicants


@pytest.mark.slow
def test_sixteen_cases_by_eight_clients_end_with_every_folder_accounted_for(one_executor: Flask) -> None:
    run(one_executor, 16, 4)
    check(16, 8)


@pytest.mark.soak
def test_a_thousand_cases_by_eight_clients_end_with_every_folder_accounted_for(
    one_executor: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    began = time.monotonic()
    run(one_executor, 1000, 50)
    check(1000, 40)
    with capsys.disabled():
        print(f"\n1000 cases, 40 consignments: {time.monotonic() - began:.0f} s")  # noqa: T201
