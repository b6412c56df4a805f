"""The envelope for a result that goes by post."""

from services.plugin import Call, House, Outputs, operation


@operation("Envelope for the answer")
def prepare(call: Call, house: House) -> Outputs:
    """The envelope, addressed to the applicant."""
    applicant, office = call.case.applicant, call.case.office
    assert applicant is not None
    house.paper(
        "doc.envelope",
        number=str(call.case.variables.get("outgoing_number", "")),
        applicant_name=applicant.full_name,
        applicant_address=applicant.address,
        office_name=office.name,
        office_address=office.address,
        office_phone=office.phone_raw,
    )
    return {}
