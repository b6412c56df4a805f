"""How the result reaches the applicant.

The clock of D5 stops when the result is posted, or ready and the applicant told; handing it over in person is a stamp
of its own (I-47).
"""

from services.errors import InvalidAnswers
from services.plugin import Answers, Checked, Choice, Fate, Field, Form, FormCall, Variable, post, receiving

WAYS = (
    Choice("handed_over", "Handed over in person, now"),
    Choice("posted", "Sent by post"),
    Choice("ready", "Ready, and the applicant told"),
)
TOLD = (Choice("phone", "By phone"), Choice("message", "By message"), Choice("in_person", "In person"))
DELIVERY = "How the result reached the applicant"
KEPT_FOR = Variable("kept_for", "text", "How long a result that is ready is kept: P1M", always=False)
HANDED_OVER = Variable("delivery", "choice", DELIVERY, WAYS[:1])
BROUGHT = {
    "handed_over": "fact.applicant_signature",
    "posted": "doc.postal_no",
    "ready": "fact.applicant_told",
}
#: where the region says no term: longer than anybody waits
WITHOUT_END = "P100Y"
#: what becomes of the answer itself
FATES: dict[str, Fate] = {"handed_over": "issued", "posted": "posted", "ready": "ready"}


def fields(call: FormCall) -> list[Field]:
    """One of three ways, and what belongs to each."""
    return [
        Field("way", "choice", "How the result goes out", required=True, choices=WAYS),
        *receiving.questions(call, when=("way", ("handed_over",))),
        Field("postal_number", "text", "Postal number", maximum=40, when=("way", ("posted",)), finds=True),
        Field("postal_proof", "text", "Proof of posting", maximum=200, when=("way", ("posted",)),
              help="Number and date of the post's receipt."),
        Field("told_how", "choice", "How the applicant was told", choices=TOLD, when=("way", ("ready",))),
    ]  # fmt: skip


def check(call: FormCall, answers: Answers) -> Checked:
    """Raises InvalidAnswers when the way's own answers are missing or wrong."""
    way, warnings = str(answers["way"]), {}
    if way == "handed_over":
        receiving.check_receiver(call, answers)
    elif way == "posted":
        if wrong := post.faults(answers):
            raise InvalidAnswers(wrong)
        warnings = post.warnings(answers)
    elif not answers.get("told_how"):
        raise InvalidAnswers({"told_how": "Please fill this in."})
    becomes: dict[str, Fate] = {"result": FATES[way]}
    said = {"delivery": way} | ({"kept_for": kept_for(call)} if way == "ready" else {})
    return Checked(way, (BROUGHT[way],), said, warnings=warnings, becomes=becomes)


def kept_for(call: FormCall) -> str:
    """How long a result that is ready waits for the applicant: the region's months, as a duration of ISO 8601."""
    months = next((row["value"] for row in call.table("parameters") if row["key"] == "unclaimed_result_months"), "")
    return f"P{months}M" if months else WITHOUT_END


def hand_over_check(call: FormCall, answers: Answers) -> Checked:
    """Raises InvalidAnswers for a representative without a power of attorney."""
    receiving.check_receiver(call, answers)
    return Checked(
        "handed_over", ("fact.applicant_signature",), {"delivery": "handed_over"}, becomes={"result": "issued"}
    )


deliver = Form(
    title="Sending the result",
    submit="Record",
    fields=fields,
    check=check,
    sets=(Variable("delivery", "choice", DELIVERY, WAYS), KEPT_FOR),
)
hand_over = Form(
    title="Handing over in person",
    submit="Record the handing over",
    fields=lambda call: receiving.questions(call),
    check=hand_over_check,
    sets=(HANDED_OVER,),
)
