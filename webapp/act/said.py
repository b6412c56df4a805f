"""What one edition says otherwise than another, in words: columns, and what stands in them."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from services.law import ColumnChange
from services.registry import Registry
from webapp.language.drawings import term
from webapp.language.i18n import language
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
    "title_kk": _("Name in Kazakh"),
    "title_ru": _("Name in Russian"),
    "title_en": _("Name in English"),
    "name_kk": _("Name in Kazakh"),
    "name_ru": _("Name in Russian"),
    "name_en": _("Name in English"),
    "help_kk": _("Help in Kazakh"),
    "help_ru": _("Help in Russian"),
    "help_en": _("Help in English"),
    "code": _("Code"),
    "office": _("Office"),
    "ends_outer": _("Ends the whole term"),
    "parent": _("Above it"),
    "kind": _("Kind of office"),
    "phone": _("Phone"),
    "address_kk": _("Address"),
    "from": _("From"),
    "to": _("To"),
    "text_kk": _("Text in Kazakh"),
    "text_ru": _("Text in Russian"),
    "text_en": _("Text in English"),
    "asks": _("Asks for something"),
    "through": _("Through clauses"),
}
YES = {"yes": _("yes"), "no": _("no")}


def column(name: str) -> str:
    """What a column of the region's tables is called; its own name where people never meet it."""
    return str(COLUMNS.get(name, name))


def cell(change: ColumnChange, which: str) -> str:
    """What stood, or stands, in a column: a term in words, a role, an office, a clause as people say it."""
    value = change.before if which == "before" else change.after
    if not value:
        return "—"
    if change.column == "rule":
        return term(value)
    if change.column in ("role", "mark"):
        return word(change.column, value)
    if change.column == "parent":
        return office_name(value)
    if change.column in ("clause", "table_ref"):
        return str(clause(value))
    return str(YES.get(value, value))


def law_name(law: Registry) -> str:
    """What people call a law: its region and the number of its act."""
    facts = law.facts()
    region = str(facts.get(f"name_{language()}") or facts["name_kk"])
    number = law.act.get("number") or law.act.get("key")
    return f"{region}, {gettext('act № %(number)s', number=number)}" if number else region
