"""A form on somebody's screen, drawn before it is sent; and how its case stands."""

from dataclasses import dataclass

from flask import Flask
from sqlalchemy import text

from komek.testing.surfer import Surfer
from services import directory, journal
from services.db import db
from tests.people.office import OFFICE, Office


@dataclass
class Drawn:
    """A form on somebody's screen: their office's people, the case, its step, and who sees it."""

    office: Office
    case_id: int
    task: str
    role: str
    surfer: Surfer

    @property
    def person(self) -> directory.Person:
        return directory.staff_at(OFFICE, self.role)[0]


def drawn(house: Flask, steps: int, role: str) -> Drawn:
    """A case taken that many steps along, and the form of the next one before whoever does it."""
    office = Office(house)
    case_id = office.run(until=steps) if steps else office.open()
    surfer, task = office.person(role), office.task(case_id)
    page = surfer.get(f"/cases/{case_id}")
    if f'action="/inbox/{task}/claim"' in page.text:
        surfer.submit(f"/inbox/{task}/claim")
        surfer.get(f"/cases/{case_id}")
    db.session.rollback()
    return Drawn(office, case_id, task, role, surfer)


def stands(form: Drawn) -> list[tuple[object, ...]]:
    """Every step of the case, and how many lines its history has."""
    asked = "SELECT id, step, done_at, done_by_id, closed_at, assignee_id FROM task WHERE case_id = :case ORDER BY seq"
    rows = [tuple(row) for row in db.session.execute(text(asked), {"case": form.case_id})]
    db.session.rollback()
    return [*rows, (len(list(journal.read(f"case:{form.case_id}"))),)]
