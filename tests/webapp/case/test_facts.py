"""What was entered is read afterwards: every answer of every form, on the case's page, by the roles that need it."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from types import SimpleNamespace

from flask import Flask
from flask_babel import force_locale, gettext
from lxml import etree
from sqlalchemy import select

from komek.testing.surfer import Surfer
from services import cases, clock, directory, registry
from services.cases.models import Answer, Applicant, Case, Instance, Task
from services.db import db
from services.documents import papers_of
from services.plugin import Field, Form
from tests.counting import counted
from tests.people.office import OFFICE, PSC, Office, Psc
from tests.webapp.case.shown import panel

B, C = "{http://www.omg.org/spec/BPMN/20100524/MODEL}", "{http://camunda.org/schema/1.0/bpmn}"


NO_BODY = SimpleNamespace(key="")


def roles_of_forms() -> dict[str, str]:
    """Form -> the role that fills it in, as the diagrams draw it; what none of them draws is the clerk's."""
    rules = registry.current()
    found = dict.fromkeys(rules.forms(), "clerk")
    for file in rules.matching("bpmn/*.bpmn").values():
        for task in etree.fromstring(file.read_bytes()).iter(f"{B}userTask"):
            role = (task.get(f"{C}candidateGroups") or "").split(",")[0]
            found[task.get(f"{C}formKey") or ""] = "clerk" if role.startswith("${") else role
    return {name: role for name, role in found.items() if name in rules.forms()}


def asked(form: Form, role: str) -> list[Field]:
    """Every question the form may ask of that role and of whoever records it."""
    call = SimpleNamespace(
        case=SimpleNamespace(
            applicant=None, answers={}, variables={}, number="1", intake=None, body=NO_BODY, office=None,
            opened_at=clock.now(),
        ),
        person=SimpleNamespace(roles=frozenset({role}), id=1),
        step="",
        now=clock.now(),
        on_paper=False,
        whereabouts=lambda paper: None,
        period=lambda: None,
        former=lambda: None,
        tells=True,
        first_language="kk",
        table=registry.current().table,
        staff=lambda wanted: [
            SimpleNamespace(id=each.id, full_name=each.full_name, signature=each.full_name, stands_for="", away=False,
                            signs=True)
            for each in directory.staff_at(OFFICE, wanted)
        ],
    )  # fmt: skip
    fields = list(form.fields(call))  # type: ignore[arg-type]
    for recorder in form.recorders:
        call.person = SimpleNamespace(roles=frozenset({recorder}), id=1)
        fields += [each for each in form.fields(call) if each.name not in {field.name for field in fields}]  # type: ignore[arg-type]
    # where there is nothing to choose from, nobody answers
    return [field for field in fields if field.kind != "note" and (field.kind != "choice" or field.choices)]


class Samples:
    """An answer to every kind of question, no two alike, and how it is read."""

    def __init__(self) -> None:
        self.count = 1000

    def answer(self, field: Field) -> tuple[object, list[str]]:
        self.count += 1
        n = self.count
        if field.kind in ("text", "long_text", "phone", "reckoned"):  # what was reckoned is kept as it stood
            return f"Мән-{n}", [f"Мән-{n}"]
        if field.kind in ("integer", "number"):
            return n, [str(n)]
        if field.kind == "money":
            return n, [f"{n // 1000}\u00a0{n % 1000:03}\u00a0₸"]
        if field.kind == "date":
            return f"{n}-03-04", [f"04.03.{n}"]
        if field.kind == "iin":
            return f"85010110{n}", [str(n)]
        if field.kind == "yes":
            return True, [words("yes")]
        if field.kind == "choice":
            choice = field.choices[n % len(field.choices)]
            return choice.key, [words(choice.label)]
        if field.kind == "choices":
            return [each.key for each in field.choices], [words(each.label) for each in field.choices]
        if field.kind == "counts":
            counts = {each.key: n + at for at, each in enumerate(field.choices)}
            return counts, [str(count) for count in counts.values()] + [words(each.label) for each in field.choices]
        assert field.kind == "rows", field.kind
        cells = {column.name: self.answer(column) for column in field.columns}
        row = {name: value for name, (value, _) in cells.items()}
        return [row], [said for _, many in cells.values() for said in many]


def words(label: str) -> str:
    with force_locale("kk"):
        return str(gettext(label))


class Walked:
    """A case of the PSC route in which every form that any plugin declares was filled in, at the office it is for."""

    def __init__(self, app: Flask) -> None:
        self.case_id = Office(app).run(until=1)
        db.session.get_one(Case, self.case_id).office_key = PSC
        db.session.get_one(Applicant, self.case_id).office_key = PSC
        first = db.session.scalars(select(Instance).filter_by(case_id=self.case_id)).one()
        copied = {c.name: getattr(first, c.name) for c in Instance.__table__.columns if c.name not in ("id", "number")}
        second = Instance(**{**copied, "office_key": PSC, "number": None})
        db.session.add(second)
        db.session.flush()
        model = db.session.scalars(select(Task).filter_by(case_id=self.case_id, form="registration.application")).one()
        #: form -> office, whether it is shared, and question -> how its answer is read
        self.read: dict[str, tuple[str, bool, dict[str, list[str]]]] = {}
        self.contacts: list[str] = []
        samples, rules = Samples(), registry.current()
        with app.test_request_context():
            for at, (name, role) in enumerate(sorted(roles_of_forms().items())):
                key = PSC if rules.row("roles", role)["office"] == "psc" else OFFICE
                form, made = rules.form(name), {}
                for field in asked(form, role):
                    made[field.name] = samples.answer(field)
                    if field.contact:
                        self.contacts += made[field.name][1]
                self._fill(model, first if key == OFFICE else second, at, name, role, made)
                self.read[name] = (key, form.shared, {asked: read for asked, (_, read) in made.items()})
        db.session.commit()

    def _fill(self, model: Task, instance: Instance, at: int, name: str, role: str, made: Mapping) -> None:  # type: ignore[type-arg]
        own = {c.name: getattr(model, c.name) for c in Task.__table__.columns if c.name not in ("id", "seq")}
        done_at = clock.now() + timedelta(seconds=at)
        own |= {"instance_id": instance.id, "office_key": instance.office_key, "form": name, "role": role}
        own |= {"stop_id": f"s{at}", "done_at": done_at, "closed_at": done_at, "submit_key": None, "recorder": "clerk"}
        db.session.add(Task(id=f"walked.{at}", **own))
        db.session.flush()
        answers = {key: value for key, (value, _) in made.items()}
        db.session.add(
            Answer(task_id=f"walked.{at}", case_id=self.case_id, form=name, answers=answers, given_at=done_at)
        )


