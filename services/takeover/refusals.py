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
WRONG_BODY = _("In «body» stands a body of the region; of an application to a body itself no other one.")
NO_BODY_NUMBER = _("By this step the case has a number in the body's own book: write it in «body_number».")
NO_OUTGOING = _("By this step the answer has its outgoing number: write it in «outgoing_number».")
NO_CODE = _("From this step on a paper travels under its number, which has to be written as 19-2013-00042.")
NOT_THEIRS = _("This step is of a role that this person does not hold there.")
