"""A table that is only looked at: the lines of a variable, or of what is reckoned from the answers."""

from services.plugin import Field
from services.processes.forms.component import Component
from services.processes.forms.drawn_form import Question
from services.processes.forms.here import MOST_COLUMNS
from services.processes.forms.plain_words import said

MOST_SHOWN = 500


def table(part: Component, name: str) -> Question | None:
    """Nothing, when it cannot be shown."""
    if not part.expression("dataSource", "rows", shows=lambda value: isinstance(value, list) and bool(value)):
        part.fault("form-shape", property="dataSource", value=said(part.raw.get("dataSource")))
    columns: list[Field] = []
    if part.raw.get("columnsExpression"):
        if not part.expression("columnsExpression", "columns"):
            part.fault("form-shape", property="columnsExpression", value=said(part.raw["columnsExpression"]))
    else:
        columns = _columns(part)
        if not columns:
            part.fault("form-no-columns")
    shown = part.number("rowCount", whole=True, least=1)
    field = Field(
        name,
        "table",
        part.words("label", filled=True),
        columns=tuple(columns),
        folds=min(int(shown), MOST_SHOWN) if shown is not None else 0,
    )
    if "rows" not in part.by or not (columns or "columns" in part.by):
        return None
    return Question(field, by=dict(part.by))


def _columns(part: Component) -> list[Field]:
    found: dict[str, Field] = {}
    for raw in part.listed("columns")[:MOST_COLUMNS]:
        column = Component(raw if isinstance(raw, dict) else {}, part.faults)
        key = column.raw.get("key")
        if not isinstance(key, str) or not key or len(key) > 100 or key in found:
            part.fault("form-shape", property="columns", value=said(key))
            continue
        found[key] = Field(key, "text", column.words("label") or key)
    return list(found.values())
