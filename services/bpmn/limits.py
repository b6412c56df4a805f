"""Bounds on what anybody can draw: nothing lawful comes near them. What a move may take is the engine's (budget)."""

import re
from datetime import timedelta

MOST_AT_ONCE = 500  #: of one multi-instance activity, those around it counted in
MOST_IN_A_ROW = 400  #: elements one after another in one process or sub-process
LONGEST_WAIT = timedelta(days=366 * 200)
SHORTEST_CYCLE = timedelta(seconds=1)
#: of a cycle that has no end, or nearly none
SHORTEST_ENDLESS_CYCLE = timedelta(minutes=1)
MOST_SHORT_REPEATS = 100
MOST_REPEATS = 1_000_000
#: of a person's task, as Camunda 7 has it
MOST_PRIORITY = 100
_LARGEST = 2**31 - 1


def read_priority(text: str) -> int:
    """A whole number that can be kept; older files say more than MOST_PRIORITY, too. Raises ValueError."""
    if not re.fullmatch("[+-]?[0-9]{1,10}", text.strip()) or abs(found := int(text)) > _LARGEST:
        raise ValueError
    return found
