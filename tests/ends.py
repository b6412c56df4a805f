"""A guard against what never ends. How fast a thing is, `make bench` says, as a ratio to a floor of the same run."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

#: what is guarded ends in a few seconds at most on a busy machine; what it is guarded against, in hours or never
LONGEST_S = 60.0


@contextmanager
def ends() -> Iterator[None]:
    """That the block comes to its end, not how soon."""
    began = time.monotonic()
    yield
    assert time.monotonic() - began < LONGEST_S, "it hangs, or nearly"
