"""What can be said of a change. Sentences are msgids; names, roles and rows in them are put into words when shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from services.msgids import _

Kind = Literal["added", "removed", "changed"]


@dataclass(frozen=True)
class NameDrawn:
    """A name as drawn, in Kazakh, and the context of its translations; of something nameless its kind."""

    context: str
    text: str
    kind: str = ""


@dataclass(frozen=True)
class Keys:
    """Keys that people have words for: roles, steps, kinds of elements, kinds of events."""

    of: Literal["role", "step", "bpmn", "repeats"]
    keys: tuple[str, ...]


@dataclass(frozen=True)
class RowDrawn:
    """A row of a decision table: (column, entry) of its conditions, then of its answers."""

    conditions: tuple[tuple[NameDrawn, str], ...]
    answers: tuple[tuple[NameDrawn, str], ...]


Detail = str | NameDrawn | Keys | RowDrawn


@dataclass(frozen=True)
class Change:
    """One thing that was added, taken away or changed."""

    kind: Kind
    context: str  #: the drawing, decision table or form: "bpmn:direct"
    element: str
    text: str  #: English msgid
    details: Mapping[str, Detail] = field(default_factory=dict)


def listed(said: Sequence[tuple[str, str]]) -> str:
    """What stands in a file, in its own words: names and values."""
    return ", ".join(f"{name} = {value}" for name, value in said) or NOTHING


PROCESS_NEW = _("The process «%(name)s» is new.")
STEP_ADDED = _("The step «%(name)s» was added.")
STEP_ADDED_AFTER = _("The step «%(name)s» was added after «%(after)s».")
STEP_REMOVED = _("The step «%(name)s» was taken away.")
EVENT_ADDED = _("The event «%(name)s» was added.")
EVENT_ADDED_AFTER = _("The event «%(name)s» was added after «%(after)s».")
EVENT_REMOVED = _("The event «%(name)s» was taken away.")
GATEWAY_ADDED = _("The gateway «%(name)s» was added.")
GATEWAY_ADDED_AFTER = _("The gateway «%(name)s» was added after «%(after)s».")
GATEWAY_REMOVED = _("The gateway «%(name)s» was taken away.")
RENAMED = _("«%(before)s» is now called «%(name)s».")
KIND = _("«%(name)s» is now of the kind «%(after)s»; it was «%(before)s».")
ROLES = _("«%(name)s» is now done by: %(after)s; before: %(before)s.")
ASSIGNEE = _("«%(name)s» is now in the hands of %(after)s; before: %(before)s.")
STEP = _("«%(name)s» now counts as the step «%(after)s», with its code and its term; before as «%(before)s».")
FORM = _("«%(name)s» now has the form %(after)s; before: %(before)s.")
OPERATION = _("«%(name)s» now carries out %(after)s; before: %(before)s.")
DECISION = _("«%(name)s» now asks the decision %(after)s; before: %(before)s.")
CALLED = _("«%(name)s» now calls the process %(after)s; before: %(before)s.")
INPUTS = _("«%(name)s» is now given %(after)s; before: %(before)s.")
OUTPUTS = _("«%(name)s» now gives %(after)s; before: %(before)s.")
TIME = _("The time of «%(name)s» is now %(after)s; it was %(before)s.")
MESSAGE = _("«%(name)s» is now about %(after)s; before: %(before)s.")
INTERRUPTS = _("When «%(name)s» comes, the step now ends; before, it went on.")
GOES_ON = _("When «%(name)s» comes, the step now goes on; before, it ended.")
STANDS_AT = _("«%(name)s» now stands at «%(after)s»; before at «%(before)s».")
LANE = _("«%(name)s» is now in the lane «%(after)s»; before in «%(before)s».")
REPEATS = _("«%(name)s» is now carried out: %(after)s; before: %(before)s.")
SETTINGS = _("«%(name)s» now says %(after)s; before: %(before)s.")
ONCE = _("once")
NOBODY = _("nobody")
NOTHING = _("nothing")
ANYTHING = _("anything")
NEXT = _("After «%(name)s» now comes «%(after)s»; before: «%(before)s».")
WAY_ADDED = _("From «%(name)s» a way now leads to «%(after)s».")
WAY_ADDED_IF = _("From «%(name)s» a way now leads to «%(after)s», if %(condition)s.")
WAY_REMOVED = _("From «%(name)s» no way leads to «%(before)s» any more.")
CONDITION = _("The way from «%(name)s» to «%(target)s» is now taken if %(after)s; before: if %(before)s.")
CONDITION_ADDED = _("The way from «%(name)s» to «%(target)s» is now taken only if %(after)s.")
CONDITION_REMOVED = _("The way from «%(name)s» to «%(target)s» no longer has a condition; it was %(before)s.")
DEFAULT = _("When no condition holds, the way from «%(name)s» now leads to «%(after)s».")
WAY_RENAMED = _("The way from «%(name)s» to «%(target)s» is now called «%(after)s»; before: «%(before)s».")
POOL_ADDED = _("The pool «%(name)s» was added.")
POOL_REMOVED = _("The pool «%(name)s» was taken away.")
LANE_ADDED = _("The lane «%(name)s» was added.")
LANE_REMOVED = _("The lane «%(name)s» was taken away.")
MESSAGE_ADDED = _("The message «%(name)s» between the pools was added.")
MESSAGE_REMOVED = _("The message «%(name)s» between the pools was taken away.")
NOTE_CHANGED = _("A note now says: %(after)s")
NOTE_REMOVED = _("A note was taken away: %(before)s")
DECISION_NEW = _("The decision «%(name)s» is new.")
DECISION_REMOVED = _("The decision «%(name)s» was taken away.")
POLICY = _("In «%(name)s» the rows are now read by %(after)s; before by %(before)s.")
COLUMN_ADDED = _("In «%(name)s» the column «%(after)s» was added.")
COLUMN_REMOVED = _("In «%(name)s» the column «%(before)s» was taken away.")
COLUMN_READS = _("In «%(name)s» the column «%(column)s» now reads %(after)s; before: %(before)s.")
ROW_ADDED = _("In «%(name)s» a row was added: %(after)s.")
ROW_REMOVED = _("In «%(name)s» a row was taken away: %(before)s.")
ROW_CHANGED = _("In «%(name)s» row %(number)s now says: %(after)s. It said: %(before)s.")
CELL_CHANGED = _("In «%(name)s», row %(number)s, the column «%(column)s» now says %(after)s; before: %(before)s.")
ROWS_MOVED = _("In «%(name)s» the order of the rows was changed.")
EXPRESSION = _("«%(name)s» is now reckoned as %(after)s; before: %(before)s.")
FORM_NEW = _("The form %(name)s is new.")
FIELD_ADDED = _("In the form %(form)s the question «%(name)s» was added.")
FIELD_REMOVED = _("In the form %(form)s the question «%(name)s» was taken away.")
FIELD_RENAMED = _("In the form %(form)s the question «%(before)s» is now «%(name)s».")
FIELD_CHANGED = _("In the form %(form)s the question «%(name)s» was changed: %(after)s; before: %(before)s.")
