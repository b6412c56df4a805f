"""What was just done, said on the next page with a button that undoes it: by the usual verb, which looks again."""

from collections.abc import Sequence

from flask import flash, render_template
from markupsafe import Markup


def offer(said: str, button: str, to: str, sent: Sequence[tuple[str, object]] = ()) -> None:
    """Say it, and offer the button: it sends these values to that address."""
    flash(Markup(render_template("_undo.html", said=said, button=button, to=to, sent=sent)), "plain")
