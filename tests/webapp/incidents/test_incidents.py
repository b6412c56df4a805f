"""What a worker gave up, as people see it and settle it: on the case, on its diagram, on the administrators' list."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from komek.testing.surfer import Surfer
from services import cases, clock, directory, jobs, journal, processes, registry
from services.db import db, transaction
from services.jobs import NewJob
from services.jobs.models import JobRow, WorkerRow
from services.plugin import BusinessError, Call, Outputs, TemporaryFailure
from tests.people.hands import Hands
from tests.people.office import Office
from tests.services.cases import small_cases
from tests.services.cases.small_cases import Courier, begin, complete, events, people, task_at, waits, with_plugin
from tests.services.engine.drawings import boundary, catch, extended, gateways, node, operation, timer
from tests.webapp.axe import PHONE, SCREEN, faults_in_light_and_dark, faults_of_axe

ORDER = people("A", "B") + operation("o", "courier.order")
LINE = "start>A A>o o>B B>end"


@pytest.fixture
def courier(house: Flask) -> Iterator[Courier]:
    made = Courier()

    def heavy(call: Call) -> Outputs:
        raise BusinessError("HEAVY", "The parcel weighs %(kg)s kg.", kg=40)

    made.answer = heavy
    with with_plugin(made):
        yield made


def incident(key: str = "one") -> int:
    """A case whose courier refused."""
    case_id = begin(ORDER, LINE, key=key)
    complete(case_id, "A")
    jobs.work_off()
    return case_id


def admin(house: Flask) -> Surfer:
    return Surfer(house).sign_in("admin")


def text(surfer: Surfer, path: str) -> str:
    answer = surfer.get(path)
    assert answer.status_code == 200, answer.text
    return " ".join(surfer.tree.text_content().split())


def test_the_case_says_what_failed_in_the_plugins_words(house: Flask, courier: Courier) -> None:
    case_id = incident()
    clerk = Surfer(house).sign_in("clerk.taldykorgan")
    said = text(clerk, f"/cases/{case_id}")
    assert "The parcel weighs 40 kg." in said and "Order a courier" in said and "1 рет әрекет жасалды" in said
    drawn = clerk.tree.xpath("//button[@data-incidents]/@data-incidents")
    assert json.loads(drawn[0]) == {"o": "ақау"}


def test_the_case_says_what_it_does_next_by_itself(house: Flask, courier: Courier) -> None:
    case_id = begin(people("A", "B") + catch("c", timer("P3D")), "start>A A>c c>B B>end")
    complete(case_id, "A")
    clerk = Surfer(house).sign_in("clerk.taldykorgan")
    clerk.get(f"/cases/{case_id}")
    (line,) = clerk.tree.xpath("//p[@class='next']/span")
    assert line.text_content().startswith("c — автоматты түрде, ")
    assert line.find("time").get("datetime")[:10] == f"{(clock.now() + timedelta(days=3, hours=5)):%Y-%m-%d}"
    jobs.work_off(clock.now() + timedelta(days=4))
    assert "автоматты түрде, " not in text(clerk, f"/cases/{case_id}")


def test_what_is_tried_again_says_when(house: Flask, courier: Courier) -> None:
    def busy(call: Call) -> Outputs:
        raise TemporaryFailure("The courier does not answer.")

    courier.answer = busy
    case_id = incident()
    clerk = Surfer(house).sign_in("clerk.taldykorgan")
    assert "The courier does not answer." in text(clerk, f"/cases/{case_id}")
    assert json.loads(clerk.tree.xpath("//@data-incidents")[0]) == {"o": "қайталануда"}
    assert "The courier" not in text(admin(house), "/admin/incidents/"), "nobody is asked yet"


def test_one_that_is_tried_again_goes_on(house: Flask, courier: Courier) -> None:
    case_id, other = incident(), incident("two")
    courier.answer = lambda call: {}
    surfer = admin(house)
    assert "The parcel weighs 40 kg." in text(surfer, "/admin/incidents/")
    first = db.session.scalars(select(JobRow.id).where(JobRow.case_id == case_id, JobRow.kind != cases.NOTICE)).one()
    db.session.rollback()
    answer = surfer.submit("/retry", {"job": first})
    assert "Қайта орындауға жіберілді: 1." in answer.text
    jobs.work_off()
    assert waits(case_id) == ["B"] and waits(other) == ["o"]
    assert events(case_id)[-3:] == ["case.incident worker", "case.incident_retried staff", "case.operation_done worker"]
    assert len(courier.keys) == 3 and len(set(courier.keys)) == 2, "the same key as at the first attempt"
    assert journal.verify([]) == []


def test_all_of_a_kind_are_tried_again(house: Flask, courier: Courier) -> None:
    for number in range(3):
        incident(str(number))
    broken = begin(people("A") + catch("c", timer("PT0S")) + node("userTask", "X", camunda__dueDate="${'some day'}"),
                   "start>A A>c c>X X>end", key="broken")  # fmt: skip
    complete(broken, "A")
    jobs.work_off()
    courier.answer = lambda call: {}
    surfer = admin(house)
    assert "Order a courier 3" in text(surfer, "/admin/incidents/?what=courier.order")
    assert "some day" not in surfer.page.text  # type: ignore[union-attr]
    surfer.submit("/retry", {"all": "1"})
    jobs.work_off()
    assert (
        "some day" in text(surfer, "/admin/incidents/") and len(surfer.tree.xpath("//ul[@class='incidents']/li")) == 1
    )


def test_an_operation_done_outside_is_settled_with_a_reason(house: Flask, courier: Courier) -> None:
    case_id = incident()
    surfer = admin(house)
    surfer.get("/admin/incidents/")
    assert surfer.submit("/settle", {"why": "  "}).status_code == 400 and waits(case_id) == ["o"]
    surfer.get("/admin/incidents/")
    surfer.submit("/settle", {"why": "Курьерге телефонмен айтылды"})
    assert waits(case_id) == ["B"] and jobs.work_off() == 0
    task = task_at(case_id, "o")
    assert (task.outcome, task.why, task.done_by_id is not None) == (
        "done_outside",
        "Курьерге телефонмен айтылды",
        True,
    )
    assert events(case_id)[-1] == "case.incident_settled staff"
    assert "Курьерге телефонмен айтылды" in text(Surfer(house).sign_in("clerk.taldykorgan"), f"/cases/{case_id}")
    assert "телефонмен" not in str([line.details for line in journal.read(f"case:{case_id}")])


def test_a_timer_is_left_out_only_where_something_else_brings_the_case_on(house: Flask, courier: Courier) -> None:
    late = node("userTask", "X", camunda__dueDate="${'some day'}")
    beside = begin(people("A", "B") + late + boundary("b", "A", timer("PT0S"), interrupting=False),
                   "start>A A>B b>X X>end B>end", key="beside")  # fmt: skip
    alone = begin(people("A") + late + catch("c", timer("PT0S")), "start>A A>c c>X X>end", key="alone")
    complete(alone, "A")
    jobs.work_off()
    ids = dict(db.session.execute(select(JobRow.case_id, JobRow.id).where(JobRow.kind != cases.NOTICE)).all())
    db.session.rollback()
    who = directory.person(_admin_id())
    assert who is not None
    with pytest.raises(cases.NothingElse):
        cases.settle_incident(ids[alone], "Қажет емес", who)
    cases.settle_incident(ids[beside], "Қажет емес", who)
    assert waits(beside) == ["A"] and waits(alone) == ["c"]
    complete(beside, "A")
    assert waits(beside) == ["B"]


def _admin_id() -> int:
    return next(each.id for each in directory.find_people("admin", actor="console") if directory.ADMIN in each.roles())


def test_only_administrators_see_and_settle(house: Flask, courier: Courier) -> None:
    case_id = incident()
    clerk = Surfer(house).sign_in("clerk.taldykorgan")
    assert clerk.get("/admin/incidents/").status_code == 403
    who = directory.staff_at("TALDYKORGAN", "clerk")[0]
    job_id = db.session.scalars(select(JobRow.id).where(JobRow.case_id == case_id, JobRow.kind != cases.NOTICE)).one()
    db.session.rollback()
    for act in (
        lambda: cases.retry_incidents([job_id], who),
        lambda: cases.retry_all("", who),
        lambda: cases.settle_incident(job_id, "Себеп", who),
    ):
        with pytest.raises(directory.NotAdministrator):
            act()
    assert waits(case_id) == ["o"]


def test_an_incident_of_a_case_that_went_another_way_is_nobodys_concern(house: Flask, courier: Courier) -> None:
    drawn = ORDER + boundary("b", "o", timer("PT1H"))
    case_id = begin(drawn, f"{LINE} b>B")
    complete(case_id, "A")
    jobs.work_off()
    assert "40 kg" in text(admin(house), "/admin/incidents/")
    jobs.work_off(clock.now() + timedelta(hours=2))
    assert waits(case_id) == ["B"]
    assert "40 kg" not in text(admin(house), "/admin/incidents/")
    assert "40 kg" not in text(Surfer(house).sign_in("clerk.taldykorgan"), f"/cases/{case_id}")


def test_a_job_of_another_kind_is_settled_too(house: Flask, courier: Courier) -> None:
    with transaction():
        jobs.enqueue([NewJob(cases.OPERATION, "no such task", clock.now())])
    jobs.work_off()
    surfer = admin(house)
    surfer.get("/admin/incidents/")
    surfer.submit("/settle", {"why": "Қате"})
    assert db.session.scalars(select(JobRow)).all() == []
    assert [line.event for line in journal.read("jobs")] == ["case.incident_settled", "case.incident"]


@pytest.mark.parametrize("query", ["after=x", "after=2026-01-01~1", "after=2026-01-01T00:00:00Z~x", "what=%00"])
def test_addresses_that_are_not_ours_are_answered(house: Flask, query: str) -> None:
    assert admin(house).get(f"/admin/incidents/?{query}").status_code in (200, 400)


def test_the_list_is_read_page_by_page(house: Flask, courier: Courier) -> None:
    begin(ORDER, LINE, key="pages")
    with transaction():
        jobs.enqueue([NewJob(cases.OPERATION, f"none {number}", clock.now()) for number in range(120)])
    jobs.work_off()
    who, seen, cursor = directory.person(_admin_id()), [], None
    assert who is not None
    while True:
        page = cases.incidents(who, cursor=cursor)
        seen += [each.job_id for each in page.rows]
        cursor = page.next
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 120 and seen == sorted(seen, reverse=True)


def test_administrators_are_told_when_no_worker_runs(house: Flask) -> None:
    surfer, clerk = admin(house), Surfer(house).sign_in("clerk.taldykorgan")
    assert "komek worker" in text(surfer, "/admin/") and "komek worker" not in text(clerk, "/")
    assert surfer.json("/readyz")["worker"] == {  # type: ignore[index, call-overload]
        "running": False,
        "seen_at": None,
        "waiting_since": None,
    }
    now = clock.now()
    db.session.add(WorkerRow(name="node:1", started_at=now, seen_at=now - timedelta(seconds=30)))
    db.session.commit()
    assert "komek worker" not in text(surfer, "/admin/")
    assert surfer.json("/readyz")["worker"]["running"] is True  # type: ignore[index, call-overload]
    db.session.execute(WorkerRow.__table__.update().values(seen_at=now - timedelta(minutes=2)))
    db.session.commit()
    assert "Орындаушы процесс жұмыс істемей тұр" in text(surfer, "/admin/")


def drawn_incident(house: Flask) -> int:
    """A case of the direct route whose registration is asked of the courier, who refuses."""
    rules = registry.current()
    files = {**rules.matching("bpmn/*.bpmn"), **rules.matching("bpmn/*.dmn")}
    resources = {place.rpartition("/")[2]: file.read_bytes() for place, file in files.items()}
    resources["direct.bpmn"] = resources["direct.bpmn"].replace(b'"registration.register"', b'"courier.order"')
    processes.install(resources, rules, name="asks the courier", actor="test")
    case_id = Office(house).run(until=1)
    jobs.work_off()
    return case_id


def test_administrators_are_told_when_work_is_left_lying_although_a_worker_lives(
    house: Flask, courier: Courier
) -> None:
    surfer, now = admin(house), clock.now()
    db.session.add(WorkerRow(name="node:1", started_at=now, seen_at=now))
    db.session.commit()
    with transaction():
        jobs.enqueue([NewJob(cases.TIMER, "x", now - timedelta(minutes=1))])
    assert "жұмыс орындалмай тұр" not in text(surfer, "/admin/")
    with transaction():
        jobs.enqueue([NewJob(cases.TIMER, "y", now - timedelta(minutes=3))])
    assert "жұмыс орындалмай тұр" in text(surfer, "/admin/")
    assert surfer.json("/readyz")["worker"]["waiting_since"] is not None  # type: ignore[index, call-overload]


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.soak)])
def test_everybody_can_read_and_settle_incidents(
    house: Flask, courier: Courier, browser: Browser, address: str, scheme: str
) -> None:
    case_id = drawn_incident(house)
    looks = {"color_scheme": scheme, "viewport": SCREEN, "bypass_csp": True, "reduced_motion": "reduce"}
    page = browser.new_context(base_url=address, **looks).new_page()  # type: ignore[arg-type]
    hands = Hands(page)
    hands.sign_in("clerk.taldykorgan", f"/cases/{case_id}#diagram")
    expect(page.locator(".incident-here")).to_have_text("ақау")
    assert faults_in_light_and_dark(page, scheme) == []
    hands.sign_in("admin", "/admin/incidents/")
    page.click("summary")
    assert faults_in_light_and_dark(page, scheme) == []
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.fill("input[name=why]", "Қолмен берілді")
    page.keyboard.press("Enter")
    expect(page.locator(".empty")).to_be_visible()
    page.context.close()


def test_answers_that_the_diagram_cannot_follow_are_kept_and_go_on_when_it_is_set_right(house: Flask) -> None:
    asked = extended('<camunda:formData><camunda:formField id="note" label="Note" type="string"/></camunda:formData>')
    drawn = node("userTask", "A", asked, camunda__candidateGroups="clerk") + people("B")
    drawn += gateways("exclusive", "choice")
    case_id = begin(drawn, "start>A A>choice choice>B[=total * 2 > 10] choice>end[default] B>end")
    clerk = Surfer(house).sign_in(small_cases.clerk().login)
    assert clerk.get(f"/cases/{case_id}").status_code == 200
    assert "Жауаптарыңыз сақталды." in clerk.submit("/complete", {"note": "келді"}).text
    said = text(clerk, f"/cases/{case_id}")
    assert "«choice»: =total * 2 > 10 өрнегін қолдану мүмкін емес" in said and "(total: мән жоқ)" in said
    assert "Error" not in said and not clerk.tree.xpath("//form[contains(@action, 'set-right')]")
    surfer = admin(house)
    assert "(total: мән жоқ)" in text(surfer, "/admin/incidents/")
    assert surfer.submit("/set-right", {"values": "7"}).status_code == 400
    surfer.get("/admin/incidents/")
    surfer.submit("/set-right", {"values": '{"total": 7}'})
    jobs.work_off()
    assert waits(case_id) == ["B"]
    assert "ақау: кедергісі түзетілді" in text(clerk, f"/cases/{case_id}")


@pytest.mark.browser
def test_what_sets_answers_right_fits_a_phone(house: Flask, browser: Browser, address: str) -> None:
    drawn = people("A", "B") + gateways("exclusive", "choice")
    case_id = begin(drawn, "start>A A>choice choice>B[=total * 2 > 10] choice>end[default] B>end")
    complete(case_id, "A")
    page = browser.new_context(base_url=address, viewport=PHONE, bypass_csp=True).new_page()
    page.goto("/sign-in")
    Hands(page).sign_in("admin", "/admin/incidents/")
    page.click("details.set-right summary")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert faults_of_axe(page) == []
