"""The executor's work: check the papers, count, decide, and draft the answer (N421/11a/direct/4)."""

from pathlib import Path

from plugins.assessment.decision import draft, supplement
from plugins.assessment.figures import determine, review
from services.plugin import Plugin

plugin = Plugin(
    folder=Path(__file__).parent,
    summary="Household, incomes and expenses; the proposal of the region's decision table; the draft of the answer.",
    forms={"review": review, "determine": determine, "draft": draft, "supplement": supplement},
)
