"""The signature under the numbered answer: confirmed by the code on the paper that was signed, or made with a key.

What is signed exists: clean, numbered and dated. Its code proves that the paper in hand is that one and no draft.
"""

from dataclasses import replace
from datetime import date

from plugins.notice_signing.agree import REASON, RETURN, is_recorded, returned
from plugins.notice_signing.agree import check as check_consent
from plugins.notice_signing.agree import fields as consent_fields
from services.errors import InvalidAnswers, KomekError
from services.plugin import Answers, Assigned, Checked, Choice, Field, Form, FormCall, Variable

VERDICTS = (Choice("sign", "Signed on paper"), RETURN)
SCAN = "Scan the code on the signed paper, or type its number"


def is_numbered(call: FormCall) -> bool:
    """Whether there is a paper to sign: earlier versions of the diagram come here with the draft."""
    return bool(call.case.variables.get("outgoing_number"))


def fields(call: FormCall) -> list[Field]:
    """The head's verdict and the paper's code; whoever records it needs the code alone: the paper says who signed."""
    if not is_numbered(call):
        return consent_fields(call)
    if is_recorded(call):
        return [Field("code", "text", SCAN, required=not call.on_paper, maximum=80)]
    return [
        Field("verdict", "choice", "Verdict", required=True, choices=VERDICTS),
        Field("code", "text", SCAN, maximum=80, when=("verdict", ("sign",))),
        REASON,
    ]


def check(call: FormCall, answers: Answers) -> Checked:
    """Raises InvalidAnswers for a return without a reason, or the code of another paper."""
    if not is_numbered(call):
        back = check_consent(call, answers)  # an earlier diagram goes on to the number by what was its signature
        return replace(back, variables={**back.variables, "signed": back.variables["agreed"]})
    if not is_recorded(call) and answers["verdict"] == "return":
        return replace(returned(call, answers), becomes={"result": "annulled"})
    if not call.with_key and not call.on_paper:
        check_code(call, str(answers.get("code") or ""))
    variables, refused = call.case.variables, call.case.variables.get("decision") == "refuse"
    return Checked(
        "signed",
        ("doc.refusal_signed" if refused else "doc.notice_signed",),
        {"signed": True, "signed_by": variables["signer_name"], "recorded_by": call.person.signature},
        signed_by=int(str(variables["signer"])) if is_recorded(call) else call.person.id,
        becomes={"result": "signed"},
        replaces=str(variables.get("replaces_number") or ""),
        assigned=() if refused else assigned(call),
    )


def assigned(call: FormCall) -> tuple[Assigned, ...] | None:
    """From and to when what is signed runs; None where its draft did not say, as before there were periods."""
    first, last = (str(call.case.variables.get(name) or "") for name in ("period_from", "period_until"))
    return (Assigned(date.fromisoformat(first), date.fromisoformat(last)),) if first and last else None


def check_code(call: FormCall, typed: str) -> None:
    """Raises InvalidAnswers for anything but the code of the paper that is to be signed."""
    wanted = str(call.case.variables["outgoing_number"])
    if typed.strip() == wanted:  # of a rehearsal, too, whose number no barcode has
        return
    if not typed.strip():
        raise InvalidAnswers({"code": "Please scan the code on the signed paper: it proves which paper it is."})
    try:
        number = call.read_code(typed)
    except KomekError as error:
        raise InvalidAnswers({"code": error.message}) from error
    if number == call.case.number:
        raise InvalidAnswers({"code": "This is the code of the draft or of another inner paper: only the numbered "
                              "answer is signed."})  # fmt: skip
    if number != wanted:
        raise InvalidAnswers({"code": "This is the code of another paper."})


sign = Form(
    title="Signature",
    submit="Confirm",
    fields=fields,
    check=check,
    recorders=("clerk",),
    shows=("doc.notice_signed", "doc.refusal_signed", "doc.draft"),
    sign_with={"verdict": "sign"},
    agree_with={"verdict": "agree"},
    sets=(
        Variable("signed", "yes", "Whether the head signed"),
        Variable("agreed", "yes", "Whether the head agreed with the draft", always=False),
        Variable("signed_by", "text", "Who signed", always=False),
        Variable("recorded_by", "text", "Who recorded the signature", always=False),
        Variable("outgoing_number", "text", "Outgoing number of the answer", always=False),
    ),
)
