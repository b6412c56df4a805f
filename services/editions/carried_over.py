"""The open cases that an edition takes over, where its transitional clause says so: all of them, with their dates."""

from sqlalchemy import update

from services import cases
from services.cases.models import OPEN, Case
from services.db import db
from services.law import Edition


def carry_over(edition: Edition, *, actor: str) -> int:
    """Every open case lives under that edition from now on, and its dates that are not past are counted by it.

    How many. In the caller's transaction, which holds the region's calendar.
    """
    ours = update(Case).where(Case.region == edition.region, OPEN, Case.plays.is_(None))
    moved = ours.where(Case.edition.is_distinct_from(edition.id)).values(edition=edition.id).returning(Case.id)
    count = len(db.session.scalars(moved).all())
    db.session.expire_all()
    cases.recount_all(actor=actor)
    return count
