"""Element templates for Camunda Modeler, made from what the plugins declare; nothing is kept twice.

One template for every operation (a service task) and every form (a user task). What Modeler writes by them are the
ordinary attributes that the engine reads; the template's id and version stand beside them.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from services.plugin import Form, Input, InStep, Operation, Outbound, Variable
from services.processes import element_template_words
from services.registry import Registry

#: where Modeler finds them: beside the diagrams
PLACE = "bpmn/.camunda/element-templates/komek.json"
#: without a version: Modeler refuses a newer one than it knows
SCHEMA = "https://unpkg.com/@camunda/element-templates-json-schema/resources/schema.json"
#: properties whose choices are the region's tables: another row is no other version
OF_THE_REGION = ("step", "camunda:candidateGroups")

Template = Mapping[str, object]
Say = Callable[[str], str]


@dataclass(frozen=True)
class Speaker:
    """One language."""

    language: str
    say: Say


def place_of(plugin: str) -> str:
    """Where the templates of that plugin's own operations and forms lie in its folder: beside its diagrams."""
    return f"bpmn/.camunda/element-templates/{plugin}.json"


def made_of(
    registry: Registry, language: str, say: Say, *, known: Sequence[Template] | None = None, of: str = ""
) -> list[Template]:
    """Every template, or those `of` a plugin, in kk, ru or en, and after them the former versions: elements made by
    those stay known.

    A version is the number that `known` (the file beside the diagrams) has for the same shape, else the next one: it
    only grows, and words do not change it.
    """
    known = known_templates(registry) if known is None else known
    speaker = Speaker(language, say)
    every = [*_operations(registry, speaker), *_forms(registry, speaker)]
    made = [each for each in every if not of or str(each["id"]).partition(".")[0] == of]
    fresh = [{**each, "version": version_of(each, known)} for each in made]
    current = {(each["id"], each["version"]) for each in fresh}
    ids = {each["id"] for each in fresh}
    former = [each for each in known if each["id"] in ids and (each["id"], each["version"]) not in current]
    return [*({key: each[key] for key in ORDER if key in each} for each in fresh), *former]


ORDER = ("$schema", "name", "id", "version", "description", "keywords", "appliesTo", "elementType", "entriesVisible",
         "groups", "properties")  # fmt: skip


def known_templates(registry: Registry) -> list[Template]:
    """What stands in the files beside the diagrams, Komek's and each plugin's own; nothing where there is none."""
    places = [PLACE, *(place_of(each.name) for each in registry.plugins)]
    files = [file for place in dict.fromkeys(places) for file in registry.files(place)[:1]]
    return [each for file in files for each in cast("list[Template]", json.loads(file.read_text(encoding="utf-8")))]


def stale_templates(registry: Registry, plugin: str) -> list[str]:
    """Ids of what that plugin declares and its file does not offer so; none of a plugin that declares nothing."""
    known = known_templates(registry)
    made = made_of(registry, "en", str, known=known, of=plugin)
    there = {(each["id"], each["version"]) for each in known}
    return sorted({str(each["id"]) for each in made if (each["id"], each["version"]) not in there})


def version_of(template: Template, known: Sequence[Template]) -> int:
    """The newest version's number when its shape is still this one, else the next."""
    former = [each for each in known if each["id"] == template["id"]]
    newest = max(former, key=lambda each: cast("int", each["version"]), default=None)
    if newest is None:
        return 1
    number = cast("int", newest["version"])
    return number if shape_of(newest) == shape_of(template) else number + 1


def shape_of(template: Template) -> object:
    """What it makes of an element: everything but words and the region's rows."""
    return [template["elementType"], [_shape(each) for each in cast("list[Template]", template["properties"])]]


def _shape(prop: Template) -> object:
    binding = cast("Mapping[str, str]", prop["binding"])
    choices = [] if binding.get("name") in OF_THE_REGION else cast("list[Template]", prop.get("choices", []))
    return [
        prop["type"],
        binding,
        prop.get("value"),
        prop.get("constraints"),
        [choice["value"] for choice in choices],
    ]


# ---------------------------------------------------------------- operations


def _operations(registry: Registry, speaker: Speaker) -> Iterator[dict[str, object]]:
    for name in sorted(registry.operations()):
        operation = registry.operation(name)
        inputs = [_input(each, speaker) for each in operation.inputs]
        outputs = [_output(each, speaker) for each in operation.outputs]
        parts = [_hidden("camunda:type", "external"), _hidden("camunda:topic", name), *inputs, *outputs]
        groups = {
            "inputs": element_template_words.INPUTS if inputs else "",
            "outputs": element_template_words.OUTPUTS if outputs else "",
        }
        about = _about(operation, speaker)
        yield _template(name, operation.title, about, "bpmn:ServiceTask", groups, parts, speaker)


def _about(operation: Operation[InStep] | Operation[Outbound], speaker: Speaker) -> str:
    help_ = speaker.say(operation.help) if operation.help else ""
    errors = "; ".join(f"{each.code} ({speaker.say(each.label)})" for each in operation.errors)
    return f"{help_} {speaker.say(element_template_words.ERRORS) % {'errors': errors} if errors else ''}".strip()