def readers(app: Flask, key: str) -> Iterator[tuple[str, Surfer]]:
    """Everybody's role at that office that looks at cases, and a browser of theirs."""
    for row in registry.current().table("roles"):
        staff = directory.staff_at(key, row["key"]) if row["sees_cases"] == "yes" else []
        if staff:
            yield row["key"], Surfer(app).sign_in(staff[0].login)


def test_every_answer_of_every_declared_form_is_read_by_the_roles_that_need_it_and_by_no_other(house: Flask) -> None:
    walked = Walked(house)
    rules = registry.current()
    assert set(walked.read) == rules.forms()
    for here in (OFFICE, PSC):
        for role, surfer in readers(house, here):
            text = panel(surfer, walked.case_id)
            reaches = rules.row("roles", role)["reaches"] == "yes"
            for name, (key, shared, questions) in walked.read.items():
                for question, read in questions.items():
                    for said in read:
                        if said in walked.contacts and not reaches:
                            assert said not in text, (role, name, question)
                        elif key == here or shared:
                            assert said in text, (role, name, question, said)
                        elif re.search(r"\d{4}", said):  # words of a choice may stand there for another question
                            assert said not in text, (role, name, question, said)


def test_the_head_who_signs_reads_who_asks_how_to_reach_them_and_what_they_brought(house: Flask) -> None:
    office = Office(house)
    case_id = office.run(until=4)
    text = panel(office.person("head"), case_id)
    for said in ("Үлгібаев Мысал Сынақұлы", "Талдықорған қаласы, Үлгі көшесі, 1-үй, 1-пәтер", "8 700 000 00 01",
                 "Өтініш", "40\u00a0000\u00a0₸", "30\u00a0000\u00a0₸", "26\u00a0000\u00a0₸"):  # fmt: skip
        assert said in text, said
    clerk = directory.staff_at(OFFICE, "clerk")[0].full_name
    assert clerk in text
    assert text.count("40\u00a0000\u00a0₸") == 1  # the draft's figures are those of the review: said once


def test_on_the_closed_case_stands_how_the_result_went_out(house: Flask) -> None:
    office = Office(house)
    case_id = office.run(until=6)
    answers = {"way": "posted", "postal_number": "RR123456785KZ", "postal_proof": "№ 77, 04.03.2026"}
    assert office.work(case_id, "executor", answers).status_code == 200
    for role in ("clerk", "head", "executor"):
        text = panel(office.person(role), case_id)
        assert "RR123456785KZ" in text and "№ 77, 04.03.2026" in text, role


def test_the_bodys_clerk_opens_the_receipt_they_attest_to_and_the_psc_reads_what_was_missing(house: Flask) -> None:
    psc = Psc(house)
    case_id = psc.accept()
    (receipt,) = [paper for paper in papers_of(case_id) if paper.item == "doc.receipt"]
    clerk = psc.person("clerk")
    assert clerk.get(f"/papers/{receipt.id}.pdf").status_code == 403  # the folder has not come: nothing to attest yet
    psc.carry(case_id)
    page = clerk.get(f"/cases/{case_id}")
    assert f"/papers/{receipt.id}.svg" in page.text or "claim" in page.text
    assert clerk.get(f"/papers/{receipt.id}.svg").status_code == 200
    assert clerk.get(f"/papers/{receipt.id}.pdf").status_code == 200
    assert psc.work(case_id, "clerk", {"papers": "differ", "difference": "Шот жоқ"}).status_code == 200
    assert "Шот жоқ" in panel(psc.person("psc_inspector"), case_id)
    (label,) = [paper for paper in papers_of(case_id) if paper.item == "doc.label"]
    assert clerk.get(f"/papers/{label.id}.pdf").status_code == 403


def test_a_courier_opens_no_case_and_reads_no_name_where_the_papers_are_listed(house: Flask) -> None:
    psc = Psc(house)
    case_id = psc.accept()
    courier = psc.person("courier")
    assert courier.get(f"/cases/{case_id}").status_code == 403
    for path in ("/desk/", "/"):
        page = courier.get(path).text
        assert "Үлгібаев Мысал" not in page and "Үлгі көшесі" not in page, path


def test_reading_what_was_entered_costs_two_statements_however_many_steps_there_were(house: Flask) -> None:
    office = Office(house)
    short, long = office.run(until=3), office.run()
    head = directory.staff_at(OFFICE, "head")[0]
    numbers = []
    for case_id in (short, long):
        db.session.expire_all()
        with counted(db.engine) as count:
            cases.case_page(case_id, head)
        numbers.append(len(count.statements))
    assert numbers[1] <= numbers[0] + 2
