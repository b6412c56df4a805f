"""How the result reaches the applicant.

The clock of D5 stops when the result is posted, or ready and the applicant told; handing it over in person is a stamp
of its own (I-47).
"""

from services.errors import InvalidAnswers
from services.plugin import Answers, Checked, Choice, Field, Form, FormCall

WAYS = (
    Choice("handed_over", "Handed over in person, now"),
    Choice("posted", "Sent by post"),
    Choice("ready", "Ready, and the applicant told"),
)
TOLD = (Choice("phone", "By phone"), Choice("message", "By message"), Choice("in_person", "In person"))
BROUGHT = {
    "handed_over": "fact.applicant_signature",
    "posted": "doc.postal_no",
    "ready": "fact.applicant_told",
}


def fields(call: FormCall) -> list[Field]:
    """One of three ways, and what belongs to each."""
    return [
        Field("way", "choice", "How the result goes out", required=True, choices=WAYS),
        Field("received_by", "text", "Who received it and signed", maximum=200, when=("way", ("handed_over",)),
              help="The applicant, or a representative by power of attorney."),
        Field("postal_number", "text", "Postal number", maximum=40, when=("way", ("posted",))),
        Field("told_how", "choice", "How the applicant was told", choices=TOLD, when=("way", ("ready",))),
    ]  # fmt: skip


def initial(call: FormCall) -> Answers:
    """The applicant receives it, unless somebody else does."""
    return {"received_by": call.case.applicant.full_name if call.case.applicant else ""}


def check(call: FormCall, answers: Answers) -> Checked:
    """Raises InvalidAnswers when the way's own answer is missing."""
    way = str(answers["way"])
    needed = {"handed_over": "received_by", "posted": "postal_number", "ready": "told_how"}[way]
    if not answers.get(needed):
        raise InvalidAnswers({needed: "Please fill this in."})
    return Checked(way, (BROUGHT[way],), {"delivery": way})


def hand_over_fields(call: FormCall) -> list[Field]:
    """Who came for it."""
    return [Field("received_by", "text", "Who received it and signed", required=True, maximum=200)]


deliver = Form(title="Sending the result", submit="Record", fields=fields, initial=initial, check=check)
hand_over = Form(
    title="Handing over in person",
    submit="Record the handing over",
    fields=hand_over_fields,
    initial=initial,
    check=lambda call, answers: Checked("handed_over", ("fact.applicant_signature",), {"delivery": "handed_over"}),
)
