"""Which rooms a value passes on its way through a call, as Python runs it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).parents[2]
FLOORS = ("services", "webapp")


@dataclass
class Way:
    """Where a value was handed to, one stay for each time it came to a room from another."""

    stays: list[str] = field(default_factory=list)  #: "services/cases" …, in order

    @property
    def rooms(self) -> set[str]:
        return set(self.stays)


@contextmanager
def followed(value: object) -> Iterator[Way]:
    """Follow a value, as an argument of functions of ours, while the block runs in this thread."""
    way = Way()

    def look(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if event != "call" or not code.co_filename.startswith(str(ROOT)):
            return
        parts = Path(code.co_filename).relative_to(ROOT).parts
        given = (frame.f_locals.get(name) for name in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])
        if parts[0] in FLOORS and any(type(each) is type(value) and each == value for each in given):
            room = "/".join(parts[:2]).removesuffix(".py")
            if way.stays[-1:] != [room]:
                way.stays.append(room)

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        yield way
    finally:
        sys.setprofile(before)
