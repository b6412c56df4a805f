"""Whatever absences are entered and ended: everybody holds exactly what a slow reading of the orders says, no more."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from services import clock, directory
from services.errors import KomekError

START = date(2026, 3, 2)
PEOPLE = {"one": "clerk", "two": "executor", "three": "executor", "four": "head"}


def noon(day: date) -> object:
    return clock.stopped(datetime(day.year, day.month, day.day, 7, tzinfo=UTC))


@pytest.mark.parametrize("seed", range(4))
def test_nobody_holds_more_or_less_than_the_orders_say(hire: Callable[..., directory.Person], seed: int) -> None:
    chance, orders = Random(seed), {}
    with noon(START):  # type: ignore[attr-defined]
        people = [hire(f"{name}.{seed}", TALGAR=role) for name, role in PEOPLE.items()]
    own = {each.id: f"TALGAR/{role}" for each, role in zip(people, PEOPLE.values(), strict=True)}
    for step in range(20):
        day = START + timedelta(days=step)
        with noon(day):  # type: ignore[attr-defined]
            change(chance, [each.id for each in people], day, orders)
            for each in people:
                assert held(each.id) == expected(each.id, own, orders, day), f"seed {seed}, day {step}"


def change(chance: Random, ids: list[int], day: date, orders: dict[int, list[object]]) -> None:
    """One act of somebody at the command line: refused or not, the model only follows what was said to be done."""
    who, deputy = chance.choice(ids), chance.choice([*ids, None])
    from_on = day + timedelta(days=chance.randrange(4))
    until_on = from_on + timedelta(days=chance.randrange(1, 6))
    try:
        if orders and chance.random() < 0.3:
            ended = chance.choice(sorted(orders))
            directory.end_absence(ended, actor="console")
            orders[ended][3] = max(day, orders[ended][2])  # type: ignore[type-var]
        else:
            days = {"from_on": from_on, "until_on": until_on, "order_number": "1", "order_on": day}
            made = directory.enter_absence(who, deputy_id=deputy, actor="console", **days)  # type: ignore[arg-type]
            orders[made] = [who, deputy, from_on, until_on]
    except KomekError:
        pass


def held(staff_id: int) -> set[tuple[str, int | None]]:
    now = directory.person(staff_id)
    assert now is not None
    return {(f"{each.office_key}/{each.role}", each.for_id) for each in now.appointments}


def expected(staff_id: int, own: dict[int, str], orders: dict[int, list[object]], day: date) -> set[object]:
    now = [(who, deputy) for who, deputy, from_on, until_on in orders.values() if from_on <= day < until_on]  # type: ignore[operator]
    mine: set[object] = {(own[who], who) for who, deputy in now if deputy == staff_id}  # type: ignore[index]
    gone = any(who == staff_id and deputy is not None for who, deputy in now)
    return mine if gone else mine | {(own[staff_id], None)}
