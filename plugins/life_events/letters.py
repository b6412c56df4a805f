"""A letter of the office to the applicant or to another body, with its outgoing number."""

from services.plugin import Call, House, Outputs, Variable

LETTER_NUMBER = Variable("letter_number", "text", "Outgoing number of the letter")


def send(call: Call, house: House, paper: str, **says: object) -> Outputs:
    """Make that letter under the next outgoing number; `says` is what it has beside what every letter has."""
    case, applicant = call.case, call.case.applicant
    outgoing = house.number("out")
    house.paper(
        paper,
        number=case.number or "",
        outgoing_number=outgoing,
        dated_on=house.now.isoformat(),
        received_on=case.opened_at.isoformat(),
        applicant_name=applicant.full_name if applicant else "",
        applicant_address=applicant.address if applicant else "",
        office_name=case.office.name,
        office_address=case.office.address,
        second_language=applicant.language if applicant else "",
        **says,
    )
    house.output(paper)
    return {LETTER_NUMBER.name: outgoing}
