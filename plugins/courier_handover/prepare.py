"""A paper is ready for the courier: it stands in the list «to send» until it is scanned onto a registry."""

from collections.abc import Iterable
from typing import cast

from services.plugin import Call, House, Outputs


def prepare(call: Call, house: House) -> Outputs:
    """The folder, or the result with the originals that go back to the applicant (I-41); input: `paper`."""
    paper = str(call.inputs["paper"])
    given = call.case.variables.get("originals") if paper == "result" else None
    house.send(paper, originals=[str(each) for each in cast("Iterable[object]", given or ())])
    return {}
