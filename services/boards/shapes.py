"""The figures of a period: numbers that are added up, and nothing of whom they are about."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from services import registry


@dataclass(frozen=True)
class Terms:
    """Terms that ran out in the period: those that are in the act, and apart those that rest on a default (I-48)."""

    kept: int = 0
    late: int = 0
    kept_default: int = 0
    late_default: int = 0

    def __add__(self, other: "Terms") -> "Terms":
        return Terms(
            self.kept + other.kept,
            self.late + other.late,
            self.kept_default + other.kept_default,
            self.late_default + other.late_default,
        )


@dataclass(frozen=True)
class Complaints:
    """Complaints of the period: taken in; considered, and of those found justified, and considered after their term."""

    came: int = 0
    considered: int = 0
    upheld: int = 0
    late: int = 0

    def __add__(self, other: "Complaints") -> "Complaints":
        return Complaints(*(getattr(self, name) + getattr(other, name) for name in Complaints.__dataclass_fields__))


@dataclass(frozen=True)
class Ends:
    """Assignments whose last day lies in the period, and how they stand today."""

    rechecked: int = 0  #: another application follows
    missed: int = 0  #: it is over, and none does
    running: int = 0  #: none does yet

    def __add__(self, other: "Ends") -> "Ends":
        return Ends(self.rechecked + other.rechecked, self.missed + other.missed, self.running + other.running)

    @property
    def all(self) -> int:
        return self.rechecked + self.missed + self.running


@dataclass(frozen=True)
class Figures:
    """What happened in the period."""

    received: int = 0  #: registered
    ended: Counter[str] = field(default_factory=Counter)  #: outcome -> how many were finished with it
    returns: int = 0  #: for supplement, of the cases that were finished
    steps: Terms = field(default_factory=Terms)
    whole: Terms = field(default_factory=Terms)  #: of the service as a whole (R-TOTAL)
    complaints: Complaints = field(default_factory=Complaints)
    ends: Ends = field(default_factory=Ends)

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(*(getattr(self, name) + getattr(other, name) for name in Figures.__dataclass_fields__))

    @property
    def finished(self) -> int:
        return self.ended.total()

    @property
    def approved(self) -> int:
        return self._that("granted")

    @property
    def refused(self) -> int:
        return self._that("denied")

    @property
    def otherwise(self) -> Counter[str]:
        """Outcome -> how many, of those that nobody decided: withdrawn, sent on, annulled, whatever a diagram draws."""
        plugins = registry.current()
        decided = {*plugins.ends_that("granted"), *plugins.ends_that("denied")}
        return Counter({key: count for key, count in self.ended.items() if key not in decided})

    def _that(self, decide: str) -> int:
        return sum(self.ended[key] for key in registry.current().ends_that(decide))


@dataclass(frozen=True)
class OfficeFigures:
    """The figures of one office in a period."""

    key: str
    kind: str
    figures: Figures


@dataclass(frozen=True)
class Times:
    """Working time, in seconds, of the steps finished in the period."""

    key: str  #: of the step, or of the holder
    code: str
    count: int
    median_s: int
    ninth_s: int  #: nine of ten took no longer
    total_s: int
    term_s: int | None  #: what the act gives, on the median
    late: int = 0


@dataclass(frozen=True)
class Ground:
    """A ground of refusal, and how often it was the reason in a period."""

    key: str
    count: int


@dataclass(frozen=True)
class LateStep:
    """A step that was finished late: its case by number alone."""

    number: str
    case_id: int
    office: str
    code: str
    step: str
    due_at: datetime | None
    done_at: datetime | None
    default: bool
