"""The head's consent to a draft: it goes to be numbered and signed, or is returned for supplement with a reason.

The return is in the tables of appendix 6 only (I-12); the act limits neither the rounds nor their time.
"""

from services.errors import InvalidAnswers
from services.plugin import Answers, Checked, Choice, Field, Form, FormCall, PersonFacts, Variable

RETURN = Choice("return", "Return for supplement")
VERDICTS = (Choice("agree", "Agreed: give it its number, for signature"), RETURN)
REASON = Field("reason", "long_text", "What is to be supplemented", maximum=2000, when=("verdict", ("return",)))


def is_recorded(call: FormCall) -> bool:
    """Whether somebody else records what the head did on paper."""
    return "head" not in call.person.roles


def fields(call: FormCall) -> list[Field]:
    """The head chooses; the clerk records who has agreed and will sign."""
    if is_recorded(call):
        heads = tuple(Choice(str(head.id), head.signature) for head in _signers(call))
        asked = "Who agreed and signs the paper"
        return [Field("signed_by", "choice", asked, required=True, choices=heads, people=True)]
    return [Field("verdict", "choice", "Verdict", required=True, choices=VERDICTS), REASON]


def check(call: FormCall, answers: Answers) -> Checked:
    """Raises InvalidAnswers for a return without a reason, or a signer who is not the head."""
    if is_recorded(call):
        head = {str(each.id): each for each in _signers(call)}.get(str(answers["signed_by"]))
        if head is None:
            raise InvalidAnswers({"signed_by": "This person is not the head of this office."})
        return _agreed(head)
    return _agreed(call.person) if answers["verdict"] == "agree" else returned(call, answers)


def returned(call: FormCall, answers: Answers) -> Checked:
    """Back to the executor. Raises InvalidAnswers without a reason."""
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
    nothing = {"agreed": False, "signed": False, "outgoing_number": ""}
    return Checked("returned", ("doc.return_note",), nothing, papers={"doc.return_note": content})


def _signers(call: FormCall) -> list[PersonFacts]:
    """Who may sign today: the heads who are there, and the deputies with the right to sign of those who are not."""
    return [head for head in call.staff("head") if not head.away and head.signs]


def _agreed(signer: PersonFacts) -> Checked:
    variables = {
        "agreed": True,
        "signed": False,
        "signer": str(signer.id),
        "signer_name": signer.signature,
    }
    return Checked("to_be_signed", variables=variables, signer=signer.id)


agree = Form(
    title="The draft before its signature",
    submit="Confirm",
    fields=fields,
    check=check,
    recorders=("clerk",),
    shows=("doc.draft",),
    agree_with={"verdict": "agree"},
    sets=(
        Variable("agreed", "yes", "Whether the head agreed with the draft"),
        Variable("signed", "yes", "Whether the head signed"),
        Variable("signer", "text", "The signer, for an assignee", always=False),
        Variable("signer_name", "text", "Name of the signer, as it stands on paper", always=False),
        Variable("outgoing_number", "text", "Outgoing number of the answer", always=False),
    ),
)
