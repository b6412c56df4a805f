"""By which a region tries itself: people over HTTP, a stopped clock, PostgreSQL, and trials to inherit."""

from komek.testing.conformance import Conformance
from komek.testing.people import People, Stuck
from komek.testing.region import RegionAtWork
from komek.testing.surfer import NoSuchForm, Surfer

__all__ = ["Conformance", "NoSuchForm", "People", "RegionAtWork", "Stuck", "Surfer"]
