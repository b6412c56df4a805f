"""An office begins: the first administrator, offices, staff, hours, numbers; and what is still missing for a case."""

from services.beginning.errors import (
    HasBegun,
    NobodyNew,
    NoSuchStep,
    WrongSecret,
)
from services.beginning.missing import Missing, missing
from services.beginning.service import (
    begin,
    confirm,
    continue_numbers,
    first_administrator,
    has_begun,
    has_secret,
    make_secret,
    offices_in_use,
    series_at,
    use_offices,
)
from services.beginning.staffing import COLUMNS, FirstPassword, add_staff_of, look_at_staff
from services.sheets import BadLines

__all__ = [
    "COLUMNS",
    "BadLines",
    "FirstPassword",
    "HasBegun",
    "Missing",
    "NoSuchStep",
    "NobodyNew",
    "WrongSecret",
    "add_staff_of",
    "begin",
    "confirm",
    "continue_numbers",
    "first_administrator",
    "has_begun",
    "has_secret",
    "look_at_staff",
    "make_secret",
    "missing",
    "offices_in_use",
    "series_at",
    "use_offices",
]
