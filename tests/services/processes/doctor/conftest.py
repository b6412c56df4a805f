"""The region's registry, without a database; the engine's drawings, for diagrams from one line of text."""

import sys
from pathlib import Path

import pytest

from services.config import ROOT, Config
from services.registry import Registry, load

sys.path.insert(0, str(Path(__file__).parents[2] / "engine"))


@pytest.fixture(scope="session")
def region() -> Registry:
    return load(Config().plugins, ROOT)
