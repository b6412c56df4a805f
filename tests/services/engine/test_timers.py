"""Timers fall due by the moment they are told, and fire when they are told to; nothing here looks at a clock."""

import datetime as clock
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from SpiffWorkflow.bpmn.specs.event_definitions import timer as stock_timer

from services import bpmn, engine
from services.bpmn import times as their_times
from services.engine import timers as our_timers
from services.expressions.errors import ExpressionError
from services.expressions.world import World
from tests.services.engine.drawings import boundary, catch, drawn, gateways, message, node, people, timer
from tests.services.engine.ours import MONDAY, begin, done, stop_at, waits, world

ALMATY = clock.timezone(timedelta(hours=5))


def waiting_for(text: str, kind: str = "timeDuration", **variables: Any) -> Any:
    return begin(drawn(catch("c", timer(text, kind)), "start>c c>end"), **variables)


def due(text: str, kind: str = "timeDuration", **variables: Any) -> datetime | None:
    _, first = waiting_for(text, kind, **variables)
    (stop,) = first.stops
    assert stop.waits_for == "timer"
    return stop.due_at  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("PT1H", timedelta(hours=1)),
        ("P10D", timedelta(days=10)),
        ("P2W", timedelta(weeks=2)),
        ("P1M", timedelta(days=31)),
        ("PT0S", timedelta()),
        ("${wait}", timedelta(days=3)),
        ('=duration("P1D")', timedelta(days=1)),
        ('="PT" + string(hours) + "H"', timedelta(hours=5)),
    ],
)
def test_a_duration_counts_from_the_moment_of_the_move(text: str, length: timedelta) -> None:
    assert due(text, wait="P3D", hours=5) == MONDAY + length


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2030-01-01T00:00:00Z", datetime(2030, 1, 1, tzinfo=UTC)),
        ("2030-01-01T10:00:00+05:00", datetime(2030, 1, 1, 5, tzinfo=UTC)),
        ("${by}", datetime(2026, 5, 1, 4, tzinfo=UTC)),
        ('${due("review")}', MONDAY + timedelta(days=2)),
        ('=now() + duration("P1D")', MONDAY + timedelta(days=1)),
    ],
)
def test_a_moment_is_a_moment_in_utc(text: str, moment: datetime) -> None:
    found = due(text, "timeDate", by="2026-05-01T09:00:00+05:00")
    assert found == moment
    assert found is not None and found.utcoffset() == timedelta()


def test_the_world_s_moment_may_stand_in_any_zone() -> None:
    definition, _ = waiting_for("PT1H")
    first = engine.start(definition, {}, world(MONDAY.astimezone(ALMATY)))
    assert first.stops[0].due_at == MONDAY + timedelta(hours=1)


@pytest.mark.parametrize("kind", ["timeDuration", "timeDate", "timeCycle"])
@pytest.mark.parametrize("text", ["${wait}", "${nothing}", "${list}"])
def test_what_is_no_time_is_an_expression_error(kind: str, text: str) -> None:
    with pytest.raises(ExpressionError):
        waiting_for(text, kind, wait="soon", list=[1])


def test_the_world_may_not_know_the_step() -> None:
    def unknown(step: str, start: datetime) -> datetime:
        raise ExpressionError(step, "no such step")

    definition, _ = waiting_for('${due("review")}', "timeDate")
    with pytest.raises(ExpressionError, match="no such step"):
        engine.start(definition, {}, World(MONDAY, unknown))


TWO = drawn(
    people("A", "B", "C")
    + boundary("slow", "A", timer("PT2H"), interrupting=False)
    + boundary("quick", "A", timer("PT1H"), interrupting=False),
    "start>A A>end slow>B B>end quick>C C>end",
)


def test_a_wake_fires_only_what_it_is_told() -> None:
    definition, first = begin(TWO)
    assert waits(engine.wake(definition, first.state, [], world(MONDAY + timedelta(days=9)))) == ["A", "quick", "slow"]
    told = engine.wake(definition, first.state, [stop_at(first, "slow").id], world())
    assert waits(told) == ["A", "B", "quick"]
    assert told.closed == (stop_at(first, "slow").id,)
    both = engine.wake(definition, first.state, [stop_at(first, each).id for each in ("slow", "quick")], world())
    assert waits(both) == ["A", "B", "C"]


def test_a_completed_task_takes_its_timers_along() -> None:
    definition, first = begin(TWO)
    last = done(definition, first, "A")
    assert last.finished
    assert set(last.closed) == {stop.id for stop in first.stops}


def test_a_timer_that_is_gone_is_passed_over() -> None:
    definition, first = begin(TWO)
    slow = stop_at(first, "slow").id
    once = engine.wake(definition, first.state, [slow], world())
    again = engine.wake(definition, once.state, [slow, "no such stop", stop_at(first, "A").id], world())
    assert (again.opened, again.closed, again.passed) == ((), (), ())
    assert waits(again) == waits(once)


