"""Conditions, mappings and decisions are tried with values before they are deployed. Nothing is kept."""

import json

from flask import g, render_template, request

from services import processes
from services.bpmn import BadDiagram
from webapp import asked
from webapp.designer.doctor import carried, uploaded
from webapp.designer.rooms import bp, designers
from webapp.errors import message_of

MOST_LETTERS = 20_000
NOT_AN_OBJECT = 'This is written as a JSON object: {"paid": true}.'


@bp.route("/evaluate", methods=["GET", "POST"])
@designers
def evaluate() -> str | tuple[str, int]:
    """An expression, or everything in files that is reckoned, over the values that are typed."""
    if request.method == "GET":
        return _page({}, "", "", [])
    files = uploaded()
    processes.check_kinds(files, (".bpmn", ".dmn"))
    expression = asked.form.text("expression", most=MOST_LETTERS)
    said = asked.form.text("values", most=MOST_LETTERS)
    try:
        values = json.loads(said or "{}")
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        return _page(files, expression, said, [], {"values": NOT_AN_OBJECT}), 422
    try:
        found = processes.evaluate(files, values, g.person, expression=expression)
    except BadDiagram as bad:
        return _page(files, expression, said, [], {"files": message_of(bad)}), 422
    return _page(files, expression, said, found)


def _page(
    files: dict[str, bytes],
    expression: str,
    said: str,
    found: list[processes.Tried],
    errors: dict[str, str] | None = None,
) -> str:
    return render_template(
        "designer/evaluate.html", files=files, kept=carried(files), expression=expression, said=said, found=found,
        errors=errors or {}, message_of=message_of,
    )  # fmt: skip
