"""The blueprint, and for whom its pages are."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, g
from flask_login import login_required

from services import processes

bp = Blueprint("designer", __name__, template_folder="templates", url_prefix="/processes")


def designers(view: Callable[..., Any]) -> Callable[..., Any]:
    """Only for designers and administrators; whoever is not signed in signs in first."""

    @wraps(view)
    def guarded(*args: Any, **named: Any) -> Any:
        processes.check_looks_after(g.person)
        return view(*args, **named)

    return login_required(guarded)
