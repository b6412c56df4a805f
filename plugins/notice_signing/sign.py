"""The head's verdict on a draft: signed, or returned for supplement with a reason.

The return is in the tables of appendix 6 only (I-12); the act limits neither the rounds nor their time.
"""

from services.errors import InvalidAnswers
from services.plugin import Answers, Checked, Choice, Field, Form, FormCall

VERDICTS = (Choice("sign", "Signed on paper"), Choice("return", "Return for supplement"))


def is_recorded(call: FormCall) -> bool:
    """Whether somebody else records what the head did on paper."""
    return "head" not in call.person.roles


def fields(call: FormCall) -> list[Field]:
    """The head chooses; the clerk records whose signature stands on the paper."""
    if is_recorded(call):
        heads = tuple(Choice(str(head.id), head.full_name) for head in call.staff("head"))
        return [Field("signed_by", "choice", "Who signed the paper", required=True, choices=heads)]
    return [
        Field("verdict", "choice", "Verdict", required=True, choices=VERDICTS),
        Field("reason", "long_text", "What is to be supplemented", maximum=2000, when=("verdict", ("return",))),
    ]


def check(call: FormCall, answers: Answers) -> Checked:
    """Raises InvalidAnswers for a return without a reason, or a signature of somebody who is not the head."""
    if is_recorded(call):
        head = {str(each.id): each for each in call.staff("head")}.get(str(answers["signed_by"]))
        if head is None:
            raise InvalidAnswers({"signed_by": "This person is not the head of this office."})
        return _signed(head.full_name, call)
    if answers["verdict"] == "sign":
        return _signed(call.person.full_name, call)
    if not answers.get("reason"):
        raise InvalidAnswers({"reason": "Please say what is to be supplemented."})
    variables = call.case.variables
    content = {
        "number": call.case.number or "",
        "applicant_name": call.case.applicant.full_name if call.case.applicant else "",
        "reason": str(answers["reason"]),
        "head_name": call.person.full_name,
        "executor_name": str(variables.get("executor_name", "")),
        "returned_on": call.now.isoformat(),
        "office_name": call.case.office.name,
    }
    return Checked("returned", ("doc.return_note",), {"signed": False}, papers={"doc.return_note": content})


def _signed(signed_by: str, call: FormCall) -> Checked:
    refused = call.case.variables.get("decision") == "refuse"
    variables = {"signed": True, "signed_by": signed_by, "recorded_by": call.person.full_name}
    return Checked("signed", ("doc.refusal_signed" if refused else "doc.notice_signed",), variables)


sign = Form(
    title="Signature",
    submit="Confirm",
    fields=fields,
    check=check,
    recorders=("clerk",),
    shows="doc.draft",
    sign_with={"verdict": "sign"},
)
