"""The blueprint, for whom its pages are, and what all of them begin with."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import wraps
from typing import Any

from flask import Blueprint, g
from flask_login import login_required

from services import clock, deadlines, directory, registry
from services.deadlines import RegionTime

bp = Blueprint("calendar", __name__, template_folder="templates")
Typed = Mapping[str, str]


def administrators(view: Callable[..., Any]) -> Callable[..., Any]:
    """Only for administrators; whoever is not signed in signs in first."""

    @wraps(view)
    def guarded(*args: Any, **named: Any) -> Any:
        directory.check_administers(g.person)
        return view(*args, **named)

    return login_required(guarded)


def region() -> RegionTime:
    """The region's time as it is now."""
    return deadlines.region_at(registry.current())


def today() -> date:
    """Today, on the region's clock."""
    return clock.now().astimezone(region().zone(g.office_key)).date()
