"""The head's verdict on a draft: signed, or returned for supplement with a reason.

The return is in the tables of appendix 6 only (I-12); the act limits neither the rounds nor their time.
"""

from services.errors import InvalidAnswers
from services.plugin import Answers, Checked, Choice, Field, Form, FormCall, PersonFacts, Variable

VERDICTS = (Choice("sign", "Signed on paper"), Choice("return", "Return for supplement"))


def is_recorded(call: FormCall) -> bool:
    """Whether somebody else records what the head did on paper."""
    return "head" not in call.person.roles


def fields(call: FormCall) -> list[Field]:
    """The head chooses; the clerk records whose signature stands on the paper."""
    if is_recorded(call):
        heads = tuple(Choice(str(head.id), head.signature) for head in _signers(call))
        return [Field("signed_by", "choice", "Who signed the paper", required=True, choices=heads, people=True)]
    return [
        Field("verdict", "choice", "Verdict", required=True, choices=VERDICTS),
        Field("reason", "long_text", "What is to be supplemented", maximum=2000, when=("verdict", ("return",))),
    ]


def check(call: FormCall, answers: Answers) -> Checked:
    """Raises InvalidAnswers for a return without a reason, or a signature of somebody who is not the head."""
    if is_recorded(call):
        head = {str(each.id): each for each in _signers(call)}.get(str(answers["signed_by"]))
        if head is None:
            raise InvalidAnswers({"signed_by": "This person is not the head of this office."})
        return _signed(head, call)
    if answers["verdict"] == "sign":
        return _signed(call.person, call)
    if not answers.get("reason"):
        raise InvalidAnswers({"reason": "Please say what is to be supplemented."})
    variables = call.case.variables
    content = {
        "number": call.case.number or "",
        "applicant_name": call.case.applicant.full_name if call.case.applicant else "",
        "reason": str(answers["reason"]),
        "head_name": call.person.signature,
        "executor_name": str(variables.get("executor_name", "")),
        "returned_on": call.now.isoformat(),
        "office_name": call.case.office.name,
    }
    return Checked("returned", ("doc.return_note",), {"signed": False}, papers={"doc.return_note": content})


def _signers(call: FormCall) -> list[PersonFacts]:
    """Who may sign today: the heads who are there, and the deputies with the right to sign of those who are not."""
    return [head for head in call.staff("head") if not head.away and head.signs]


def _signed(signer: PersonFacts, call: FormCall) -> Checked:
    refused = call.case.variables.get("decision") == "refuse"
    variables = {"signed": True, "signed_by": signer.signature, "recorded_by": call.person.signature}
    return Checked(
        "signed", ("doc.refusal_signed" if refused else "doc.notice_signed",), variables, signed_by=signer.id
    )


sign = Form(
    title="Signature",
    submit="Confirm",
    fields=fields,
    check=check,
    recorders=("clerk",),
    shows="doc.draft",
    sign_with={"verdict": "sign"},
    sets=(
        Variable("signed", "yes", "Whether the head signed"),
        Variable("signed_by", "text", "Who signed", always=False),
        Variable("recorded_by", "text", "Who recorded the signature", always=False),
    ),
)
