"""A paper is ready for the courier: it stands in the list «to send» until it is scanned onto a registry."""

from collections.abc import Iterable
from typing import cast

from services.plugin import Call, Choice, House, Input, Outputs, operation

PAPERS = (
    Choice("folder", "The folder, to the authorised body"),
    Choice("result", "The result, to the office that took the application in"),
)


@operation(
    "Among what the courier takes",
    inputs=(Input("paper", "choice", "Which paper", required=True, choices=PAPERS),),
    help="The paper stands in the list to send, until it is scanned onto a registry. It needs a barcode before.",
)
def prepare(call: Call, house: House) -> Outputs:
    """The folder, or the result with the originals that go back to the applicant (I-41); input: `paper`."""
    paper = str(call.inputs["paper"])
    given = call.case.variables.get("originals") if paper == "result" else None
    house.send(paper, originals=[str(each) for each in cast("Iterable[object]", given or ())])
    return {}
