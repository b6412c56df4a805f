"""What is taken, and means less here than it says: every rule with its words, for whoever deploys."""

from services.bpmn.rules import Rule

VARIABLE_NOT_SET = Rule(
    "variable-not-set",
    "%(what)s is not read: the variable it names stays without a value.",
    "Take it away, and ask for no such variable.",
    "warning",
)
NO_MESSAGE = Rule(
    "receive-task-without-message",
    "The receive task names no message: it waits for one that is called %(name)s.",
    "Choose a message.",
    "warning",
)
CODE_ITSELF = Rule(
    "error-by-its-code",
    "No error of the file has the id %(code)s: it is taken as the code itself.",
    "Choose an error in the properties panel.",
    "info",
)
START_FORM = Rule(
    "form-at-the-start",
    "%(what)s is not read: nobody fills in a form at the start event of a sub-process.",
    "Put it on the first user task.",
    "warning",
)
MESSAGE_NOT_GIVEN = Rule(
    "error-message-not-read",
    "%(what)s is not read: an error is known by its code.",
    "Say what happened in the names of the steps that follow.",
    "info",
)
STARTERS = Rule(
    "starters-not-read",
    "%(what)s is not read: who may open a case stands in the region's roles.",
    "Take it away, and give the role in the region's table.",
    "warning",
)
TAG_NOT_SHOWN = Rule(
    "version-tag-not-shown",
    "%(what)s is kept in the file and shown nowhere: a version is known by its act and its number.",
    "Nothing, if it only serves your own files.",
    "info",
)
HISTORY_STAYS = Rule(
    "history-stays",
    "The time to live of the history is not carried out: nothing of a case is deleted by itself.",
    "Nothing: Modeler's linter asks for it.",
    "info",
)
ONE_AT_A_TIME = Rule(
    "priority-not-read",
    "%(what)s is not read: work in the background is taken in the order of its time.",
    "Take it away.",
    "info",
)
ONE_TRANSACTION = Rule(
    "one-transaction",
    "%(what)s is not read: each move is one transaction, up to where the case waits again.",
    "Take it away; where something may fail by itself, use an operation outside.",
    "info",
)
RETRIES = Rule(
    "retries-not-read",
    "%(what)s is not read: how often something is tried again is the plugin's or the outside program's to say.",
    "Take it away.",
    "info",
)
NO_TENANTS = Rule("no-tenants", "%(what)s is not read: there is one tenant.", "Take it away.", "info")
INPUT_NOT_READ = Rule(
    "input-not-read",
    "%(what)s is not read at a %(kind)s: what it maps does not come about.",
    "Set the variable in a step before.",
    "warning",
)
OUTPUT_NOT_READ = Rule(
    "output-not-read",
    "%(what)s is not read at a %(kind)s: the variable it names is not set.",
    "Set the variable in a step after.",
    "warning",
)
NUMBER_OF_THE_REGISTER = Rule(
    "business-key-not-read",
    "%(what)s is not read: a case has its number from the register.",
    "Take it away.",
    "info",
)
LOCAL_TOO = Rule(
    "local-not-read", "%(what)s is not read: all variables are looked at.", "Name the variables one by one.", "warning"
)
DATES_AS_EVERYWHERE = Rule(
    "date-pattern-not-read",
    "%(what)s is not read: dates are written as everywhere in the inbox.",
    "Take it away.",
    "info",
)
DESCRIBES_ONLY = Rule(
    "describes-only",
    "A %(kind)s only describes here: nothing is read from it, nothing is written to it.",
    "Nothing, if it is for the reader; else use variables.",
    "info",
)
MEANS_NOTHING = Rule(
    "means-nothing",
    "%(what)s means nothing at a %(kind)s.",
    "Take it away.",
    "info",
)
WAITS_ANYWAY = Rule(
    "compensation-waits",
    "%(what)s is not read: the event always waits until everything is undone.",
    "Set it to true, or take it away.",
    "info",
)
NEVER_COMES = Rule(
    "border-of-what-passes",
    "A %(kind)s passes at once: the event on its border never comes.",
    "Put it on the border of what waits, or take it away.",
    "warning",
)
ALL_ASK = Rule(
    "all-flows-ask",
    "Every flow out of here has a condition, and none is the default: when none holds, the case stands still.",
    "Add a default flow, or take the condition away.",
    "warning",
)
DEFAULT_ASKS = Rule(
    "default-flow-asks",
    "The flow is the default: it is taken when no other is, and its condition is never asked.",
    "Take the condition away, or mark another flow as the default.",
    "warning",
)
NOTHING_FLOWS = Rule(
    "message-flow-only-drawn",
    "On this message flow nothing goes by itself: what it leaves does not send what the other end waits for.",
    "Let a throwing event or a send task send that message; nothing, if people or programs bring it about.",
    "info",
)
NOTHING_THROWS = Rule(
    "border-without-thrower",
    "Nothing in a %(kind)s throws an error or an escalation: the event on its border never comes.",
    "Put it on the border of a service task, a sub-process or a call; or let a gateway decide after the task.",
    "warning",
)
OUTPUT_OF_SEVERAL = Rule(
    "output-of-several",
    "Each of several sets its output parameters over those of the one before it: what the last one gives stays "
    "(%(names)s).",
    "Let a step after them reckon it.",
    "warning",
)
OTHER_DIRECTION = Rule(
    "gateway-direction",
    "The gateway says that it is «%(direction)s»; its flows do not (incoming: %(incoming)s, outgoing: %(outgoing)s), "
    "and what it does goes by its flows.",
    "Draw the flow that is missing, or take gatewayDirection away.",
    "warning",
)
CODE_AS_WRITTEN = Rule(
    "code-not-reckoned",
    "The code «%(code)s» is taken as it is written: codes of errors and escalations are not reckoned.",
    "Write the code itself; where it differs by case, let a gateway lead to an end event for each.",
    "warning",
)
NAME_UNREADABLE = Rule(
    "variable-name-unreadable",
    "No expression can read a variable that is called «%(name)s».",
    "Use letters, digits and _; for a member of another variable, set that one.",
    "warning",
)
SCRIPT_FOR_NOTHING = Rule(
    "script-for-nothing",
    "What the script comes to is kept nowhere.",
    "Name a result variable, or delete the task.",
    "warning",
)
