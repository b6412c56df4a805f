"""What every region has to stand: trials to inherit. A region's own test names itself and adds what is its own."""

from collections.abc import Iterator
from datetime import UTC

import pytest

from komek.testing.people import People
from komek.testing.played import PlayedCase, steps_of
from komek.testing.printing import fault_of, one_of_each
from komek.testing.region import RegionAtWork
from komek.testing.slow import SlowTables, slow_due
from services import clock, deadlines, registry


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

    def test_every_way_through_every_diagram_comes_to_an_end(self, played: list[PlayedCase]) -> None:
        ended = {(each.route, each.outcome) for each in played}
        assert all(outcome for _, outcome in ended), sorted(ended, key=str)
        done = {(case.route, step.step) for case in played for step in steps_of(case.id) if step.done_at}
        assert not (left := sorted(_usual(registry.current()) - done)), f"nobody came to these steps: {left}"

    def test_every_due_date_is_what_a_slow_count_of_minutes_and_days_says(self, played: list[PlayedCase]) -> None:
        wrong = [said for case in played for said in _otherwise_due(case)]
        assert not wrong, "\n".join(wrong)

    def test_every_paper_prints_and_its_code_is_scanned_back(self, played: list[PlayedCase], people: People) -> None:
        papers = one_of_each(each.id for each in played)
        with clock.stopped(max(paper.made_at for paper in papers)):
            assert papers and not (wrong := [fault for paper in papers if (fault := fault_of(people, paper))]), wrong


def _usual(rules: registry.Registry) -> set[tuple[str, str]]:
    """Route and step of all that has a term by the act and is done on its way: what happens off it is told by hand."""
    return {(row["route"], row["key"]) for row in rules.table("steps") if row["mark"] == "act" and row["rule"]}


def _otherwise_due(played: PlayedCase) -> Iterator[str]:
    """Each step of a case, and the whole, of which the slow count says another moment."""
    case = People(None).case(played.id)  # type: ignore[arg-type]
    rules = registry.of(case)
    days = deadlines.region_at(rules).timetable.days
    tables = SlowTables(rules.table, str(rules.facts()["time_zone"]), {on: each.working for on, each in days.items()})
    whole = f"R-TOTAL({tables.parameter('outer_limit_calendar_days')})"
    counted = [("the whole", whole, case.opened_at, case.body_key, case.outer_due_at)]
    counted += [(each.step, each.rule, each.clock_started_at, each.office_key, each.due_at)
                for each in steps_of(played.id) if each.rule and each.due_at]  # fmt: skip
    for name, rule, start, office, due_at in counted:
        other = case.body_key if office != case.body_key else case.office_key
        slowly = slow_due(rule, start, office, other, tables).astimezone(UTC)
        if slowly != due_at:
            yield f"{case.route} case {case.id}, {name} {rule} from {start} at {office}: {due_at}, counted {slowly}"
