"""What the doctor says of other engines' words: every rule with its words."""

from services.bpmn import Rule

OTHER_ENGINE = Rule(
    "other-engine",
    "This was drawn for %(engine)s: what it says in that engine's own words is not read here.",
    "Open it in Camunda Modeler as a diagram for Camunda 7, and fill in the properties again.",
    "warning",
)
CAMUNDA_8 = Rule(
    "camunda-8",
    "This was drawn for Camunda 8: what means the same here is read as if it were drawn for Camunda 7.",
    "Look at what the other findings say of zeebe:, and save it as a diagram for Camunda 7.",
    "warning",
)
ZEEBE_WORD = Rule(
    "zeebe-not-read",
    "zeebe:%(what)s, or a part of it, has no counterpart here and is not read.",
    "Open it in Camunda Modeler as a diagram for Camunda 7, and fill in the properties again.",
    "warning",
)
COUNTS_FROM_ONE = Rule(
    "loop-counter-from-zero",
    "In Camunda 8 loopCounter counts from 1; here it counts from 0, as in Camunda 7.",
    "Write loopCounter + 1 where the number is meant.",
    "warning",
)
OTHER_WORDS = Rule(
    "other-words",
    "Settings of %(namespace)s are not read here.",
    "Nothing, if they only serve the tool that drew it.",
    "info",
)
