"""An office begins: the first administrator, offices, staff, hours, numbers; and what is still missing for a case."""

from services.beginning.errors import (
    HasBegun,
    NobodyNew,
    NoOffices,
    NoSuchStep,
    OfficeHasStaff,
    PscWithoutBody,
    WrongSecret,
)
from services.beginning.missing import Missing, missing
from services.beginning.service import (
    STEPS,
    begin,
    confirm,
    confirmed,
    continue_numbers,
    first_administrator,
    has_begun,
    has_secret,
    make_secret,
    offices_in_use,
    use_offices,
)
from services.beginning.staffing import COLUMNS, FirstPassword, StaffLine, add_staff_of, look_at_staff
from services.sheets import BadLines

__all__ = [
    "COLUMNS",
    "STEPS",
    "BadLines",
    "FirstPassword",
    "HasBegun",
    "Missing",
    "NoOffices",
    "NoSuchStep",
    "NobodyNew",
    "OfficeHasStaff",
    "PscWithoutBody",
    "StaffLine",
    "WrongSecret",
    "add_staff_of",
    "begin",
    "confirm",
    "confirmed",
    "continue_numbers",
    "first_administrator",
    "has_begun",
    "has_secret",
    "look_at_staff",
    "make_secret",
    "missing",
    "offices_in_use",
    "use_offices",
]
