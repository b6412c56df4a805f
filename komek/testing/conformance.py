"""What every region has to stand: trials to inherit. A region's own test names itself and adds what is its own."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, TypeVar

import pytest
from sqlalchemy import select

from komek.testing.amended import amended_copy, in_force
from komek.testing.deputies import ORDER, Deputised
from komek.testing.dying import left_by
from komek.testing.people import People
from komek.testing.played import PlayedCase, go_to_the_end, play, steps_of, worker_until
from komek.testing.printing import fault_of, one_of_each
from komek.testing.region import RegionAtWork
from komek.testing.slow import SlowTables, slow_due
from komek.testing.worked import Otherwise, moment, play_worked
from services import clock, deadlines, registry
from services.cases.models import Case
from services.config import ROOT
from services.db import db
from services.soundness import TRIALS, worked_cases

if TYPE_CHECKING:
    from komek.testing.readers import Reader

Test = TypeVar("Test", bound=Callable[..., object])
#: how often people are killed, and how long they work each time before, in seconds
KILLED, WORKS_S = 2, (0.3, 1.5)
#: and how long they may take to open a case, on a machine however busy
BEGINS_S = 300


def trial(name: str) -> Callable[[Test], Test]:
    """Say which of the trials a test is: the record of the region's package says how it came out."""
    assert name in TRIALS, name

    def marked(test: Test) -> Test:
        test.komek_trial = name  # type: ignore[attr-defined]
        return test

    return marked


class Conformance:
    """Inherit it as `class TestTaza(Conformance): region = "taza"`.

    `plugins` names those that the region needs beside Komek's own.
    """

    region: str
    plugins: tuple[str, ...] = ()

    @pytest.fixture
    def people(self, at_work: RegionAtWork) -> People:
        """The staff of its offices, at fresh browsers."""
        return People(at_work.app)

    @trial("ways")
    def test_every_way_through_every_diagram_comes_to_an_end(self, played: list[PlayedCase]) -> None:
        ended = {(each.route, each.outcome) for each in played}
        assert all(outcome for _, outcome in ended), sorted(ended, key=str)
        done = {(case.route, step.step) for case in played for step in steps_of(case.id) if step.done_at}
        assert not (left := sorted(_usual(registry.current()) - done)), f"nobody came to these steps: {left}"

    @trial("terms")
    def test_every_due_date_is_what_a_slow_count_of_minutes_and_days_says(self, played: list[PlayedCase]) -> None:
        wrong = [said for case in played for said in otherwise_due(case.id)]
        assert not wrong, "\n".join(wrong)

    @trial("papers")
    def test_every_paper_prints_and_its_code_is_scanned_back(self, played: list[PlayedCase], people: People) -> None:
        papers = one_of_each(each.id for each in played)
        with clock.stopped(max(paper.made_at for paper in papers)):
            assert papers and not (wrong := [fault for paper in papers if (fault := fault_of(people, paper))]), wrong

    @trial("cases")
    def test_every_worked_case_played_over_the_pages_comes_out_as_it_says(
        self, at_work: RegionAtWork, people: People
    ) -> None:
        routes = [case for case in worked_cases(at_work.package, []) if "route" in case.said]
        assert {case.said["route"] for case in routes} >= set(at_work.routes), "a route has no worked case"
        wrong = []
        for case in sorted(routes, key=lambda each: str(each.said["accepted"])):
            if at_work.has_passed(moment(case.said["accepted"], str(case.said["office"])).date()):
                at_work.anew()
                people = People(at_work.app)
            try:
                play_worked(people, case.said)
            except Otherwise as otherwise:
                wrong.append(f"{case.file}, line {case.line}: {otherwise}")
        assert not wrong, "\n".join(wrong)

    @trial("deputies")
    def test_whoever_is_away_by_an_order_is_deputised_at_every_step(self, at_work: RegionAtWork) -> None:
        deputised = Deputised(at_work.app)
        for route in at_work.routes:
            played = play(deputised, route, ten_o_clock(at_work, date(2026, 6, 1)))
            for step in steps_of(played.id):
                if step.done_at and step.id in deputised.places:
                    absent, deputy = deputised.places[step.id]
                    done = (step.done_by_id, step.done_for_id, step.done_order)
                    assert done == (deputy, absent, ORDER), f"{route} {step.step}: {done}"
        assert deputised.places

    @trial("readers")
    def test_every_form_of_its_steps_can_be_used_without_seeing_it(
        self, at_work: RegionAtWork, reader: "Reader"
    ) -> None:
        for route in at_work.routes:
            play(reader, route, ten_o_clock(at_work, date(2026, 8, 3)))
        assert reader.looked_at
        assert not reader.faults, "\n".join(reader.faults)

    @trial("killed")
    def test_killed_in_the_middle_nothing_is_lost_or_done_twice(self, at_work: RegionAtWork, people: People) -> None:
        before, chance = db.session.scalars(select(Case.id)).all(), random.Random(2013)
        for seed in range(KILLED):
            _work_and_be_killed(at_work, seed, chance.uniform(*WORKS_S))
            db.session.rollback()
            opened = [each for each in db.session.scalars(select(Case.id)) if each not in before]
            assert not (wrong := left_by(opened)), wrong
        assert opened, "they were killed before they opened a case"
        for case_id in opened:
            if (case := people.case(case_id)).closed_at is None:
                go_to_the_end(people, PlayedCase(case.route, case_id), datetime.now(UTC))
        assert not (wrong := left_by(opened)), wrong

    @trial("amended")
    def test_cases_that_are_open_when_the_act_changes_end_as_they_began(
        self, at_work: RegionAtWork, people: People, tmp_path: Path
    ) -> None:
        begins, routes = ten_o_clock(at_work, date(2027, 9, 6)), at_work.routes
        opened = [PlayedCase(route, _half_way(people, route, begins)) for route in routes]
        changes = begins + timedelta(days=2)
        with clock.stopped(begins):
            rules = amended_copy(at_work.rules, tmp_path / at_work.name, changes.date())
        edition_of = {case.id: people.case(case.id).edition for case in opened}
        with clock.stopped(begins + timedelta(hours=1)), in_force(rules, changes.date()) as edition:
            worker_until(changes)
            for case in opened:
                go_to_the_end(people, case, changes)
                assert people.case(case.id).edition == edition_of[case.id] != edition, case
            after = [play(people, route, changes + timedelta(days=1)) for route in routes]
            assert {people.case(case.id).edition for case in after} == {edition}
            wrong = [said for case in (*opened, *after) for said in otherwise_due(case.id)]
        at_work.anew()
        assert not wrong, "\n".join(wrong)


