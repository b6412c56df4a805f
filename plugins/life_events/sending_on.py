"""An application that belongs to another body: sent on with a letter, and the applicant told."""

from plugins.life_events import letters
from plugins.life_events.giving_back import handed_in
from plugins.life_events.stopping import ENDING, LIES, check_may_end, lies
from services.errors import InvalidAnswers
from services.plugin import (
    Answers,
    Call,
    Checked,
    Choice,
    Fate,
    Field,
    Form,
    FormCall,
    House,
    Outputs,
    Variable,
    named,
    operation,
    post,
)

TOLD = (Choice("phone", "By phone"), Choice("letter", "By letter"), Choice("in_person", "In person"))
WAYS = (Choice("posted", "Sent by post"), Choice("messenger", "By a messenger, against a signature"))


def wrong_fields(call: FormCall) -> list[Field]:
    """To which body it belongs."""
    bodies = tuple(
        Choice(row["key"], row["name_kk"])
        for row in call.table("offices")
        if row["kind"] == "body" and row["key"] != call.case.body.key
    )
    return [Field("right_body", "choice", "The body that it belongs to, by the address", required=True, choices=bodies)]


def wrong_check(call: FormCall, answers: Answers) -> Checked:
    """Raises InvalidAnswers before it is registered, and once the answer is signed."""
    check_may_end(call, "right_body")
    row = next(row for row in call.table("offices") if row["key"] == answers["right_body"])
    told = {"right_body": row["key"], "right_body_name": row["name_kk"], "right_body_address": row["address_kk"]}
    return Checked("event_told", variables={**told, "ending": "sent_on", "folder_lies": lies(call)})


@operation("Letter to the right body", outputs=(letters.LETTER_NUMBER,))
def cover_letter(call: Call, house: House) -> Outputs:
    """The covering letter with its outgoing number; a copy of it is for the applicant."""
    known = call.case.variables
    counts = handed_in(call.case.answers)
    titles = house.titles("documents")
    order = [*titles, *(key for key in counts if key not in titles)]
    return letters.send(
        call,
        house,
        "doc.sent_on",
        body_name=str(known.get("right_body_name", "")),
        body_address=str(known.get("right_body_address", "")),
        documents=[{"title": titles.get(key, key), "count": counts[key]} for key in order if counts.get(key)],
    )


def send_fields(call: FormCall) -> list[Field]:
    """How the papers went, and how the applicant was told."""
    return [
        Field("way", "choice", "How the papers went", required=True, choices=WAYS),
        Field("postal_number", "text", "Postal number", maximum=40, when=("way", ("posted",)), finds=True),
        Field("received_by", "text", "Who received them and signed", maximum=200, when=("way", ("messenger",)),
              fault=named),
        Field("told_how", "choice", "How the applicant was told", required=True, choices=TOLD),
    ]  # fmt: skip


def send_check(call: FormCall, answers: Answers) -> Checked:
    """Raises InvalidAnswers for what the chosen way lacks, or a mistyped postal number."""
    posted = answers["way"] == "posted"
    receiver = {} if answers.get("received_by") else {"received_by": "Please fill this in."}
    if wrong := post.faults(answers) if posted else receiver:
        raise InvalidAnswers(wrong)
    fate: Fate = "posted" if posted else "issued"
    warnings = post.warnings(answers) if posted else {}
    return Checked("posted_on", ("fact.applicant_told",), becomes={"folder": fate}, warnings=warnings)


wrong_district = Form(
    "Another district", "Send it on", wrong_fields, wrong_check,
    sets=(
        ENDING, LIES, Variable("right_body", "text", "Key of the body that it belongs to"),
        Variable("right_body_name", "text", "The body that it belongs to"),
        Variable("right_body_address", "text", "Address of the body that it belongs to"),
    ),
)  # fmt: skip
send_on = Form("Sending the papers on", "Record the sending", send_fields, send_check, shared=True)
