"""The blueprint, and for whom its pages are."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, g
from flask_login import login_required

from services import processes
from services.errors import Forbidden

bp = Blueprint("designer", __name__, template_folder="templates", url_prefix="/processes")


class DesignersOnly(Forbidden):
    """Process diagrams are looked after by process designers and administrators."""


def designers(view: Callable[..., Any]) -> Callable[..., Any]:
    """Only for designers and administrators; whoever is not signed in signs in first."""

    @wraps(view)
    def guarded(*args: Any, **named: Any) -> Any:
        if not processes.looks_after(g.person):
            raise DesignersOnly
        return view(*args, **named)

    return login_required(guarded)  # type: ignore[no-any-return]