def ten_o_clock(at_work: RegionAtWork, day: date) -> datetime:
    """Ten in the morning of that day, on the region's clock."""
    zone = deadlines.RegionTime(at_work.rules).zone(at_work.rules.table("offices")[0]["key"])
    return datetime(day.year, day.month, day.day, 10, tzinfo=zone)


def _usual(rules: registry.Registry) -> set[tuple[str, str]]:
    """Route and step of all that has a term by the act and is done on its way: what happens off it is told by hand."""
    return {(row["route"], row["key"]) for row in rules.table("steps") if row["mark"] == "act" and row["rule"]}


def otherwise_due(case_id: int) -> Iterator[str]:
    """Each step of a case, and the whole, of which the slow count says another moment."""
    case = db.session.get_one(Case, case_id, populate_existing=True)
    db.session.expunge(case)
    rules = registry.of(case)
    days = deadlines.region_at(rules).timetable.days
    tables = SlowTables(rules.table, str(rules.facts()["time_zone"]), {on: each.working for on, each in days.items()})
    whole = f"R-TOTAL({tables.parameter('outer_limit_calendar_days')})"
    counted = [("the whole", whole, case.opened_at, case.body_key, case.outer_due_at)]
    counted += [(each.step, each.rule, each.clock_started_at, each.office_key, each.due_at)
                for each in steps_of(case_id) if each.rule and each.due_at]  # fmt: skip
    for name, rule, start, office, due_at in counted:
        other = case.body_key if office != case.body_key else case.office_key
        slowly = slow_due(rule, start, office, other, tables).astimezone(UTC)
        if slowly != due_at:
            yield f"{case.route} case {case.id}, {name} {rule} from {start} at {office}: {due_at}, counted {slowly}"


def _half_way(people: People, route: str, at: datetime) -> int:
    """A case that was taken in and gone on with twice."""
    with clock.stopped(at):
        case_id = people.open(route)
        for _ in range(2):
            people.go_on(case_id)
    return case_id


def _work_and_be_killed(at_work: RegionAtWork, seed: int, works_s: float) -> None:
    """People of the region in a process of their own, killed after so many seconds of work."""
    arguments = [at_work.address, ",".join(at_work.routes), ",".join(at_work.plugins), str(seed)]
    working = subprocess.Popen(
        [sys.executable, "-m", "komek.testing.dying", *arguments], cwd=ROOT, stdout=subprocess.PIPE
    )
    too_late = Timer(BEGINS_S, working.kill)  # it ends the reading below, too
    too_late.start()
    try:
        assert working.stdout is not None
        assert b"working\n" in iter(working.stdout.readline, b""), f"they opened no case within {BEGINS_S} seconds"
        time.sleep(works_s)
    finally:
        too_late.cancel()
        working.send_signal(signal.SIGKILL)
        working.wait(BEGINS_S)
