"""Whatever is done to days that are over, in whatever order the worker looks: boards say what a slow count comes to."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from flask import Flask
from sqlalchemy import select, text

from services import boards, clock, figures
from services.archive import moving
from services.cases.models import Case
from services.db import db, transaction
from tests.conftest import WEDNESDAY
from tests.services.boards import slow_count
from tests.services.figures.looks import PERIODS, YEAR, control, keep_all, shown, slowly

TURNS, LOOKS = 60, 4
#: after the day's beginning in UTC: at noon, at the region's midnight, and the last second before it
HOURS = (timedelta(hours=7), timedelta(hours=19), timedelta(hours=19, seconds=-1))
ONE_TASK = "(SELECT id FROM task WHERE done_at IS NOT NULL ORDER BY md5(id || :salt) LIMIT 1)"
ONE_CASE = '(SELECT id FROM "case" ORDER BY md5(id || :salt) LIMIT 1)'
CLOSED_CASE = '(SELECT id FROM "case" WHERE closed_at IS NOT NULL ORDER BY md5(id || :salt) LIMIT 1)'
ENDING_CASE = "(SELECT id FROM \"case\" WHERE assigned_until < '2026-11-24' ORDER BY md5(id || :salt) LIMIT 1)"
AN_OFFICE = '(SELECT body_key FROM "case" ORDER BY md5(:salt || id) LIMIT 1)'
#: what anybody may come to change, as SQL over one row that chance names
CHANGES = (
    f"UPDATE task SET done_at = :at, closed_at = :at WHERE id = {ONE_TASK}",
    f"UPDATE task SET done_at = NULL WHERE id = {ONE_TASK}",
    f"UPDATE task SET due_at = :at, due_default = NOT due_default WHERE id = {ONE_TASK}",
    f"UPDATE task SET clock_goes_on = NOT clock_goes_on, worked_s = :n WHERE id = {ONE_TASK}",
    f"UPDATE task SET office_key = {AN_OFFICE}, term_s = :n WHERE id = {ONE_TASK}",
    f"UPDATE task SET step = 'consider', outcome = 'complaint_upheld', message = NULL WHERE id = {ONE_TASK}",
    f"DELETE FROM task WHERE id = {ONE_TASK} AND id NOT IN (SELECT task_id FROM answer)",
    f'UPDATE "case" SET closed_at = :at, outcome = :outcome, rounds = :n % 3 WHERE id = {ONE_CASE}',
    f'UPDATE "case" SET closed_at = NULL, outcome = NULL WHERE id = {CLOSED_CASE}',
    f'UPDATE "case" SET opened_at = :at WHERE id = {ONE_CASE}',
    f"UPDATE \"case\" SET number = CASE WHEN number IS NULL THEN 'X-' || :salt END WHERE id = {ONE_CASE}",
    f'UPDATE "case" SET body_key = {AN_OFFICE} WHERE id = {ONE_CASE}',
    f'UPDATE "case" SET outer_due_at = :at, outer_default = NOT outer_default WHERE id = {CLOSED_CASE}',
    f'UPDATE "case" SET outer_stopped_at = :at WHERE id = {CLOSED_CASE}',
    f'UPDATE "case" SET assigned_from = :day, assigned_until = :day WHERE id = {CLOSED_CASE}',
    f"INSERT INTO related_case (case_id, to_id, relation) SELECT {ONE_CASE}, id, 'follows' FROM \"case\" "
    f"WHERE id = {ENDING_CASE} ON CONFLICT DO NOTHING",
    "DELETE FROM related_case WHERE relation = 'follows'",
    "UPDATE answer SET answers = jsonb_set(answers, '{ground}', to_jsonb(CAST(:salt AS text))) "
    "WHERE answers ->> 'ground' IS NOT NULL",
)


class History:
    """What happens, by chance."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.now = WEDNESDAY

    def turn(self) -> None:
        what: list[Callable[[], None]] = [self.change, self.change, self.change, self.worker, self.archive, self.day]
        self.chance.choice(what)()

    def change(self) -> None:
        """Of one row or of several together; sometimes it comes to nothing."""
        for _ in range(self.chance.choice((1, 5, 9))):
            db.session.execute(text(self.chance.choice(CHANGES)), self._told())
        db.session.commit() if self.chance.random() < 0.8 else db.session.rollback()

    def _told(self) -> dict[str, object]:
        day = datetime(2026, 10, 1, tzinfo=UTC) + timedelta(days=self.chance.randrange(50))
        return {
            "salt": str(self.chance.random()), "at": day + self.chance.choice(HOURS), "day": day.date(),
            "n": self.chance.randrange(90_000),
            "outcome": self.chance.choice(("approved", "refused", "withdrawn", "discarded")),
        }  # fmt: skip

    def worker(self) -> None:
        """One look, or one that is killed before it is written down."""
        killed = self.chance.random() < 0.3
        try:
            with transaction():
                figures.settle()
                if killed:
                    raise KeyboardInterrupt
        except KeyboardInterrupt:
            db.session.rollback()

    def archive(self) -> None:
        """A closed case goes into the archive, or comes out of it."""
        there = "id IN (SELECT case_id FROM archive.task)"
        ended = '"case".closed_at IS NOT NULL AND NOT EXISTS (SELECT FROM task t WHERE t.case_id = "case".id '
        of = select(Case.id).where(text(f"{ended} AND t.closed_at IS NULL)")).order_by(Case.id)
        inside = db.session.scalars(of.where(text(there))).all()
        outside = db.session.scalars(of.where(text(f"NOT {there}"))).all()
        with transaction():
            if inside and self.chance.random() < 0.4:
                moving.take_back([self.chance.choice(inside)])
            else:
                moving.put_in([self.chance.choice(outside)])

    def day(self) -> None:
        self.now += timedelta(days=1)


@pytest.mark.parametrize("seed", range(2))
def test_whatever_is_changed_boards_say_what_a_slow_count_says_or_that_they_do_not(region: Flask, seed: int) -> None:
    history, said = History(seed), 0
    for turn in range(TURNS):
        with clock.stopped(history.now):
            history.turn()
        with clock.stopped(history.now):
            if turn % (TURNS // LOOKS) == 0:
                said += not boards.look(boards.period(*YEAR), control()).not_counted and same(YEAR)
    with clock.stopped(history.now):
        keep_all()
        assert all(same(period) for period in PERIODS)
        assert figures.untrue(80) == []
        check_cases()
    assert said, "days were never counted in between"


def same(period: tuple[str, str]) -> bool:
    assert shown(*period) == slowly(*period)
    return True


def check_cases() -> None:
    """What cases came to, beside a count that shares nothing with the boards."""
    year = boards.period(*YEAR)
    found = slow_count.told(boards.side_by_side(boards.look(year, control()))[1])
    slow = slow_count.figures(year)[""]
    assert {name: many for name, many in found.items() if not name.startswith("steps")} == {
        name: many for name, many in slow.items() if not name.startswith("steps")
    }
