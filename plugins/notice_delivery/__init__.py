"""The answer goes out: by post, or made ready and the applicant told, or handed over (N421/11a/direct/6)."""

from pathlib import Path

from plugins.notice_delivery.at_psc import issue, pass_result
from plugins.notice_delivery.deliver import deliver, hand_over
from plugins.notice_delivery.prepare import prepare
from services.plugin import Outcome, Paper, Plugin

plugin = Plugin(
    folder=Path(__file__).parent,
    summary="Posts the answer or makes it ready; the handing over in person is a stamp of its own.",
    in_step={"prepare": prepare},
    forms={"deliver": deliver, "hand_over": hand_over, "pass_result": pass_result, "issue": issue},
    outcomes={
        "posted": Outcome("sent by post"),
        "ready": Outcome("ready, the applicant told"),
        "handed_over": Outcome("handed over"),
        "passed": Outcome("passed on"),
    },
    papers={
        "doc.envelope": Paper(
            "Envelope", ("applicant_name", "applicant_address", "office_name", "office_address"), encloses=True
        ),
    },
)
