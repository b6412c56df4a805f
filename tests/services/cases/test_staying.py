"""Where the engine cannot go on with what was said: it is kept, an incident names where and why, and it goes on."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from services import cases, clock, directory, engine, jobs, journal, processes, registry
from services.cases.errors import OnlyTriedAgain
from services.cases.messages import Stamp, tell
from services.cases.models import ExternalTask, Instance
from services.cases.reading import lock_cases
from services.db import db, transaction
from services.plugin import BusinessError, Call, House, Outputs
from tests.services.cases import small_cases
from tests.services.cases.small_cases import (
    Courier,
    begin,
    clerk,
    complete,
    events,
    people,
    plugin_away,
    task_at,
    waits,
    with_plugin,
)
from tests.services.engine import drawings
from tests.services.engine.drawings import boundary, catch, gateways, message, node, operation, timer

WAY = "start>A A>choice choice>B[= total * 2 > 10] choice>end[default] B>end"
DRAWN = people("A", "B") + gateways("exclusive", "choice")


def admin() -> directory.Person:
    return next(each for each in directory.find_people("admin", actor="console") if "admin" in each.roles())


def incident() -> cases.Incident:
    (found,) = cases.incidents(admin()).rows
    db.session.rollback()
    return found


def said(found: cases.Incident) -> str:
    details = {key: str(each) for key, each in found.details.items()}
    return found.message % details


def test_a_click_that_the_diagram_cannot_follow_is_kept_and_an_incident_names_where_and_why(house: Flask) -> None:
    case_id = begin(DRAWN, WAY)
    answered = cases.complete_task(task_at(case_id, "A").id, {}, cases.Click(clerk(), "k"))
    assert answered.stays and not answered.goes_on
    task = task_at(case_id, "A")
    assert task.done_by_id == clerk().id and task.closed_at is not None and waits(case_id) == []
    found = incident()
    assert (found.kind, found.element, found.process, found.case_id) == (cases.ANSWERS, "A", "p", case_id)
    assert said(found).startswith("At «choice» the expression = total * 2 > 10 cannot be used: ")
    assert said(found).endswith("(total: null)") and found.details["names"] == ["total"]
    assert events(case_id)[-2:] == ["case.task_completed staff", "case.incident staff"]
    assert journal.verify([]) == []
    page = cases.case_page(case_id, clerk())
    assert [each.element for each in page.incidents] == ["A"] and page.incidents_drawn == {"p": {"A": "incident"}}


def test_the_same_form_again_changes_nothing_and_another_is_told_who_answered(house: Flask) -> None:
    case_id = begin(DRAWN, WAY)
    complete(case_id, "A")
    complete(case_id, "A")
    assert incident().case_id == case_id
    with pytest.raises(cases.TaskAlreadyDone):
        cases.complete_task(task_at(case_id, "A").id, {}, cases.Click(clerk(), "another"))


def test_tried_again_with_the_value_set_right_the_same_answers_go_on(house: Flask) -> None:
    case_id = begin(DRAWN, WAY)
    complete(case_id, "A")
    cases.retry_incidents([incident().job_id], admin())
    jobs.work_off()
    assert incident().attempts == 2 or waits(case_id) == [], "nothing was set right"
    cases.set_right(incident().job_id, admin(), values={"total": 7})
    jobs.work_off()
    assert waits(case_id) == ["B"] and cases.incidents(admin()).rows == []
    assert {"case.incident_set_right staff", "case.went_on staff"} <= set(events(case_id))
    (line,) = [each for each in journal.read(f"case:{case_id}") if each.event == "case.incident_set_right"]
    assert line.details["names"] == ["total"] and 7 not in line.details.values()


def test_what_setting_right_takes_away_stands_in_the_history_once(house: Flask) -> None:
    holds = "<conditionalEventDefinition><condition>${total == 7}</condition></conditionalEventDefinition>"
    nodes = DRAWN + people("C", "D") + gateways("parallel", "fork") + boundary("c", "C", holds)
    case_id = begin(nodes, WAY.replace("start>A", "start>fork fork>A fork>C C>end c>D D>end"))
    complete(case_id, "A")
    cases.set_right(incident().job_id, admin(), values={"total": 7})
    assert waits(case_id) == ["D"]
    told = [(each.event, each.details["task"]) for each in journal.read(f"case:{case_id}") if "task" in each.details]
    assert "case.task_cancelled" in {event for event, _ in told}
    assert len(told) == len(set(told))


def test_tried_again_under_a_newer_diagram_the_same_answers_go_on(house: Flask) -> None:
    case_id = begin(DRAWN, WAY)
    complete(case_id, "A")
    better = drawings.drawn(DRAWN, WAY.replace("= total * 2 > 10", "= if total = null then false else total > 5"))
    processes.install({"p.bpmn": better}, registry.current(), name="better", actor="test")
    cases.set_right(incident().job_id, admin(), newest=True)
    jobs.work_off()
    db.session.rollback()
    instance = db.session.scalars(select(Instance).filter_by(case_id=case_id)).one()
    assert instance.finished_at is not None and instance.definition_id == processes.in_force("p")


def test_a_case_for_which_nothing_can_come_is_an_incident_and_goes_on_as_the_next_diagram_says(house: Flask) -> None:
    nodes = people("A", "B") + gateways("parallel", "g", "j") + gateways("exclusive", "x")
    ways = "start>g g>A g>x x>B[= total = 1] x>end[default] B>j j>end"
    case_id = begin(nodes, f"{ways} A>j")
    complete(case_id, "A")
    assert "«j»: nothing more can come to it" in said(incident())
    mended = drawings.drawn(nodes + people("C"), f"{ways} A>C C>end")
    processes.install({"p.bpmn": mended}, registry.current(), name="mended", actor="test")
    cases.set_right(incident().job_id, admin(), newest=True)
    jobs.work_off()
    assert waits(case_id) == ["C"]


def test_a_diagram_without_the_place_where_the_case_waits_is_refused_and_nothing_is_lost(house: Flask) -> None:
    case_id = begin(DRAWN, WAY)
    complete(case_id, "A")
    other = drawings.drawn(people("X"), "start>X X>end")
    processes.install({"p.bpmn": other}, registry.current(), name="other", actor="test")
    with pytest.raises(engine.CannotMigrate, match="A"):
        cases.set_right(incident().job_id, admin(), newest=True)
    cases.set_right(incident().job_id, admin(), values={"total": 7})
    jobs.work_off()
    assert waits(case_id) == ["B"]


def test_only_an_administrator_sets_right_and_nobody_puts_the_answers_away(house: Flask) -> None:
    case_id = begin(DRAWN, WAY)
    complete(case_id, "A")
    job_id = incident().job_id
    with pytest.raises(directory.NotAdministrator):
        cases.set_right(job_id, clerk(), values={"total": 7})
    with pytest.raises(OnlyTriedAgain):
        cases.settle_incident(job_id, "away with it", admin())
    assert incident().job_id == job_id


def test_answers_stay_where_no_way_is_drawn_for_them(house: Flask) -> None:
    way = WAY.replace("choice>end[default]", "choice>end[= total < 0]")
    case_id = begin(DRAWN, way)
    complete(case_id, "A")
    cases.set_right(incident().job_id, admin(), values={"total": 3})
    jobs.work_off()
    assert said(incident()) == (
        "The case cannot go on from «choice»: no condition of its flows holds, and none of them is the default "
        "(total: number)"
    )
    cases.set_right(incident().job_id, admin(), values={"total": 6})
    jobs.work_off()
    assert waits(case_id) == ["B"]


def test_a_boundary_event_that_takes_the_place_away_takes_the_incident_away(house: Flask) -> None:
    nodes = node("startEvent", "s") + DRAWN + node("endEvent", "e")
    inside = node("subProcess", "S", drawings.scope(nodes, WAY.replace("start>", "s>").replace("end", "e"), "g"))
    case_id = begin(inside + people("C") + boundary("b", "S", timer("PT1H")), "start>S S>end b>C C>end")
    complete(case_id, "A")
    assert incident().element == "A"
    jobs.work_off(clock.now() + timedelta(hours=2))
    assert waits(case_id) == ["C"] and cases.incidents(admin()).rows == []


def test_a_discarded_application_leaves_no_incident(house: Flask) -> None:
    parallel = people("A", "B", "C") + gateways("parallel", "fork") + gateways("exclusive", "choice")
    case_id = begin(
        parallel, "start>fork fork>A fork>C C>end A>choice choice>B[= total * 2 > 10] choice>end[default] B>end"
    )
    complete(case_id, "A")
    assert incident().case_id == case_id
    cases.discard_case(case_id, clerk())
    assert cases.incidents(admin()).rows == []


@pytest.fixture
def courier(house: Flask) -> Iterator[Courier]:
    made = Courier()
    with with_plugin(made):
        yield made


def test_an_operation_in_the_step_that_no_boundary_event_treats_says_its_own_words(
    courier: Courier, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuses = True

    def note(call: Call, house: House) -> Outputs:
        if refuses:
            raise BusinessError("FULL", "The register of %(year)s is full.", year=2026)
        return small_cases.note(call, house)

    plugin = registry.current().plugins[-1]
    monkeypatch.setitem(plugin.in_step, "note", type(plugin.in_step["note"])(note, "A note"))
    case_id = begin(people("A", "B") + operation("o", "courier.note"), "start>A A>o o>B B>end")
    complete(case_id, "A")
    assert said(incident()) == "The register of 2026 is full."
    refuses = False
    cases.retry_incidents([incident().job_id], admin())
    jobs.work_off()
    assert waits(case_id) == ["B"]
    noted = next(line for line in journal.read(f"case:{case_id}") if line.event == "courier.note.noted")
    assert noted.details["by"] == clerk().id, "in the name of whoever answered"


def test_a_message_from_the_desk_is_kept_where_the_case_cannot_go_on(house: Flask) -> None:
    drawn = people("A", "B") + catch("m", message()) + gateways("exclusive", "choice")
    case_id = begin(drawn, "start>A A>m m>choice choice>B[= total * 2 > 10] choice>end[default] B>end")
    complete(case_id, "A")

    @cases.keeps
    def scan() -> None:
        with transaction():
            lock_cases([case_id])
            assert tell(case_id, "news", Stamp(payload={"total": "many"}), clerk())

    scan()
    assert waits(case_id) == [] and incident().element == "m"
    assert said(incident()).endswith("(total: string)")
    cases.set_right(incident().job_id, admin(), values={"total": 6})
    jobs.work_off()
    assert waits(case_id) == ["B"]


def test_each_of_two_parallel_tasks_of_one_person_can_be_opened(house: Flask) -> None:
    case_id = begin(people("A", "B") + gateways("parallel", "fork", "join"),
                    "start>fork fork>A fork>B A>join B>join join>end")  # fmt: skip
    for element in ("A", "B"):
        page = cases.case_page(case_id, clerk(), task_id=(task := task_at(case_id, element)).id)
        assert page.form is not None and page.form.task_id == task.id


@pytest.mark.parametrize("topic", ["courier.note", "courier.order"])
def test_a_step_of_a_plugin_that_is_away_is_an_incident_in_words_and_no_external_task(house: Flask, topic: str) -> None:
    with with_plugin(Courier()):
        case_id = begin(people("A", "B") + operation("does", topic), "start>A A>does does>B B>end")
        with plugin_away("courier"):
            complete(case_id, "A")
            assert db.session.scalars(select(ExternalTask)).all() == []
            assert said(incident()) == "The plugin courier cannot be used at this step."
        cases.retry_incidents([incident().job_id], admin())
        jobs.work_off()
        assert waits(case_id) == ["B"] and cases.incidents(admin()).rows == []


def test_a_topic_of_no_plugin_is_a_programs_while_a_plugin_is_away(house: Flask) -> None:
    case_id = begin(people("A") + operation("does", "heating.check"), "start>A A>does does>end")
    with plugin_away("courier"):
        complete(case_id, "A")
    assert waits(case_id) == ["does"]
    assert list(db.session.scalars(select(ExternalTask.topic))) == ["heating.check"]