def _input(each: Input, speaker: Speaker) -> dict[str, object]:
    choices = [(choice.key, speaker.say(choice.label)) for choice in each.choices]
    if each.kind == "yes":
        choices = [("yes", speaker.say(element_template_words.YES)), ("no", speaker.say(element_template_words.NO))]
    if choices and not each.required and each.default is None:
        choices = [("", "—"), *choices]
    expression = speaker.say(element_template_words.EXPRESSION) if each.kind == "expression" else ""
    help_ = " ".join(part for part in (speaker.say(each.help) if each.help else "", expression) if part)
    return _visible(
        "inputs",
        speaker.say(each.label),
        {"type": "camunda:inputParameter", "name": each.name},
        value=_plain(each.default),
        help_=help_,
        choices=choices,
        required=each.required,
    )


def _plain(default: object) -> str:
    """As a designer types it."""
    if isinstance(default, bool):
        return "yes" if default else "no"
    return "" if default is None else str(default)


def _output(each: Variable, speaker: Speaker) -> dict[str, object]:
    binding = {"type": "camunda:outputParameter", "source": f"${{{each.name}}}"}
    values = ", ".join(choice.key for choice in each.choices)
    help_ = f"{speaker.say(element_template_words.KEPT_AS)} {values}".strip()
    return _visible("outputs", speaker.say(each.label), binding, value=each.name, help_=help_)


# ---------------------------------------------------------------- forms


def _forms(registry: Registry, speaker: Speaker) -> Iterator[dict[str, object]]:
    title = f"title_{speaker.language}"
    steps = {row["key"]: row[title] for row in reversed(registry.table("steps"))}
    in_order = dict.fromkeys(row["key"] for row in registry.table("steps"))
    roles = [(row["key"], row[title]) for row in registry.table("roles")]
    for name in sorted(registry.forms()):
        form = registry.form(name)
        about = _conditions(form, speaker)
        step = _visible(
            "work",
            speaker.say(element_template_words.STEP),
            {"type": "camunda:property", "name": "step"},
            help_=f"{speaker.say(element_template_words.STEP_HELP)} {about}".strip(),
            choices=[(key, f"{steps[key]} ({key})") for key in in_order],
            required=True,
        )
        role = _attribute("camunda:candidateGroups", element_template_words.ROLE, speaker, choices=roles, required=True)
        assignee = _attribute(
            "camunda:assignee",
            element_template_words.ASSIGNEE,
            speaker,
            help_=speaker.say(element_template_words.ASSIGNEE_HELP),
        )
        parts = [_hidden("camunda:formKey", name), step, role, assignee]
        yield _template(name, form.title, about, "bpmn:UserTask", {"work": element_template_words.WORK}, parts, speaker)


def _conditions(form: Form, speaker: Speaker) -> str:
    if not form.sets:
        return ""
    said = ", ".join(
        f"{each.name} ({', '.join(choice.key for choice in each.choices)})" if each.choices else each.name
        for each in form.sets
    )
    return speaker.say(element_template_words.SETS) % {"variables": said}


# ---------------------------------------------------------------- parts


def _template(
    key: str,
    title: str,
    about: str,
    kind: str,
    groups: Mapping[str, str],
    properties: Sequence[Template],
    speaker: Speaker,
) -> dict[str, object]:
    made: dict[str, object] = {
        "$schema": SCHEMA,
        "name": speaker.say(title),
        "id": key,
        "keywords": [key, title],
        "appliesTo": ["bpmn:Task", kind],
        "elementType": {"value": kind},
        "entriesVisible": False,
        "properties": list(properties),
    }
    if about:
        made["description"] = about
    if shown := [{"id": each, "label": speaker.say(label)} for each, label in groups.items() if label]:
        made["groups"] = shown
    return made


def _hidden(name: str, value: str) -> dict[str, object]:
    return {"type": "Hidden", "value": value, "binding": {"type": "property", "name": name}}


def _attribute(
    name: str, label: str, speaker: Speaker, *, help_: str = "", choices: Sequence[tuple[str, str]] = (),
    required: bool = False,
) -> dict[str, object]:  # fmt: skip
    binding = {"type": "property", "name": name}
    return _visible("work", speaker.say(label), binding, help_=help_, choices=choices, required=required)


def _visible(
    group: str,
    label: str,
    binding: Mapping[str, str],
    *,
    value: str = "",
    help_: str = "",
    choices: Sequence[tuple[str, str]] = (),
    required: bool = False,
) -> dict[str, object]:
    made: dict[str, object] = {
        "group": group,
        "label": label,
        "type": "Dropdown" if choices else "String",
        "binding": dict(binding),
    }
    if help_:
        made["description"] = help_
    if choices:
        made["choices"] = [{"name": name, "value": key} for key, name in choices]
    if value:
        made["value"] = value
    if required:
        made["constraints"] = {"notEmpty": True}
    return made
