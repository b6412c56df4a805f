"""What a period comes to: what is kept of its days that are over, and the rest counted from the rows.

Days are kept or counted, never both: which are kept is read in the statement that reads what is kept of them.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import BigInteger, Date, Integer, Text

from services import directory, registry
from services.cases.models import Case
from services.db import Moment, db
from services.figures import now
from services.figures.adding import ALL
from services.figures.counting import Tally, count, rules
from services.figures.days import spans_of
from services.figures.models import FigureOffice
from services.figures.trees import Tree, add, bare

#: steps of days that are not kept yet: so many are counted when somebody looks; with more, the older days wait
MOST_LIVE = 50_000
#: the newest of them are counted in any case: today, and yesterday until the worker has kept it
ALWAYS = 2


@dataclass(frozen=True)
class NotCounted:
    """Of a period, what its figures leave out, or say as it was before."""

    days: int = 0  #: that are not counted yet, and left out
    since: date | None = None  #: the first of these
    until: date | None = None  #: and the last
    anew: int = 0  #: in which something changed after they were counted
    as_of: datetime | None = None  #: when the first of those was counted
    today_at: datetime | None = None  #: when today was counted last; None: by whoever looks, or it is not in it

    def __bool__(self) -> bool:
        return bool(self.days or self.anew or self.today_at)


@dataclass(frozen=True)
class InPeriod:
    """Figures of a period."""

    counts: dict[str, Tree] = field(default_factory=dict)  #: by office
    times: dict[str, Tree] = field(default_factory=dict)  #: by kind of office
    not_counted: NotCounted = NotCounted()


#: first of the month, last day that counts, added or taken away
Edge = tuple[date, date, int]

_READ = (
    text("""
    SELECT '' AS office_key, 0 AS sign, NULL::jsonb AS counts, NULL::jsonb AS times,
           (SELECT array_agg(d."on") FROM figure_day d
            WHERE d."on" BETWEEN :since AND :until AND d.counted_at IS NOT NULL) AS days,
           told.anew, told.as_of,
           (SELECT n.counted_at FROM figure_now n WHERE n.what = :today AND n."on" = :this_day) AS today_at
    FROM (SELECT count(*) AS anew, min(d.counted_at) AS as_of FROM figure_day d
          WHERE d."on" BETWEEN :since AND :until AND d.counted_at IS NOT NULL AND (d.rules <> :rules OR EXISTS (
              SELECT FROM figure_changed c WHERE c."on" = d."on" AND c.office_key = ANY(:changed)))) told
    UNION ALL
    SELECT asked.key, edge.sign, kept.counts, CASE WHEN asked.timed THEN kept.times END, NULL, NULL, NULL, NULL
    FROM unnest(CAST(:keys AS text[]), CAST(:timed AS boolean[])) AS asked (key, timed)
    CROSS JOIN unnest(CAST(:months AS date[]), CAST(:uptos AS date[]), CAST(:signs AS int[]))
        AS edge (month, upto, sign)
    CROSS JOIN LATERAL (SELECT f.counts, f.times FROM figure_kept f
        WHERE f.office_key = asked.key AND f."on" >= edge.month AND f."on" <= edge.upto
        ORDER BY f."on" DESC LIMIT 1) kept
    """)
    .bindparams(bindparam("changed", type_=ARRAY(Text)), bindparam("keys", type_=ARRAY(Text)))
    .columns(office_key=Text, sign=Integer, counts=JSONB, times=JSONB, days=ARRAY(Date), anew=BigInteger,
             as_of=Moment, today_at=Moment)
)  # fmt: skip


def held(since: date, until: date, office_key: str | None, *, times: bool = True) -> InPeriod:
    """What happened from one day to the other at that office, or at all that stand side by side.

    A case stands with the body that decides on it: of an office that is none, all bodies are read.
    """
    whose = _Whose(office_key)
    starred = _starred(whose) if times and office_key is None else {}
    rows = _kept_rows(since, until, whose, starred, times)
    first, docs = rows[0], rows[1:]
    found = Tally()
    for row in docs:
        add(found.counts[row.office_key], row.counts, row.sign)
        if row.times is not None:
            add(found.times[row.office_key], row.times, row.sign)
    days, left = _to_count(since, until, set(first.days or ()), whose)
    today_at = _today_at(first.today_at, days, whose)
    live = count(spans_of([on for on in days if today_at is None or on != directory.today()]), whose.offices,
                 whose.of_cases)  # fmt: skip
    if today_at is not None:
        add(live.counts, (counted := now.today_at(whose.bodies, whose.offices)).counts)
        add(live.times, counted.times)
    for key in live.offices:
        add(found.counts[key], live.counts[key])
    found.counts = {key: bare(tree) for key, tree in found.counts.items()}  # a difference leaves noughts
    found.times = {key: bare(tree) for key, tree in found.times.items()}
    told = NotCounted(len(left), min(left, default=None), max(left, default=None), first.anew, first.as_of, today_at)
    return InPeriod(dict(found.counts), _by_kind(found, live, whose, starred) if times else {}, told)


def _today_at(counted_at: datetime | None, days: Sequence[date], whose: "_Whose") -> datetime | None:
    """When today was counted, where that is shown: it was, it is asked for, and too much was done to count it now."""
    today = directory.today()
    if counted_at is None or today not in days or now.is_few(whose.offices, spans_of([today]), now.MOST_TODAY):
        return None
    return counted_at


class _Whose:
    """Whose figures are asked for."""

    def __init__(self, office_key: str | None) -> None:
        plugins = registry.current()
        rows = plugins.by_key("offices")
        kinds = plugins.kinds()
        self.kinds = {row["key"]: row["kind"] for row in plugins.table("offices") if row["kind"] in kinds}
        every = [key for key, row in rows.items() if row["kind"] == "body"]
        self.one = office_key
        #: whose steps are counted, and on whose cases
        self.offices = [office_key] if office_key else list(self.kinds)
        self.bodies = [office_key] if office_key in every else every
        taken_in = [Case.office_key == office_key] if office_key and office_key not in every else []
        self.of_cases: list[ColumnElement[bool]] = [Case.body_key.in_(self.bodies), *taken_in]

    def kind(self, office_key: str) -> str:
        return registry.current().by_key("offices")[office_key]["kind"]


def _starred(whose: _Whose) -> dict[str, tuple[str, str | None]]:
    """Office that is added up elsewhere than it stands today -> among which kind, and where it belongs, if anywhere."""
    there = db.session.execute(select(FigureOffice.office_key, FigureOffice.kind))
    return {key: (kind, whose.kinds.get(key)) for key, kind in there if whose.kinds.get(key) != kind}


def _kept_rows(since: date, until: date, whose: _Whose, starred: Iterable[str], times: bool) -> Sequence[Any]:
    keys = sorted({*whose.offices, *whose.bodies})
    timed = dict.fromkeys(keys, False)
    if times:
        timed |= dict.fromkeys((ALL + kind for kind in set(whose.kinds.values())) if whose.one is None else (), True)
        timed |= dict.fromkeys([*starred, *([whose.one] if whose.one else [])], True)
    edges = _edges(since, until)
    asked = {
        "since": since, "until": until, "today": now.TODAY, "this_day": directory.today(), "rules": rules(),
        "changed": keys, "keys": list(timed),
        "timed": list(timed.values()), "months": [each[0] for each in edges], "uptos": [each[1] for each in edges],
        "signs": [each[2] for each in edges],
    }  # fmt: skip
    return db.session.execute(_READ, asked).all()


def _edges(since: date, until: date) -> list[Edge]:
    """Each month up to its last day in the period, without what was before the period began."""
    edges: list[Edge] = []
    month = since.replace(day=1)
    while month <= until:
        following = (month.replace(day=28) + timedelta(days=4)).replace(day=1)
        edges.append((month, min(until, following - timedelta(days=1)), 1))
        month = following
    if since.day > 1:
        edges.append((since.replace(day=1), since - timedelta(days=1), -1))
    return edges


def _to_count(since: date, until: date, kept: set[date], whose: _Whose) -> tuple[list[date], list[date]]:
    """Days that are counted from the rows now, and those that would be too many."""
    open_ = [on for n in range((until - since).days + 1) if (on := since + timedelta(days=n)) not in kept]
    sure = directory.today() - timedelta(days=ALWAYS)
    older = [on for on in open_ if on <= sure]
    if older and not now.is_few(whose.offices, spans_of(older), MOST_LIVE):
        return [on for on in open_ if on > sure], older
    return open_, []


def _by_kind(found: Tally, live: Tally, whose: _Whose, starred: dict[str, tuple[str, str | None]]) -> dict[str, Tree]:
    """Times by the kind that each office is of today."""
    together: dict[str, Tree] = defaultdict(dict)
    for key, tree in live.times.items():
        add(together[whose.kind(key)], tree)
    for key, tree in found.times.items():
        if key.startswith(ALL):
            if (kind := key.removeprefix(ALL)) in whose.kinds.values():
                add(together[kind], tree)
        elif key in starred:
            was, now = starred[key]
            if was in whose.kinds.values():
                add(together[was], tree, -1)
            if now is not None:
                add(together[now], tree)
        else:
            add(together[whose.kind(key)], tree)
    return dict(together)
