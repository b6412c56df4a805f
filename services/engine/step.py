"""Where an instance stands after a move: values, never live objects."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from services.bpmn import DecisionMade


@dataclass(frozen=True)
class Stop:
    """A place where an instance waits: for a person, an operation, a message, a signal, a condition or a moment."""

    id: str  #: the same in every later state
    element: str  #: the element's id in the diagram it stands in
    process: str  #: id of the process that holds the element (a called process has its own)
    name: str
    waits_for: Literal["person", "operation", "message", "timer", "signal", "condition"]
    step: str | None = None  #: the neutral step key, camunda:property `step`
    groups: tuple[str, ...] = ()  #: camunda:candidateGroups, evaluated
    users: tuple[str, ...] = ()  #: camunda:candidateUsers, evaluated
    follow_up_at: datetime | None = None  #: camunda:followUpDate, evaluated
    priority: int = 50  #: camunda:priority, evaluated
    assignee: str | None = None  #: camunda:assignee, evaluated
    form: str | None = None  #: camunda:formKey, `form:` and camunda:formRef, or `fields:` and the element
    #: camunda:formData, as a neutral list: id, label, type, required, values …
    form_fields: tuple[Mapping[str, object], ...] = ()
    operation: str | None = None  #: camunda:topic
    inputs: Mapping[str, object] = field(default_factory=dict)  #: camunda:inputParameter, evaluated
    message: str | None = None  #: name of the message waited for
    signal: str | None = None  #: name of the signal waited for
    due_at: datetime | None = None  #: of a timer: when to wake it; of a task: camunda:dueDate, evaluated
    properties: Mapping[str, str] = field(default_factory=dict)  #: camunda:properties
    #: a message that people send by hand, when that happens: camunda:property `sender` is `staff`. Its `groups` may, by
    #: the property `role`; its `form` is asked of them. The case does not wait for it
    offered: bool = False
    interrupts: bool = False  #: of what is offered: it ends what goes on around it


@dataclass(frozen=True)
class Passed:
    """An element the token went through."""

    element: str
    process: str
    kind: str  #: BPMN local name: userTask, exclusiveGateway, endEvent …


@dataclass(frozen=True)
class Thrown:
    """A message sent to another pool."""

    message: str
    payload: Mapping[str, object]


@dataclass(frozen=True)
class Asked:
    """A decision that the case came to."""

    element: str  #: the business rule task
    process: str
    decided: DecisionMade


@dataclass(frozen=True)
class Shouted:
    """A signal: heard in this case already, and for every other one that waits for it."""

    signal: str
    payload: Mapping[str, object]


@dataclass(frozen=True)
class Step:
    """Where an instance stands after one move."""

    state: bytes  #: opaque: only the engine reads it
    stops: tuple[Stop, ...]  #: everything it waits for now
    opened: tuple[Stop, ...]  #: those that were not there before this move, but for what is only offered
    closed: tuple[str, ...]  #: ids of those that were there and are not any more (done or cancelled)
    passed: tuple[Passed, ...]
    thrown: tuple[Thrown, ...]
    variables: Mapping[str, object]
    finished: bool
    decided: tuple[Asked, ...] = ()
    ended_by: str | None = None  #: element id of the end event, once finished
    signals: tuple[Shouted, ...] = ()
