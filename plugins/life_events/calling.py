"""What somebody asks over the telephone: taken down by who answers it, answered by the office's clerk.

The act names the call centre (N421/1/9), and says nothing of what callers ask: forms and terms are defaults.
"""

from services.errors import InvalidAnswers
from services.plugin import Answers, Checked, Choice, Field, Form, FormCall, Variable

ASKS = (
    Choice("call_back", "Asks to be called back"),
    Choice("complaint", "Complains"),
    Choice("wrong_address", "Says that the address is wrong"),
    Choice("note", "A note for the office"),
)
LABELS = {each.key: each.label for each in ASKS}
DONE = (
    Choice("called", "Called back"),
    Choice("not_reached", "Called, and reached nobody"),
    Choice("written", "Answered in writing"),
    Choice("passed_on", "Taken up by the case's own step"),
    Choice("nothing", "Nothing had to be done"),
)
COMPLAINT = "A complaint about a decision has a step of its own on the case's page: register it there, too."
ADDRESS = "The address is set right on the case's page, against a document: a call alone changes nothing."


def call_fields(call: FormCall) -> list[Field]:
    """What the caller asks, in their words, and where to reach them."""
    return [
        Field("asks", "choice", "What the caller asks", required=True, choices=ASKS),
        Field("said", "long_text", "In the caller's words", required=True, maximum=500, stands_out=True),
        Field("phone", "phone", "Where to call back", contact=True, help="Empty: the number of the application."),
    ]


def check_call(call: FormCall, answers: Answers) -> Checked:
    """Raises InvalidAnswers for an application that is not registered yet."""
    if call.case.number is None:
        raise InvalidAnswers({"asks": "The application is not registered yet."})
    told = {"call_asks": answers["asks"], "call_said": answers["said"], "call_phone": answers.get("phone") or ""}
    return Checked("call_noted", variables=told)


def answer_fields(call: FormCall) -> list[Field]:
    """What was asked stands above what was done."""
    asks = str(call.case.variables.get("call_asks") or "note")
    notes = {"complaint": COMPLAINT, "wrong_address": ADDRESS}
    note = [Field("about", "note", "", help=notes[asks])] if asks in notes else []
    return [
        Field("asked", "choice", "What the caller asks", choices=ASKS, readonly=True),
        Field("said", "long_text", "In the caller's words", readonly=True),
        Field("phone", "phone", "Where to call back", readonly=True, contact=True),
        *note,
        Field("done", "choice", "What was done", required=True, choices=DONE),
        Field("answered", "long_text", "What was answered", required=True, maximum=1000, stands_out=True),
    ]


def asked(call: FormCall) -> Answers:
    """As it was taken down; the number of the application where the caller named none."""
    known, applicant = call.case.variables, call.case.applicant
    phone = str(known.get("call_phone") or "") or (applicant.phone if applicant else "")
    return {"asked": known.get("call_asks") or "note", "said": known.get("call_said") or "", "phone": phone}


def answered(call: FormCall, answers: Answers) -> Checked:
    """What was done is kept: whatever it was, it ends the request."""
    return Checked("call_answered")


call = Form(
    title="A caller's request",
    submit="Pass it on to the office",
    fields=call_fields,
    check=check_call,
    sets=(
        Variable("call_asks", "choice", "What the caller asks", ASKS),
        Variable("call_said", "text", "In the caller's words"),
        Variable("call_phone", "text", "Where to call back"),
    ),
)
answer_call = Form(
    title="Answering a caller", submit="Record what was answered", fields=answer_fields, initial=asked,
    check=answered,
)  # fmt: skip
