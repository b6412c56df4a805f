"""The region of the act, and its calendar without a database."""

import pytest

from services.config import ROOT
from services.deadlines.calendar import Calendar
from services.deadlines.holidays import special_days
from services.deadlines.region import RegionTime
from services.deadlines.timetable import Timetable
from services.loading import load
from tests import the_region

YEARS = range(2012, 2029)


@pytest.fixture(scope="session")
def region() -> RegionTime:
    return RegionTime(load([the_region.REGION], ROOT))


@pytest.fixture(scope="session")
def calendar(region: RegionTime) -> Calendar:
    """Of the body at Taldykorgan."""
    days = {day.on: day for day in special_days(YEARS)}
    return RegionTime(load([the_region.REGION], ROOT), Timetable(days), "test").calendar("TALDYKORGAN")
