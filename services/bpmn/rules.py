"""What the engine refuses in a diagram or a decision: every rule with its words, for whoever deploys."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, NamedTuple

from lxml import etree

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True)
class Rule:
    """Something that may be wrong with a file. Words are English msgids with `%(name)s` for the details."""

    code: str  #: kebab-case, stable: for programs and the documentation
    text: str  #: what is wrong
    advice: str  #: what to do
    severity: Severity = "error"


class Fault(NamedTuple):
    """A rule broken by an element."""

    node: etree._Element
    rule: Rule
    details: Mapping[str, object] = MappingProxyType({})


Faults = Iterator[Fault]

# ---------------------------------------------------------------- files

TOO_LARGE = Rule("too-large", "The file is larger than 5 MB.", "Divide the diagram, and call one part from the other.")
NOT_XML = Rule(
    "not-xml", "This is not readable XML: %(reason)s.", "Open the file in Camunda Modeler and save it again."
)
TOO_MANY_ATTRIBUTES = Rule(
    "too-many-attributes", "An element has more than %(most)s attributes.", "Save the file from Camunda Modeler again."
)
DOCTYPE = Rule("doctype", "A DOCTYPE is not allowed.", "Save the file from Camunda Modeler again.")
NOT_BPMN = Rule("not-bpmn", "This is not a BPMN 2.0 diagram.", "Draw it in Camunda Modeler as a diagram for Camunda 7.")
NOT_DMN = Rule("not-dmn", "This is not a file of DMN decisions.", "Make it in Camunda Modeler as a decision table.")
NOT_JSON = Rule("not-json", "This is not readable JSON.", "Open the form in Camunda Modeler and save it again.")
FORM_WITHOUT_ID = Rule("form-without-id", "The form has no id.", "Give it one: the diagram names it by its id.")
PROCESS_TWICE = Rule("process-twice", "Two files hold a process of this id: %(files)s.", "Give one of them another id.")
NO_PROCESS = Rule(
    "no-process",
    "There is no executable process '%(process)s' in these files.",
    "Mark the process as executable in the properties panel.",
)
UNREADABLE = Rule("unreadable", "The engine cannot read this diagram: %(reason)s.", "Draw the element it names again.")
TOO_LONG = Rule(
    "too-long", "The process has too many elements in a row.", "Divide it, and call one part from the other."
)
CALLS_ITSELF = Rule(
    "calls-itself", "By this call the process %(process)s calls itself, for ever.", "Draw a loop instead."
)

# ---------------------------------------------------------------- elements


NOT_SUPPORTED = Rule("not-supported", "A %(kind)s is not supported.", "Draw it another way.")
#: element -> the rule that says what to draw in its place
INSTEAD = {
    "scriptTask": Rule(
        "script-task",
        "Scripts are run in FEEL and JUEL only.",
        "Use a service task whose topic is a plugin's operation.",
    ),
    "sendTask": Rule(
        "send-task",
        "The send task does not say what it sends.",
        "Choose a message, or the implementation «External» and a topic.",
    ),
    "adHocSubProcess": Rule(
        "ad-hoc-sub-process", NOT_SUPPORTED.text, "Draw the order, or use parallel and inclusive gateways."
    ),
    "complexGateway": Rule("complex-gateway", NOT_SUPPORTED.text, "Use an inclusive or a parallel gateway."),
}
EVENT_SUB_PROCESS = Rule(
    "event-sub-process",
    "An event sub-process begins with one event: a message, a timer, a signal, a condition, an error, an escalation "
    "or compensation.",
    "Choose one for its start event.",
)
EXTENSION = Rule(
    "extension-not-honoured",
    "camunda:%(extension)s is not supported.",
    "Take it away, or use a service task for it.",
)
ATTRIBUTE = Rule(
    "attribute-not-honoured",
    "%(what)s is not supported.",
    "Take it away, and draw what it should do.",
)
SAID_TWICE = Rule(
    "said-twice",
    "%(what)s stands here more than once, and only one of them would count.",
    "Keep one of them.",
)
NAMELESS = Rule(
    "without-a-name",
    "%(what)s says no «%(attribute)s»: nothing would come of it.",
    "Fill it in, or delete the line.",
)
NOT_EXTENDED = Rule(
    "extension-elsewhere",
    "%(what)s stands outside of the extension elements, where nobody looks.",
    "Put it into <extensionElements>, or delete it.",
)
BINDING_VERSION = Rule(
    "bound-to-a-version",
    "%(what)s binds to a version of its own; a deployment holds its own files.",
    "Bind it to «latest» or «deployment».",
)
ID_MISSING = Rule(
    "id-missing", "Here is a <%(kind)s> without an id: no event can refer to it.", "Give it an id, or delete it."
)
ID_TWICE = Rule("id-twice", "The id %(id)s is used more than once.", "Give each element an id of its own.")
NO_TOPIC = Rule(
    "service-task-without-topic",
    "The service task does not say what it does.",
    "Choose the implementation «External» and a topic: a plugin's operation.",
)

# ---------------------------------------------------------------- flows

NO_DEFAULT = Rule(
    "no-default-flow",
    "The gateway has no default flow: when no condition holds, a case takes the one flow without a condition, if there "
    "is just one, or stands still.",
    "Mark one of its flows as the default.",
    "warning",
)
NO_CONDITION = Rule(
    "flow-without-condition", "The flow has neither a condition nor is it the default.", "Give it a condition."
)
RESULT_LIST = Rule(
    "result-without-mapping",
    "Nothing says how the result is mapped: %(variable)s becomes a list, with one entry for each rule that fits.",
    "Choose «Map decision result»: singleResult for one result by its names, singleEntry for its only value.",
    "warning",
)
ALWAYS_TAKEN = Rule(
    "flow-always-taken",
    "The flow has no condition and is not the default: it is always taken, besides those whose condition holds.",
    "Give it a condition, or mark it as the default, if that is not meant.",
    "warning",
)
CONDITION_ELSEWHERE = Rule(
    "condition-without-gateway",
    "A condition on a flow out of a parallel or event gateway is never asked.",
    "Put an exclusive or inclusive gateway there.",
)
FLOW_TO_NOWHERE = Rule(
    "flow-to-nowhere",
    "The flow does not lead from one element of the process to another.",
    "Join its ends to elements, or delete it.",
)
IMPLICIT_SPLIT = Rule(
    "implicit-split",
    "Several flows leave an element that is no gateway: of those without a condition all are taken.",
    "Put a gateway there if that is easier to read.",
    "info",
)
DEFAULT_ELSEWHERE = Rule("default-elsewhere", "The default flow does not leave this element.", "Mark one that does.")
FLOW_INTO_BEGINNING = Rule(
    "flow-into-beginning",
    "The flow leads into an event that only begins: a start event, or an event on a border.",
    "Lead it to the step after that event.",
)
FLOW_OUT_OF_END = Rule(
    "flow-out-of-end",
    "The flow leaves an event behind which nothing comes: an end event, or a link that leads elsewhere.",
    "Delete it, or make the event one in the middle of the way.",
)
CROSSES_BORDER = Rule(
    "flow-crosses-border",
    "The flow crosses the border of a sub-process.",
    "End it inside, and go on outside.",
)

# ---------------------------------------------------------------- loops and expressions

ENDLESS_LOOP = Rule(
    "loop-without-end",
    "The loop has neither a condition nor a maximum.",
    "Give it one, or draw the loop.",
)
HOW_MANY = Rule(
    "multi-instance-without-number",
    "The multi-instance marker has neither a cardinality nor a collection.",
    "Say how many, or over which list.",
)
HOW_MANY_TWICE = Rule(
    "multi-instance-number-twice",
    "The multi-instance marker has both a cardinality and a collection: only one of them could say how many.",
    "Keep one of them.",
)
BAD_NUMBER = Rule(
    "bad-number",
    "«%(number)s» is no whole number from 0 to %(most)s.",
    "Write such a number, or a variable that holds one.",
)
BAD_TRUTH = Rule(
    "neither-true-nor-false",
    "%(attribute)s is «%(value)s», which is neither true nor false.",
    "Write true or false.",
)
TOO_MANY_AT_ONCE = Rule(
    "too-many-at-once",
    "With the multi-instances around it, it comes to %(count)s at once; %(most)s is the most.",
    "Do fewer at once, or go over a list in a called process.",
)
LANGUAGE = Rule("expression-language", "Another expression language is not supported.", "Leave the language empty.")
BAD_EXPRESSION = Rule(
    "bad-expression",
    "The expression %(expression)s cannot be used: %(reason)s.",
    "Write a condition as ${…}, or in FEEL with = before it; a time as ISO 8601.",
)

ALWAYS_A_TEXT = Rule(
    "condition-is-a-text",
    "The condition %(expression)s is a text, whatever the values are, and neither true nor false.",
    "Write all of it within one ${…}: ${a == 1 and b == 2}.",
)

BAD_TIME = Rule(
    "bad-time",
    "«%(time)s» is not a time as ISO 8601 writes it.",
    "Write P10D for ten days, PT2H for two hours, 2030-01-31T09:00:00+05:00 for a moment, R3/PT1H for three times.",
)

NEVER_ROUND = Rule(
    "cycle-of-none",
    "«%(time)s» comes round no time at all.",
    "Say how often, R3/PT1H; or take the timer away.",
)

TOO_OFTEN = Rule(
    "too-often",
    "«%(time)s» comes round so often that tasks would be made faster than anybody does them.",
    "Repeat it at most once a minute, or say how often in all, up to a hundred times: R3/PT10S.",
)

# ---------------------------------------------------------------- events

ONE_START = Rule(
    "one-start-event",
    "A sub-process starts at exactly one start event, a process at one or more; here are %(count)s.",
    "Keep one, and join it with the first step.",
)
NO_END = Rule("no-end-event", "There is no end event.", "End every way with an end event.", "warning")
CALL_ALONE = Rule(
    "call-passes-nothing",
    "Nothing goes into the called process, and nothing comes back.",
    "Name the variables under «in» and «out» mappings, or choose all of them.",
    "warning",
)
LINK_NOWHERE = Rule(
    "link-nowhere",
    "Links of the name «%(name)s» lead to %(count)s places here.",
    "Draw exactly one catching link event of that name in the same process or sub-process.",
)
PLAIN_STARTS = Rule(
    "several-plain-starts",
    "A process has at most one plain start event; here are %(count)s.",
    "Keep one, and begin the others by a message, a timer, a signal or a condition.",
)
START_KIND = Rule(
    "start-event-kind",
    "Only a plain start event is supported here.",
    "Make it a plain one; a process may begin by a message, a timer, a signal or a condition.",
)
START_TWICE = Rule(
    "start-event-twice",
    "Two start events of the process wait for «%(name)s»: which of them begins a case is not to be known.",
    "Keep one, or give the other another message or signal.",
)
START_LOOKS = Rule(
    "start-event-looks-at-variables",
    "Before a case begins there are no variables: «%(text)s» cannot be reckoned.",
    "Write a plain name, and a time as ISO 8601 writes it.",
)
EVENT_KIND = Rule(
    "event-without-definition",
    "The event catches nothing, or several things.",
    "Choose one event: a message, a timer, a signal or an error.",
)
MISPLACED = Rule(
    "event-misplaced",
    "An event of this place in the flow can neither catch nor throw that: nothing would ever come of it.",
    "Throw errors at end events, catch errors and escalations on a border, and end all with an end event.",
)
ALWAYS_INTERRUPTS = Rule(
    "event-always-interrupts",
    "An error or a cancellation breaks off what it happens to; the event says that it lets it go on.",
    "Make it interrupting, or use an escalation.",
)
CAUGHT_TWICE = Rule(
    "caught-twice",
    "Another event here catches the same already: this one never would.",
    "Keep one of them, or give them different codes.",
)
NO_TIME = Rule(
    "timer-without-time",
    "The timer has no time, or several.",
    "Give it a date, a duration or a cycle.",
)
NO_CONDITION_SAID = Rule(
    "conditional-event-without-condition",
    "The event does not say for which condition it waits.",
    "Write it as ${…}, or in FEEL with = before it.",
)
GATEWAY_WAITS_FOR = Rule(
    "event-gateway-target",
    "The event gateway waits for what comes first, and «%(element)s» behind it is nothing that comes: it would never "
    "be reached, or at once.",
    "Draw a message, a signal, a timer or a condition to be caught there, or a receive task that is done once and has "
    "no event on its border; put the step behind it.",
)
GATEWAY_ALONE = Rule(
    "event-gateway-without-events",
    "Nothing stands behind the event gateway: the case would wait for nothing.",
    "Draw the events that it waits for, each with the way on from there.",
)
VARIABLE_EVENTS = Rule(
    "variable-events",
    "«%(said)s» is no change of a variable.",
    "Name create, update or delete, parted by commas; or leave it empty for all of them.",
)
NO_REFERENCE = Rule(
    "event-without-reference",
    "The event does not say which %(what)s, or it is not there.",
    "Choose one in the properties panel.",
)
NO_CODE = Rule(
    "thrown-without-code",
    "The error or escalation that is thrown here has no code: no event that waits for it could tell it from another.",
    "Give it a code in the properties panel.",
)
UNATTACHED = Rule(
    "boundary-unattached",
    "The boundary event is not attached to a task or sub-process beside it.",
    "Draw it on the border of what it watches over.",
)
BOUNDARY_ENDS = Rule(
    "boundary-without-flow", "No flow leaves the boundary event.", "Draw what is to happen.", "warning"
)

# ---------------------------------------------------------------- compensation and transactions

NO_HANDLER = Rule(
    "compensation-without-handler",
    "The compensation event leads to no activity that undoes.",
    "Join it by an association with an activity that is marked «for compensation».",
)
HANDLER_IN_FLOW = Rule(
    "compensation-in-the-flow",
    "What undoes an activity stands on no flow: it is carried out when compensation is thrown, and then leads nowhere.",
    "Delete the flow; join the activity with the compensation event by an association.",
)
HANDLER_ALONE = Rule(
    "compensation-of-nothing",
    "The activity is marked «for compensation», and undoes nothing.",
    "Join it by an association with a compensation event on the border of what it undoes.",
    "warning",
)
UNDONE_TWICE = Rule(
    "compensation-twice",
    "There is more than one way to undo this.",
    "Keep one: a compensation event on its border, or an event sub-process in it that begins with compensation.",
)
UNDO_OF_PROCESS = Rule(
    "compensation-of-the-process",
    "A process cannot be undone as a whole: nothing would ever begin this event sub-process.",
    "Put it into the sub-process that it undoes.",
)
UNDO_ELSEWHERE = Rule(
    "compensation-elsewhere",
    "The activity that is to be undone, %(activity)s, does not stand in the same process or sub-process.",
    "Choose one that stands beside the event, or beside the event sub-process around it.",
)
CANCEL_ELSEWHERE = Rule(
    "cancel-event",
    "A cancel event stands at an end directly in a transaction, or on the border of one, and there once.",
    "Use an error event elsewhere.",
)
NO_CANCEL_BORDER = Rule(
    "transaction-without-cancel",
    "The transaction can be cancelled, and there is no cancel event on its border: the case could not go on.",
    "Draw a cancel event on its border, and what is to happen then.",
)

# ---------------------------------------------------------------- decisions and calls

NO_DECISION = Rule(
    "decision-missing",
    "There is no decision '%(decision)s' among the files.",
    "Deploy the .dmn file with the diagram, or choose another decision.",
)
NO_CALLED = Rule(
    "process-missing",
    "There is no process '%(process)s' among the files.",
    "Deploy its diagram with this one, or choose another process.",
)
NO_PLAIN_START = Rule(
    "called-begins-elsewhere",
    "The process %(process)s begins at several start events, and none of them is plain: a call cannot begin it.",
    "Give it a plain start event beside the others.",
)
CALLED_RECKONED = Rule(
    "called-by-expression",
    "Which process is called is reckoned when the case is there: one of those in force when this is deployed, or "
    "deployed with it. If there is none of that name, the case stops with an incident.",
    "Nothing, if that is meant; else name the process.",
    "info",
)
NO_FORM = Rule(
    "form-missing",
    "There is no form '%(form)s' among the files.",
    "Deploy the .form file with the diagram, or choose another form.",
)
FORM_TWICE = Rule("form-twice", "A form of this id is in another file, too.", "Give one of them another id.")
FORM_ELSEWHERE = Rule(
    "form-without-person", "A %(kind)s has a form, and nobody fills it in there.", "Put it on a user task."
)
FORMS = Rule("several-forms", "The task has more than one form: %(kinds)s.", "Keep one.")
FORM_VERSION = Rule(
    "form-version",
    "The form is bound to a version of its own; a deployment holds its own form files.",
    "Bind it to «latest» or «deployment».",
)