def test_of_two_interrupting_timers_only_the_earlier_fires() -> None:
    picture = drawn(
        people("A", "B", "C") + boundary("later", "A", timer("PT2H")) + boundary("earlier", "A", timer("PT1H")),
        "start>A A>end later>B B>end earlier>C C>end",
    )
    definition, first = begin(picture)
    told = engine.wake(definition, first.state, [stop_at(first, each).id for each in ("later", "earlier")], world())
    assert waits(told) == ["C"]


def test_an_event_gateway_goes_the_way_of_what_comes_first() -> None:
    picture = drawn(
        people("A", "B") + gateways("eventBased", "g") + catch("c1", timer("PT1H")) + catch("c2", message()),
        "start>g g>c1 g>c2 c1>A c2>B A>end B>end",
    )
    definition, first = begin(picture)
    moment, told = stop_at(first, "c1"), stop_at(first, "c2")
    assert (moment.waits_for, moment.due_at) == ("timer", MONDAY + timedelta(hours=1))
    assert (told.waits_for, told.message) == ("message", "news")
    assert waits(engine.wake(definition, first.state, [moment.id], world())) == ["A"]
    after = engine.receive(definition, first.state, told.id, {}, world())
    assert waits(after) == ["B"]
    assert set(after.closed) == {moment.id, told.id}


def test_a_cycle_fires_once_a_telling_and_no_oftener_than_it_says() -> None:
    picture = drawn(
        people("A", "C") + boundary("b", "A", timer("R3/PT1H", "timeCycle"), interrupting=False),
        "start>A A>end b>C C>end",
    )
    definition, step = begin(picture)
    for number in range(1, 4):
        stop = stop_at(step, "b")
        assert stop.due_at == MONDAY + timedelta(hours=number)
        step = engine.wake(definition, step.state, [stop.id], world(stop.due_at + timedelta(minutes=59)))
        assert waits(step).count("C") == number
    assert waits(step) == ["A", "C", "C", "C"]


@pytest.mark.parametrize(
    ("cycle", "woken", "following"),
    [
        ("R/PT1H", 150, 180),
        ("R/PT1H", 180, 240),
        ("R4/PT1H", 150, 180),
        ("R3/PT1H", 179, 180),
        ("R3/PT1H", 180, None),
        ("R3/PT1H", 9000, None),
        ("R/PT1H", 0, 120),
    ],
)
def test_missed_firings_become_one_and_count_as_many(cycle: str, woken: int, following: int | None) -> None:
    """Minutes after the start; R3 ends when its third moment is over, also when nobody was there for the first two."""
    picture = drawn(
        people("A", "C") + boundary("b", "A", timer(cycle, "timeCycle"), interrupting=False), "start>A A>end b>C C>end"
    )
    definition, first = begin(picture)
    told = engine.wake(definition, first.state, [stop_at(first, "b").id], world(MONDAY + timedelta(minutes=woken)))
    assert waits(told).count("C") == 1
    due = [stop.due_at for stop in told.stops if stop.element == "b"]
    assert due == ([MONDAY + timedelta(minutes=following)] if following else [])


def test_what_a_cycle_began_outlives_the_task() -> None:
    """As BPMN has it; the stock engine takes it away without a word."""
    picture = drawn(
        people("A", "C") + boundary("b", "A", timer("R/PT1H", "timeCycle"), interrupting=False),
        "start>A A>end b>C C>end",
    )
    definition, step = begin(picture)
    for _ in range(2):
        step = engine.wake(definition, step.state, [stop_at(step, "b").id], world())
    step = done(definition, step, "A")
    assert waits(step) == ["C", "C"] and not step.finished
    for stop in step.stops:
        step = engine.complete(definition, step.state, stop.id, {}, world())
    assert step.finished


def test_an_endless_cycle_goes_on() -> None:
    picture = drawn(
        people("A", "C") + boundary("b", "A", timer("R/PT1H", "timeCycle"), interrupting=False),
        "start>A A>end b>C C>end",
    )
    definition, step = begin(picture)
    for number in range(1, 8):
        step = engine.wake(definition, step.state, [stop_at(step, "b").id], world())
        step = done(definition, step, "C")
        assert stop_at(step, "b").due_at == MONDAY + timedelta(hours=number + 1)


def test_a_cycle_may_begin_at_a_moment() -> None:
    assert due("R2/2030-01-01T00:00:00Z/P1D", "timeCycle") == datetime(2030, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["R3", "PT1H", "R3/", "Rx/PT1H", "R3/soon", "0 0 12 * * ?", "R-1/PT1H", "R/PT0S", "R/PT0.5S"]
)
def test_what_is_no_cycle_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        waiting_for("${cycle}", "timeCycle", cycle=text)


def at_home(text: str, kind: str) -> datetime | None:
    """When it is due for an office five hours east of Greenwich."""
    definition, _ = begin(drawn(catch("c", timer(text, kind)), "start>c c>end"))
    here = World(MONDAY, lambda step, start: start, ALMATY)
    return engine.start(definition, {}, here).stops[0].due_at


