"""What ends an application before it is decided, and the papers that then go nowhere."""

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
    Operation,
    Outputs,
    Variable,
    named,
)

SIGNED = "The answer is signed already and goes out: an application is ended only before that. The head can annul it."
LEFT = "The answer has left the office already: what is decided is not annulled, but decided anew."
WHO = (Choice("applicant", "The applicant"), Choice("representative", "A representative, by power of attorney"))
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
)
ENDING = Variable("ending", "choice", "How the application ended", ENDINGS)
LIES = Variable(
    "folder_lies",
    "choice",
    "Where the folder is, seen from the office that acts",
    (Choice("here", "Here"), Choice("on_the_way", "On its way"), Choice("elsewhere", "At the other office")),
)


def check_unsigned(call: FormCall, field: str) -> None:
    """Raises InvalidAnswers once the answer is signed."""
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
    return [
        Field("asked_by", "choice", "Who asks for the application back", required=True, choices=WHO),
        Field("power_of_attorney", "text", "Number and date of the power of attorney", maximum=200,
              when=("asked_by", ("representative",))),
        Field("asked_on", "date", "Day of the written request", required=True),
    ]  # fmt: skip


def withdrawal_check(call: FormCall, answers: Answers) -> Checked:
    """Raises InvalidAnswers for a representative without a power, a day to come, an answer that is signed."""
    if answers["asked_by"] == "representative" and not answers.get("power_of_attorney"):
        raise InvalidAnswers({"power_of_attorney": "Please fill this in."})
    _check_past(call, answers, "asked_on")
    check_unsigned(call, "asked_by")
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
    check_unsigned(call, "certificate")
    return ended(call, "died")


def annulment_fields(call: FormCall) -> list[Field]:
    """On which ground, and by which order of the head."""
    return [
        Field("ground", "choice", "Why the registration is annulled", required=True, choices=GROUNDS),
        Field("order", "text", "Number and date of the order", required=True, maximum=200),
    ]


def annulment_check(call: FormCall, answers: Answers) -> Checked:
    """Raises InvalidAnswers when the answer has left."""
    result = call.whereabouts("result")
    if result is not None and result.lies in ("gone", "on_the_way", "elsewhere", "missing"):
        raise InvalidAnswers({"ground": LEFT})
    return ended(call, "annulled")


def stop(call: Call, house: House) -> Outputs:
    """The draft of the answer is annulled, and what waits for the courier stays: the numbers stay used."""
    house.call_back("result")
    house.call_back("folder")
    return {}


def _check_past(call: FormCall, answers: Answers, name: str) -> None:
    if str(answers[name]) > call.now.date().isoformat():
        raise InvalidAnswers({name: "That day is still to come."})


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
    lambda call, answers: Checked("event_told", variables={"resumed_by": str(answers["order"])}),
    sets=(Variable("resumed_by", "text", "The order by which the case was taken up again"),),
)
stopping = Operation(
    stop,
    "What was made goes nowhere",
    help="A result that is not signed is annulled; what waits for the courier in this office stays here.",
)
