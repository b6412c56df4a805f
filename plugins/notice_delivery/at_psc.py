"""The result on its way to the PSC's counter, and over it (N421/app6/t2/9, N421/11a/psc/10)."""

from typing import cast

from plugins.notice_delivery.deliver import HANDED_OVER
from plugins.notice_delivery.receiving import check_receiver, questions
from services.plugin import Answers, Checked, Choice, Field, Form, FormCall, Variable

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
    return Checked("passed", variables={"originals": [str(row["title"]) for row in rows]}, becomes={"result": "ready"})


def issue_fields(call: FormCall) -> list[Field]:
    """Who came, who they are, and what they signed."""
    return [*questions(call), Field("receipt", "choice", "The receipt", required=True, choices=RECEIPT)]


def issue_check(call: FormCall, answers: Answers) -> Checked:
    """Raises InvalidAnswers for a representative without a power of attorney."""
    check_receiver(call, answers)
    return Checked(
        "handed_over", ("fact.applicant_signature",), {"delivery": "handed_over"}, becomes={"result": "issued"}
    )


pass_result = Form(
    "The result for the office",
    "Pass to the office",
    pass_fields,
    pass_check,
    shared=True,
    sets=(Variable("originals", "list", "Originals that go back to the applicant"),),
)
issue = Form(
    "Issuing against the receipt",
    "Record the issuing",
    issue_fields,
    issue_check,
    shared=True,
    sets=(HANDED_OVER,),
)
