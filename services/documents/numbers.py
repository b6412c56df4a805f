"""Registration numbers: one series an office, a direction and a year, without gaps.

`19-2013-00042` is the 42nd application that body 19 of appendix 1 took in during 2013; `19-X2013-00042` is its 42nd
outgoing answer, `P7-R2013-00003` the third transfer registry that PSC 7 closed, `P7-L2013-00004` the fourth of its
labels that were printed before their folders came. Offices have two digits at least and
the count five, so that numbers sort as they were given; both may grow. Only ASCII: every scanner and every keyboard can
say it.
"""

import re

from sqlalchemy.dialects.postgresql import insert

from services.db import db
from services.documents.models import NumberSeries
from services.errors import Invalid

#: what stands before the year
MARKS = {"in": "", "out": "X", "registry": "R", "label": "L"}
_OFFICE = re.compile("0|[1-9][0-9]{0,2}|[A-Z][0-9]{1,3}")


class NoSuchSeries(Invalid):
    """There is no number series %(series)s for office %(office)s in the year %(year)s."""


def next_number(office_number: str, series: str, year: int) -> str:
    """The next number of that series ("in", "out", "registry", "label"), in the caller's transaction.

    Rolled back, it was never given.

    The series stays locked until that transaction ends; ask late. Raises NoSuchSeries.
    """
    return next_numbers(office_number, series, year, 1)[0]


def next_numbers(office_number: str, series: str, year: int, count: int) -> list[str]:
    """The next `count` numbers of that series, in one statement, as `next_number`. Raises NoSuchSeries."""
    if series not in MARKS or not _OFFICE.fullmatch(office_number) or not 1000 <= year <= 9999:
        raise NoSuchSeries(series=series, office=office_number, year=year)
    first = insert(NumberSeries).values(office_number=office_number, series=series, year=year, last=count)
    taken = first.on_conflict_do_update(
        index_elements=["office_number", "series", "year"], set_={"last": NumberSeries.last + count}
    ).returning(NumberSeries.last)
    last = db.session.execute(taken).scalar_one()
    return [write_number(office_number, series, year, each) for each in range(last - count + 1, last + 1)]


def write_number(office_number: str, series: str, year: int, count: int) -> str:
    """The number as it is printed."""
    return f"{office_number:0>2}-{MARKS[series]}{year}-{count:05d}"
