"""How many cases run under a version of a process."""

from collections.abc import Sequence

from sqlalchemy import func, literal, select, union_all

from services.cases.models import Instance
from services.cases.pages.shown import Counted
from services.db import db

#: a count looks at so many rows and then says "more"
CAP = 999


def running_under(definition_ids: Sequence[int]) -> dict[int, Counted]:
    """Version -> cases that have begun under it and are not over; rehearsals do not count. One statement."""
    if not definition_ids:
        return {}
    arms = []
    for definition_id in definition_ids:
        rows = select(Instance.id).where(
            Instance.definition_id == definition_id, Instance.finished_at.is_(None), Instance.plays.is_(None)
        )
        arms.append(select(literal(definition_id), func.count()).select_from(rows.limit(CAP + 1).subquery()))
    found = db.session.execute(union_all(*arms))
    return {key: Counted(min(count, CAP), count > CAP) for key, count in found if count}
