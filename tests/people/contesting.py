"""Those who complain about a decision, and those who did not make it: what they say, and who they are."""

from collections.abc import Mapping

from flask import Flask
from werkzeug.test import TestResponse

from komek.testing.surfer import Surfer
from services import directory
from tests.people.office import FIGURES, RECEIVED, People, with_code

TITLE = "Шағым түсті"
COMPLAINT = {
    "by": "applicant",
    "says": "Табысым екі рет есептелген.",
    "reason": "Өтініш берушінің жазбаша шағымы",
}
UPHELD = {
    "verdict": "upheld",
    "order_by": "office",
    "order": "15, 02.04.2026",
    "reasons": "Жалақы екі рет қосылған.",
}
DISMISSED = {"verdict": "dismissed", "reasons": "Табыс анықтамалар бойынша дұрыс есептелген."}
POSTED = {"way": "posted", "postal_number": "RR987654326KZ"}


PASSWORD = "a-word-of-another-5"


def another(people: People, role: str) -> Surfer:
    """Somebody else with that role at the body, who decided nothing of what these people do."""
    return people.person(role, 1)


def hired(app: Flask, office_key: str, role: str, name: str = "Басқаев Дерек Нұсқаұлы") -> Surfer:
    """One more with that role at that office, from today on, at a browser of their own."""
    login = f"another.{role}"
    if directory.id_of(login) is None:
        directory.add_staff(
            login, name, PASSWORD, actor="console", config=app.config["KOMEK"], own_password=True,
            place=(office_key, role),
        )  # fmt: skip
    return Surfer(app).sign_in(login, PASSWORD)


def work(people: People, surfer: Surfer, case_id: int, answers: Mapping[str, object]) -> TestResponse:
    """Take the open step in that browser, fill in its form, send it."""
    task = people.task(case_id)
    page = surfer.get(f"/cases/{case_id}")
    if f'action="/inbox/{task}/claim"' in page.text:
        surfer.submit(f"/inbox/{task}/claim")
        assert surfer.page and surfer.page.request.path == f"/cases/{case_id}"
    return surfer.submit(f"/inbox/{task}/complete", with_code(case_id, answers))


def decide_anew(people: People, case_id: int) -> None:
    """By another head and another executor, from the resolution to the answer in the applicant's hands."""
    head, executor = another(people, "head"), another(people, "executor")
    for surfer, answers in (
        (head, {"executor": directory.staff_at(people.body, "executor")[1].id}),
        (executor, FIGURES),
        (executor, {}),
        (head, {"verdict": "agree"}),
        (head, {"verdict": "sign"}),
        (executor, {"way": "handed_over", **RECEIVED}),
    ):
        page = work(people, surfer, case_id, answers)
        assert page.status_code == 200, page.text
