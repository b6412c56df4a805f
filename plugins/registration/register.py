"""Registration: the incoming number and the talon (N421/11a/direct/2, appendix 4)."""

from collections.abc import Mapping
from typing import cast

from services.plugin import Call, House, Outputs


def register(call: Call, house: House) -> Outputs:
    """The number of the application; its talon and folder label are made with it."""
    applicant, person = call.case.applicant, call.person
    assert applicant is not None and person is not None
    given = call.case.answers.get("registration.application", {})
    counts = cast("Mapping[str, int]", given.get("documents") or {})
    number = house.number("in")
    house.paper(
        "doc.talon",
        applicant_name=applicant.full_name,
        accepted_on=house.now.isoformat(),
        number=number,
        accepted_by=person.full_name,
        office_name=call.case.office.name,
        documents=sum(counts.values()),
        second_language=applicant.language,
    )
    house.output("doc.regno")
    house.output("doc.talon")
    return {"number": number}
