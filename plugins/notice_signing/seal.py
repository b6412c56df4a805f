"""After the signature: the outgoing number, and the answer as it was signed, both names kept."""

from services.plugin import Call, House, Operation, Outputs, Variable


def seal(call: Call, house: House) -> Outputs:
    """The signed notice or refusal, with its outgoing number and date."""
    case, variables = call.case, call.case.variables
    given = case.answers[str(variables["draft_form"])]
    outgoing = house.number("out")
    applicant, office = case.applicant, case.office
    assert applicant is not None
    content: dict[str, object] = {
        "number": case.number or "",
        "outgoing_number": outgoing,
        "signed_on": house.now.isoformat(),
        "applicant_name": applicant.full_name,
        "applicant_address": applicant.address,
        "office_name": office.name,
        "place": office.place,
        "place_kind": office.place_kind,
        "head_name": variables["signed_by"],
        "recorded_by": variables["recorded_by"],
        "executor_name": variables.get("executor_name", ""),
        "executor_phone": variables.get("executor_phone", "") or office.phone_raw,
        "second_language": applicant.language,
    }
    if given["decision"] == "approve":
        house.sign("doc.notice_signed", **content, amount=given["amount"], period_months=given["period_months"])
    else:
        content |= {"ground": variables["ground"], "ground_ru": variables.get("ground_ru", "")}
        content |= {"rule": variables.get("refusal_rule", "")}
        house.sign("doc.refusal_signed", **content, explanation=given["explanation"])
    return {"outgoing_number": outgoing}


sealing = Operation(
    seal,
    "Outgoing number and the signed answer",
    outputs=(Variable("outgoing_number", "text", "Outgoing number of the answer"),),
    help="After the draft of the answer and its signature.",
)
