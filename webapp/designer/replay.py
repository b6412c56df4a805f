"""What a candidate's tables would have answered in the cases of the last months, before anybody puts it in force."""

from collections.abc import Mapping
from datetime import date

from flask import g, render_template

from services import cases, processes
from webapp import asked
from webapp.designer.rooms import bp, designers
from webapp.errors import message_of


@bp.get("/deployments/<int:deployment_id>/replay")
@designers
def replay(deployment_id: int) -> str | tuple[str, int]:
    """Whose answer would change, by the days that are asked for; in short for the deployment's own page."""
    typed = {name: asked.address.text(name) for name in ("since", "until")}
    days, errors = dict[str, date | None](), dict[str, str]()
    for name in typed:
        try:
            days[name] = asked.address.day(name)
        except asked.WrongDay as wrong:
            errors |= wrong.errors
    found = cases.Replay(date.min, date.min) if errors else cases.replay(deployment_id, g.person, **days)
    short = asked.header("HX-Request") and not errors
    answer = render_template(
        "designer/_replayed.html" if short else "designer/replay.html",
        deployment=processes.deployment(deployment_id, g.person), found=found, typed=typed, errors=errors, short=short,
        message_of=message_of,
    )  # fmt: skip
    return (answer, 422) if errors else answer


def changes_decisions(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> bool:
    """Whether any decision of these files is another one."""
    tables = [{content for name, content in files.items() if name.endswith(".dmn")} for files in (before, after)]
    return bool(tables[1] - tables[0])
