"""Deciding: what a decision requires is reckoned first, each once; functions are made of knowledge and services."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.dmn.requirements import (
    Complaint,
    Deciding,
    Decision,
    FiredTable,
    InputData,
    Knowledge,
    Model,
    Required,
    Service,
)
from services.feel.applying import fitted
from services.feel.library import BUILTINS
from services.feel.run import LIMITS, Clock, FeelRefused, FeelScope, Limits, Remark
from services.feel.types import FeelType
from services.feel.values import Function, Value

Key = tuple[str, str]
Fits = Callable[[Value, FeelType, str], Value]


@dataclass(frozen=True)
class Answered:
    """What a decision says, why, and what could not be reckoned on the way."""

    value: Value
    fired: tuple[FiredTable, ...] = ()  #: the tables that were asked, in the order in which they were
    values: Mapping[Key, Value] = field(default_factory=dict)  #: of the decisions behind it
    notes: tuple[Remark, ...] = ()
    complaints: tuple[Complaint, ...] = ()


def decide(
    model: Model, element: Required, given: Mapping[str, Value], clock: Clock | None = None, limits: Limits = LIMITS,
    functions: Mapping[str, Value] | None = None, fits: Fits | None = None, *, is_open: bool = False,
) -> Answered:  # fmt: skip
    """The value of a decision or decision service over what is given, by name (FEEL's values).

    `functions`: all that may be called, FEEL's own if none are named. `is_open`: what is given is seen everywhere,
    drawn as input data or not, as Camunda 7 does. Raises FeelRefused.
    """
    run = Deciding(clock, limits, functions or BUILTINS, fits=fits)
    work = _Evaluation(model, run, given, is_open)
    try:
        value = work.served(element) if isinstance(element, Service) else work.value(element.key)
    except RecursionError:
        raise FeelRefused("it is nested too deeply") from None
    behind = {key: each for key, each in work.found.items()
              if isinstance(model.elements[key], Decision) and key != element.key}  # fmt: skip
    return Answered(value, tuple(run.fired), behind, tuple(run.notes), tuple(run.complaints))


class _Evaluation:
    """One evaluation of a diagram."""

    def __init__(self, model: Model, run: Deciding, given: Mapping[str, Value], is_open: bool) -> None:
        self.model, self.run, self.given, self.is_open = model, run, given, is_open
        self.found: dict[Key, Value] = {}
        self.now: set[Key] = set()

    def value(self, key: Key) -> Value:
        if key not in self.found:
            if key in self.now:
                raise FeelRefused("a decision requires itself")
            self.now.add(key)
            self.found[key] = self._reckoned(self.model.elements[key])
            self.now.discard(key)
        return self.found[key]

    def _reckoned(self, element: Required) -> Value:
        self.run.spend()
        if isinstance(element, InputData):
            return self._given(element)
        if isinstance(element, Decision):
            return self._decided(element)
        if isinstance(element, Knowledge):
            return self._function(element)
        return self._service(element) if isinstance(element, Service) else None

    def _given(self, element: Required) -> Value:
        value = self.given.get(element.name)
        if value is None:
            return None
        return self._fit(value, element.type, element.name)

    def _fit(self, value: Value, type_: FeelType | None, name: str) -> Value:
        if self.run.fits is None or type_ is None:
            return fitted(self.run, value, type_)
        return value if str(type_) == "string" else self.run.fits(value, type_, name)  # Modeler writes it by itself

    def _decided(self, element: Decision) -> Value:
        if element.logic is None:
            return self._given(element)
        before = len(self.run.notes)
        value = self._fit(element.logic(self._scope(element)), element.type, element.name)
        if value is None:
            self.run.complain(element.text or element.name, before)
        return value

    def _scope(self, element: Required) -> FeelScope:
        """What it requires, by name; an import's in a context of the import's name."""
        names: dict[str, Value] = {}
        for name, key in element.requires.items():
            if key not in self.model.elements:
                continue
            value = self.value(key)
            if len(name) == 1:
                names[name[0]] = value
                if self.is_open:
                    self._also(names, key, value)
            else:
                names.setdefault(name[0], {})[name[1]] = value
        outer = FeelScope(self.run, self.given) if self.is_open else None
        return FeelScope(self.run, names, outer)

    def _also(self, names: dict[str, Value], key: Key, value: Value) -> None:
        """As Camunda 7 has it: a required decision is there by its id, and by the names of its outputs."""
        element = self.model.elements[key]
        names.setdefault(key[1], value)
        if isinstance(element, Decision) and len(element.outputs) == 1 and element.outputs[0].name:
            names.setdefault(element.outputs[0].name, value)
        elif isinstance(element, Decision) and isinstance(value, dict):
            for output in element.outputs:
                names.setdefault(output.name, value.get(output.name))

    def _function(self, element: Knowledge) -> Function | None:
        if element.logic is None:
            return None
        logic, scope = element.logic, FeelScope(self.run, {})
        function = Function(
            element.name, element.parameters,
            lambda run, *values: logic(scope.inside(dict(zip(element.parameters, values, strict=True)))),
            element.types, element.type,
        )  # fmt: skip
        self.found[element.key] = function  # it may call itself
        known = self._scope(element)
        scope.names, scope.outside = {element.name: function, **known.names}, known.outside
        return function

    def _service(self, element: Service) -> Function:
        keys = [*element.inputs, *element.input_decisions]
        parameters = [self.model.elements[key] for key in keys if key in self.model.elements]

        def call(run: Any, *values: Value) -> Value:
            given = {each.name: value for each, value in zip(parameters, values, strict=True)}
            return _Evaluation(self.model, self.run, given, is_open=False).called(element)

        types = [each.type for each in parameters]
        return Function(element.name, [each.name for each in parameters], call, types, element.type)

    def served(self, element: Service) -> Value:
        """The service that is asked by itself; one that is called as a function has its type fitted by the call."""
        return self._fit(self.called(element), element.type, element.name)

    def called(self, element: Service) -> Value:
        """The service over what is given: of one decision its value, of several a context."""
        for key in element.input_decisions:
            if key in self.model.elements:
                self.found[key] = self._given(self.model.elements[key])
        outputs = {self.model.elements[key].name: self.value(key)
                   for key in element.outputs if key in self.model.elements}  # fmt: skip
        return next(iter(outputs.values()), None) if len(element.outputs) == 1 else outputs
