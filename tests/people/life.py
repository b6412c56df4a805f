"""What people tell of a case off its usual way, and the answers that they give then."""

import re

from sqlalchemy import select

from komek.testing.surfer import Surfer
from services.cases.models import Case, Task
from services.db import db
from tests.people.office import APPLICATION

WITHDRAWAL = {"asked_by": "applicant", "asked_on": "02.03.2026", "reason": "02.03.2026 жазбаша өтініші бойынша"}
BACK = {"way": "handed_over", "received_by": "Үлгібаев Мысал Сынақұлы", "identified_by": "identity",
        "documents-application": "1"}  # fmt: skip


def case_of(case_id: int) -> Case:
    """As it stands in the database now."""
    db.session.rollback()
    return db.session.get_one(Case, case_id, populate_existing=True)


def open_steps(case_id: int) -> list[str]:
    """The steps with a key at which it waits."""
    db.session.rollback()
    wanted = select(Task.step).where(Task.case_id == case_id, Task.closed_at.is_(None), Task.step != "")
    return sorted(db.session.scalars(wanted))


def tell(surfer: Surfer, case_id: int, title: str, answers: dict[str, object], status: int = 200) -> str:
    """From the case's page: what happened, by its name in Kazakh, and what is asked of it."""
    page = surfer.get(f"/cases/{case_id}").text
    found = re.search(rf'href="(/cases/{case_id}/happenings/[^"]+)">(?:<span class="code">\w+</span> )?{title}<', page)
    assert found, page
    surfer.get(found[1])
    answered = surfer.submit(found[1], answers)
    assert answered.status_code == status, answered.text
    return answered.text


DEATH = {
    "certificate": "№ 77, 01.03.2026",
    "died_on": "01.03.2026",
    "told_by": "Үлгібаева Дерек",
    "reason": "Жұбайы хабарлады",
}
DISTRICT = {"right_body": "ALAKOL", "reason": "Мекенжайы Алакөл ауданында"}
POSTED = {"way": "posted", "postal_number": "RR123456785KZ", "told_how": "letter"}
ANNULLED = {"ground": "twice", "order": "№ 12, 02.03.2026", "reason": "Бір өтініш екі рет тіркелген"}


def corrected(surfer: Surfer, case_id: int, **more: str) -> None:
    answers = {name: APPLICATION[name] for name in ("surname", "given_name", "patronymic", "iin", "address")}
    tell(surfer, case_id, "Деректер қате екен", {**answers, **more, "reason": "Жеке куәлігі бойынша"})
