"""One evaluation: how much it may do, what it may know of the time, and what it noticed on its way."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from services.feel.values import Value


@dataclass(frozen=True)
class Remark:
    """Why something is null: an English msgid, and what stands in it."""

    text: str
    details: Mapping[str, object] = field(default_factory=dict)
    grave: bool = True  #: False: something is merely not known yet

    def __str__(self) -> str:
        return self.text % self.details if self.details else self.text


class FeelRefused(Exception):
    """What cannot be done at all: text that cannot be read, or more work than is allowed."""

    def __init__(self, text: str, /, **details: object) -> None:
        self.note = Remark(text, details)
        super().__init__(str(self.note))


class NoResult(Exception):
    """Inside a built-in function: its result is null, for this reason."""

    def __init__(self, text: str, /, **details: object) -> None:
        self.note = Remark(text, details)
        super().__init__(str(self.note))


@dataclass(frozen=True)
class Limits:
    """What one evaluation may take."""

    steps: int = 1_000_000  #: turns of loops, calls, elements touched
    calls: int = 60  #: calls inside one another
    elements: int = 100_000  #: of one list
    letters: int = 1_000_000  #: of one text
    notes: int = 50  #: that are kept


LIMITS = Limits()
Clock = Callable[[], datetime]


class Run:
    """Counts the work of one evaluation. `clock` gives the moment with its zone; without one, now() is null."""

    __slots__ = ("clock", "depth", "extras", "limits", "notes", "steps")

    def __init__(
        self, clock: Clock | None = None, limits: Limits = LIMITS, extras: Mapping[str, Value] | None = None
    ) -> None:
        self.clock, self.limits, self.extras = clock, limits, extras or {}
        self.steps, self.depth = limits.steps, 0
        self.notes: list[Remark] = []

    def note(self, text: str, /, **details: object) -> None:
        """Say why something is null; gives that null."""
        self.add(Remark(text, details))

    def hint(self, text: str, /, **details: object) -> None:
        """Say why something is null that may well be: nothing is wrong with it."""
        self.add(Remark(text, details, grave=False))

    def add(self, note: Remark) -> None:
        if len(self.notes) < self.limits.notes:
            self.notes.append(note)

    def spend(self, steps: int = 1) -> None:
        """Raises FeelRefused when nothing is left."""
        self.steps -= steps
        if self.steps < 0:
            raise FeelRefused("it takes too many steps")

    def sized(self, count: int) -> None:
        """Before a list of so many is made. Raises FeelRefused."""
        if count > self.limits.elements:
            raise FeelRefused("a list is longer than %(most)s", most=self.limits.elements)
        self.spend(count)

    def written(self, text: str) -> str:
        """A text that was made. Raises FeelRefused when it is too long."""
        if len(text) > self.limits.letters:
            raise FeelRefused("a text is too long")
        return text


class FeelScope:
    """Names and their values; what is not here is looked for outside."""

    __slots__ = ("names", "outside", "run")

    def __init__(self, run: Run, names: Mapping[str, Value], outside: "FeelScope | None" = None) -> None:
        self.run, self.names, self.outside = run, names, outside

    def get(self, name: str) -> Value:
        scope: FeelScope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.outside
        return self.run.extras.get(name)

    def knows(self, name: str) -> bool:
        """Whether there is something of that name, be it null."""
        scope: FeelScope | None = self
        while scope is not None:
            if name in scope.names:
                return True
            scope = scope.outside
        return name in self.run.extras

    def inside(self, names: Mapping[str, Value]) -> "FeelScope":
        return FeelScope(self.run, names, self)
