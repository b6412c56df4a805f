"""What can be wrong with a line, in words for whoever sends it."""

from services.msgids import _

NO_OFFICE = _("The region has no office of this key, number or name.")
NOT_IN_USE = _("This office is not in use yet: choose it first among the offices in use.")
NO_ROUTE = _("There is no such way of applying at this office.")
NO_NUMBER = _("No number, or one that cannot be printed: at most 40 characters.")
NUMBER_TWICE = _("This number is there already.")
NO_DAY = _("Days are written as 31.12.2013, or with the hour as 31.12.2013 14:30.")
TO_COME = _("This day is still to come.")
BEFORE_REGISTERED = _("This lies before the day of registration.")
NO_SURNAME = _("A case has the applicant's surname and given name.")
STEP_OR_OUTCOME = _("Name either the step at which the case stands, or its outcome and the day it was closed.")
NO_STEP = _("The route has no such step.")
NO_OUTCOME = _("The region has no such outcome.")
NOBODY = _("Nobody of this login or name works at this office.")
NOT_THEIRS = _("This step is of a role that this person does not hold there.")
