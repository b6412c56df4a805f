"""The region's registry, without a database; the engine's drawings, for diagrams from one line of text."""

import pytest

from services.config import PLUGINS, ROOT
from services.loading import load
from services.registry import Registry


@pytest.fixture(scope="session")
def region() -> Registry:
    return load(PLUGINS, ROOT)
