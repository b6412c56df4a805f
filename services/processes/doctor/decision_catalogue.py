"""What the doctor knows of decisions beyond what the engine refuses: every rule with its words."""

from services.bpmn import Rule

GAP = Rule(
    "decision-gap",
    "No rule of the table answers: %(values)s.",
    "Add a rule for it, or a last one with «-» everywhere (hit policy FIRST).",
    "warning",
)
OVERLAP = Rule(
    "decision-overlap",
    "The rules %(rules)s both answer: %(values)s; UNIQUE allows one, and the case would stand still.",
    "Tell the rules apart, or choose the hit policy FIRST.",
    "warning",
)
DIFFERENT = Rule(
    "decision-answers-differ",
    "The rules %(rules)s answer differently: %(values)s; ANY wants the same, and the case would stand still.",
    "Tell the rules apart, let them say the same, or choose the hit policy FIRST.",
    "warning",
)
NO_DEFAULT_RULE = Rule(
    "decision-without-default",
    "The table has no rule that always answers; whether one does each time could not be decided.",
    "Add a last rule with «-» everywhere (hit policy FIRST), unless the others leave nothing out.",
    "info",
)
RULE_NEVER_REACHED = Rule(
    "decision-rule-never-reached",
    "No values lead to these rules of the table: %(rules)s.",
    "Take them away, or put them before the rules that answer in their place.",
    "warning",
)
DECISION_LACKS = Rule(
    "decision-lacks-outputs",
    "A form asks this decision, and needs one answer of it with: %(outputs)s.",
    "Draw a table with these outputs, with a hit policy by which one rule answers.",
)
DECISION_UNSET = Rule(
    "decision-inputs-unset",
    "A form asks this decision, and no form, operation or diagram sets what it reads: %(inputs)s.",
    "They are empty when it decides. Ask for them in a form before it, unless the rules say what is then.",
    "info",
)
DECISION_INPUT_NEAR = Rule(
    "decision-input-misspelt",
    "The decision reads %(input)s, which nothing sets. Did you mean %(near)s?",
    "Correct the name; the column would be empty whenever it decides.",
    "warning",
)
DECISION_REASON = Rule(
    "decision-reason-unknown",
    "Rule %(rule)s gives the reason %(reason)s, which is no ground of refusal of this region.",
    "Write the key of a row of grounds.csv, or add one there.",
    "warning",
)
UNQUOTED = Rule(
    "decision-word-unquoted",
    "Rule %(number)s asks for the variable %(word)s, which nothing sets.",
    'Did you mean the text "%(word)s"? Write it in quotation marks.',
    "warning",
)
NOT_LISTED = Rule(
    "decision-value-not-listed",
    "Rule %(number)s answers %(value)s, which is not among the values that the column «%(column)s» lists.",
    "Correct the answer, or add it to the column's list: the case would stand still.",
    "warning",
)
DEFAULT_NOT_LISTED = Rule(
    "decision-default-not-listed",
    "The default answer %(value)s is not among the values that the column «%(column)s» lists.",
    "Correct the answer, or add it to the column's list: the case would stand still.",
    "warning",
)
DEFAULT_UNQUOTED = Rule(
    "decision-default-unquoted",
    "The default answer of the column «%(column)s» is the variable %(word)s, which nothing sets.",
    'Did you mean the text "%(word)s"? Write it in quotation marks.',
    "warning",
)
NOTHING_TO_RECKON = Rule(
    "decision-answer-empty",
    "Rule %(number)s gives nothing in the column «%(column)s», and %(aggregation)s of all answers cannot be reckoned "
    "with it: the case would stand still.",
    "Write a number, 0 for a sum; or take the rule away.",
    "warning",
)
CELL_NAME = Rule(
    "decision-name-unknown",
    "Rule %(number)s reads %(variable)s, which nothing sets and nothing in the file draws.",
    "Write it as it is set; draw what comes from outside as input data.",
    "info",
)
CELL_NAME_NEAR = Rule(
    "decision-name-misspelt",
    "Rule %(number)s reads %(variable)s, which nothing sets; there is %(near)s.",
    "Write the name as it is set.",
    "warning",
)
CELL_TYPE = Rule(
    "decision-wrong-type",
    "The column «%(column)s» is of the type %(type)s, and rule %(number)s has %(entry)s.",
    "Choose the type that the entries have, or write entries of that type.",
    "warning",
)
TYPE_UNKNOWN = Rule(
    "decision-type-unknown",
    "Nothing knows the type %(type)s of the column «%(column)s»: its values are taken as they are.",
    "Choose one of Modeler's list, or define it in the file.",
    "warning",
)
