"""The answer goes out: by post, or made ready and the applicant told, or handed over (N421/11a/direct/6)."""

from pathlib import Path

from plugins.notice_delivery.at_psc import issue, pass_result
from plugins.notice_delivery.deliver import deliver, hand_over
from plugins.notice_delivery.prepare import prepare
from plugins.notice_delivery.undelivered import came_back, redeliver, unclaimed
from services.plugin import Outcome, Paper, Plugin

plugin = Plugin(
    folder=Path(__file__).parent,
    summary="Posts the answer or makes it ready; the handing over in person is a stamp of its own.",
    in_step={"prepare": prepare},
    forms={
        "deliver": deliver,
        "hand_over": hand_over,
        "pass_result": pass_result,
        "issue": issue,
        "came_back": came_back,
        "redeliver": redeliver,
        "unclaimed": unclaimed,
    },
    outcomes={
        "posted": Outcome("sent by post"),
        "ready": Outcome("ready, the applicant told"),
        "handed_over": Outcome("handed over"),
        "passed": Outcome("passed on"),
        "came_back": Outcome("the letter came back"),
        "result_kept": Outcome("kept with the file"),
    },
    papers={
        "doc.envelope": Paper(
            "Envelope", ("applicant_name", "applicant_address", "office_name", "office_address"), encloses=True
        ),
        "doc.undelivered": Paper(
            "Note on a result that was not delivered",
            ("number", "answer_number", "applicant_name", "because", "why", "kept_on", "kept_by", "office_name"),
        ),
    },
)
