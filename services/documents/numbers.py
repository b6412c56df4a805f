"""Registration numbers: one series an office, a direction and a year, without gaps.

`19-2013-00042` is the 42nd application that body 19 of appendix 1 took in during 2013; `19-X2013-00042` is its 42nd
outgoing answer, `P7-R2013-00003` the third transfer registry that PSC 7 closed, `P7-L2013-00004` the fourth of its
labels that were printed before their folders came, `19-C2013-00002` the second complaint that body 19 took in. Offices
have two digits at least and
the count five, so that numbers sort as they were given; both may grow. Only ASCII: every scanner and every keyboard can
say it.
"""

import re

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from services.db import db, table_of
from services.documents.models import NumberSeries
from services.errors import Conflict, Invalid
from services.written import Once

#: what stands before the year
MARKS = {"in": "", "out": "X", "registry": "R", "label": "L", "appeal": "C"}
_OFFICE = re.compile("0|[1-9][0-9]{0,2}|[A-Z][0-9]{1,3}")


_SERIES = table_of(NumberSeries)
_FIRST = insert(_SERIES).values({name: bindparam(name, type_=each.type) for name, each in _SERIES.columns.items()})
#: the last of `last` numbers more of a series, its first ones where it has not begun
_TAKEN = Once(
    _FIRST.on_conflict_do_update(
        index_elements=["office_number", "series", "year"], set_={"last": NumberSeries.last + _FIRST.excluded.last}
    ).returning(NumberSeries.last)
)


class NoSuchSeries(Invalid):
    """There is no number series %(series)s for office %(office)s in the year %(year)s."""


class NumberGiven(Conflict):
    """The number %(given)s was given already: the series goes on from there."""


#: the most that an office gives in a year: what is larger is a slip of the hand
MOST_IN_A_YEAR = 1_000_000


def continue_after(office_number: str, series: str, year: int, last: int) -> bool:
    """The series goes on with the number after `last`, in the caller's transaction; False when it does so already.

    What lies before was given on paper. Raises NoSuchSeries, NumberGiven.
    """
    _check(office_number, series, year)
    if not 0 < last <= MOST_IN_A_YEAR:
        raise NoSuchSeries(series=series, office=office_number, year=year)
    begun = insert(NumberSeries).values(office_number=office_number, series=series, year=year, last=last)
    moved = begun.on_conflict_do_update(
        index_elements=["office_number", "series", "year"], set_={"last": last}, where=NumberSeries.last < last
    )
    if db.session.execute(moved.returning(NumberSeries.last)).scalar_one_or_none() is not None:
        return True
    given = last_numbers(year)[office_number, series]
    if given > last:
        raise NumberGiven(given=write_number(office_number, series, year, given))
    return False


def last_numbers(year: int) -> dict[tuple[str, str], int]:
    """(office's number, series) -> the last that was given in that year. One statement."""
    rows = db.session.execute(select(NumberSeries).filter_by(year=year)).scalars()
    return {(row.office_number, row.series): row.last for row in rows}


def next_number(office_number: str, series: str, year: int) -> str:
    """The next number of that series ("in", "out", "registry", "label", "appeal"), in the caller's transaction.

    Rolled back, it was never given.

    The series stays locked until that transaction ends; ask late. Raises NoSuchSeries.
    """
    return next_numbers(office_number, series, year, 1)[0]


def next_numbers(office_number: str, series: str, year: int, count: int) -> list[str]:
    """The next `count` numbers of that series, in one statement, as `next_number`. Raises NoSuchSeries."""
    _check(office_number, series, year)
    (last,) = _TAKEN.one(office_number=office_number, series=series, year=year, last=count)
    return [write_number(office_number, series, year, each) for each in range(last - count + 1, last + 1)]


def is_office_number(said: str) -> bool:
    """Whether cases of an office of that number can be given theirs."""
    return bool(_OFFICE.fullmatch(said))


def _check(office_number: str, series: str, year: int) -> None:
    if series not in MARKS or not is_office_number(office_number) or not 1000 <= year <= 9999:
        raise NoSuchSeries(series=series, office=office_number, year=year)


def write_number(office_number: str, series: str, year: int, count: int) -> str:
    """The number as it is printed."""
    return f"{office_number:0>2}-{MARKS[series]}{year}-{count:05d}"
