"""The newest of what an index finds in no order: all of what is rare, and of what is frequent its last ids alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, literal, select, union_all

from services.db import db

#: what finds no more than this is read whole, and sorted
RARE = 4_999
#: so many times as many ids as should hold enough are looked through first, and so many times as many after each time
#: that they did not
ROOM, WIDER = 2, 32


@dataclass(frozen=True)
class Newest:
    """Ids that were found."""

    ids: frozenset[int]  #: the newest of each question
    more: bool  #: some question finds others, which are older


def newest(questions: Sequence[Select[int]], most: int) -> Newest:
    """The newest ids of each question, at most so many of each; a question selects one column of ids."""
    found, more = set[int](), False
    for question, seen in zip(questions, _begun(questions), strict=True):
        ids = _newest_of(question, seen, most + 1) if len(seen) > RARE else sorted(seen, reverse=True)
        found.update(ids[:most])
        more |= len(ids) > most
    return Newest(frozenset(found), more)


def _begun(questions: Sequence[Select[int]]) -> list[list[int]]:
    """Of each question what the index finds first, to one more than `RARE`.

    Each is planned for all that it finds: for a few rows PostgreSQL would rather walk the table until it meets them.
    """
    arms = []
    for at, question in enumerate(questions):
        whole = question.cte(f"asked_{at}").prefix_with("MATERIALIZED")
        arms.append(select(select(literal(at).label("at"), whole.c[0].label("id")).limit(RARE + 1).subquery()))
    found: list[list[int]] = [[] for _ in questions]
    for at, id in db.session.execute(union_all(*arms)):
        found[at].append(id)
    return found


def _newest_of(question: Select[int], seen: Sequence[int], wanted: int) -> list[int]:
    """Among the last ids there are; how far back these have to reach is told from how close together `seen` lie."""
    column = question.selected_columns[0]
    last = db.session.scalar(select(func.max(column))) or 0
    reach = (max(seen) - min(seen)) * wanted * ROOM // RARE + 1
    while True:
        # `+ 0`: those that both indexes find are sorted, instead of walking backwards from the last
        among = question.where(column > last - reach).order_by((column + 0).desc()).limit(wanted)
        found = list(db.session.scalars(among))
        if len(found) == wanted or reach > last:
            return found
        reach *= WIDER
