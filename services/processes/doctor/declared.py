"""What plugins declare of their forms and operations: which variables they set, what they must be told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, NamedTuple

from services.registry import Registry, UnknownForm, UnknownOperation

#: None: nobody has said, so that it may be anything
Names = frozenset[str] | None


@dataclass(frozen=True)
class Declared:
    """The declarations of the plugins that are switched on."""

    class Kind(NamedTuple):
        """What a variable holds: by all who set it."""

        kind: str  #: text, choice, yes, number, list; empty when they do not agree
        values: frozenset[str]  #: of a choice

    sets: Mapping[str, Names]  #: form or operation -> the variables it sets
    kinds: Mapping[str, Kind]  #: by the variable's name


def declarations(registry: Registry) -> Declared:
    """What is declared; a plugin that declares nothing at all may set anything."""
    sets: dict[str, Names] = {}
    kinds: dict[str, Declared.Kind] = {}
    for plugin in registry.plugins:
        said = {f"{plugin.name}.{name}": _variables(form, "sets") for name, form in plugin.forms.items()}
        verbs = {**plugin.in_step, **plugin.outbound}
        said |= {f"{plugin.name}.{name}": _variables(verb, "outputs") for name, verb in verbs.items()}
        telling = any(said.values()) or any(_variables(verb, "inputs") for verb in verbs.values())
        for name, variables in said.items():
            sets[name] = frozenset(each.name for each in variables) if telling else None
            for each in variables:
                values = frozenset(choice.key for choice in each.choices)
                before = kinds.get(each.name, Declared.Kind(each.kind, frozenset()))
                kind = each.kind if each.kind == before.kind else ""
                kinds[each.name] = Declared.Kind(kind, before.values | values)
    return Declared(sets, kinds)


def _variables(of: object, what: str) -> Sequence[Any]:
    return tuple(getattr(of, what, ()) or ())


def inputs_of(registry: Registry, operation: str) -> Sequence[Any] | None:
    """The declared inputs of an operation; None when nothing is known of it."""
    try:
        found = registry.in_step(operation) or registry.outbound(operation)
    except UnknownOperation:
        return None
    return tuple(found.inputs) if hasattr(found, "inputs") else None


def has_form(registry: Registry, name: str) -> bool:
    """Whether a plugin has it."""
    try:
        registry.form(name)
    except UnknownForm:
        return False
    return True


def nearest(name: str, known: frozenset[str] | Sequence[str]) -> str:
    """The one that was probably meant; empty when none comes near."""
    return next(iter(get_close_matches(name, sorted(known), n=1, cutoff=0.75)), "") if len(name) < 100 else ""
