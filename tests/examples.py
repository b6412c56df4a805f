"""How many examples a property is tried with: few in every run, ten times as many others in `make soak`."""

import os
from typing import Any

from hypothesis import settings

#: examples that no run has seen, and many of them
SOAK = os.environ.get("EXAMPLES") == "others"


def tried(times: int, *, whole: int | None = None, **more: Any) -> settings:
    """The settings of a property: so many examples (`whole` in the soak), and `more` as hypothesis has it."""
    return settings(max_examples=(whole or times * 10) if SOAK else times, deadline=None, **more)
