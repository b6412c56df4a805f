"""A complaint about a decision: taken in, considered by somebody who did not decide before, answered or decided anew.

The act is silent on it (DIGEST I-37). For how many months one may complain is the region's `appeal_months`, as the
answer says it; who considers it, and by when, the row `consider` of its steps. Whoever made the decision is kept from
it by the diagram (`decides` = `another`).
"""

from calendar import monthrange
from datetime import date

from plugins.life_events import letters
from services.errors import InvalidAnswers
from services.plugin import (
    Answers,
    Call,
    Checked,
    Choice,
    Field,
    Form,
    FormCall,
    House,
    Outputs,
    Variable,
    named,
    operation,
    post,
    receiving,
)

COMPLAINT, CONSIDER = "life_events.complaint", "life_events.consider"
WHO = (Choice("applicant", "The applicant"), Choice("representative", "A representative, by power of attorney"))
ORDERS = (
    Choice("office", "By an order of this office"),
    Choice("above", "By an order of the office above"),
    Choice("court", "By a decision of a court"),
)
UPHELD = Choice("upheld", "It is justified: the case is decided anew, by an order")
DISMISSED = Choice("dismissed", "It is not justified: the decision stands")
TOO_LATE = Choice("late", "It came late, and is not considered")
WAYS = (Choice("posted", "Sent by post"), Choice("handed_over", "Handed over against a signature"))
UNDECIDED = "Nothing was decided in this case: there is no decision to complain about."
BEFORE = "That is before the answer was given."
LATE = "It came after the term that the answer names. Why, as whoever complains says it: %(why)s"
REPLACED = ("replaces_number", "replaces_on", "replaces_order", "replaces_by")


