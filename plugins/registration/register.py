"""Registration: the number, and the paper the applicant takes home: talon or қолхат (appendices 4 and 5)."""

from collections.abc import Mapping
from typing import cast

from plugins.registration import agreeing
from plugins.registration.representing import on_paper
from services.plugin import Call, House, Outputs, Variable, operation

NUMBER = Variable("number", "text", "Registration number")


@operation("Number and talon", outputs=(NUMBER,))
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
        **on_paper(applicant.representative),
        **agreeing.on_paper(given),
    )
    house.output("doc.regno")
    house.output("doc.talon")
    return {"number": number}


@operation("Number and receipt of the office that takes it in", outputs=(NUMBER,))
def accept(call: Call, house: House) -> Outputs:
    """The PSC's own number, and the қолхат (N421/11a/psc/2, appendix 5); place and time of return by I-45."""
    applicant, person, case = call.case.applicant, call.person, call.case
    assert applicant is not None and person is not None
    given = case.answers.get("registration.psc_application", {})
    counts = cast("Mapping[str, int]", given.get("documents") or {})
    titles = house.titles("documents")
    number = house.number("in")
    house.paper(
        "doc.receipt",
        number=number,
        applicant_name=applicant.full_name,
        accepted_on=house.now.isoformat(),
        accepted_by=person.full_name,
        applicant_address=applicant.address,
        intake_kind=case.intake.kind,
        psc_name=case.intake.name,
        psc_address=case.intake.address,
        office_name=case.intake.name,
        body_name=case.body.name,
        documents=[{"title": titles.get(key, key), "count": count} for key, count in counts.items()],
        documents_count=sum(counts.values()),
        return_place=case.intake.name,
        return_by_on=case.outer_due_at.isoformat(),
        second_language=applicant.language,
        **on_paper(applicant.representative),
        **agreeing.on_paper(given),
    )
    house.output("doc.receipt")
    return {"number": number}


@operation("Incoming number of the body", outputs=(NUMBER,))
def take_in(call: Call, house: House) -> Outputs:
    """The body's incoming number; a body without a register of its own keeps the PSC's (I-46)."""
    own = call.case.office.register != "psc"
    number = house.number("in") if own else call.case.number
    house.output("doc.regno")
    return {"number": number}
