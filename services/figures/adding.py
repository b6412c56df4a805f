"""From the figures of one day to what is kept: each later row of its month is put right by what is other."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on, insert

from services import registry
from services.db import db
from services.figures.counting import Tally
from services.figures.models import FigureKept, FigureOffice
from services.figures.trees import Tree, add, bare

#: before the name of a kind: all its offices together
ALL = "*"


def keep(on: date, found: Tally, offices: Sequence[str] | None = None) -> int:
    """Keep that day's figures, of these offices or of all; at how many they were otherwise."""
    was = of_day(on, offices)
    kinds = _kinds(found.offices | was.offices)
    whole: dict[str, tuple[Tree, Tree]] = {}
    other = 0
    for office in sorted(found.offices | was.offices):
        counts = bare(add(add({}, found.counts[office]), was.counts[office], -1))
        times = bare(add(add({}, found.times[office]), was.times[office], -1))
        if not counts and not times:
            continue
        other += 1
        _put(on, office, counts, times)
        together = whole.setdefault(ALL + kinds[office], ({}, {}))
        add(together[0], counts)
        add(together[1], times)
    for kind, (counts, times) in sorted(whole.items()):
        _put(on, kind, counts, times)
    return other


def of_day(on: date, offices: Sequence[str] | None = None) -> Tally:
    """What is kept of that day alone."""
    until, before = _newest(on, offices, with_day=True), _newest(on, offices, with_day=False)
    found = Tally()
    for office, row in until.items():
        add(found.counts[office], row.counts)
        add(found.times[office], row.times)
    for office, row in before.items():
        add(found.counts[office], row.counts, -1)
        add(found.times[office], row.times, -1)
    return found


def _newest(on: date, offices: Sequence[str] | None, *, with_day: bool) -> dict[str, FigureKept]:
    """The last row of each office in that month, up to that day or up to the day before."""
    upto = FigureKept.on <= on if with_day else FigureKept.on < on
    named = [FigureKept.office_key.in_(offices)] if offices is not None else [~FigureKept.office_key.startswith(ALL)]
    wanted = select(FigureKept).where(*named, FigureKept.on >= on.replace(day=1), upto)
    wanted = wanted.order_by(FigureKept.office_key, FigureKept.on.desc()).ext(distinct_on(FigureKept.office_key))
    return {row.office_key: row for row in db.session.scalars(wanted)}


def _kinds(offices: Iterable[str]) -> dict[str, str]:
    """Among which kind each office is added up: as it was when its first figures were kept."""
    wanted = sorted(offices)
    known = registry.current().by_key("offices")
    if wanted:
        rows = [{"office_key": key, "kind": known[key]["kind"] if key in known else ""} for key in wanted]
        db.session.execute(insert(FigureOffice).on_conflict_do_nothing(), rows)
    there = select(FigureOffice.office_key, FigureOffice.kind).where(FigureOffice.office_key.in_(wanted))
    return {row.office_key: row.kind for row in db.session.execute(there)}


def _put(on: date, key: str, counts: Tree, times: Tree) -> None:
    """Add to that day's row and to each later one of its month."""
    first, following = on.replace(day=1), (on.replace(day=28) + timedelta(days=4)).replace(day=1)
    last = select(func.max(FigureKept.on)).where(FigureKept.office_key == key, FigureKept.on <= on)
    since = db.session.scalar(last.where(FigureKept.on >= first)) or on
    rows = db.session.scalars(
        select(FigureKept)
        .where(FigureKept.office_key == key, FigureKept.on >= since, FigureKept.on < following)
        .order_by(FigureKept.on)
    ).all()
    base = rows[0] if rows and rows[0].on <= on else None
    values = [
        {"office_key": key, "on": row.on, "counts": bare(add(add({}, row.counts), counts)),
         "times": bare(add(add({}, row.times), times))}
        for row in rows if row.on >= on
    ]  # fmt: skip
    if base is None or base.on < on:
        was = (base.counts, base.times) if base is not None else ({}, {})
        values.append({"office_key": key, "on": on, "counts": bare(add(add({}, was[0]), counts)),
                       "times": bare(add(add({}, was[1]), times))})  # fmt: skip
    put = insert(FigureKept)
    put = put.on_conflict_do_update(
        index_elements=["office_key", "on"], set_={"counts": put.excluded.counts, "times": put.excluded.times}
    )
    db.session.execute(put, values)
    db.session.expire_all()
