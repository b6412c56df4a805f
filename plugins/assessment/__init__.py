"""The executor's work: check the papers, count, decide, and draft the answer (N421/11a/direct/4)."""

from dataclasses import replace
from pathlib import Path

from plugins.assessment.decision import draft, preview, supplement
from plugins.assessment.drafts import PAPERS
from plugins.assessment.figures import ASKS, ENTITLEMENT, determine, review
from services.plugin import Outcome, Plugin

plugin = Plugin(
    folder=Path(__file__).parent,
    summary="Household, incomes and expenses; the proposal of the region's decision table; the draft of the answer.",
    forms={
        # what counts stands beside the figures while they are entered, by the norms, and what would be proposed
        "review": replace(review, template="assessment/decision.html", preview=preview),
        "determine": determine,
        "draft": draft,
        "supplement": supplement,
    },
    outcomes={
        "reviewed": Outcome("papers checked"),
        "entitled": Outcome("entitled"),
        "not_entitled": Outcome("not entitled"),
        "draft_notice": Outcome("notice drafted"),
        "draft_refusal": Outcome("refusal drafted"),
        "supplemented": Outcome("supplemented and sent again"),
        "approved": Outcome("assistance assigned", decides="granted"),
        "refused": Outcome("refused", decides="denied"),
    },
    papers=PAPERS,
    decisions={ENTITLEMENT: ASKS},
)
