"""Differences of forms: of `.form` files, and of the fields that stand in a diagram."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from services.bpmn import B, FileSet, read_extensions
from services.processes.changes import sentences
from services.processes.changes.sentences import Change, Detail, NameDrawn

#: of a field in a `.form` file, what changes nothing for whoever fills it in
UNSAID = frozenset({"id", "key", "label", "layout", "components"})
MOST_NESTED = 20


@dataclass(frozen=True)
class _FieldsOfForm:
    context: str
    name: str
    fields: Mapping[str, tuple[NameDrawn, str]]  #: key -> its question, and everything else of it


def changed_forms(before: FileSet, after: FileSet) -> Iterator[Change]:
    """Of every form in `after`, field by field."""
    former, now = _forms(before), _forms(after)
    for key, form in now.items():
        known = former.get(key)
        if known is not None:
            yield from _form(known, form)
        elif form.context.startswith("form:"):  # fields in a diagram come with their step, which is said already
            yield Change("added", form.context, form.name, sentences.FORM_NEW, {"name": form.name})


def _form(old: _FieldsOfForm, new: _FieldsOfForm) -> Iterator[Change]:
    for key, (name, rest) in new.fields.items():
        details: dict[str, Detail] = {"form": new.name, "name": name}
        if key not in old.fields:
            yield Change("added", new.context, key, sentences.FIELD_ADDED, details)
            continue
        former, past = old.fields[key]
        if former.text != name.text:
            yield Change("changed", new.context, key, sentences.FIELD_RENAMED, {**details, "before": former})
        if rest != past:
            yield Change(
                "changed", new.context, key, sentences.FIELD_CHANGED, {**details, "before": past, "after": rest}
            )
    for key in [key for key in old.fields if key not in new.fields]:
        name = old.fields[key][0]
        yield Change("removed", new.context, key, sentences.FIELD_REMOVED, {"form": new.name, "name": name})


def _forms(files: FileSet) -> dict[tuple[str, str], _FieldsOfForm]:
    found = {}
    for name, content in files.items():
        if name.endswith(".form"):
            form = _of_file(content)
            found["form", form.name] = form
        elif name.endswith(".bpmn"):
            found |= {("step", form.name): form for form in _of_diagram(files.root(name))}
    return found


def _of_file(content: bytes) -> _FieldsOfForm:
    try:
        form = json.loads(content)
    except (ValueError, RecursionError):
        form = None
    form = form if isinstance(form, dict) else {}
    context = f"form:{form.get('id', '')}"
    fields = {
        key: (NameDrawn(context, str(each.get("label") or each.get("text") or key)), _rest(each))
        for key, each in _fields(form, 0)
    }
    return _FieldsOfForm(context, str(form.get("id", "")), fields)


def _fields(part: Mapping[str, object], depth: int) -> Iterator[tuple[str, Mapping[str, object]]]:
    components = part.get("components")
    for each in components if isinstance(components, list) and depth < MOST_NESTED else ():
        if isinstance(each, dict):
            yield str(each.get("key") or each.get("id") or ""), each
            yield from _fields(each, depth + 1)


def _rest(field: Mapping[str, object]) -> str:
    rest = {key: value for key, value in sorted(field.items()) if key not in UNSAID}
    return ", ".join(f"{key} {json.dumps(value, ensure_ascii=False)}" for key, value in rest.items())


def _of_diagram(root: etree._Element) -> Iterator[_FieldsOfForm]:
    context = "bpmn:" + next((each.get("id", "") for each in root.iter(f"{B}process")), "")
    for node in root.iter(f"{B}userTask", f"{B}startEvent"):
        fields = read_extensions(node).form_fields
        if fields:
            said_of = {
                str(each.get("id", "")): (
                    NameDrawn(context, str(each.get("label") or each.get("id", ""))),
                    _rest({key: value for key, value in each.items() if value}),
                )
                for each in fields
            }
            yield _FieldsOfForm(context, node.get("id", ""), said_of)
