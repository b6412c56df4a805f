"""Who received a result and how they were identified: the same questions at every counter."""

from services.errors import InvalidAnswers
from services.msgids import _
from services.plugin.forms import Field, FormCall, named
from services.plugin.operations import Choice
from services.plugin.told import Answers

RAN_OUT = _("The power of attorney by which the application was made has run out: ask for one that is in force.")
TAKES_NOTHING = _(
    "By this power of attorney the representative applies, but does not take the notice: ask for another."
)
DIED = _("This power of attorney ended with the applicant's death: the heirs show their own right to the papers.")
PAPERS = (
    Choice("identity", _("Identity document")),
    Choice("power_of_attorney", _("Power of attorney and identity document")),
)


def questions(
    call: FormCall, *, when: tuple[str, tuple[str, ...]] | None = None, heirs: bool = False, told_by: str = ""
) -> list[Field]:
    """Who, by which document, and by whose power of attorney; all of it only where `when` says.

    `heirs`: the applicant is dead, and whoever comes is known by their own document; most likely `told_by`.
    """
    applicant = None if heirs else call.case.applicant
    came = applicant.representative if applicant else None
    name = applicant.full_name if applicant else told_by
    if came and came.takes and came.acts_on(call.now.date()):
        name = came.name
    who = "" if heirs else _("The applicant, or a representative by power of attorney.")
    return [
        Field("received_by", "text", _("Who received it and signed"), required=when is None, maximum=200, when=when,
              help=who, offer=name, fault=named),
        Field("identified_by", "choice", _("How they were identified"), required=when is None, choices=PAPERS,
              when=when),
        Field("power_of_attorney", "text", _("Number and date of the power of attorney"), maximum=200,
              when=("identified_by", ("power_of_attorney",)), offer=came.power if came else ""),
    ]  # fmt: skip


def faults(call: FormCall, answers: Answers, *, heirs: bool = False, answer: bool = False) -> dict[str, str]:
    """What does not fit: a representative without a power of attorney, or somebody else without one, but for heirs.

    `heirs`: the applicant is dead, and so is the power that they gave (the Civil Code, recalled).
    `answer`: it is the answer that is handed over, which not every representative may take.
    """
    if not answers.get("received_by"):
        return {"received_by": _("Please fill this in.")}
    if not answers.get("identified_by"):
        return {"identified_by": _("Please choose one of the answers.")}
    if answers.get("identified_by") == "power_of_attorney":
        wrong = power_fault(call, str(answers.get("power_of_attorney") or ""), heirs=heirs, answer=answer)
        return {"power_of_attorney": wrong} if wrong else {}
    applicant = call.case.applicant
    surname = applicant.surname.casefold() if applicant and not heirs else ""
    if surname and surname not in str(answers["received_by"]).casefold():
        return {"identified_by": _("This is not the applicant: a representative comes with a power of attorney.")}
    return {}


def power_fault(call: FormCall, typed: str, *, heirs: bool = False, answer: bool = False) -> str:
    """What is wrong with a power of attorney; of the one by which the application was made, term and words are known.

    Empty when nothing is.
    """
    came = call.case.applicant.representative if call.case.applicant else None
    if not typed:
        return _("Please fill this in.")
    if came is None or not came.is_by(typed):
        return ""
    if heirs:
        return DIED
    if not came.acts_on(call.now.date()):
        return RAN_OUT
    return TAKES_NOTHING if answer and not came.takes else ""


def check_receiver(call: FormCall, answers: Answers) -> None:
    """Raises InvalidAnswers."""
    if wrong := faults(call, answers, answer=True):
        raise InvalidAnswers(wrong)
