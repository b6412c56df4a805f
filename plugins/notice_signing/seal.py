"""After the head's consent: the outgoing number, and the clean answer that waits to be signed."""

from services.plugin import Call, House, Outputs, Variable, operation


@operation(
    "Outgoing number and the answer to sign",
    outputs=(Variable("outgoing_number", "text", "Outgoing number of the answer"),),
    help="After the consent to the draft, before its signature. From then on the answer goes nowhere unsigned.",
)
def seal(call: Call, house: House) -> Outputs:
    """The notice or the refusal with its outgoing number and date, under barcode control until it is signed."""
    case, variables = call.case, call.case.variables
    given = case.answers[str(variables["draft_form"])]
    outgoing = house.number("out")
    applicant, office = case.applicant, case.office
    assert applicant is not None
    content: dict[str, object] = {
        "number": case.number or "",
        "outgoing_number": outgoing,
        "dated_on": house.now.isoformat(),
        "applicant_name": applicant.full_name,
        "applicant_address": applicant.address,
        "office_name": office.name,
        "place": office.place,
        "place_kind": office.place_kind,
        "head_name": variables["signer_name"],
        "executor_name": variables.get("executor_name", ""),
        "executor_phone": variables.get("executor_phone", "") or office.phone_raw,
        "second_language": applicant.language,
    }
    if given["decision"] == "approve":
        house.paper("doc.notice_signed", **content, amount=given["amount"], period_months=given["period_months"])
    else:
        content |= {"ground": variables["ground"], "ground_ru": variables.get("ground_ru", "")}
        content |= {"rule": variables.get("refusal_rule", "")}
        content |= {"explanation": given["explanation"], "explanation_ru": given.get("explanation_ru") or ""}
        house.paper("doc.refusal_signed", **content)
    house.track("result", outgoing, signer=int(str(variables["signer"])))
    return {"outgoing_number": outgoing}
