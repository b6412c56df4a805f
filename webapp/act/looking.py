"""Any two laws side by side, and what stands for each clause of one: for those who look after diagrams."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from flask import g, render_template
from flask_babel import gettext
from flask_login import login_required

from services import editions, registry, soundness
from services.bpmn import BadDiagram
from services.deadlines import SETTLED
from services.registry import Registry
from services.soundness import BadRegion
from webapp.act.rooms import bp
from webapp.act.said import cell, cells_told, column, law_name, rows_told
from webapp.asked import address
from webapp.designer.said import sentence
from webapp.errors import message_of
from webapp.language import words
from webapp.language.laws import by_law, not_in_act


@bp.get("/compare")
@login_required
def compare() -> tuple[str, int]:
    """Two laws by their names: `a` and `b`, editions or regions."""
    lines = editions.all_editions(g.person)
    a, b = address.text("a"), address.text("b")
    found, wrong = None, ""
    try:
        found = editions.compared(a, b, g.person) if a and b else None
    except (BadRegion, editions.NoSuchLaw) as error:
        wrong = message_of(error)
    page = render_template(
        "act/compare.html", found=found, wrong=wrong, a=a, b=b, choices=_choices(lines), named=law_name,
        **said_of_changes(found.before if found else None, found.after if found else None),
    )  # fmt: skip
    return page, 422 if wrong else 200


@bp.get("/coverage")
@login_required
def covered() -> tuple[str, int]:
    """Which clauses of a law something stands for; today's, when `law` names none."""
    lines = editions.all_editions(g.person)
    chosen = address.text("law")
    law, found, wrong = registry.current(), None, ""
    try:
        law, found = editions.covered(chosen, g.person)
    except (BadRegion, editions.NoSuchLaw, BadDiagram) as error:
        wrong = message_of(error) if not isinstance(error, BadDiagram) else str(error)
    page = render_template(
        "act/coverage.html", law=law, found=found, wrong=wrong, chosen=chosen, choices=_choices(lines),
        asking=sum(each.clause.asks for each in found.clauses) if found else 0, named=law_name,
        by_table=by_table, drawn=_drawn, drawn_all=_drawn_all, settled=SETTLED,
    )  # fmt: skip
    return page, 422 if wrong else 200


def said_of_changes(before: Registry | None, after: Registry | None) -> dict[str, Any]:
    """What the pages that tell changes put them into words with: each of the two laws says what is its own, and what
    changed is said by the second."""
    said = {"by_table": by_table, "column": column, "cells_told": cells_told, "rows_told": rows_told,
            "before": before, "after": after}  # fmt: skip
    if before is None or after is None:
        return said
    of = {"before": before, "after": after}
    return said | {
        "sentence": lambda change: by_law(after, sentence, change),
        "cell": lambda change, which: cell(change, which, of[which]),
        "route_of": lambda row: by_law(before if row.kind == "removed" else after, words.route, row.route),
        "unnamed": by_law(after, not_in_act),
    }


def by_table(rows: Sequence[Any]) -> list[tuple[str, list[Any]]]:
    """Rows of the region's tables, table by table."""
    return [(table, list(own)) for table, own in groupby(rows, key=lambda each: each.table)]


def _choices(lines: Sequence[editions.EditionLine]) -> list[tuple[str, list[tuple[str, str]]]]:
    """What can be looked at: kept editions of this region, and regions whose packages lie here."""
    kept = [(str(each.edition.id), _called(each)) for each in lines]
    regions = [(name, name) for name in editions.regions_at_hand()]
    return [(gettext("Editions of the act"), kept), (gettext("Regions, as their packages say"), regions)]


def _called(line: editions.EditionLine) -> str:
    return f"№ {line.name} · {words.word('edition_state', line.state)} · {line.edition.made_at:%d.%m.%Y}"


def _drawn(element: soundness.TaskDrawn) -> str:
    """A step of a diagram as people read it there."""
    return words.names_here().of(element.name.context, element.name.text) or words.word("bpmn", element.kind)


def _drawn_all(elements: Sequence[soundness.TaskDrawn]) -> str:
    return "; ".join(dict.fromkeys(map(_drawn, elements)))
