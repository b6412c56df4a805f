"""Somebody is away by an order, and who stands in."""

from datetime import timedelta

from services import directory
from tests.people.office import OFFICE


def away(who: directory.Person, deputy: directory.Person | None, days: int = 5, **more: object) -> int:
    today = directory.today()
    return directory.enter_absence(
        who.id,
        from_on=today,
        until_on=today + timedelta(days=days),
        order_number="12-ж",
        order_on=today,
        deputy_id=deputy.id if deputy else None,
        actor="console",
        **more,  # type: ignore[arg-type]
    )


def those(role: str) -> list[directory.Person]:
    return directory.staff_at(OFFICE, role)
