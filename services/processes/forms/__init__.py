"""The form of a task: a plugin's, a `.form` file's, or the fields drawn on the task; all as `services.plugin.Form`."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from services import bpmn, engine, registry
from services.errors import Invalid, NotFound
from services.guarded import guarded_form
from services.plugin import Form
from services.processes.forms.drawn_form import DONE, Drawn
from services.processes.forms.faults import RULES, FormFault
from services.processes.forms.generated import read_fields
from services.processes.forms.markup import marked
from services.processes.forms.plain_words import plain
from services.processes.forms.plugin_form import as_plugin_form
from services.processes.forms.schema import read_file

__all__ = [
    "RULES",
    "BadForm",
    "FormFault",
    "NoSuchForm",
    "examine",
    "examine_tasks",
    "form",
    "marked",
    "plain",
    "words_of",
    "words_of_fields",
]

FILE, FIELDS = "form:", "fields:"


class NoSuchForm(NotFound):
    """There is no form %(form)s in this deployment."""


class BadForm(Invalid):
    """The form %(form)s cannot be shown: %(fault)s"""


#: known later than forms were deployed: refused when one is sent, and what is deployed already still opens
LATER = frozenset({"form-circle", "form-constant"})
#: of a task without a form: nothing is asked, it is only said to be done
NOTHING_ASKED = as_plugin_form(Drawn("", (), DONE), "")


def form(definition: engine.Definition, name: str | None) -> Form:
    """The form that a task names; a plugin's at arm's length. Raises UnknownForm, NoSuchForm, BadForm."""
    if not name:
        return NOTHING_ASKED
    if not name.startswith((FILE, FIELDS)):
        return guarded_form(name, registry.current().form(name))
    drawn, faults = _drawn(definition, name)
    wrong = next((fault for fault in faults if fault.of.severity == "error" and fault.rule not in LATER), None)
    if wrong is not None:
        raise BadForm(form=name, fault=str(wrong))
    title = next((each.name for each in definition.elements.values() if each.form == name), "")
    return as_plugin_form(drawn, title)


def _drawn(definition: engine.Definition, name: str) -> tuple[Drawn, tuple[FormFault, ...]]:
    """Raises NoSuchForm."""
    if name.startswith(FILE):
        for resource, content in definition.resources.items():
            if resource.endswith(".form") and _read(content)[0].name == name.removeprefix(FILE):
                return _read(content)
    else:
        for element in definition.elements.values():
            if element.form == name:
                return read_fields(name, element.form_fields)
    raise NoSuchForm(form=name)


@lru_cache(maxsize=256)
def _read(content: bytes) -> tuple[Drawn, tuple[FormFault, ...]]:
    return read_file(content)


def examine(content: bytes) -> tuple[FormFault, ...]:
    """Everything that is wrong with a `.form` file; never raises."""
    return _read(content)[1]


def examine_tasks(definition: engine.Definition) -> Iterator[tuple[bpmn.Element, FormFault]]:
    """What is wrong with the fields that are drawn on its tasks."""
    for element in definition.elements.values():
        if element.form is not None and element.form.startswith(FIELDS):
            yield from ((element, fault) for fault in read_fields(element.form, element.form_fields)[1])


def words_of(content: bytes) -> tuple[str, Sequence[tuple[str, str]]]:
    """The id of a `.form` file, and (component, text) of everything that people read in it; never raises."""
    drawn = _read(content)[0]
    return drawn.name, list(_words(drawn))


def words_of_fields(fields: Sequence[Mapping[str, object]]) -> Sequence[str]:
    """Everything that people read of the fields drawn on a task; never raises."""
    return [text for _, text in _words(read_fields("", fields)[0])]


def _words(drawn: Drawn) -> Iterator[tuple[str, str]]:
    """In the order in which they are shown, as they were drawn."""
    for question in (each for asked in drawn.questions for each in asked):
        field = question.field
        said = [field.label, field.help, field.prefix, field.suffix, *(choice.label for choice in field.choices)]
        said += [column.label for column in field.columns]  # of a table
        yield from ((field.name, text) for text in said if text and text != field.name)
        yield from ((field.name, text) for text in question.messages)
    if drawn.submit != DONE:
        yield "", drawn.submit
