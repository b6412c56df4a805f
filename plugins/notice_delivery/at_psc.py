"""The result on its way to the PSC's counter, and over it (N421/app6/t2/9, N421/11a/psc/10)."""

from typing import cast

from services.errors import InvalidAnswers
from services.plugin import Answers, Checked, Choice, Field, Form, FormCall

PAPERS = (
    Choice("identity", "Identity document"),
    Choice("power_of_attorney", "Power of attorney and identity document"),
)
RECEIPT = (
    Choice("shown", "The receipt was shown and signed"),
    Choice("lost", "The receipt is lost: its second copy was signed"),
)


def pass_fields(call: FormCall) -> list[Field]:
    """The originals that go back to the applicant with the result (I-41); the file stays at the body."""
    return [
        Field("originals", "rows", "Originals that go back", maximum=20, columns=(
            Field("title", "text", "Document", required=True, maximum=200),)),
    ]  # fmt: skip


def pass_check(call: FormCall, answers: Answers) -> Checked:
    """Nothing can be wrong: no original may go back at all."""
    rows = cast("list[dict[str, object]]", answers.get("originals") or [])
    return Checked("passed", variables={"originals": [str(row["title"]) for row in rows]})


def issue_fields(call: FormCall) -> list[Field]:
    """Who came, who they are, and what they signed."""
    return [
        Field("received_by", "text", "Who received it and signed", required=True, maximum=200,
              help="The applicant, or a representative by power of attorney."),
        Field("identified_by", "choice", "How they were identified", required=True, choices=PAPERS),
        Field("receipt", "choice", "The receipt", required=True, choices=RECEIPT),
        Field("power_of_attorney", "text", "Number and date of the power of attorney", maximum=200,
              when=("identified_by", ("power_of_attorney",))),
    ]  # fmt: skip


def issue_initial(call: FormCall) -> Answers:
    """The applicant with the receipt, unless it is otherwise."""
    name = call.case.applicant.full_name if call.case.applicant else ""
    return {"received_by": name, "identified_by": "identity", "receipt": "shown"}


def issue_check(call: FormCall, answers: Answers) -> Checked:
    """Raises InvalidAnswers for a representative without a power of attorney."""
    if answers["identified_by"] == "power_of_attorney" and not answers.get("power_of_attorney"):
        raise InvalidAnswers({"power_of_attorney": "Please fill this in."})
    return Checked("handed_over", ("fact.applicant_signature",), {"delivery": "handed_over"})


pass_result = Form("The result for the office", "Pass to the office", pass_fields, pass_check)
issue = Form("Issuing against the receipt", "Record the issuing", issue_fields, issue_check, issue_initial)
