"""The morning on which a calendar is about to change, and who may change it."""

from collections.abc import Iterator

import pytest
from flask import Flask

from services import clock, directory
from tests.services.cases.a_morning import MORNING


@pytest.fixture
def morning(house: Flask) -> Iterator[Flask]:
    with clock.stopped(MORNING):
        yield house


@pytest.fixture
def admin(morning: Flask) -> directory.Person:
    return next(each for each in directory.find_people("admin", actor="console") if "admin" in each.roles())