def test_a_time_without_an_offset_is_the_office_s_own() -> None:
    assert at_home("2030-01-01T10:00:00", "timeDate") == datetime(2030, 1, 1, 5, tzinfo=UTC)
    assert at_home("R2/2030-01-01T10:00:00/P1D", "timeCycle") == datetime(2030, 1, 1, 5, tzinfo=UTC)


def test_today_is_the_office_s_day() -> None:
    late = World(datetime(2026, 3, 2, 20, tzinfo=UTC), lambda step, start: start, ALMATY)
    task = node("userTask", "A", camunda__dueDate="${string(today()) + 'T18:00:00'}")
    definition, _ = begin(drawn(task, "start>A A>end"))
    assert engine.start(definition, {}, late).stops[0].due_at == datetime(2026, 3, 3, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "rule"),
    [("P99999999999Y", "bad-time"), ("P10000Y", "bad-time"), ("PT99999999999H", "bad-time"),
     ("R99999999999999999999/PT1H", "bad-time"), ("R/PT1S", "too-often"), ("R1000/PT59S", "too-often"),
     ("R/PT1M", None), ("R100/PT1S", None), ("P150Y", None)],
)  # fmt: skip
def test_no_timer_takes_longer_than_anybody_lives_or_comes_round_all_the_time(text: str, rule: str | None) -> None:
    kind = "timeCycle" if text.startswith("R") else "timeDuration"
    try:
        waiting_for(text, kind)
        found = None
    except bpmn.BadDiagram as bad:
        (found,) = [each.rule.code for each in bad.problems]
    assert found == rule
    if rule is not None:
        with pytest.raises(ExpressionError):
            waiting_for("${how}", kind, how=text)


def test_a_cycle_that_interrupts_interrupts() -> None:
    picture = drawn(people("A", "C") + boundary("b", "A", timer("R3/PT1H", "timeCycle")), "start>A A>end b>C C>end")
    definition, first = begin(picture)
    assert stop_at(first, "b").due_at == MONDAY + timedelta(hours=1)
    assert waits(engine.wake(definition, first.state, [stop_at(first, "b").id], world())) == ["C"]


def test_one_token_at_a_cycle_goes_on_once() -> None:
    definition, first = begin(drawn(catch("c", timer("R3/PT1H", "timeCycle")) + people("A"), "start>c c>A A>end"))
    assert waits(engine.wake(definition, first.state, [first.stops[0].id], world())) == ["A"]


def test_months_are_the_calendar_s_and_are_counted_from_the_start() -> None:
    """ISO 8601: the k-th is k months after the start, clipped to the month; 1 March stays 1 March over leap years."""
    seen = []
    picture = drawn(
        people("A", "C") + boundary("b", "A", timer("R/2027-01-31T09:00:00Z/P1M", "timeCycle"), interrupting=False),
        "start>A A>end b>C C>end",
    )
    definition, step = begin(picture)
    for _ in range(5):
        stop = stop_at(step, "b")
        assert stop.due_at is not None
        seen.append(stop.due_at.strftime("%m-%d"))
        step = engine.wake(definition, step.state, [stop.id], world(stop.due_at))
    assert seen == ["01-31", "02-28", "03-31", "04-30", "05-31"]


def test_a_timer_in_a_loop_is_set_anew_every_round() -> None:
    picture = drawn(people("A", "B") + catch("c", timer("PT1H")) + gateways("exclusive", "m"),
                    "start>m m>c c>A A>m")  # fmt: skip
    definition, step = begin(picture.replace(b'<endEvent id="end" name="end"></endEvent>', b'<endEvent id="end"/>'))
    for day in range(3):
        now = MONDAY + timedelta(days=day)
        step = engine.wake(definition, step.state, [stop_at(step, "c").id], world(now))
        step = engine.complete(definition, step.state, stop_at(step, "A").id, {}, world(now))
        assert stop_at(step, "c").due_at == now + timedelta(hours=1)


def test_nothing_reads_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    class NoClock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            raise AssertionError("somebody looked at the clock")

        utcnow = today = now

    monkeypatch.setattr(stock_timer, "datetime", NoClock)
    monkeypatch.setattr(our_timers, "datetime", NoClock)
    monkeypatch.setattr(their_times, "datetime", NoClock)
    for text, kind in (("PT1H", "timeDuration"), ("2030-01-01T00:00:00Z", "timeDate"), ("R2/PT1H", "timeCycle"),
                       ("R2/2030-01-01T00:00:00Z/P1D", "timeCycle")):  # fmt: skip
        definition, first = waiting_for(text, kind)
        told = engine.wake(definition, first.state, [first.stops[0].id], world())
        assert told.passed or told.stops
        engine.look(definition, told.state)
    with pytest.raises(AssertionError, match="clock"):
        stock_timer.datetime.now()
