"""Bounds on what anybody can draw: nothing lawful comes near them. What a move may take is the engine's (budget)."""

from datetime import timedelta

MOST_AT_ONCE = 500  #: of one multi-instance activity, those around it counted in
MOST_IN_A_ROW = 400  #: elements one after another in one process or sub-process
LONGEST_WAIT = timedelta(days=366 * 200)
SHORTEST_CYCLE = timedelta(seconds=1)
#: of a cycle that has no end, or nearly none
SHORTEST_ENDLESS_CYCLE = timedelta(minutes=1)
MOST_SHORT_REPEATS = 100
MOST_REPEATS = 1_000_000
