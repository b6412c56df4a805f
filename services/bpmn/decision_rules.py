"""What the engine refuses in a file of decisions: every rule with its words, for whoever deploys."""

from services.bpmn.rules import Rule

DECISION_TWICE = Rule(
    "decision-twice", "A decision of this id is in another file, too.", "Give one of them another id."
)
REQUIREMENT_MISSING = Rule(
    "requirement-missing",
    "It requires %(href)s, which is not in these files.",
    "Draw the requirement again, or deploy the file that holds it.",
)
IMPORT_MISSING = Rule(
    "import-missing",
    "It imports %(file)s, which is not among these files.",
    "Deploy the file with it.",
)
DECISION_CIRCLE = Rule(
    "decision-requires-itself",
    "The decision requires itself, by way of others.",
    "Take one of the requirements away.",
)
LANGUAGE = Rule(
    "decision-language",
    "Expressions in %(language)s are not read.",
    "Choose FEEL, or JUEL.",
)
DECISION_EMPTY = Rule(
    "decision-empty",
    "It has neither a table nor an expression.",
    "Open it in Camunda Modeler and give it one.",
)
HIT_POLICY = Rule(
    "hit-policy",
    "The hit policy %(policy)s is not supported.",
    "Choose one that DMN has; only COLLECT has an aggregation.",
)
NO_OUTPUT_NAME = Rule(
    "output-without-name",
    "An output column has no name.",
    "Name every output column: it becomes a variable.",
)
ENTRIES_MISSING = Rule(
    "rule-incomplete",
    "The rule %(number)s has not one entry for every column.",
    "Open the table in Camunda Modeler and save it again.",
)
NO_INPUT = Rule(
    "input-without-expression",
    "The input column %(column)s has no expression.",
    "Say which variable it looks at.",
)
NAME_TWICE = Rule(
    "name-twice",
    "The name %(name)s stands there twice: the last value of that name would hide the others.",
    "Give each a name of its own.",
)
NO_ORDER = Rule(
    "hit-policy-without-order",
    "The hit policy %(policy)s goes by the order of the output values, and no output column lists them one by one.",
    "List the values of an output column, the first in rank first; or choose another hit policy.",
)
