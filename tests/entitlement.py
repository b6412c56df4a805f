"""The region's table of entitlement, amended as a designer does. An amendment that finds nothing to amend fails."""

from tests import the_region

ENTITLEMENT = the_region.RULES.read_bytes()
#: for how many months: as far as the region's terms reach, or a quarter where nobody says
_MONTHS = b"<text>if term_months = null then 3 else term_months</text>"


def amended(before: str | bytes, after: str | bytes, table: bytes = ENTITLEMENT) -> bytes:
    """The table with other words in the one place where those stand."""
    was, will_be = (each.encode() if isinstance(each, str) else each for each in (before, after))
    assert table.count(was) == 1, f"{was.decode()} stands {table.count(was)} times in the table"
    return table.replace(was, will_be)


def granting(months: int, table: bytes = ENTITLEMENT) -> bytes:
    """The table that grants assistance for so many months, whenever the application was made."""
    return amended(_MONTHS, b"<text>%d</text>" % months, table)