def months_later(day: date, months: int) -> date:
    """A day so many months later, or the last one of a shorter month (the Civil Code, recalled)."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))


def last_day(call: FormCall, answers: Answers) -> date | None:
    """The last day on which one may complain in time; None where the region says no term, or no day that has been."""
    months = next((row["value"] for row in call.table("parameters") if row["key"] == "appeal_months"), "")
    known = str(answers.get("known_on") or "")
    if not months or not known or known > call.now.date().isoformat():
        return None
    return months_later(date.fromisoformat(known), int(months))


def is_late(call: FormCall, answers: Answers) -> bool:
    """Whether it came after its term."""
    last, came = last_day(call, answers), str(answers.get("came_on") or "")
    return last is not None and came > last.isoformat()


def complaint_fields(call: FormCall) -> list[Field]:
    """Who complains and when, of what; and why so late, where it is."""
    came = call.case.applicant.representative if call.case.applicant else None
    return [
        Field("by", "choice", "Who complains", required=True, choices=WHO),
        Field("complained_by", "text", "Name of the representative", maximum=200, when=("by", ("representative",)),
              fault=named, offer=came.name if came else ""),
        Field("power_of_attorney", "text", "Number and date of the power of attorney", maximum=200,
              when=("by", ("representative",)), offer=came.power if came else ""),
        Field("known_on", "date", "Day on which the applicant received the answer", required=True, width="half",
              help="The term to complain runs from it."),
        Field("came_on", "date", "Day on which the complaint came", required=True, width="half"),
        Field("says", "long_text", "What the complaint says", required=True, maximum=2000),
        Field("late_reason", "long_text", "It comes after its term: why, as whoever complains says it", maximum=1000,
              stands_out=True, hide=lambda answers: not is_late(call, answers),
              help="It is registered as late; whoever considers it says whether it is looked at."),
    ]  # fmt: skip


def complaint_initial(call: FormCall) -> Answers:
    """A complaint comes today; of the day on which the answer was received the case knows when it was closed."""
    closed = call.case.closed_at
    known = {"known_on": closed.astimezone(call.now.tzinfo).date().isoformat()} if closed else {}
    return {**known, "came_on": call.now.date().isoformat()}


def complaint_check(call: FormCall, answers: Answers) -> Checked:
    """Raises InvalidAnswers where nothing was decided, for days that cannot be, without a power, late without a why."""
    if errors := _complaint_faults(call, answers):
        raise InvalidAnswers(errors)
    late = is_late(call, answers)
    return Checked(
        "complaint_late" if late else "event_told",
        variables={
            "complaint_on": str(answers["came_on"]),
            "complaint_late": late,
            "complained_by": str(answers.get("complained_by") or "") if answers["by"] == "representative" else "",
        },
    )


def _complaint_faults(call: FormCall, answers: Answers) -> dict[str, str]:
    errors: dict[str, str] = {}
    result, today = call.whereabouts("result"), call.now.date().isoformat()
    if (result is None and call.case.variables.get("ending")) or (result is not None and not result.signed):
        errors["by"] = UNDECIDED
    if answers["by"] == "representative":
        if not answers.get("complained_by"):
            errors["complained_by"] = "Please fill this in."
        if wrong := receiving.power_fault(call, str(answers.get("power_of_attorney") or "")):
            errors["power_of_attorney"] = wrong
    for name in ("known_on", "came_on"):
        if str(answers[name]) > today:
            errors[name] = "That day is still to come."
    if str(answers["came_on"]) < str(answers["known_on"]):
        errors["came_on"] = BEFORE
    if not errors and is_late(call, answers) and not answers.get("late_reason"):
        errors["late_reason"] = "Please fill this in."
    return errors


COMPLAINT_NUMBER = Variable("complaint_number", "text", "Number of the complaint")


@operation(
    "Number and slip of a complaint",
    outputs=(COMPLAINT_NUMBER,),
    help="After a complaint was taken in: its number, and the slip that says until when it is considered.",
)
def take_complaint(call: Call, house: House) -> Outputs:
    """The complaint gets its number and its barcode; whoever complains takes the slip home."""
    case, known, applicant = call.case, call.case.variables, call.case.applicant
    number = house.number("appeal")
    house.paper(
        "doc.complaint_slip",
        number=case.number or "",
        barcode=number,
        complaint_number=number,
        complaint_on=str(known.get("complaint_on", "")),
        about=str(known.get("outgoing_number", "")),
        applicant_name=applicant.full_name if applicant else "",
        complained_by=str(known.get("complained_by", "")),
        late=bool(known.get("complaint_late")),
        consider_until_on=house.due("consider").isoformat(),
        accepted_by=call.person.signature if call.person else "",
        office_name=case.office.name,
        second_language=applicant.language if applicant else "",
    )
    house.output("doc.complaint_slip")
    house.track("appeal", number)
    return {COMPLAINT_NUMBER.name: number}


def consider_fields(call: FormCall) -> list[Field]:
    """What the complaint says, and what becomes of it."""
    given, late = call.case.answers.get(COMPLAINT, {}), bool(call.case.variables.get("complaint_late"))
    why = {"why": str(given.get("late_reason") or "—")}
    return [
        *([Field("late", "note", "", help=LATE, words=why)] if late else []),
        Field("complaint", "long_text", "What the complaint says", readonly=True, maximum=2000),
        Field("verdict", "choice", "Verdict", required=True,
              choices=(UPHELD, DISMISSED, TOO_LATE) if late else (UPHELD, DISMISSED)),
        Field("order_by", "choice", "By whose order it is decided anew", choices=ORDERS, when=("verdict", ("upheld",))),
        Field("order", "text", "Number and date of the order or of the court's decision", maximum=200,
              when=("verdict", ("upheld",))),
        Field("reasons", "long_text", "Reasons, in words for the applicant", required=True, maximum=2000),
    ]  # fmt: skip


def consider_initial(call: FormCall) -> Answers:
    """The complaint as it was taken in."""
    return {"complaint": call.case.answers.get(COMPLAINT, {}).get("says", "")}


def consider_check(call: FormCall, answers: Answers) -> Checked:
    """Raises InvalidAnswers without an order. Whoever decided before is refused before that, by the verb."""
    verdict, order = str(answers["verdict"]), str(answers.get("order") or "")
    upheld = verdict == "upheld"
    if upheld:
        choose = {} if answers.get("order_by") else {"order_by": "Please choose one of the answers."}
        if wrong := choose | ({} if order else {"order": "Please fill this in."}):
            raise InvalidAnswers(wrong)
    variables = {
        "complaint_verdict": verdict,
        "complaint_reasons": str(answers["reasons"]),
        "complaint_order": order if upheld else "",
        "considered_by": call.person.signature,
        **(replaced(call, order, str(answers["order_by"])) if upheld else {}),
    }
    return Checked(f"complaint_{verdict}", ("fact.order",) if upheld else (), variables, signed_by=call.person.id)


def replaced(call: FormCall, order: str, by: str = "office") -> dict[str, object]:
    """What the answer that is made now says of the one before it, empty where none was signed; and by whose order."""
    result, known = call.whereabouts("result"), call.case.variables
    said = ("", "", "")
    if result is not None and result.signed:
        said = (str(known.get("outgoing_number") or ""), str(known.get("outgoing_on") or ""), order)
    return dict(zip(REPLACED, (*said, by), strict=True))


@operation(
    "Answer to a complaint",
    outputs=(letters.LETTER_NUMBER,),
    help="After it was considered: what came of it, with an outgoing number, for whoever complained.",
)
def complaint_letter(call: Call, house: House) -> Outputs:
    """What came of it, and where else one may complain."""
    known = call.case.variables
    return letters.send(
        call,
        house,
        "doc.complaint_answer",
        complaint_number=str(known.get("complaint_number", "")),
        complaint_on=str(known.get("complaint_on", "")),
        about=str(known.get("outgoing_number", "")),
        complained_by=str(known.get("complained_by", "")),
        verdict=str(known.get("complaint_verdict", "")),
        order=str(known.get("complaint_order", "")),
        order_by=str(call.case.answers.get(CONSIDER, {}).get("order_by") or ""),
        reasons=str(known.get("complaint_reasons", "")),
        appeal_to=str(known.get("appeal_to", "")),
        appeal_to_ru=str(known.get("appeal_to_ru", "")),
        head_name=str(known.get("considered_by", "")),
    )


def answer_fields(call: FormCall) -> list[Field]:
    """How the answer reached whoever complained."""
    return [
        Field("way", "choice", "How the answer went", required=True, choices=WAYS),
        Field("postal_number", "text", "Postal number", maximum=40, when=("way", ("posted",)), finds=True),
        *receiving.questions(call, when=("way", ("handed_over",))),
    ]


def answer_check(call: FormCall, answers: Answers) -> Checked:
    """Raises InvalidAnswers for what the chosen way lacks."""
    posted = answers["way"] == "posted"
    if wrong := post.faults(answers) if posted else receiving.faults(call, answers):
        raise InvalidAnswers(wrong)
    warnings = post.warnings(answers) if posted else {}
    brought = "doc.postal_no" if posted else "fact.applicant_signature"
    return Checked("complaint_answered", ("doc.complaint_answer", brought), becomes={"appeal": "kept"},
                   warnings=warnings)  # fmt: skip


REPLACING = (
    Variable("replaces_number", "text", "Number of the answer in whose place the new one comes", always=False),
    Variable("replaces_on", "text", "Day of that answer", always=False),
    Variable("replaces_order", "text", "The order by which another one is made", always=False),
    Variable("replaces_by", "choice", "By whose order it is decided anew", ORDERS, always=False),
)
complaint = Form(
    "A complaint about the decision", "Register the complaint, and make the slip", complaint_fields, complaint_check,
    complaint_initial,
    sets=(
        Variable("complaint_on", "text", "Day on which the complaint came"),
        Variable("complaint_late", "yes", "Whether it came after its term"),
        Variable("complained_by", "text", "The representative who complains"),
    ),
)  # fmt: skip
consider = Form(
    "The complaint", "Decide on the complaint", consider_fields, consider_check, consider_initial, shared=True,
    sets=(
        Variable("complaint_verdict", "choice", "What came of the complaint", (UPHELD, DISMISSED, TOO_LATE)),
        Variable("complaint_reasons", "text", "Why so, in words for the applicant"),
        Variable("complaint_order", "text", "The order by which the case is decided anew"),
        Variable("considered_by", "text", "Who considered the complaint"),
        *REPLACING,
    ),
)  # fmt: skip
answer_complaint = Form("The answer to a complaint", "Record the sending", answer_fields, answer_check, shared=True)
