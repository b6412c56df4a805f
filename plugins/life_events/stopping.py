"""What ends an application before it is decided, and the papers that then go nowhere."""

from plugins.life_events.complaining import REPLACING, WHO, replaced
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
    receiving,
)

SIGNED = "The answer is signed already and goes out: an application is ended only before that. The head can annul it."
UNREGISTERED = "The application is not registered yet: it is discarded, and nothing of it has to be ended."
LEFT = "The answer has left the office already: what is decided is not annulled, but decided anew."
GROUNDS = (
    Choice("mistake", "Registered by mistake"),
    Choice("twice", "Registered twice"),
    Choice("order", "By an order or a decision of a court"),
)
ENDINGS = (
    Choice("withdrawn", "Withdrawn by the applicant"),
    Choice("died", "The applicant has died"),
    Choice("annulled", "Annulled"),
    Choice("sent_on", "Sent on"),
    Choice("joined", "Joined to an earlier application"),
    Choice("not_twice", "Not considered a second time"),
)
ENDING = Variable("ending", "choice", "How the application ended", ENDINGS)
LIES = Variable(
    "folder_lies",
    "choice",
    "Where the folder is, seen from the office that acts",
    (Choice("here", "Here"), Choice("on_the_way", "On its way"), Choice("elsewhere", "At the other office")),
)


def check_registered(call: FormCall, field: str) -> None:
    """Raises InvalidAnswers for what has no number yet, and so nothing to give back or to send on."""
    if call.case.number is None:
        raise InvalidAnswers({field: UNREGISTERED})


def check_may_end(call: FormCall, field: str) -> None:
    """Raises InvalidAnswers before the application is registered, and once the answer is signed."""
    check_registered(call, field)
    result = call.whereabouts("result")
    if result is not None and result.signed:
        raise InvalidAnswers({field: SIGNED})


def lies(call: FormCall) -> str:
    """Where the folder is: here when nobody sends any, or it was never sent."""
    folder = call.whereabouts("folder")
    if folder is None or folder.lies in ("here", "gone"):
        return "here"
    return "on_the_way" if folder.lies in ("on_the_way", "missing") else "elsewhere"


def ended(call: FormCall, ending: str) -> Checked:
    """The stamp, and what the diagram goes by."""
    return Checked("event_told", variables={"ending": ending, "folder_lies": lies(call)})


def withdrawal_fields(call: FormCall) -> list[Field]:
    """Who asks for it, and by which paper."""
    came = call.case.applicant.representative if call.case.applicant else None
    return [
        Field("asked_by", "choice", "Who asks for the application back", required=True, choices=WHO),
        Field("power_of_attorney", "text", "Number and date of the power of attorney", maximum=200,
              when=("asked_by", ("representative",)), offer=came.power if came else ""),
        Field("asked_on", "date", "Day of the written request", required=True),
    ]  # fmt: skip


def withdrawal_check(call: FormCall, answers: Answers) -> Checked:
    """Raises InvalidAnswers for a representative without a power, a day to come, an answer that is signed."""
    if answers["asked_by"] == "representative":
        wrong = receiving.power_fault(call, str(answers.get("power_of_attorney") or ""))
        if wrong:
            raise InvalidAnswers({"power_of_attorney": wrong})
    _check_past(call, answers, "asked_on")
    check_may_end(call, "asked_by")
    return ended(call, "withdrawn")


def death_fields(call: FormCall) -> list[Field]:
    """How the office knows."""
    return [
        Field("certificate", "text", "Number and date of the certificate, or of the notice of death", required=True,
              maximum=200),
        Field("died_on", "date", "Day of death", required=True),
        Field("told_by", "text", "Who told it", required=True, maximum=200, fault=named),
    ]  # fmt: skip


def death_check(call: FormCall, answers: Answers) -> Checked:
    """Raises InvalidAnswers for a day to come, or an answer that is signed."""
    _check_past(call, answers, "died_on")
    check_may_end(call, "certificate")
    return ended(call, "died")


def annulment_fields(call: FormCall) -> list[Field]:
    """On which ground, and by which order of the head."""
    return [
        Field("ground", "choice", "Why the registration is annulled", required=True, choices=GROUNDS),
        Field("order", "text", "Number and date of the order", required=True, maximum=200),
    ]


def annulment_check(call: FormCall, answers: Answers) -> Checked:
    """Raises InvalidAnswers before the application is registered, and when the answer has left."""
    check_registered(call, "ground")
    result = call.whereabouts("result")
    if result is not None and result.lies in ("gone", "on_the_way", "elsewhere", "missing"):
        raise InvalidAnswers({"ground": LEFT})
    return ended(call, "annulled")


@operation(
    "What was made goes nowhere",
    help="A result that is not signed is annulled; what waits for the courier in this office stays here.",
)
def stop(call: Call, house: House) -> Outputs:
    """The draft of the answer is annulled, and what waits for the courier stays: the numbers stay used."""
    house.call_back("result")
    house.call_back("folder")
    return {}


def _check_past(call: FormCall, answers: Answers, name: str) -> None:
    if str(answers[name]) > call.now.date().isoformat():
        raise InvalidAnswers({name: "That day is still to come."})


def _resumed(call: FormCall, order: str) -> dict[str, object]:
    """Whatever is decided now comes in place of what was decided before, and says so."""
    return {"resumed_by": order, **replaced(call, order)}


withdrawal = Form(
    "Withdrawal by the applicant", "The application is withdrawn", withdrawal_fields, withdrawal_check,
    sets=(ENDING, LIES),
)  # fmt: skip
death = Form("Death of the applicant", "End the application", death_fields, death_check, sets=(ENDING, LIES))
annulment = Form(
    "Annulling a registration", "Annul the registration", annulment_fields, annulment_check, sets=(ENDING, LIES)
)
resumption = Form(
    "Taking a closed case up again",
    "Take the case up again",
    lambda call: [Field("order", "text", "Number and date of the order", required=True, maximum=200)],
    lambda call, answers: Checked("event_told", variables=_resumed(call, str(answers["order"]))),
    sets=(Variable("resumed_by", "text", "The order by which the case was taken up again"), *REPLACING),
)
