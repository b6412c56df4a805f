"""What the forms of a plugin ask, as they ask it of a case that there is not: for the words that are kept of them."""

from collections.abc import Iterator
from datetime import datetime

from services import clock, guarded
from services.errors import KomekError
from services.languages import OF_STATE
from services.plugin import Applicant, CaseFacts, Decided, Field, Form, FormCall, OfficeFacts, PersonFacts, Plugin
from services.processes.written_forms import written_fields
from services.registry import Registry


def words_of_forms(plugin: Plugin, registry: Registry) -> Iterator[tuple[str, str, str]]:
    """Kind, key and msgid of every question and of every answer that it offers.

    A question: "field", "registration.application.surname", a column of lines behind the name of its lines. An answer
    offered: "choice", the question's key and the answer's. What a form asks only of a case that is further on, or
    cannot be asked outside of one, is taken as it is written; what it reckons its words of then is missing.
    """
    for name, form in plugin.forms.items():
        asked = list(_asked(f"{plugin.name}.{name}", form, registry))
        known = {each.name for each in asked}
        for field in (*asked, *(each for each in written_fields(plugin.folder, form) if each.name not in known)):
            yield from _words(f"{plugin.name}.{name}", field)


def _words(before: str, field: Field) -> Iterator[tuple[str, str, str]]:
    key = f"{before}.{field.name}"
    if field.label:
        yield "field", key, field.label
    if not field.people:
        yield from (("choice", f"{key}.{each.key}", each.label) for each in field.choices if each.label)
    for column in field.columns:
        yield from _words(key, column)


def _asked(name: str, form: Form, registry: Registry) -> Iterator[Field]:
    """As it is asked before anybody is known, and of an applicant in each language of papers."""
    for applicant in (None, *(Applicant("", "", language=each) for each in OF_STATE)):
        call = _call(registry, applicant, clock.now())
        try:
            yield from guarded.call_plugin(name, lambda call=call: list(form.fields(call)))  # type: ignore[misc]
        except (guarded.PluginFault, KomekError):
            continue


def _call(registry: Registry, applicant: Applicant | None, now: datetime) -> FormCall:
    row = next(each for each in registry.table("offices") if each["kind"] == "body")
    office = OfficeFacts(row["key"], row["name_kk"], row["place_kind"], row["place"], kind=row["kind"])
    route = str(next(iter(registry.facts()["service"]["routes"])))
    case = CaseFacts(0, route, office, office, office, now, now, None, applicant, {}, {})
    return FormCall(
        case=case, person=PersonFacts(0, "", frozenset()), step="", now=now, table=registry.table,
        staff=lambda role: (), decide=lambda decision, inputs: Decided({}, ()), read_code=lambda code: code,
        first_language=registry.first_language(), tells=True,
    )  # fmt: skip
