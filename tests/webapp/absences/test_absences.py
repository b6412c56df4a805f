"""Somebody is away: the deputy works and signs in their place, by the order, in those days, and no further."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from komek.testing.surfer import Surfer
from services import cases, clock, deadlines, directory, documents, journal, kazakh, registry
from services.cases.models import Task
from services.config import ROOT
from services.db import db
from services.directory.models import Appointment
from services.plugin import Plugin
from services.registry import Registry
from tests.people.away import away, those
from tests.people.office import OFFICE, Office, with_code
from tests.services.soundness.mutants import common, copied
from webapp.language import words


def test_a_whole_case_with_the_head_on_leave_is_signed_by_the_deputy_and_says_so(house: Flask) -> None:
    office = Office(house)
    head, clerk = those("head")[0], those("clerk")[1]
    away(head, clerk)
    case_id, deputy = office.open(), Surfer(house).sign_in(clerk.login)
    for role, answers in office.steps():
        if role == "head":
            task = office.task(case_id)
            lists = [deputy.get(f"/inbox?list={each}").text for each in ("role", "mine")]
            assert any(f"/cases/{case_id}" in each for each in lists)
            if f"/inbox/{task}/claim" in deputy.get(f"/cases/{case_id}").text:  # whoever agreed has the signing, too
                deputy.submit(f"/inbox/{task}/claim")
            page = deputy.submit(f"/inbox/{task}/complete", with_code(case_id, answers))
            row = db.session.get(Task, task, populate_existing=True)
            assert row is not None
            assert (row.done_by_id, row.done_for_id, row.done_order) == (clerk.id, head.id, "12-ж"), page.text
            assert row.assignee_id == head.id
        else:
            assert office.work(case_id, role, answers).status_code == 200
    page = office.person("clerk").get(f"/cases/{case_id}").text
    assert "№ 12-ж бұйрық бойынша" in page
    made_by = {paper.item: paper.made_by for paper in documents.papers_of(case_id)}
    assert (
        made_by["doc.resolution"]
        == f"{clerk.full_name} ({kazakh.genitive(head.full_name)} орнына, № 12-ж бұйрық бойынша)"
    )
    lines = [entry.details for entry in journal.read(f"case:{case_id}", limit=200) if entry.details.get("for")]
    assert {(line["for"], line["order"]) for line in lines} == {(head.id, "12-ж")}
    assert journal.verify() == []


def test_what_is_in_an_absent_executors_hands_is_worked_on_by_the_deputy_and_comes_back(house: Flask) -> None:
    office = Office(house)
    executor, deputy = those("executor")[0], those("clerk")[1]
    case_id = office.run(until=2)
    task_id = office.task(case_id)
    absence = away(executor, deputy)
    hands = Surfer(house).sign_in(deputy.login)
    assert f"/cases/{case_id}" in hands.get("/inbox?list=mine").text
    assert executor.full_name in hands.page.text  # type: ignore[union-attr]
    assert directory.person(executor.id).roles_at(OFFICE) == set()  # type: ignore[union-attr]
    directory.end_absence(absence, actor="console")
    assert f"/cases/{case_id}" not in hands.get("/inbox?list=mine").text
    hands.get(f"/cases/{case_id}")
    with pytest.raises(cases.NotYours):
        cases.complete_task(task_id, {}, cases.Click(directory.person(deputy.id), "late"))  # type: ignore[arg-type]
    assert office.work(case_id, "executor", {"papers": "complete"}).status_code in (200, 422)


def test_a_deputys_rights_begin_and_end_at_midnight_in_the_region(house: Flask) -> None:
    head, deputy = those("head")[0], those("clerk")[1]
    zone = datetime.fromisoformat("2026-12-01T00:00:00+05:00")
    with clock.stopped(zone - timedelta(days=2)):
        today = directory.today()
        directory.enter_absence(
            head.id, from_on=zone.date(), until_on=zone.date() + timedelta(days=1), order_number="7", order_on=today,
            deputy_id=deputy.id, actor="console",
        )  # fmt: skip
    for seconds, holds in ((-1, False), (0, True), (24 * 3600 - 1, True), (24 * 3600, False)):
        with clock.stopped(zone + timedelta(seconds=seconds)):
            now = directory.person(deputy.id)
            assert now is not None
            assert ("head" in now.roles_at(OFFICE)) is holds
            assert ("head" in directory.person(head.id).roles_at(OFFICE)) is not holds  # type: ignore[union-attr]


@pytest.mark.parametrize("way", ["ink", "recorded"])
def test_a_deputy_never_signs_what_they_drafted(house: Flask, way: str) -> None:
    office = Office(house)
    executor, head = those("executor")[0], those("head")[0]
    case_id = office.run(until=4)
    task_id = office.task(case_id)
    away(head, executor)
    drafted = db.session.scalar(db.select(Task.done_by_id).filter_by(case_id=case_id, step="draft"))
    assert drafted == executor.id
    signer = directory.person(executor.id if way == "ink" else those("clerk")[0].id)
    answers = {"verdict": "agree"} if way == "ink" else {"signed_by": str(executor.id)}
    assert signer is not None
    with pytest.raises(cases.OwnDraft):
        cases.complete_task(task_id, answers, cases.Click(signer, "own"))
    assert not [paper for paper in documents.papers_of(case_id) if paper.item.endswith("_signed")]


def test_where_the_region_allows_it_a_reason_is_asked_kept_and_shown_to_control(
    house: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office(house)
    executor, head = those("executor")[0], those("head")[0]
    case_id = office.run(until=4)
    task_id = office.task(case_id)
    away(head, executor)
    rules = registry.current()
    rows = {**rules.by_key("parameters"), "drafter_may_sign": {"value": "yes"}}
    known = rules.by_key
    monkeypatch.setattr(rules, "by_key", lambda name: rows if name == "parameters" else known(name))
    hands = Surfer(house).sign_in(executor.login)
    hands.get(f"/cases/{case_id}")
    hands.submit(f"/inbox/{task_id}/claim")
    assert hands.submit(f"/inbox/{task_id}/complete", {"verdict": "agree"}).status_code == 200
    task_id, signed = office.task(case_id), with_code(case_id, {"verdict": "sign"})
    page = hands.submit(f"/inbox/{task_id}/complete", signed)
    assert page.status_code == 422
    page = hands.submit(f"/inbox/{task_id}/complete", {**signed, "conflict_reason": "Басқа адам жоқ"})
    assert page.status_code == 200, page.text
    assert "Басқа адам жоқ" in Surfer(house).sign_in("control").get("/absences/own-drafts").text


def test_a_deputy_without_the_right_to_sign_returns_drafts_but_signs_none(house: Flask) -> None:
    office = Office(house)
    case_id = office.run(until=4)
    task_id = office.task(case_id)
    clerk = those("clerk")[1]
    away(those("head")[0], clerk, signs=False)
    deputy = directory.person(clerk.id)
    assert deputy is not None
    assert not cases.may_sign(deputy, OFFICE)
    with pytest.raises(cases.NoSigningRight):
        cases.complete_task(task_id, {"verdict": "agree"}, cases.Click(deputy, "1"))
    cases.complete_task(task_id, {"verdict": "return", "reason": "Есеп жоқ"}, cases.Click(deputy, "2"))


def test_there_are_no_chains_no_circles_and_no_two_absences_at_once(house: Flask) -> None:
    first, second, third = those("executor")[0], those("executor")[1], those("clerk")[0]
    away(first, second)
    with pytest.raises(directory.AlreadyAbsent):
        away(first, third)
    with pytest.raises(directory.StandsInThen):
        away(second, third)
    with pytest.raises(directory.DeputyAbsent):
        away(third, first)
    with pytest.raises(directory.WrongDeputy):
        away(third, third)


def test_a_head_enters_only_their_own_staff_and_never_themself_as_deputy(house: Flask) -> None:
    head = those("head")[0]
    today = directory.today()
    order = {"order_number": "1", "order_on": today, "from_on": today, "until_on": today + timedelta(days=2)}
    stranger = directory.staff_at("TALGAR", "executor")[0]
    with pytest.raises(directory.NotYourStaff):
        directory.enter_absence(stranger.id, actor=head, **order)  # type: ignore[arg-type]
    with pytest.raises(directory.WrongDeputy):
        directory.enter_absence(those("clerk")[0].id, actor=head, deputy_id=head.id, **order)  # type: ignore[arg-type]
    with pytest.raises(directory.WrongDeputy):
        directory.enter_absence(those("clerk")[0].id, actor=head, deputy_id=stranger.id, **order)  # type: ignore[arg-type]
    with pytest.raises(directory.NotYourStaff):
        directory.enter_absence(those("clerk")[0].id, actor=those("executor")[0], **order)  # type: ignore[arg-type]


def test_the_clause_of_the_fewest_staff_is_the_regions_own_and_where_none_says_it_that_is_said(
    house: Flask, tmp_path: Path
) -> None:
    home, before = copied(tmp_path), registry.shipped()
    file = home / "parameters.csv"
    said = file.read_text(encoding="utf-8")
    assert said.count(",act,N421/11b,") == 2
    said = said.replace("persons,act,N421/11b", "persons,default,", 1).replace("N421/11b", "N421/12")
    file.write_text(said, encoding="utf-8")
    registry.use(Registry([Plugin(home, "The same region.", region=before.region), *common()], ROOT))
    try:
        assert directory.staffing_clauses() == ["N421/12"]
        page = Surfer(house).sign_in("admin").get("/absences/")
        assert "12-тармақ" in page.text and "екінші бөлігі" not in page.text
        with house.test_request_context():
            assert words.cited(directory.staffing_clause("body")) == "актіде жоқ"
            assert words.cited(directory.staffing_clause("psc")) == "12-тармақ"
    finally:
        registry.use(before)


def test_an_absence_is_entered_and_ended_on_its_page_and_warns_of_too_few(house: Flask) -> None:
    clerks, admin = those("clerk"), Surfer(house).sign_in("admin")
    today = directory.today()
    form = {"order_number": "5", "from_on": today, "last_on": today + timedelta(days=3), "order_on": today}
    admin.get("/absences/")
    for clerk in clerks:
        page = admin.submit("/absences/", {**form, "staff": clerk.id})
        assert page.status_code == 200, page.text
    assert "11-тармақ, екінші бөлігі" in page.text
    assert (
        len(admin.tree.xpath("//*[contains(@class, 'flash warning') and not(@hidden)]")) == 1
    )  # with the last of them nobody is left
    calendar = deadlines.calendar_for(registry.current(), OFFICE)
    gaps = [n for n in range(4) if calendar.works_on(today + timedelta(days=n))]
    assert page.text.count("▼") == len(gaps)  # a day off lacks nobody
    assert len(admin.tree.xpath("//table[@class='grid']/tbody/tr")) == 1  # nor does any other office
    ends = [form.action for form in admin.tree.forms if form.action and form.action.endswith("/end")]
    admin.submit(ends[0])
    assert directory.intake_staff([today], office_keys=[OFFICE])[OFFICE][0].enough
    page = admin.submit("/absences/", {**form, "staff": clerks[0].id, "last_on": "2020-01-01"})
    assert page.status_code == 400
    assert 'role="alert"' in page.text


def test_a_head_who_entered_their_own_leave_sees_it_and_ends_it_and_nobody_elses_meanwhile(house: Flask) -> None:
    head, deputy, executor = those("head")[0], those("clerk")[1], those("executor")[0]
    today = directory.today()
    surfer = Surfer(house).sign_in(head.login)
    surfer.get("/absences/")
    form = {"order_number": "5", "from_on": today, "last_on": today + timedelta(days=3), "order_on": today}
    page = surfer.submit("/absences/", {**form, "staff": head.id, "deputy": deputy.id})
    assert page.status_code == 200, page.text
    others = away(executor, None)
    assert executor.full_name not in surfer.get("/absences/").text
    with pytest.raises(directory.NotYourStaff):
        directory.end_absence(others, actor=head)
    assert deputy.full_name in surfer.get("/account").text
    surfer.get("/absences/")
    (end,) = [form.action for form in surfer.tree.forms if form.action and form.action.endswith("/end")]
    assert surfer.submit(end).status_code == 200
    assert "head" in directory.person(head.id).roles_at(OFFICE)  # type: ignore[union-attr]
    assert executor.full_name in surfer.get("/absences/").text


@pytest.mark.parametrize("path", ["/staff/", "/absences/", "/absences/own-drafts"])
def test_nobody_else_sees_these_pages(house: Flask, path: str) -> None:
    assert Surfer(house).sign_in(those("clerk")[0].login).get(path).status_code in (403, 404)


def test_one_who_leaves_leaves_nothing_behind_and_a_new_one_sees_their_role_at_once(house: Flask) -> None:
    office = Office(house)
    executor, other = those("executor")[:2]
    case_id = office.run(until=2)
    task_id = office.task(case_id)
    admin = Surfer(house).sign_in("admin")
    admin.get(f"/staff/{executor.id}")
    page = admin.submit(f"/staff/{executor.id}/shut-out")
    assert page.status_code == 200, page.text
    task = db.session.get(Task, task_id, populate_existing=True)
    assert task is not None
    assert (task.assignee_id, task.named) == (None, False)
    assert cases.stuck_tasks() == []
    admin.get("/staff/")
    form = {"full_name": "Жаңабаев Үлгі", "new_login": "new.executor", "new_password": "Komek-demo-2012"}
    refused = admin.submit("/staff/add", {**form, "office": OFFICE, "role": "psc_inspector"})
    assert refused.status_code >= 400 and directory.id_of("new.executor") is None  # no person without their role
    page = admin.submit("/staff/add", {**form, "office": OFFICE, "role": "executor"})
    new_id = int(page.request.path.rpartition("/")[2])
    newcomer = Surfer(house).sign_in("new.executor")
    own = dict.fromkeys(("new_password", "new_password_again"), "жаңбырлы күз кеші 17")
    newcomer.submit("/account/password", {"old_password": "Komek-demo-2012", **own})
    assert f"/cases/{case_id}" in newcomer.get("/inbox?list=role").text
    cases.claim_task(task_id, directory.person(new_id))  # type: ignore[arg-type]
    held = db.session.scalars(db.select(Appointment).filter_by(staff_id=new_id)).one()
    admin.get(f"/staff/{new_id}")
    admin.submit(f"/staff/{new_id}/appointments/{held.id}/end", {"hand_to": other.id})
    assert db.session.get(Task, task_id, populate_existing=True).assignee_id == other.id  # type: ignore[union-attr]
    assert journal.verify() == []


def test_what_nobody_can_work_on_is_told_to_the_administrator(house: Flask) -> None:
    office = Office(house)
    office.run(until=2)
    executor, deputy = those("executor")[0], those("clerk")[1]
    away(executor, deputy)
    assert cases.stuck_tasks() == []
    directory.set_active(deputy.id, False, actor="console")
    stuck = cases.stuck_tasks()
    assert [(each.holder_id, each.count.value, each.away) for each in stuck] == [(executor.id, 1, True)]
    assert executor.full_name in Surfer(house).sign_in("admin").get("/staff/").text


def test_an_acting_head_hands_several_tasks_to_another_and_each_refusal_is_told(house: Flask) -> None:
    office = Office(house)
    tasks = [office.task(office.run(until=2)) for _ in range(2)]
    other, clerk = those("executor")[1], those("clerk")[1]
    assert {type(each.error) for each in cases.hand_on_tasks(tasks, other.id, clerk, {})} == {cases.NotYours}
    away(those("head")[0], clerk)
    acting = directory.person(clerk.id)
    assert acting is not None
    handed = [
        (each.task_id, each.error and type(each.error))
        for each in cases.hand_on_tasks([*tasks, "0.none"], other.id, acting, {})
    ]
    assert handed == [(tasks[0], None), (tasks[1], None), ("0.none", cases.NoSuchTask)]
    assert all(each.error for each in cases.hand_on_tasks(tasks, clerk.id, acting, {}))
