"""What one move of a case, and its state, may take. Bounds on what anybody can draw; nothing lawful comes near them.

The doctor refuses what can be seen to exceed them; what cannot be seen breaks the move off with words, and changes
nothing.
"""

from datetime import timedelta

MOST_STEPS = 5000  #: elements passed in one move
MOST_AT_ONCE = 500  #: of one multi-instance activity, those around it counted in
MOST_IN_A_ROW = 400  #: elements one after another in one process or sub-process
LONGEST_WAIT = timedelta(days=366 * 200)
SHORTEST_CYCLE = timedelta(seconds=1)
#: of a cycle that has no end, or nearly none
SHORTEST_ENDLESS_CYCLE = timedelta(minutes=1)
MOST_SHORT_REPEATS = 100
MOST_REPEATS = 1_000_000
