"""Signing (N421/11a/direct/5, N421/11a/psc/7): by ink, or with the head's own key.

The head agrees with the draft, the clean answer gets its number, and that is signed. Ink is confirmed by the code on
the paper, by the head or by the clerk, who records it; both names are kept.
"""

from pathlib import Path

from plugins.notice_signing.agree import agree
from plugins.notice_signing.seal import seal
from plugins.notice_signing.sign import sign
from services.plugin import Field, Outcome, Paper, Plugin

_ANSWER = (
    "applicant_name", "applicant_address", "office_name", "place", "place_kind", "executor_name", "outgoing_number",
    "dated_on", "head_name",
)  # fmt: skip

plugin = Plugin(
    folder=Path(__file__).parent,
    summary="The head agrees with the draft or returns it; the numbered answer is signed by ink or with a key.",
    in_step={"seal": seal},
    forms={"agree": agree, "sign": sign},
    outcomes={
        "to_be_signed": Outcome("agreed, to be signed"),
        "signed": Outcome("signed"),
        "returned": Outcome("returned for supplement", sends_back=True),
    },
    papers={
        "doc.return_note": Paper("Return note", ("number", "reason", "head_name", "returned_on", "office_name")),
        "doc.notice_signed": Paper(
            "Notice of assignment",
            _ANSWER,
            form="notice",
            answers=True,
            sheets="answer_sheets",
            gist=(
                Field("amount", "money", "Amount a month, tenge"),
                Field("period_months", "integer", "For how many months"),
                Field("period_from_on", "date", "Assigned from"),
                Field("period_until_on", "date", "Assigned until, this day included"),
            ),
        ),
        "doc.refusal_signed": Paper(
            "Reasoned refusal",
            (*_ANSWER, "ground", "explanation"),
            form="refusal",
            answers=True,
            sheets="answer_sheets",
            gist=(
                Field("ground", "text", "Ground of the refusal"),
                Field("explanation", "long_text", "Reasons, in words for the applicant"),
            ),
        ),
    },
)
