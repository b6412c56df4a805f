"""A result that does not reach the applicant: a letter that comes back, and one that is ready and nobody fetches.

The act knows neither (a default, DIGEST I-37). How long a result is kept is the region's `unclaimed_result_months`,
which the Standard of 2012, as recalled, says of a PSC.
"""

from dataclasses import replace

from plugins.notice_delivery.deliver import DELIVERY, KEPT_FOR, WAYS
from plugins.notice_delivery.deliver import check as check_delivery
from plugins.notice_delivery.deliver import fields as delivery_fields
from services.errors import InvalidAnswers
from services.plugin import Answers, Checked, Choice, Field, Form, FormCall, Variable

BECAUSE = (
    Choice("not_found", "Nobody of that name at the address"),
    Choice("moved", "The applicant has moved"),
    Choice("not_fetched", "Not fetched from the post in time"),
    Choice("refused", "The applicant refused it"),
    Choice("other", "Another reason; it stands below"),
)
BECAUSE_KK = {
    "not_found": "Мекенжайда мұндай адам жоқ",
    "moved": "Өтініш беруші көшіп кеткен",
    "not_fetched": "Пошта бөлімшесінен мерзімінде алынбаған",
    "refused": "Өтініш беруші алудан бас тартқан",
    "other": "Өзге себеп",
}
KEPT = Choice("kept", "Not to be delivered: kept with the file")
#: a letter that came back: as the first time, or kept
AGAIN = (*WAYS, KEPT)
#: a result that was ready already: the applicant comes after all, or is told of it once more
SETTLED = (*WAYS[:2], Choice("ready", "Told once more, kept for another term"), KEPT)
NOT_POSTED = "No letter of this case has gone out: nothing can have come back."
UNCLAIMED_KK = "Сақтау мерзімі ішінде ешкім алмады"
REASON = Field("kept_why", "text", "Why it cannot be delivered", maximum=300, when=("way", ("kept",)), stands_out=True)


def came_back_fields(call: FormCall) -> list[Field]:
    """When it came, and what the post wrote on it."""
    return [
        Field("came_on", "date", "Day on which it came back", required=True),
        Field("because", "choice", "What the post wrote on it", required=True, choices=BECAUSE),
    ]


def came_back_check(call: FormCall, answers: Answers) -> Checked:
    """Raises InvalidAnswers when nothing was posted, or for a day to come."""
    lies = call.whereabouts("result")
    if call.case.variables.get("delivery") != "posted" or (lies is not None and lies.lies != "gone"):
        raise InvalidAnswers({"came_on": NOT_POSTED})
    if str(answers["came_on"]) > call.now.date().isoformat():
        raise InvalidAnswers({"came_on": "That day is still to come."})
    said = {"delivery": "came_back", "undelivered_because": BECAUSE_KK[str(answers["because"])]}
    return Checked("came_back", ("fact.letter_back",), said, becomes={"result": "came_back"})


def redeliver_fields(call: FormCall) -> list[Field]:
    """As the first time, or not at all."""
    way, *more = delivery_fields(call)
    return [replace(way, choices=AGAIN), *more, REASON]


def unclaimed_fields(call: FormCall) -> list[Field]:
    """What is done with it after its term: any of the ways of the first time, or none."""
    way, *more = delivery_fields(call)
    return [replace(way, label="What is done with the result", choices=SETTLED), *more, REASON]


def check_again(call: FormCall, answers: Answers) -> Checked:
    """Raises InvalidAnswers when the way's own answers are missing or wrong. A letter gets a new envelope."""
    if answers["way"] == "kept":
        return _kept(call, answers)
    checked = check_delivery(call, answers)
    return replace(checked, papers={"doc.envelope": envelope(call)}) if answers["way"] == "posted" else checked


def envelope(call: FormCall) -> dict[str, object]:
    """To the applicant's address as it is known now."""
    applicant, office = call.case.applicant, call.case.office
    return {
        "number": str(call.case.variables.get("outgoing_number", "")),
        "applicant_name": applicant.full_name if applicant else "",
        "applicant_address": applicant.address if applicant else "",
        "office_name": office.name,
        "office_address": office.address,
        "office_phone": office.phone_raw,
    }


def _kept(call: FormCall, answers: Answers) -> Checked:
    """An answer stays with the file, with a note that says why. Raises InvalidAnswers without a reason."""
    if not answers.get("kept_why"):
        raise InvalidAnswers({"kept_why": "Please fill this in."})
    case = call.case
    note = {
        "number": case.number or "",
        "answer_number": str(case.variables.get("outgoing_number", "")),
        "applicant_name": case.applicant.full_name if case.applicant else "",
        "because": str(case.variables.get("undelivered_because") or UNCLAIMED_KK),
        "why": str(answers["kept_why"]),
        "kept_on": call.now.isoformat(),
        "kept_by": call.person.signature,
        "office_name": case.office.name,
        "office_address": case.office.address,
    }
    return Checked(
        "result_kept",
        ("doc.undelivered",),
        {"delivery": "kept"},
        papers={"doc.undelivered": note},
        becomes={"result": "kept"},
    )


came_back = Form(
    title="A letter that came back",
    submit="It has come back",
    fields=came_back_fields,
    check=came_back_check,
    sets=(
        Variable("delivery", "choice", DELIVERY, (Choice("came_back", "The letter came back"),)),
        Variable("undelivered_because", "text", "What the post wrote on it"),
    ),
)
redeliver = Form(
    title="Delivering it once more",
    submit="Record",
    fields=redeliver_fields,
    check=check_again,
    sets=(Variable("delivery", "choice", DELIVERY, AGAIN), KEPT_FOR),
)
unclaimed = Form(
    title="A result that nobody fetched",
    submit="Record",
    fields=unclaimed_fields,
    check=check_again,
    sets=(Variable("delivery", "choice", DELIVERY, SETTLED), KEPT_FOR),
)
