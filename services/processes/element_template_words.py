"""Words of the element templates that no plugin declares."""

from services.msgids import _

INPUTS = _("What it is told")
OUTPUTS = _("What it gives")
WORK = _("Who does it, and which step it is")
YES = _("Yes")
NO = _("No")
STEP = _("Step")
STEP_HELP = _("Its code, clause and due date stand in the region's table of steps.")
ROLE = _("Role")
ASSIGNEE = _("Only this person")
ASSIGNEE_HELP = _("For example ${executor}, whom the resolution named. Empty: anybody of the role.")
EXPRESSION = _("An expression, as ${number}.")
KEPT_AS = _("The variable that keeps it.")
SETS = _("Afterwards conditions may ask for: %(variables)s.")
ERRORS = _("Boundary error events may treat: %(errors)s.")
