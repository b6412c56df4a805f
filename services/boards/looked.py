"""A look at what a period comes to, for whoever may see it; what the boards show is read from it, and nothing is asked
of the database again."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from services import directory, figures, registry
from services.boards import access
from services.boards.period import Period
from services.boards.shapes import Complaints, Ends, Figures, Terms
from services.figures import Tree


@dataclass(frozen=True)
class Looked:
    """What was found of one office (key; None: of all)."""

    period: Period
    office: str | None
    held: figures.InPeriod
    today: date

    @property
    def not_counted(self) -> figures.NotCounted:
        """What the figures leave out, or say as it was before."""
        return self.held.not_counted

    def cases(self, what: str) -> Iterator[tuple[str, str, Tree]]:
        """Office that took cases in, body that decides, and what is kept under that name; of a PSC its own alone."""
        rows = registry.current().by_key("offices")
        for body, tree in self.held.counts.items():
            if rows.get(body, {}).get("kind") != "body":
                continue
            for office, found in tree.get(what, {}).items():
                if self.office in (None, body, office):
                    yield office, body, found

    def places(self) -> Iterator[tuple[str, figures.DrawnAt, Tree]]:
        """Kind of the office, place of a diagram, and how often, how late and how long."""
        for kind, tree in self.held.times.items():
            for said, found in tree.items():
                yield kind, figures.DrawnAt.read(said), found


def look(period: Period, person: directory.Person, office_key: str | None = None, *, measure: bool = False) -> Looked:
    """What happened at that office, or at all of them. Raises NotYours.

    `measure`: for time on the diagram, which more people look at.
    """
    access.check_may_look(person, office_key, measure=measure)
    return Looked(period, office_key, figures.held(period.since, period.until, office_key), directory.today())


def measured(tree: Tree) -> tuple[int, int, int, int, int | None, int]:
    """Count, median, what nine of ten keep, the sum, the usual term, and how many were late."""
    worked, (term,) = tree.get("w", {}), figures.measures(tree.get("t", {}), 0.5)
    median, ninth = figures.measures(worked, 0.5, 0.9)
    return tree.get("n", 0), median or 0, ninth or 0, sum(worked.get("s", {}).values()), term, tree.get("late", 0)


def of_cases(looked: Looked) -> Iterator[tuple[str, str, Figures]]:
    """Figures of the cases, by the office that took them in and the body that decides."""
    for office, body, many in looked.cases("received"):
        yield office, body, Figures(received=many.get("n", 0))
    for office, body, ends in looked.cases("ended"):
        for outcome, told in ends.items():
            terms = Terms(*(told.get(each, 0) for each in figures.TERMS))
            if many := told.get("n", 0):
                yield office, body, Figures(0, Counter({outcome: many}), told.get("rounds", 0), whole=terms)


def of_ends(looked: Looked) -> Iterator[tuple[str, str, bool, Figures]]:
    """Assignments that end, by the office that took the case in, the body, and whether the result was handed out."""
    granted = registry.current().ends_that("granted")
    for office, body, outcomes in looked.cases("ends"):
        found = {False: [0, 0, 0], True: [0, 0, 0]}
        for outcome, days in outcomes.items():
            # what was handed out and is not granted was taken back, and stands no more
            for handed_out in (False, True) if outcome in granted else (False,):
                _add_ends(found[handed_out], days, f"{int(handed_out)}", looked.today)
        for handed_out, numbers in found.items():
            if any(numbers):
                yield office, body, handed_out, Figures(ends=Ends(*numbers))


def _add_ends(numbers: list[int], days: Tree, handed_out: str, today: date) -> None:
    """By last day to the fields of `Ends`: plain numbers, since a year has thousands of days of offices."""
    for on, standing in days.items():
        numbers[0] += standing.get(f"{handed_out}1", 0)
        numbers[1 if date.fromisoformat(on) < today else 2] += standing.get(f"{handed_out}0", 0)


def of_steps(looked: Looked, office_key: str) -> Figures:
    """Terms of an office's steps; several under one clock are one term, kept or not at the last. And its complaints."""
    counts = looked.held.counts.get(office_key, {})
    plugins = registry.current()
    steps: dict[str, Any] = counts.get("steps", {})

    def all_of(keys: frozenset[str], what: str, only: list[str] | None = None) -> int:
        ends = [(end, told) for key in keys for end, told in steps.get(key, {}).items()]
        return sum(told.get(what, 0) for end, told in ends if only is None or end in only)

    considers = plugins.steps_that("considers")
    complaints = Complaints(
        all_of(plugins.steps_that("complains"), "n"),
        all_of(considers, "n"),
        all_of(considers, "n", plugins.outcomes_that_uphold()),
        all_of(considers, "late"),
    )
    terms = Terms(*(counts.get("terms", {}).get(each, 0) for each in figures.TERMS))
    return Figures(steps=terms, complaints=complaints)
