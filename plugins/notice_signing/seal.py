"""After the head's consent: the outgoing number, and the clean answer that waits to be signed."""

from services.plugin import Call, House, Outputs, Variable, operation

#: in whose place the answer comes, as the diagram knows it of what is decided anew
REPLACING = ("replaces_number", "replaces_on", "replaces_order", "replaces_by")

#: the reasons of a refusal once more, in the other language of papers
TRANSLATED = ("explanation_ru", "explanation_kk")


@operation(
    "Outgoing number and the answer to sign",
    outputs=(
        Variable("outgoing_number", "text", "Outgoing number of the answer"),
        Variable("outgoing_on", "text", "Day of the answer", always=False),
    ),
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
        "representative_name": applicant.representative.name if applicant.representative else "",
        "power": applicant.representative.power if applicant.representative else "",
        **{each: str(variables[each]) for each in REPLACING if variables.get(each)},
    }
    if given["decision"] == "approve":
        content |= {f"{name}_on": variables[name] for name in ("period_from", "period_until") if variables.get(name)}
        house.paper("doc.notice_signed", **content, amount=given["amount"], period_months=given["period_months"])
    else:
        content |= {"ground": variables["ground"], "ground_ru": variables.get("ground_ru", "")}
        content |= {"rule": variables.get("refusal_rule", "")}
        content |= {name: variables.get(name, "") for name in ("appeal_to", "appeal_to_ru", "appeal_months")}
        content |= {"explanation": given["explanation"]} | {each: given.get(each) or "" for each in TRANSLATED}
        house.paper("doc.refusal_signed", **content)
    house.track("result", outgoing, signer=int(str(variables["signer"])))
    return {"outgoing_number": outgoing, "outgoing_on": house.now.isoformat()}
