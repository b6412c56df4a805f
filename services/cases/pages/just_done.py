"""What a person has just done in a case, as its page shows it first: the steps, and the papers that came of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from services.cases.pages.shown import CasePage, PaperLine, StepLine


@dataclass(frozen=True)
class JustDone:
    """One press of a button, looked back at."""

    steps: Sequence[StepLine]
    papers: Sequence[PaperLine]  #: made with those steps, as far as this person reads them


def just_done(page: CasePage, task_id: str, full_name: str) -> JustDone | None:
    """The step of that id with those that the same person did right after it; None unless they did it themself."""
    done = [line for line in page.steps if line.done_at]
    at = next((at for at, line in enumerate(done) if line.task_id == task_id), len(done))
    steps = list(takewhile(lambda line: line.done_by == full_name, done[at:]))
    moments = {line.done_at for line in steps}
    return JustDone(steps, [each for each in page.papers if each.made_at in moments]) if steps else None
