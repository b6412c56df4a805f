"""How events, conditions and multi-instances are read as Camunda means them, whichever parser reads them."""

import re
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser import event_parsers
from SpiffWorkflow.bpmn.specs.data_spec import TaskDataReference

from services.bpmn import NAMES_IN_FEEL, B, C, Extensions, local_name, read_extensions
from services.engine.borders import CodedError, CodedEscalation
from services.engine.conditions import Condition, about_to_leave
from services.engine.joins import BoundaryJoin
from services.engine.specs import Collection, EachAtOnce, OneAfterAnother
from services.engine.thrown import MappedMessage, Signal
from services.engine.timers import After, At, Every, First
from services.engine.undoing import Cancelled
from services.expressions import is_reckoned


class Ours:
    """What each of our parsers is before it is one of SpiffWorkflow's."""

    node: Any
    process_parser: Any

    def _ids_of_its_file(self) -> None:
        """From here on an id is what the event's own file says it is."""
        self.process_parser.parser.read_in(self.node.getroottree().getroot())

    def parse_extensions(self, node: Any = None) -> Extensions:
        return read_extensions(self.node if node is None else node)

    def get_position(self, node: Any = None) -> dict[str, float]:
        """Flows are looked at in the order of the file, as Camunda does; SpiffWorkflow takes the highest first."""
        return {"x": 0.0, "y": 0.0}

    def parse_condition(self, flow: etree._Element) -> str | None:
        condition = flow.find(f"{B}conditionExpression")
        return (condition.text or "").strip() or None if condition is not None else None

    def get_event_definition(self, xpaths: list[str]) -> Any:
        if event_parsers.SIGNAL_EVENT_XPATH not in xpaths:
            xpaths = [*xpaths, event_parsers.SIGNAL_EVENT_XPATH]  # it forgets signal end events
        return super().get_event_definition(xpaths)  # type: ignore[misc]

    def parse_message_event(self, event: Any) -> MappedMessage:
        self._ids_of_its_file()
        plain = super().parse_message_event(event)  # type: ignore[misc]
        payload = read_extensions(self.node).inputs or read_extensions(event).inputs
        reckons = self._reckons(plain.name)
        return MappedMessage(plain.name, plain.correlation_properties, payload, reckons, description=plain.description)

    def _reckons(self, name: str) -> bool:
        """Whether that name of a message or a signal is an expression, as the file is read."""
        parser: Any = self
        by_feel = parser.process_parser.parser.reading >= NAMES_IN_FEEL
        return is_reckoned(name) and (by_feel or not name.lstrip().startswith("="))

    def parse_error_event(self, event: etree._Element) -> CodedError:
        self._ids_of_its_file()
        plain = super().parse_error_event(event)  # type: ignore[misc]
        return CodedError(plain.name, plain.code, event.get(f"{C}errorCodeVariable"), description=plain.description)

    def parse_escalation_event(self, event: etree._Element) -> CodedEscalation:
        self._ids_of_its_file()
        plain = super().parse_escalation_event(event)  # type: ignore[misc]
        variable = event.get(f"{C}escalationCodeVariable")
        return CodedEscalation(plain.name, plain.code, variable, description=plain.description)

    def parse_signal_event(self, event: etree._Element) -> Signal:
        self._ids_of_its_file()
        plain = super().parse_signal_event(event)  # type: ignore[misc]
        throws = local_name(self.node) in ("intermediateThrowEvent", "endEvent")
        payload = _handed(event) if throws else ()
        return Signal(plain.name, payload, self._reckons(plain.name), description=plain.description)

    def parse_cancel_event(self, event: etree._Element) -> Cancelled:
        return Cancelled()

    def parse_conditional_event(self, event: etree._Element) -> Condition:
        name = self.node.get("name", self.node.get("id"))
        events = frozenset(each.strip() for each in event.get(f"{C}variableEvents", "").split(",") if each.strip())
        condition = (event.findtext(f"{B}condition") or "").strip()
        return Condition(name, condition, event.get(f"{C}variableName") or None, events)

    def parse_timer_event(self, event: etree._Element) -> At | After | Every | First:
        name = self.node.get("name", self.node.get("id"))
        keeps = "false" in (self.node.get("cancelActivity"), self.node.get("isInterrupting"))
        cycle = Every if keeps else First
        for tag, kind in (("timeDate", At), ("timeDuration", After), ("timeCycle", cycle)):
            found = event.find(f"{B}{tag}")
            if found is not None:
                return kind(name, (found.text or "").strip())
        raise ValueError("the timer has no time")

    def _add_boundary_event(self, children: list[etree._Element]) -> Any:
        split = super()._add_boundary_event(children)  # type: ignore[misc]
        parser: Any = self
        parser.spec.task_specs[f"{parser.bpmn_id}.BoundaryEventJoin"].__class__ = BoundaryJoin
        if any(isinstance(getattr(each, "event_definition", None), Condition) for each in split.outputs):
            parser.task.completed_event.connect(about_to_leave)
        return split

    def _add_multiinstance_task(self, loop: etree._Element) -> None:
        """Camunda's `collection` and `elementVariable`, mapped on SpiffWorkflow's own."""
        sequential = loop.get("isSequential") == "true"
        cardinality = loop.findtext(f"{B}loopCardinality")
        collection, item = loop.get(f"{C}collection"), _bare(loop.get(f"{C}elementVariable"))
        parser: Any = self
        kind = OneAfterAnother if sequential else EachAtOnce
        original = parser.spec.task_specs.pop(parser.task.name)
        parser.task = kind(
            parser.spec,
            original.name,
            task_spec="",
            cardinality=cardinality,
            data_input=None if cardinality else Collection(collection),
            input_item=_reference(item),
            data_output=None,
            output_item=None,
            condition=loop.findtext(f"{B}completionCondition"),
            description="MultiInstance",
        )
        parser._copy_task_attrs(original, loop)
        parser.task.extensions = original.extensions


def _handed(definition: etree._Element) -> tuple[tuple[str, str], ...]:
    """What a signal brings to those who hear it: `camunda:in` of its definition."""
    return read_extensions(definition).into


def _bare(text: str | None) -> str | None:
    return re.sub(r"^(=|[$#]\{)\s*|\s*\}$", "", text).strip() if text else None


def _reference(name: str | None) -> TaskDataReference | None:
    return TaskDataReference(name) if name else None
