"""What can be wrong with what an administrator types or sends, in words for that person."""

from services.msgids import _

MISSING = _("Please fill this in.")
TOO_LONG = _("At most 300 printable letters.")
NOT_A_DATE = _("Please enter a date, as 31.12.2013.")
NOT_A_YEAR = _("The year must lie between 1991 and 2100.")
NOT_A_KIND = _("The kind is off or working.")
NOT_HOURS = _("Write hours as 09:00-13:00 14:00-18:00, each after the one before.")
NOT_A_ZONE = _("There is no such time zone.")
NOT_A_VALUE = _("This is not a value of the same kind as the one in the table.")
NO_DAY_WORKED = _("One day of the week at least must be worked.")
NO_YEAR_WORKED = _("No office would have a working day for a whole year.")
TWICE = _("This day is there twice.")
TOO_MANY = _("At most 2000 lines.")
UNREADABLE = _("This line cannot be read.")
REPEATS = _("This event repeats: write each of its days as an event of its own.")
MOMENT = _("This event begins or ends at an hour: days off are whole days.")
NO_DAYS = _("This event has no day on which it begins, or ends before that.")
LONG_SPAN = _("This event lasts longer than 31 days: look at its end.")
