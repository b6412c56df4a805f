"""A region in use whose act has one edition, deployed on a February morning; the March one lies ready."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from services import clock, editions, law, registry
from services.registry import Registry
from tests.services.cases.a_morning import at
from tests.services.law.two_editions import small_region

FEBRUARY = at("2013-02-25T10:00")


@pytest.fixture
def region_before_editions(house: Flask, tmp_path: Path) -> Iterator[Registry]:
    before = registry.shipped()
    rules = small_region(tmp_path / "r")
    registry.use(rules)
    with clock.stopped(FEBRUARY):
        yield rules
    law.forget()
    registry.use(before)


@pytest.fixture
def region_of_act(region_before_editions: Registry) -> Registry:
    assert [each.state for each in editions.receive(region_before_editions)] == ["in force"]
    return region_before_editions
