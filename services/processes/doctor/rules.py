"""What the doctor knows beyond what the engine refuses: every rule with its words."""

from services.engine.rules import Rule

# ---------------------------------------------------------------- the doctor himself

NOT_EXAMINED = Rule(
    "not-examined",
    "A part of this file could not be examined (%(check)s: %(reason)s).",
    "The rest was. Please send us the file.",
    "warning",
)
MORE_FINDINGS = Rule(
    "more-findings",
    "%(count)s more findings of this file are not listed.",
    "Mend these first, and examine it again.",
    "info",
)
UNKNOWN_FILE = Rule(
    "unknown-file",
    "This is neither a diagram nor a decision table nor a form.",
    "Deploy .bpmn, .dmn and .form files.",
    "info",
)
NO_EXECUTABLE = Rule(
    "nothing-executable",
    "No process of this diagram is executable: nothing of it would run.",
    "Mark the process as executable in the properties panel.",
    "warning",
)

# ---------------------------------------------------------------- behaviour

DEADLOCK = Rule(
    "deadlock",
    "Every case stands still here: what would have to come from %(missing)s never comes.",
    "Join with the same kind of gateway as the one that parts the ways.",
)
MAY_DEADLOCK = Rule(
    "may-deadlock",
    "By some choices a case stands still here: what would have to come from %(missing)s never comes.",
    "Join with the same kind of gateway as the one that parts the ways.",
    "warning",
)
NEVER_ENDS = Rule(
    "never-ends", "A case can never end: from here it goes round for ever.", "Draw a way out of the loop."
)
MAY_NEVER_END = Rule(
    "may-never-end",
    "By some choices a case goes round here for ever, and there is no way out.",
    "Draw a way out of the loop.",
    "warning",
)
NEVER_REACHED = Rule(
    "never-reached", "No case ever comes here.", "Draw the way that leads here, or delete it.", "warning"
)
NOT_CONNECTED = Rule("not-connected", "Nothing leads here.", "Draw the flow that leads here, or delete it.", "warning")
LEAVES_WORK = Rule(
    "leaves-work",
    "This end breaks off work that is still going on: «%(step)s».",
    "Join the ways before it, or make it a plain end event.",
    "warning",
)
TWICE_AT_ONCE = Rule(
    "twice-at-once",
    "Two ways that go on at once lead here: the step is done twice.",
    "Join them with a parallel gateway before it.",
    "warning",
)
PILES_UP = Rule(
    "piles-up",
    "Each round brings one more token here: the step is done more and more often.",
    "Join the parallel ways before the loop goes back.",
    "warning",
)
SPINS = Rule(
    "spins",
    "This loop passes no step that waits for anybody: it may go round without end.",
    "Put a task or a timer in the loop.",
    "warning",
)
TOO_MANY_STATES = Rule(
    "too-many-states",
    "The process has more states than were looked at (%(count)s): what comes later was not examined for deadlocks.",
    "Divide it into called processes: each is examined on its own.",
    "info",
)
