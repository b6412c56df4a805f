"""What boards show from kept days, and what they would show with nothing kept."""

from typing import Any

from sqlalchemy import select, text

from services import boards, directory, figures
from services.cases.models import Case
from services.db import db, transaction
from services.figures import keeping

YEAR = ("2026-01-01", "2026-12-31")
PERIODS = [YEAR, ("2026-10-17", "2026-11-09"), ("2026-11-12", "2026-11-12")]


def control() -> directory.Person:
    return directory.staff_at("OBLAST", "control")[0]


def keep_all(most: int = 400) -> int:
    """As a worker does it, look by look, until there is nothing left; how many looks it took."""
    for looks in range(1, most):
        with transaction():
            done, after_s = figures.settle()
        if after_s == keeping.IDLE_S:
            return looks
    raise AssertionError(f"after {most} looks there is still something left: {done}")


def shown(since: str, until: str) -> dict[str, Any]:
    """All that boards of that period say."""
    period, found = boards.period(since, until), {}
    for office in (None, *_a_body_and_a_counter()):
        looked = boards.look(period, control(), office)
        assert not looked.not_counted
        found[str(office)] = [
            boards.side_by_side(looked) if office is None else boards.figures_of(looked),
            boards.by_step(looked), boards.by_holder(looked), boards.by_ground(looked),
        ]  # fmt: skip
    for version in (*boards.versions("direct"), *boards.versions("psc")):
        found[f"version {version.id}"] = [boards.heat(version, period, control())]
    return found


def _a_body_and_a_counter() -> tuple[str, str]:
    """Of the first case that was taken in at another office than the body that decides."""
    both = select(Case.body_key, Case.office_key).where(Case.body_key != Case.office_key).order_by(Case.id).limit(1)
    body, counter = db.session.execute(both).one()
    return body, counter


def slowly(since: str, until: str) -> dict[str, Any]:
    """The same, with nothing kept."""
    with db.session.begin_nested() as point:
        for table in ("figure_day", "figure_kept", "figure_office", "figure_now"):
            db.session.execute(text(f"DELETE FROM {table}"))
        found = shown(since, until)
        point.rollback()
    return found
