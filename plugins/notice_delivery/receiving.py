"""Who received a result and how they were identified: the same questions at every counter."""

from services.errors import InvalidAnswers
from services.plugin import Answers, Choice, Field, FormCall, named

PAPERS = (
    Choice("identity", "Identity document"),
    Choice("power_of_attorney", "Power of attorney and identity document"),
)


def questions(call: FormCall, *, when: tuple[str, tuple[str, ...]] | None = None) -> list[Field]:
    """Who, by which document, and by whose power of attorney; all of it only where `when` says."""
    name = call.case.applicant.full_name if call.case.applicant else ""
    return [
        Field("received_by", "text", "Who received it and signed", required=when is None, maximum=200, when=when,
              help="The applicant, or a representative by power of attorney.", offer=name, fault=named),
        Field("identified_by", "choice", "How they were identified", required=when is None, choices=PAPERS, when=when),
        Field("power_of_attorney", "text", "Number and date of the power of attorney", maximum=200,
              when=("identified_by", ("power_of_attorney",))),
    ]  # fmt: skip


def faults(call: FormCall, answers: Answers) -> dict[str, str]:
    """What does not fit: a representative without a power of attorney, or somebody else without one."""
    if not answers.get("received_by"):
        return {"received_by": "Please fill this in."}
    if not answers.get("identified_by"):
        return {"identified_by": "Please choose one of the answers."}
    if answers.get("identified_by") == "power_of_attorney":
        return {} if answers.get("power_of_attorney") else {"power_of_attorney": "Please fill this in."}
    applicant = call.case.applicant
    surname = applicant.surname.casefold() if applicant else ""
    if surname and surname not in str(answers["received_by"]).casefold():
        return {"identified_by": "This is not the applicant: a representative comes with a power of attorney."}
    return {}


def check_receiver(call: FormCall, answers: Answers) -> None:
    """Raises InvalidAnswers."""
    if wrong := faults(call, answers):
        raise InvalidAnswers(wrong)
