"""What can be wrong with a line of a list of staff, in words for whoever sends it."""

from services.msgids import _

NO_LOGIN = _("No login: 3 to 64 small Latin letters, digits, dots, hyphens and underscores.")
OTHER_NAME = _("Somebody with another name signs in by this login.")
TWO_NAMES = _("This login has another name on a line above.")
NO_OFFICE = _("The region has no office of this key, number or name.")
NOT_IN_USE = _("This office is not in use yet: choose it first among the offices in use.")
NO_ROLE = _("The region has no role of this name.")
NOT_THERE = _("There is no such role at an office of this kind.")
TWICE = _("This person is given this role at this office on a line above already.")
SHUT_OUT = _("This person is shut out: let them in first.")
