"""How a built-in function is declared, and how a call finds its place, name and kind of argument (DMN 1.5, 10.3.4).

A signature reads `substring(string: string, start position: number, length: number?)`: after the name of a parameter
its kind; `a|b` takes either, `?` may be left out or null, `...` takes all that follow, `any` takes null, too.
What is called otherwise gives null, and a note.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import DecimalException
from typing import Any

from services.feel.run import NoResult, Run
from services.feel.values import Function, Value, kind

Implementation = Callable[..., Value]
_SIGNATURE = re.compile(r"([^(]+)\((.*)\)")


@dataclass(frozen=True)
class Parameter:
    """A parameter of a built-in function: its name, and the kinds of values that it takes."""

    name: str
    kinds: frozenset[str]
    optional: bool = False
    many: bool = False


@dataclass(frozen=True)
class CallShape:
    """One way to call a function."""

    parameters: tuple[Parameter, ...]
    run: Implementation
    knows_run: bool

    def bound(self, values: Sequence[Value], names: Sequence[str]) -> list[Value] | None:
        """The arguments in the order of the parameters; None when they are other ones."""
        if names:
            given = dict(zip(names, values, strict=True))
            wanted = [each.name for each in self.parameters]
            if len(given) < len(names) or not given.keys() <= set(wanted):
                return None
            if any(each.name not in given and not each.optional for each in self.parameters):
                return None
            return [given.get(name) for name in wanted]
        if self.parameters and self.parameters[-1].many:
            if len(values) < len(self.parameters):
                return None
            before = len(self.parameters) - 1
            return [*values[:before], list(values[before:])]
        needed = sum(not each.optional for each in self.parameters)
        if not needed <= len(values) <= len(self.parameters):
            return None
        return [*values, *[None] * (len(self.parameters) - len(values))]

    def fitted(self, values: Sequence[Value]) -> list[Value] | None:
        """The arguments made to fit; None when one does not."""
        found = []
        for value, parameter in zip(values, self.parameters, strict=True):
            if parameter.many:
                made = [_fitted(each, parameter) for each in value]
                if any(each is _UNFIT for each in made):
                    return None
                found.append(made)
                continue
            fit = _fitted(value, parameter)
            if fit is _UNFIT:
                return None
            found.append(fit)
        return found


_UNFIT = object()


def _fitted(value: Value, parameter: Parameter) -> Any:
    kinds = parameter.kinds
    if "any" in kinds or kind(value) in kinds or (value is None and parameter.optional):
        return value
    if isinstance(value, list) and len(value) == 1 and kind(value[0]) in kinds:
        return value[0]
    if "list" in kinds and value is not None:
        return [value]
    return _UNFIT


class Library:
    """Functions by name, each with its forms."""

    def __init__(self) -> None:
        self.forms: dict[str, list[CallShape]] = {}

    def declare(self, *signatures: str, knows_run: bool = False) -> Callable[[Implementation], Implementation]:
        """A decorator. `knows_run`: the function takes the run before its arguments."""

        def declared(run: Implementation) -> Implementation:
            for signature in signatures:
                found = _SIGNATURE.fullmatch(signature)
                if not found:
                    raise ValueError(signature)
                parameters = tuple(_parameter(part) for part in found[2].split(",") if part.strip())
                self.forms.setdefault(found[1].strip(), []).append(CallShape(parameters, run, knows_run))
            return run

        return declared

    def functions(self) -> dict[str, Function]:
        """Ready to be called."""
        return {name: _function(name, tuple(forms)) for name, forms in self.forms.items()}


def _parameter(text: str) -> Parameter:
    name, _, kinds = text.strip().partition(":")
    kinds = kinds.strip()
    optional, many = kinds.endswith("?"), kinds.endswith("...")
    return Parameter(name.strip(), frozenset(kinds.rstrip("?.").split("|")), optional, many)


def _function(name: str, forms: tuple[CallShape, ...]) -> Function:
    def call(run: Run, values: Sequence[Value], names: Sequence[str] = ()) -> Value:
        placed = False
        for form in forms:
            bound = form.bound(values, names)
            placed = placed or bound is not None
            fitted = None if bound is None else form.fitted(bound)
            if fitted is not None:
                return _called(run, name, form, fitted)
        said = ", ".join(kind(value) for value in values)
        if not placed:
            return run.note("%(function)s() is not called like that", function=name)
        return run.note("%(function)s() does not take %(kinds)s", function=name, kinds=said)

    longest = max(forms, key=lambda form: len(form.parameters))
    return Function(name, tuple(each.name for each in longest.parameters), call, builtin=True)


def _called(run: Run, name: str, form: CallShape, values: Sequence[Value]) -> Value:
    try:
        return form.run(run, *values) if form.knows_run else form.run(*values)
    except NoResult as fault:
        run.add(fault.note)
    except (DecimalException, ValueError, OverflowError):
        run.note("%(function)s() has no result here", function=name)
    return None


LIBRARY = Library()
