"""What the boards count is what a slow count over every row comes to, and it costs what the period holds."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import event, select, text

from komek.testing.owner import as_owner
from komek.testing.rows import as_replica
from services import boards, cases, clock, deadlines, directory, journal, registry
from services.cases.models import Case, Task
from services.config import Config
from services.db import db
from services.registry import Registry
from tests.conftest import WEDNESDAY, config_for
from tests.counting import counted, rows_read
from tests.people.walk import Walk
from tests.services.boards import slow_count
from webapp.cli.demo_cases import Demo, demo_of, play_demo_cases
from webapp.cli.deploying import seed

MANY, IN_PERIOD = 20_000, 400


def control() -> directory.Person:
    return directory.staff_at("OBLAST", "control")[0]


def test_figures_are_those_of_a_slow_count(region: Flask) -> None:
    year = boards.period("2026-01-01", "2026-12-31")
    for key, period in {"year": year, **{key: boards.preset(key) for key in ("days_30", "week", "month")}}.items():
        lines, whole = boards.side_by_side(boards.look(period, control()))
        slow = slow_count.figures(period)
        assert slow_count.told(whole) == slow[""], key
        assert {line.key: slow_count.told(line.figures) for line in lines} == {
            office: figures for office, figures in slow.items() if office
        }
        assert {
            line.key: slow_count.told(boards.figures_of(boards.look(period, control(), line.key))) for line in lines
        } == {office: figures for office, figures in slow.items() if office}


def test_every_outcome_that_plugins_declare_is_counted_and_nothing_that_ended_is_counted_as_no_outcome(
    house: Flask,
) -> None:
    outcomes = [*registry.current().outcomes, "of_a_diagram_alone"]
    with clock.stopped(WEDNESDAY):
        clerk = directory.staff_at("TALDYKORGAN", "clerk")[0]
        for key in outcomes:
            case = db.session.get_one(Case, cases.open_case("direct", "TALDYKORGAN", clerk, key=key))
            case.closed_at, case.outcome = clock.now(), key
        db.session.commit()
        period = boards.preset("week")
        _, whole = boards.side_by_side(boards.look(period, control()))
        assert whole.ended == dict.fromkeys(outcomes, 1)
        assert (whole.finished, whole.approved, whole.refused) == (len(outcomes), 1, 1)
        assert slow_count.told(whole) == slow_count.figures(period)[""]
        assert (
            slow_count.told(boards.figures_of(boards.look(period, control(), "TALDYKORGAN")))
            == slow_count.figures(period)["TALDYKORGAN"]
        )


def test_times_and_grounds_are_those_of_a_slow_count(region: Flask) -> None:
    period = boards.preset("days_30")
    times = {(each.code, each.key): (each.count, each.median_s, each.ninth_s) for each in by_step(period)}
    slow = slow_count.by_step(period)
    assert set(times) == set(slow)
    for key, measured in times.items():
        assert measured[0] == slow[key][0], key
        assert all(abs(one - other) <= 1 + other / 16 for one, other in zip(measured, slow[key], strict=True)), key
    assert {each.key: each.count for each in boards.by_ground(boards.look(period, control()))} == slow_count.by_ground(
        period
    )


def by_step(period: boards.Period) -> Any:
    return boards.by_step(boards.look(period, control()))


def test_times_by_holder_are_apart_and_count_no_hour_of_the_body_twice(region: Flask) -> None:
    period = boards.preset("days_30")
    total = {each.key: each.total_s for each in boards.by_holder(boards.look(period, control()))}
    slow: dict[str, int] = {}
    for task in slow_count.finished_tasks(period):
        if task.step and task.step != "await_result":
            at = registry.current().row("offices", task.office_key)["kind"]
            applicant = task.step in ("hand_over", "await_applicant")
            holder = "courier" if task.role == "courier" else "citizen" if applicant else at
            slow[holder] = slow.get(holder, 0) + slow_count.worked(task)
    assert total == slow


@pytest.mark.parametrize("seed", [1, 2])
def test_after_whatever_people_do_the_head_sees_every_case_that_will_be_late(house: Flask, seed: int) -> None:
    walk = Walk(seed)
    with clock.stopped(datetime(2026, 11, 9, 4, 0, tzinfo=UTC)):
        for _ in range(120):
            walk.step()
    with clock.stopped(datetime(2026, 11, 17, 4, 0, tzinfo=UTC)):
        for office, role in (("TALDYKORGAN", "head"), ("PSC_TALDYKORGAN", "psc_head"), ("TALGAR", "head")):
            board = boards.head_board(office, directory.staff_at(office, role)[0])
            assert {(row.case_id, row.due.at) for row in board.rows} == urgent(office, board), office
            assert sum(board.counts.values()) == len(board.rows)
            late = {row.task_id for row in board.rows if row.group == "late"}
            assert late == {row.task_id for row in board.rows if row.due.at < clock.now()}


def urgent(office: str, board: boards.HeadBoard) -> set[tuple[int, datetime]]:
    """Case and due moment of what waits at this office, or waits for another while this one decides."""
    found = set()
    zone = deadlines.zone(registry.current(), office)
    for case in db.session.scalars(select(Case).where(Case.closed_at.is_(None))):
        places = [
            task
            for task in db.session.scalars(select(Task).filter_by(case_id=case.id, closed_at=None))
            if task.waits_for == "person" or task.step
        ]
        here = [task for task in places if task.office_key == office]
        outer = [] if case.outer_stopped_at else [case.outer_due_at]
        for task in here or (places if case.body_key == office and outer else []):
            moments = ([task.due_at] if task.due_at else []) + outer
            shown = min(moments) if here and moments else outer[0] if not here else None
            if shown is not None and shown.astimezone(zone).date() <= board.until:
                found.add((case.id, min(moments)))
    return found


def test_what_a_finished_task_took_is_kept_with_it(region: Flask) -> None:
    done = db.session.scalars(select(Task).where(Task.done_at.is_not(None))).all()
    assert len(done) > 300
    assert all(task.worked_s == slow_count.worked(task) for task in done)
    goes_on = {task.id for task in done if task.clock_goes_on}
    last = {task.id for task in slow_count.last_of_clock(done)}
    assert {task.id for task in done} - last == goes_on
    assert goes_on


def test_a_board_reads_what_its_period_holds_however_much_was_ever_done(house: Flask) -> None:
    clerk = directory.staff_at("TALDYKORGAN", "clerk")[0]
    with clock.stopped(WEDNESDAY):
        fill(cases.open_case("direct", "TALDYKORGAN", clerk, key="one"))
        period = boards.preset("days_30")
        with explained() as plans:
            boards.side_by_side(boards.look(period, control()))
            for figures in (boards.by_step, boards.by_holder, boards.by_ground):
                figures(boards.look(period, control()))
            for days in (period, boards.period("2023-11-25", "2026-11-25")):
                boards.late_steps(days, control(), "TALDYKORGAN")
            boards.heat(boards.versions("direct")[0], period, control())
            boards.head_board("TALDYKORGAN", directory.staff_at("TALDYKORGAN", "head")[0])
    read = [rows_read(plan) for plan in plans]
    assert len(read) >= 12
    assert max(read) <= 4 * IN_PERIOD, read


def fill(case_id: int) -> None:
    """Twenty thousand finished cases and tasks of ten years, a few of them of these weeks, copied from one."""
    values = {"case": case_id, "many": MANY, "few": IN_PERIOD, "now": WEDNESDAY}
    db.session.execute(
        text("""
        INSERT INTO "case" (route, region, office_key, body_key, number, opened_at, opened_by_id, open_key,
            outer_due_at, outer_default, outer_calendar, stops, closed_at, outcome, rounds, kept, version)
        SELECT route, region, office_key, body_key, 'X-' || n, at, opened_by_id, 'k' || n, at, outer_default,
            outer_calendar, stops, at + interval '1 hour', 'approved', 0, 0, 1
        FROM "case", LATERAL (SELECT n, CAST(:now AS timestamptz) - CASE WHEN n <= :few THEN interval '5 days'
            ELSE interval '100 days' + n * interval '4 hours' END AS at FROM generate_series(1, :many) n) made
        WHERE id = :case
        """),
        values,
    )
    columns = (
        "case_id, instance_id, stop_id, process, element, name, waits_for, step, code, clause, office_key, role, form, "
        "inputs, named, clock_started_at, rule, due_at, due_default, calendar, round, outputs, delay_reason, "
        "done_order, conflict_reason"
    )
    db.session.execute(
        text(f"""
        INSERT INTO task (id, {columns}, opened_at, urgent_at, closed_at, done_at, done_by_id, worked_s, term_s)
        SELECT 't' || n, {columns}, at - interval '1 hour', at, at, at, 1, n, 900
        FROM task, LATERAL (SELECT n, CAST(:now AS timestamptz) - CASE WHEN n <= :few THEN interval '5 days'
            ELSE interval '100 days' + n * interval '4 hours' END AS at FROM generate_series(1, :many) n) made
        WHERE case_id = :case
        """),
        values,
    )
    moved = "INSERT INTO archive.task SELECT * FROM moved"  # two years ago and before
    as_replica(f"WITH moved AS (DELETE FROM ONLY task WHERE done_at < '2024-11-25' RETURNING *) {moved}")
    as_owner('ANALYZE task, archive.task, "case"')


class explained:
    """The plans of every SELECT on tasks and cases inside the block, as they were carried out."""

    def __enter__(self) -> list[dict[str, Any]]:
        self.plans: list[dict[str, Any]] = []
        event.listen(db.engine, "before_cursor_execute", self._explain)
        return self.plans

    def _explain(self, connection, cursor, statement, parameters, context, many):  # type: ignore[no-untyped-def]
        if statement.startswith("SELECT") and ("FROM task" in statement or 'FROM "case"' in statement):
            cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + statement, parameters)
            self.plans.append(cursor.fetchone()[0][0]["Plan"])

    def __exit__(self, *_: object) -> None:
        event.remove(db.engine, "before_cursor_execute", self._explain)


# ---------------------------------------------------------------- the demo


def test_the_demo_is_played_once_and_its_history_is_whole(region: Flask) -> None:
    before = db.session.scalars(select(Case.id)).all()
    assert play_demo_cases(registry.current()) == 0
    assert db.session.scalars(select(Case.id)).all() == before
    assert journal.verify([]) == []
    moments = db.session.scalars(text("SELECT at FROM journal_entry WHERE stream LIKE 'case:%' ORDER BY id")).all()
    assert moments == sorted(moments), "numbers and lines follow each other as they would have"
    assert moments[-1] <= WEDNESDAY


def test_the_demo_has_a_case_of_every_kind(region: Flask) -> None:
    head = directory.staff_at("TALDYKORGAN", "head")[0]
    board = boards.head_board("TALDYKORGAN", head)
    assert all(board.counts[group] for group in ("late", "today", "week"))
    assert any(row.missing for row in board.rows)
    assert {"head", "executor"} <= {row.role for row in board.rows}
    assert {row.waits_for for row in board.rows} >= {"body", "courier"}
    outcomes = set(db.session.scalars(select(Case.outcome)))
    assert {"approved", "refused", None} <= outcomes
    assert db.session.scalar(text("SELECT count(*) FROM custody_item WHERE state = 'in_transit'"))
    _, whole = boards.side_by_side(boards.look(boards.preset("days_30"), control()))
    assert whole.steps.late and whole.steps.kept > 10 * whole.steps.late
    assert whole.returns and whole.whole.late_default and not whole.whole.late
    waits = db.session.scalars(select(Task).where(Task.step == "consider").order_by(Task.seq)).all()
    assert sorted(each.outcome or "waits" for each in waits) == ["complaint_dismissed", "waits"]
    assert all(each.not_by for each in waits), "whoever decided considers no complaint about it"


def test_a_board_takes_the_same_statements_however_much_it_shows(region: Flask) -> None:
    head = directory.staff_at("TALDYKORGAN", "head")[0]
    with counted(db.engine) as many:
        boards.head_board("TALDYKORGAN", head)
    assert len(many.statements) <= 13, "\n".join(many.statements)
    with counted(db.engine) as all_offices:
        boards.side_by_side(boards.look(boards.preset("days_30"), control()))
    assert len(all_offices.statements) <= 9  # what is kept, and of today steps, cases, grounds, and what ends


@pytest.fixture
def few_stories(monkeypatch: pytest.MonkeyPatch) -> int:
    """Of the demo's stories three of a body and three of a PSC, long ago; how many. The whole demo is `region`."""

    def few(rules: Registry) -> Demo:
        whole = demo_of(rules)
        first = [[each for each in whole.stories if each.route == route][:3] for route in ("direct", "psc")]
        return replace(whole, stories=tuple(chain(*first)))

    monkeypatch.setattr("webapp.cli.demo_cases.demo_of", few)
    return len(few(registry.current()).stories)


def test_a_demo_that_is_killed_in_the_middle_leaves_nothing_and_is_filled_when_it_is_wanted(
    house: Flask, monkeypatch: pytest.MonkeyPatch, few_stories: int
) -> None:
    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch, clock.stopped(WEDNESDAY), pytest.raises(Killed):
        patch.setattr("services.cases.applicant_came", die)
        play_demo_cases(registry.current())
    assert db.session.scalar(select(Case.id).limit(1)) is None
    db.session.rollback()
    check_it_can_be_left_empty_or_filled(house, few_stories)


def check_it_can_be_left_empty_or_filled(house: Flask, stories: int) -> None:
    config = config_for(house.config["SQLALCHEMY_DATABASE_URI"])
    for wanted, played in ((False, 0), (True, stories), (True, 0)):
        said = CliRunner().invoke(seed, obj=replace(config, demo_cases=wanted))
        assert said.exit_code == 0, said.output
        assert f"cases played: {played}" in said.output
        assert len(db.session.scalars(select(Case.id)).all()) == (stories if wanted else 0)
        db.session.rollback()
    assert Config.from_env({"KOMEK_DEMO_CASES": "0"}).demo_cases is False
