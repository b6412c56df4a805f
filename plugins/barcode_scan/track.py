"""A paper gets its barcode: from now on every office it passes through scans it (N421/11a/psc/courier)."""

from services.plugin import Call, Choice, House, Input, Outputs, operation

PAPERS = (Choice("folder", "The folder"), Choice("result", "The result"))


@operation(
    "Barcode for a paper",
    inputs=(Input("paper", "choice", "Which paper", required=True, choices=PAPERS),),
    help="From now on every office scans it. A folder gets a label, a result goes under its outgoing number.",
)
def track(call: Call, house: House) -> Outputs:
    """The folder under the number of its қолхат, with a label; the result under its outgoing number. Input: `paper`."""
    case, paper = call.case, str(call.inputs["paper"])
    if paper == "result":  # it is known since it got its number; of an earlier version of the diagram, from now on
        house.track(paper, str(case.variables["outgoing_number"]))
        return {}
    number = str(case.variables["number"])
    house.track(paper, number)
    house.paper(
        "doc.label",
        number=number,
        applicant_name=case.applicant.full_name if case.applicant else "",
        accepted_on=case.opened_at.isoformat(),
        office_name=case.intake.name,
        body_name=case.body.name,
    )
    house.output("doc.label")
    return {}
