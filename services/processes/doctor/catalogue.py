"""What the doctor knows beyond what the engine refuses: every rule with its words."""

from services.bpmn import Rule

# ---------------------------------------------------------------- the doctor himself

NOT_EXAMINED = Rule(
    "not-examined",
    "A part of this file could not be examined; the log says which, and why.",
    "The rest was. Please send us the file.",
    "warning",
)
TAKES_TOO_MUCH = Rule(
    "takes-too-much",
    "Examining these files takes more than %(seconds)s seconds or %(memory)s MB: it was broken off.",
    "Send fewer files at once, or divide the diagram.",
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
ENCODING = Rule(
    "encoding-misnamed",
    "The file says that it is written in %(said)s, and it is written in UTF-8: letters that are not Latin would become "
    "others.",
    'Save it from Camunda Modeler again, or write encoding="UTF-8" in its first line.',
)
NO_DRAWING = Rule(
    "no-drawing",
    "The file holds no drawing: the process runs, and no page and no Modeler can show it.",
    "Draw it in Camunda Modeler.",
    "warning",
)
NOT_DRAWN = Rule(
    "not-drawn",
    "This happens, and is on no drawing: whoever looks at the diagram does not see it.",
    "Draw it in Camunda Modeler, or delete it from the file.",
    "warning",
)
LANE_OF_ANOTHER = Rule(
    "lane-of-another-role",
    "The task stands in the lane «%(lane)s», and is done by the role %(role)s: a lane by itself gives work to nobody.",
    "Move the task, or change its candidate groups.",
    "warning",
)
POOL_OF_NOTHING = Rule(
    "pool-of-nothing",
    "The pool speaks of a process %(process)s, which is not in the file.",
    "Draw its process, or make it an empty pool.",
    "warning",
)
POOLS_OF_ONE = Rule(
    "pools-of-one-process",
    "Two pools are drawn of the one process %(process)s: what is drawn as two parties is one.",
    "Delete one of the pools, or draw a process of its own.",
    "warning",
)
NO_EXECUTABLE = Rule(
    "nothing-executable",
    "No process of this diagram is executable: nothing of it would run.",
    "Mark the process as executable in the properties panel.",
    "warning",
)
NO_HISTORY_TIME = Rule(
    "no-history-time",
    "The process does not say how long its history is kept: Modeler's linter asks for it.",
    "Fill in the history time to live; here nothing is deleted by itself.",
    "info",
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

# ---------------------------------------------------------------- the region and its plugins

EXTERNAL_TASK = Rule(
    "external-task",
    "No plugin answers the topic %(topic)s: a program outside has to fetch and complete this task.",
    "Choose a plugin's operation if you meant one.",
    "info",
)
TOPIC_NEAR = Rule(
    "topic-misspelt",
    "No plugin answers the topic %(topic)s. Did you mean %(near)s?",
    "Correct the topic; as it is, a program outside has to fetch this task.",
    "warning",
)
INPUT_MISSING = Rule(
    "input-missing",
    "The operation %(operation)s must be told «%(input)s».",
    "Add it as an input parameter, or apply the operation's template.",
)
INPUT_WRONG = Rule(
    "input-wrong",
    "The input parameter «%(input)s» cannot be «%(value)s».",
    "Choose one of the values of the operation's template.",
)
INPUT_UNKNOWN = Rule(
    "input-unknown",
    "The operation %(operation)s has no input «%(input)s».",
    "Take it away, or apply the operation's template.",
    "warning",
)
INPUT_NEAR = Rule(
    "input-misspelt",
    "The operation %(operation)s has no input «%(input)s». Did you mean %(near)s?",
    "Correct its name.",
    "warning",
)
FORM_MISSING = Rule(
    "form-unknown", "No plugin has a form %(form)s.", "Choose a plugin's form, plugin.form, or draw one in Modeler."
)
FORM_NEAR = Rule("form-misspelt", "No plugin has a form %(form)s. Did you mean %(near)s?", "Correct the form key.")
FORM_FILE_NEAR = Rule(
    "form-file-misspelt",
    "There is no form '%(form)s' among the files. Did you mean %(near)s?",
    "Correct the form reference, or deploy the .form file with the diagram.",
    "warning",
)
NO_FORM = Rule(
    "task-without-form",
    "The task has no form: it is done by pressing a button.",
    "Give it a form if something is asked.",
    "info",
)
NOBODY = Rule(
    "task-for-nobody",
    "The task says neither a role nor a person: it is in nobody's list.",
    "Name a role under candidate groups.",
    "warning",
)
NOBODY_TELLS = Rule(
    "event-nobody-tells",
    "People are to tell this by hand, and nobody says who may: it can never happen.",
    "Name the roles in the extension property role, or a step of the region's table, which has one.",
)
TOLD_ELSEWHERE = Rule(
    "event-told-elsewhere",
    "People tell by hand only what an event sub-process, an event on a border or a process begins with, by a message.",
    "Move the extension property sender there, or give it another value.",
)
TOLD_WHEN = Rule(
    "event-told-when",
    "A process is begun by hand beside a case that is open, closed, or always; not: %(when)s.",
    "Write open, closed or always into the extension property when.",
)
TOLD_ONLY_IF = Rule(
    "event-told-only-if",
    "The condition under which this is offered cannot be read, so that nobody is ever offered it: %(why)s",
    "Write a condition into the extension property only_if, such as ${delivery == 'posted'}.",
)
TOLD_CLOCK = Rule(
    "event-told-clock",
    "The clock of a closed case that is taken up again runs on, or stays; not: %(clock)s.",
    "Write stays into the extension property clock, or take it away.",
)
TOLD_DECIDES = Rule(
    "event-told-decides",
    "Who decides anew in a case that is taken up again is anybody, or another; not: %(decides)s.",
    "Write another into the extension property decides, or take it away.",
)
NO_OFFICE = Rule(
    "start-without-office",
    "A case would begin here by itself, and nobody says at which office: none does, but in rehearsals.",
    "Add the extension property «office» to the start event: a key of the region's table of offices, or several.",
    "warning",
)
OFFICE_UNKNOWN = Rule(
    "office-unknown",
    "The region's table of offices has no %(office)s.",
    "Choose one of its keys for the extension property «office».",
)
PERSON_BY_NAME = Rule(
    "person-by-name",
    "The task is for %(who)s by name: a case stops here when nobody signs in by that name any more.",
    "Name a role under candidate groups, unless it must be this person.",
    "info",
)
DUE_TWICE = Rule(
    "due-date-twice",
    "The due date that is drawn is not read: the region's time limit for the step %(step)s goes before it.",
    "Take the due date away, or the step's time in the region's table.",
    "warning",
)
ROLE_UNKNOWN = Rule(
    "role-unknown",
    "Nobody holds the role %(role)s: it is not in the region's table of roles.",
    "Choose a role of the region.",
    "warning",
)
ROLE_NEAR = Rule(
    "role-misspelt", "Nobody holds the role %(role)s. Did you mean %(near)s?", "Correct the candidate group.", "warning"
)
STEP_UNKNOWN = Rule(
    "step-unknown",
    "The region does not know the step %(step)s.",
    "Choose a step of the region's table, or add it there with its clause and its time.",
)
PROPERTY_NEAR = Rule(
    "property-misspelt",
    "The extension property «%(property)s» means nothing here. Did you mean «%(near)s»?",
    "Correct its name; nothing, if it is for a program outside.",
    "warning",
)
PROPERTY_VALUE = Rule(
    "property-value-unknown",
    "«%(value)s» is no value of the extension property «%(property)s»: it counts as if it were not there.",
    "Write one of these: %(known)s.",
    "warning",
)
STEP_NEAR = Rule(
    "step-misspelt",
    "The region does not know the step %(step)s. Did you mean %(near)s?",
    "Correct the property «step».",
)
STEP_NOT_ON_ROUTE = Rule(
    "step-not-on-route",
    "The step %(step)s does not stand in the region's table for the route %(route)s.",
    "Choose a step of this route, or add it to the table.",
)
STEP_OF_ANOTHER_ROLE = Rule(
    "step-of-another-role",
    "The diagram gives the step %(step)s to %(drawn)s, and the region's table, on the route %(route)s, to %(role)s.",
    "Say the same in both: the candidate group, or the column role of steps.csv.",
    "warning",
)
NO_STEP = Rule(
    "task-without-step",
    "The task has no step: neither a code of the act nor a due date.",
    "Add the extension property «step» with a key of the region's table.",
    "warning",
)
NO_CLAUSE = Rule(
    "step-without-clause",
    "The region names no clause of the act for the step %(step)s (route %(route)s).",
    "Nothing, if the act really does not say it; else fill in the region's table.",
    "info",
)
NO_DEADLINE = Rule(
    "step-without-deadline",
    "The region gives no time for the step %(step)s (route %(route)s): it has no due date.",
    "Nothing, if the act really gives none; else fill in the region's table.",
    "info",
)
LONGER_THAN_LIMIT = Rule(
    "longer-than-limit",
    "The longest way may take %(days)s working days; the limit of %(limit)s calendar days holds at most %(most)s.",
    "Shorten the steps' times in the region's table, or let some of them go on at once.",
    "warning",
)

# ---------------------------------------------------------------- variables

VARIABLE_UNKNOWN = Rule(
    "variable-unknown",
    "Nothing sets the variable %(variable)s: it is null here, and a condition on it never holds.",
    "Correct its name, or set it in a form, an operation or a decision before.",
    "warning",
)
ANSWERS_LET_GO = Rule(
    "answers-not-kept",
    "The task has output parameters: of its answers only what these name becomes variables; not %(names)s.",
    "Add an output parameter for each that is needed, or take the output parameters away.",
    "warning",
)
VARIABLE_NEAR = Rule(
    "variable-misspelt",
    "Nothing sets the variable %(variable)s. Did you mean %(near)s?",
    "Correct its name.",
    "warning",
)
VARIABLE_LATER = Rule(
    "variable-set-later",
    "The variable %(variable)s is not set on any way that leads here.",
    "Ask for it after the step that sets it.",
    "warning",
)
NO_TRUTH = Rule(
    "condition-without-truth",
    "The condition %(expression)s is neither true nor false.",
    'Compare something: ${decision == "approve"}.',
)
ALWAYS_THE_SAME = Rule(
    "condition-always-the-same",
    "The condition %(expression)s always comes out the same.",
    "Compare a variable, or make the flow the default.",
    "warning",
)
COMPARED_TRUTH = Rule(
    "compared-with-no-truth",
    "%(variable)s is true or false; it is never equal to «%(value)s».",
    "Compare it with true or false, without quotes.",
    "warning",
)
COMPARED_NUMBER = Rule(
    "compared-with-no-number",
    "%(variable)s is a number; it is never equal to «%(value)s».",
    "Write the number without quotes.",
    "warning",
)
COMPARED_TEXT = Rule(
    "compared-with-no-text",
    "%(variable)s is a text; it is never equal to %(value)s without quotes.",
    "Put the value in quotes.",
    "warning",
)
NEVER_THAT_VALUE = Rule(
    "value-never-comes",
    "%(variable)s is never «%(value)s»; it can be: %(near)s.",
    "Correct the value.",
    "warning",
)

# ---------------------------------------------------------------- names

UNTRANSLATED = Rule(
    "names-untranslated",
    "%(count)s names are not translated (%(language)s): %(names)s.",
    "Translate them in the catalogue of the diagram.",
    "warning",
)
