"""A plugin at fault stops its own step and no other: the page says so in words, an incident waits, the case goes on."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from threading import Event
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from komek.testing.surfer import Surfer
from services import cases, directory, documents, guarded, jobs, journal, registry
from services.config import ROOT
from services.db import db
from services.jobs.models import JobRow
from services.plugin import Answers, Checked, FormCall, Operation
from services.registry import Registry
from tests.people.life import WITHDRAWAL, tell
from tests.people.office import FIGURES, Office


@contextmanager
def instead(plugin: str, **changed: Any) -> Iterator[None]:
    """The plugins as they are, but for that one."""
    before = registry.current()
    plugins = [replace(each, **changed) if each.name == plugin else each for each in before.plugins]
    registry.use(Registry(plugins, ROOT))
    try:
        yield
    finally:
        registry.use(before)


def raising(*_: object) -> Any:
    raise ZeroDivisionError


def broken_review(**changed: Callable[..., Any]) -> Any:
    forms = dict(next(each for each in registry.current().plugins if each.name == "assessment").forms)
    return instead("assessment", forms={**forms, "review": replace(forms["review"], **changed)})


def incidents() -> list[tuple[str, str]]:
    rows = db.session.query(JobRow).where(JobRow.incident_at.is_not(None)).order_by(JobRow.id)
    return [(row.kind, row.error or "") for row in rows]


def test_a_form_that_cannot_be_shown_is_an_incident_in_words_and_nothing_else_is_disturbed(house: Flask) -> None:
    office = Office(house)
    case_id, other = office.run(until=2), office.run(until=1)
    executor = office.person("executor")
    executor.submit("/language", {"language": "en"})
    with broken_review(fields=raising):
        for _ in range(2):
            page = executor.get(f"/cases/{case_id}")
            assert page.status_code == 200
            assert "The plugin assessment failed at this step; the log says where." in page.text
            assert "ZeroDivisionError" not in page.text
            assert f'action="/inbox/{office.task(case_id)}/complete"' not in page.text
        assert incidents() == [("form", "The plugin %(plugin)s failed at this step; the log says where.")]
        assert [each.event for each in journal.read(f"case:{case_id}", limit=99)].count("case.incident") == 1
        assert office.person("head").get(f"/cases/{other}").status_code == 200
        assert office.work(other, "head", {"executor": office.executor_id}).status_code == 200
        administrator = Surfer(house).sign_in("admin")
        assert administrator.get("/admin/incidents").status_code == 200
    page = executor.get(f"/cases/{case_id}")
    assert "failed at this step" not in page.text and incidents() == []
    assert office.work(case_id, "executor", dict(FIGURES)).status_code == 200


def test_a_form_that_fails_when_it_is_sent_keeps_what_was_typed(house: Flask) -> None:
    office = Office(house)
    case_id = office.run(until=2)
    with broken_review(check=raising):
        answer = office.work(case_id, "executor", {**FIGURES, "papers_note": "", "members-0-income": "41234"})
        assert answer.status_code == 503 and "assessment" in answer.text and re.search(r"41\s?234", answer.text)
    page = office.person("executor").get(f"/cases/{case_id}")
    assert page.status_code == 200 and re.search(r"41\s?234", page.text)
    assert [kind for kind, _ in incidents()] == ["sent_form"]
    assert office.work(case_id, "executor", dict(FIGURES)).status_code == 200
    assert incidents() == [], "what was taken asks for nobody's look any more"
    assert "ZeroDivisionError" not in office.person("executor").get(f"/cases/{case_id}").text


def test_a_template_that_fails_leaves_the_questions_as_komek_draws_them(house: Flask) -> None:
    office = Office(house)
    case_id = office.run(until=3)
    forms = dict(next(each for each in registry.current().plugins if each.name == "assessment").forms)
    office.person("executor").submit("/language", {"language": "en"})
    drawn = office.person("executor").get(f"/cases/{case_id}").text
    assert "What the table proposes" in drawn
    for template in ("assessment/no_such.html", "notice_signing/../secret.html"):
        with instead("assessment", forms={**forms, "draft": replace(forms["draft"], template=template)}):
            page = office.person("executor").get(f"/cases/{case_id}").text
            assert 'name="decision"' in page and "What the table proposes" not in page
            assert "could not draw this form" in page + office.person("executor").get("/inbox").text


def test_a_plugin_that_is_away_leaves_its_step_waiting_with_an_incident(house: Flask) -> None:
    office = Office(house)
    case_id = office.run(until=2)
    before = registry.current()
    registry.use(Registry([each for each in before.plugins if each.name != "assessment"], ROOT))
    try:
        page = office.person("executor").get(f"/cases/{case_id}")
        assert page.status_code == 200 and "assessment.review" in page.text
        assert [kind for kind, _ in incidents()] == ["form"]
        assert office.person("executor").get("/inbox").status_code == 200
    finally:
        registry.use(before)
    assert office.work(case_id, "executor", dict(FIGURES)).status_code == 200 and incidents() == []


@pytest.mark.parametrize("asked", ["fields", "check"])
def test_a_form_that_hangs_is_given_up_and_meanwhile_others_work_and_the_node_says_that_it_is_well(
    house: Flask, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    office = Office(house)
    case_id, other = office.run(until=2), office.run(until=1)
    office.person("executor").submit("/language", {"language": "en"})
    head, inside = office.person("head"), Event()
    monkeypatch.setattr(guarded, "LIMIT_S", 1.0)

    def hanging(*_: object) -> Any:
        inside.set()
        while True:
            pass

    def send() -> TestResponse:
        with house.app_context():
            if asked == "fields":
                return office.person("executor").get(f"/cases/{case_id}")
            return office.work(case_id, "executor", dict(FIGURES))

    with broken_review(**{asked: hanging}), ThreadPoolExecutor(1) as away:
        sent = away.submit(send)
        assert inside.wait(5)
        assert house.test_client().get("/healthz").status_code == 200
        assert house.test_client().get("/readyz").status_code == 200
        assert head.get(f"/cases/{other}").status_code == 200
        assert not sent.done(), "they answer while it hangs"
        answer = sent.result(10)
    assert answer.status_code == (200 if asked == "fields" else 503)
    assert "The plugin assessment did not answer within 1 seconds at this step." in answer.text
    assert [kind for kind, _ in incidents()] == ["form" if asked == "fields" else "sent_form"]
    assert office.work(case_id, "executor", dict(FIGURES)).status_code == 200


def test_a_paper_whose_plugin_is_away_is_kept_and_says_when_it_can_be_printed(house: Flask) -> None:
    office = Office(house)
    case_id, clerk = office.run(), office.person("clerk")
    clerk.submit("/language", {"language": "en"})
    notice = next(each.id for each in documents.papers_of(case_id) if each.item == "doc.notice_signed")
    db.session.commit()
    before = registry.current()
    registry.use(Registry([each for each in before.plugins if each.name != "notice_signing"], ROOT))
    try:
        page = clerk.get(f"/cases/{case_id}")
        assert page.status_code == 200 and f'action="/papers/{notice}.pdf"' in page.text
        printed = clerk.submit(f"/papers/{notice}.pdf")
        assert printed.status_code == 503
        assert (
            "The plugin that prints doc.notice_signed is not switched on. What the paper says is kept" in printed.text
        )
        assert clerk.get(f"/papers/{notice}.svg").status_code == 503
    finally:
        registry.use(before)
    clerk.get(f"/cases/{case_id}")
    printed = clerk.submit(f"/papers/{notice}.pdf")
    assert printed.status_code == 200 and printed.data.startswith(b"%PDF")
    assert [each.copies for each in documents.papers_of(case_id) if each.id == notice] == [1], "only what was printed"


def test_what_is_unusual_in_what_was_told_by_hand_is_said_to_whoever_told_it(house: Flask) -> None:
    office = Office(house)
    case_id = office.run(until=2)
    forms = next(each for each in registry.current().plugins if each.name == "life_events").forms
    withdrawal = forms["withdrawal"]

    def check(call: FormCall, answers: Answers) -> Checked:
        return replace(withdrawal.check(call, answers), warnings={"x": "Please look once more."})

    with instead("life_events", forms={**forms, "withdrawal": replace(withdrawal, check=check)}):
        page = tell(office.person("clerk"), case_id, "Қайтарып алды", WITHDRAWAL)
    assert "Please look once more." in page


def test_an_operation_that_fails_or_gives_nonsense_keeps_the_answers_and_the_case_goes_on_when_it_works(
    house: Flask,
) -> None:
    office = Office(house)
    for nonsense in (raising, lambda call, there: 7):
        case_id = office.open()
        with instead("registration", in_step={"register": Operation(nonsense, "Number and talon")}):
            answer = office.work(case_id, "clerk", office.steps()[0][1])
            assert answer.status_code == 200
            assert [kind for kind, _ in incidents()] == ["answers"]
            assert "registration" in office.person("clerk").get(f"/cases/{case_id}").text
        (job_id,) = db.session.scalars(db.select(JobRow.id).where(JobRow.incident_at.is_not(None)))
        db.session.commit()
        admin = directory.person(directory.id_of("admin") or 0)
        assert admin is not None and cases.retry_incidents([job_id], admin) == 1
        jobs.work_off()
        assert incidents() == []
        assert office.work(case_id, "head", {"executor": office.executor_id}).status_code == 200
