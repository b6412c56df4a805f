"""A rehearsal goes the whole way of a diagram, and leaves no trace among real cases."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from komek.testing.surfer import Surfer
from services import boards, cases, directory, documents, jobs, processes, registry
from services.cases.models import Case, Instance, Task
from services.custody.models import Item
from services.db import db
from services.documents.models import NumberSeries
from services.notices.models import Notice
from tests.people.office import APPLICATION, FIGURES, OFFICE, RECEIVED
from tests.services.cases.small_cases import Courier, people, with_plugin
from tests.services.engine import drawings
from webapp.inbox.alike import told_apart


def designer(number: int = 0) -> directory.Person:
    return directory.staff_at(control(), "designer")[number]


def control() -> str:
    return str(registry.current().facts()["control_office"])


def open_tasks(case_id: int) -> list[Task]:
    db.session.rollback()
    wanted = select(Task).where(Task.case_id == case_id, Task.closed_at.is_(None)).order_by(Task.seq)
    return list(db.session.scalars(wanted))


def counted(table: type) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def told() -> dict[str, dict[str, object]]:
    """What a designer who plays every part says in each form."""
    return {
        "registration.application": dict(APPLICATION),
        "registration.psc_application": dict(APPLICATION),
        "registration.resolution": {"executor": str(directory.staff_at(OFFICE, "executor")[0].id)},
        "assessment.review": dict(FIGURES),
        "assessment.determine": dict(FIGURES),
        "notice_signing.agree": {"verdict": "agree"},
        "notice_signing.sign": {"verdict": "sign"},
        "notice_delivery.deliver": {"way": "handed_over", **RECEIVED},
        "registration.receive": {"papers": "match"},
        "notice_delivery.issue": {**RECEIVED, "receipt": "shown"},
    }


def play(house: Flask, case_id: int) -> None:
    """On the pages, as a designer: do whatever the case waits for on its usual way, until it is over."""
    surfer = Surfer(house).sign_in(designer().login)
    for _ in range(40):
        waits = open_tasks(case_id)
        if not waits:
            return
        usual = [each for each in waits if not each.element.startswith("Start_")]  # not what is off it
        task, page = usual[0], surfer.get(f"/cases/{case_id}")
        assert page.status_code == 200 and "Сынақ" in page.text
        where = "complete" if task.waits_for == "person" else "on"
        address = f"/inbox/{task.id}/complete" if where == "complete" else f"/rehearsals/{task.id}/on"
        made = [str(paper.content.get("outgoing_number") or "") for paper in documents.papers_of(case_id)]
        page = surfer.submit(address, {"code": made[-1] if made else "", **told().get(task.form or "", {})})
        assert page.status_code == 200, page.text
    raise AssertionError(f"still waits at {[task.element for task in open_tasks(case_id)]}")


@pytest.mark.parametrize("route", ["direct", "psc"])
def test_one_designer_plays_a_whole_route_and_no_register_no_date_and_no_courier_knows_of_it(
    house: Flask, route: str
) -> None:
    numbers = counted(NumberSeries)
    office = OFFICE if route == "direct" else "PSC_TALDYKORGAN"
    case_id = cases.rehearse(processes.in_force(route), designer(), office_key=office)
    play(house, case_id)
    case = db.session.get_one(Case, case_id)
    assert case.outcome in ("approved", "refused") and case.number is None
    tasks = db.session.scalars(select(Task).filter_by(case_id=case_id)).all()
    assert {(task.office_key, task.due_at, task.rule) for task in tasks} == {(control(), None, "")}
    assert {task.code for task in tasks} >= ({"D1", "D2", "D3"} if route == "direct" else {"P1", "P2", "P3"})
    assert [counted(table) for table in (NumberSeries, Item, Notice)] == [numbers, 0, 0]


def test_its_papers_carry_a_number_that_is_in_no_register(house: Flask) -> None:
    case_id = cases.rehearse(processes.in_force("direct"), designer(), office_key=OFFICE)
    surfer, task = Surfer(house).sign_in(designer().login), open_tasks(case_id)[0]
    surfer.get(f"/cases/{case_id}")
    surfer.submit(f"/inbox/{task.id}/complete", dict(APPLICATION))
    open_tasks(case_id)
    papers = cases.case_page(case_id, designer()).papers
    assert papers and {paper.number for paper in papers} == {f"TEST-{case_id:05d}"}
    printed = surfer.get(f"/papers/{papers[0].id}.pdf")
    assert printed.status_code == 200 and printed.data.startswith(b"%PDF")


def test_people_at_work_see_nothing_of_it_and_its_designer_sees_nothing_of_their_cases(house: Flask) -> None:
    case_id = cases.rehearse(processes.in_force("direct"), designer(), office_key=OFFICE)
    clerk, head = (directory.staff_at(OFFICE, role)[0] for role in ("clerk", "head"))
    for person in (clerk, head):
        with pytest.raises(cases.NotYours):
            cases.case_page(case_id, person)
        assert not any(cases.inbox(person, OFFICE, each).rows for each in ("mine", "role", "waiting"))
    assert not any(boards.head_board(OFFICE, head).counts.values())
    mine = cases.inbox(designer(), control(), "mine").rows
    assert [(row.case_id, row.number, row.due) for row in mine] == [(case_id, f"TEST-{case_id:05d}", None)]
    real = cases.open_case("direct", OFFICE, clerk, key="real")
    with pytest.raises(cases.NotYours):
        cases.case_page(real, designer())


def test_only_a_designer_ends_a_wait_by_hand_and_never_one_of_a_real_case(house: Flask) -> None:
    clerk = directory.staff_at(OFFICE, "clerk")[0]
    real = cases.open_case("direct", OFFICE, clerk, key="real")
    with pytest.raises(cases.NotARehearsal):
        cases.rehearse_on(open_tasks(real)[0].id, designer())
    courier = Courier()
    with with_plugin(courier):
        case_id = rehearsed(people("a"), "start>ask ask>a a>end", courier)
        with pytest.raises(cases.NotYours):
            cases.rehearse_on(open_tasks(case_id)[0].id, clerk)


def test_an_operation_outside_is_not_carried_out_but_answered_by_its_designer(house: Flask) -> None:
    courier = Courier()
    with with_plugin(courier):
        case_id = rehearsed(people("a"), "start>ask ask>a a>end", courier)
        assert jobs.work_off() == 0 and not courier.calls
        cases.rehearse_on(open_tasks(case_id)[0].id, designer(), outputs={"taken": True})
        assert [task.element for task in open_tasks(case_id)] == ["a"]


def test_an_operation_fails_with_the_error_that_its_designer_says(house: Flask) -> None:
    courier = Courier()
    nodes = people("a") + drawings.boundary("lost", "ask", drawings.error())
    with with_plugin(courier):
        case_id = rehearsed(nodes, "start>ask ask>end lost>a a>end", courier)
        cases.rehearse_on(open_tasks(case_id)[0].id, designer(), error_code="BROKEN")
        assert [task.element for task in open_tasks(case_id)] == ["a"]


def test_a_timer_is_let_go_by_hand_long_before_its_moment(house: Flask) -> None:
    with with_plugin(Courier()):
        nodes = people("a") + drawings.catch("wait", drawings.timer("P30D"))
        done = processes.deploy(
            {"p.bpmn": drawings.drawn(nodes, "start>wait wait>a a>end")},
            registry.current(),
            name="x",
            person=designer(),
        )
        case_id = cases.rehearse(done.definitions[0].id, designer())
        cases.rehearse_on(open_tasks(case_id)[0].id, designer())
        assert [task.element for task in open_tasks(case_id)] == ["a"]


def test_a_timer_that_repeats_is_let_go_by_hand_each_time_it_repeats(house: Flask) -> None:
    border = drawings.boundary("every", "a", drawings.timer("R3/P1D", "timeCycle"), interrupting=False)
    files = {"p.bpmn": drawings.drawn(people("a", "b") + border, "start>a a>end every>b b>end")}
    done = processes.deploy(files, registry.current(), name="x", person=designer())
    case_id = cases.rehearse(done.definitions[0].id, designer())
    for turn in (1, 2, 3):
        (timer,) = [task for task in open_tasks(case_id) if task.element == "every"]
        cases.rehearse_on(timer.id, designer())
        assert [task.element for task in open_tasks(case_id)].count("b") == turn
    assert "every" not in [task.element for task in open_tasks(case_id)]


def test_a_rehearsal_is_closed_by_its_designer_whenever_they_like(house: Flask) -> None:
    case_id = cases.rehearse(processes.in_force("psc"), designer())
    assert [case.id for case, _ in cases.rehearsals(designer())] == [case_id]
    cases.discard_case(case_id, designer())
    assert db.session.get_one(Case, case_id).outcome == "discarded"
    assert all(each.finished_at for each in db.session.scalars(select(Instance).filter_by(case_id=case_id)))


def rehearsed(nodes: str, line: str, courier: Courier) -> int:
    """A rehearsal of a small diagram that first asks the courier."""
    drawn = drawings.drawn(nodes + drawings.operation("ask", "courier.order"), line)
    done = processes.deploy({"p.bpmn": drawn}, registry.current(), name="small", person=designer())
    return cases.rehearse(done.definitions[0].id, designer())


def test_a_rehearsal_is_found_by_what_it_is_called_and_only_by_designers(house: Flask) -> None:
    case_id = cases.rehearse(processes.in_force("direct"), designer(), office_key=OFFICE)
    for said in (f"TEST-{case_id:05d}", f"test-{case_id}", str(case_id)):
        assert [row.case_id for row in cases.find(designer(), control(), said).rows] == [case_id]
    others = [each for each in directory.staff_at(control(), "supervisor") if processes.DESIGNER not in each.roles()]
    assert not any(cases.find(each, control(), f"TEST-{case_id:05d}").rows for each in others)
    surfer = Surfer(house).sign_in(designer().login)
    surfer.get("/inbox")
    page = surfer.submit("/scan", {"code": f"TEST-{case_id:05d}"})
    assert f"TEST-{case_id:05d}" in page.text


def test_the_inbox_tells_the_processes_of_rehearsals_apart(house: Flask) -> None:
    for process in ("direct", "psc"):
        cases.rehearse(processes.in_force(process), designer())
    rows = cases.inbox(designer(), control(), "mine").rows
    assert len({row.process for row in rows}) == 2 and {row.version for row in rows} == {1}
    page = Surfer(house).sign_in(designer().login).get("/inbox").text
    told = told_apart({row.process for row in rows}, str)
    assert len(set(told.values())) == 2 and all(each in page for each in told.values())


def test_each_event_behind_an_event_gateway_is_a_row_that_is_called_by_what_it_waits_for(house: Flask) -> None:
    events = drawings.catch("m", drawings.message()) + drawings.catch("s", drawings.signal())
    nodes = people("a") + drawings.gateways("eventBased", "g") + events + drawings.catch("t", drawings.timer())
    bare = nodes.replace(' name="m"', "").replace(' name="s"', "").replace(' name="t"', "")
    drawn = drawings.drawn(bare, "start>g g>m g>s g>t m>a s>a t>a a>end")
    done = processes.deploy({"p.bpmn": drawn}, registry.current(), name="x", person=designer())
    case_id = cases.rehearse(done.definitions[0].id, designer())
    assert sorted(task.name for task in open_tasks(case_id)) == ["gong", "news", "t"]
    page = Surfer(house).sign_in(designer().login).get(f"/cases/{case_id}").text
    assert page.count('/on"') == 3 and "<b>gong</b>" in page and "<b>news</b>" in page


def test_the_variables_of_a_rehearsal_are_seen_and_set_on_its_page_and_lead_it_another_way(house: Flask) -> None:
    nodes = people("a", "b", "c") + drawings.gateways("exclusive", "g")
    drawn = drawings.drawn(nodes, "start>a a>g g>b[n > 5] g>c[default] b>end c>end")
    done = processes.deploy({"p.bpmn": drawn}, registry.current(), name="x", person=designer())
    case_id = cases.rehearse(done.definitions[0].id, designer(), variables={"n": 1})
    surfer = Surfer(house).sign_in(designer().login)
    assert "&#34;n&#34;: 1" in surfer.get(f"/cases/{case_id}").text
    (task,) = open_tasks(case_id)
    assert surfer.submit(f"/rehearsals/{task.id}/variables", {"variables": "[]"}).status_code == 400
    surfer.get(f"/cases/{case_id}")
    page = surfer.submit(f"/rehearsals/{task.id}/variables", {"variables": '{"n": 7}'})
    assert "&#34;n&#34;: 7" in page.text
    cases.complete_task(task.id, {}, cases.Click(designer(), "k"))
    assert [each.element for each in open_tasks(case_id)] == ["b"]
    real = cases.open_case("direct", OFFICE, directory.staff_at(OFFICE, "clerk")[0], key="real")
    with pytest.raises(cases.NotARehearsal):
        cases.rehearse_with(open_tasks(real)[0].id, designer(), {"n": 1})


def test_what_waits_for_a_condition_goes_on_when_its_designer_makes_it_hold_and_else_it_says_so(house: Flask) -> None:
    waits = drawings.catch(
        "c", "<conditionalEventDefinition><condition>${k == 1}</condition></conditionalEventDefinition>"
    )
    drawn = drawings.drawn(waits + people("A"), "start>c c>A A>end")
    done = processes.deploy({"p.bpmn": drawn}, registry.current(), name="x", person=designer())
    case_id = cases.rehearse(done.definitions[0].id, designer())
    (wait,) = open_tasks(case_id)
    assert (wait.element, wait.waits_for) == ("c", "condition")
    with pytest.raises(cases.DoesNotHold):
        cases.rehearse_on(wait.id, designer(), outputs={"k": 2})
    assert [each.element for each in open_tasks(case_id)] == ["c"]
    surfer = Surfer(house).sign_in(designer().login)
    assert "Шарт" in surfer.get(f"/cases/{case_id}").text
    cases.rehearse_on(wait.id, designer(), outputs={"k": 1})
    assert [each.element for each in open_tasks(case_id)] == ["A"]
