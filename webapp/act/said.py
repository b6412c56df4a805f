"""What one edition says otherwise than another, in words: columns, and what stands in them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from services.law import CITES, ColumnChange, RowChange
from services.registry import Registry
from webapp.language.drawings import term
from webapp.language.i18n import NAMED, language
from webapp.language.laws import by_law
from webapp.language.words import clause, office_name, word

COLUMNS = {
    "rule": _("Term"),
    "role": _("Who does it"),
    "value": _("Value"),
    "unit": _("Unit"),
    "required": _("Must be brought"),
    "clause": _("Clause"),
    "table_ref": _("Clause of the tables"),
    "mark": _("How sure"),
    "title": _("What it is called"),
    "name": _("What it is called"),
    "short": _("What it is called for short"),
    "help": _("Help beside it"),
    "text": _("Its words"),
    "code": _("Code"),
    "office": _("Office"),
    "ends_outer": _("Ends the whole term"),
    "parent": _("Above it"),
    "kind": _("Kind of office"),
    "phone": _("Phone"),
    "address": _("Address"),
    "from": _("From"),
    "to": _("To"),
    "asks": _("Asks for something"),
    "through": _("Through clauses"),
    "reference": _("What the act is called"),
    "repealed": _("What stands on every page and paper"),
    "not_in_act": _("How a value is marked that is not in the act"),
}
YES = {"yes": _("yes"), "no": _("no")}
#: rows of one table that are told before the rest is folded
FIRST = 8


def column(name: str) -> str:
    """What a column of the region's tables, or a fact of the region, is called, and in which language it stands; its
    own name where people never meet it."""
    own, said_in = _parted(name)
    said = str(COLUMNS.get(own, own))
    return f"{said} ({NAMED[said_in]})" if said_in else said


def _parted(name: str) -> tuple[str, str]:
    """What it is of, and the language of its words; empty: of none."""
    own, _sep, said_in = name.rpartition(".")[2].rpartition("_")
    return (own, said_in) if own and said_in in NAMED else (name.rpartition(".")[2], "")


@dataclass(frozen=True)
class CellsTold:
    """The columns of a row that say something else: those of the reader's language, and the same in other ones."""

    shown: Sequence[ColumnChange]
    others: Sequence[ColumnChange]


def cells_told(changes: Sequence[ColumnChange], *, cited: bool) -> CellsTold:
    """`cited`: the clauses stand beside the row already."""
    kept = [each for each in changes if not (cited and each.column in CITES)]
    there = {each.column for each in kept}
    others = [each for each in kept if _is_said_otherwise(each.column, there)]
    return CellsTold([each for each in kept if each not in others], others)


def _is_said_otherwise(name: str, there: Collection[str]) -> bool:
    """Whether the same stands among the changes in the reader's language, too, or in Kazakh for want of that."""
    said_in = _parted(name)[1]
    if not said_in:
        return False
    known = [each for each in (language(), *NAMED) if f"{name.removesuffix(said_in)}{each}" in there]
    return said_in != known[0]


@dataclass(frozen=True)
class RowsTold:
    """The rows of a table that say something else: the first of them, the rest, and what only another clause names."""

    first: Sequence[RowChange]
    rest: Sequence[RowChange]
    cited: Sequence[RowChange]


def rows_told(rows: Sequence[RowChange]) -> RowsTold:
    """What is long is folded."""
    cited = [row for row in rows if row.cells and all(each.column in CITES for each in row.cells)]
    others = [row for row in rows if row not in cited]
    few = len(others) if len(others) <= FIRST + 2 else FIRST
    return RowsTold(others[:few], others[few:], cited)


def cell(change: ColumnChange, which: str, law: Registry) -> str:
    """What stood, or stands, in a column, as that law says it: a term in words, a role, an office, a clause."""
    value = change.before if which == "before" else change.after
    return by_law(law, _cell, change.column, value)


def _cell(column: str, value: str) -> str:
    if not value:
        return "—"
    if column == "rule":
        return term(value)
    if column in ("role", "mark"):
        return word(column, value)
    if column == "parent":
        return office_name(value)
    if column in CITES:
        return clause(value)
    return str(YES.get(value, value))


def law_name(law: Registry) -> str:
    """What people call a law: its region and the number of its act."""
    facts = law.facts()
    region = str(facts.get(f"name_{language()}") or facts["name_kk"])
    number = law.act.get("number") or law.act.get("key")
    return f"{region}, {gettext('act № %(number)s', number=number)}" if number else region
