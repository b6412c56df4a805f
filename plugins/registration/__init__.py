"""The counter and the resolution: an application is taken in, registered, and given to an executor."""

from pathlib import Path

from plugins.registration.application import application, psc_application
from plugins.registration.receive import pass_on, receive
from plugins.registration.register import accept, register, take_in
from plugins.registration.resolution import resolution
from services.plugin import Outcome, Paper, Plugin

plugin = Plugin(
    folder=Path(__file__).parent,
    summary="Takes an application in, gives it its number and talon or receipt, and names the executor.",
    in_step={"register": register, "accept": accept, "take_in": take_in},
    forms={
        "application": application,
        "psc_application": psc_application,
        "receive": receive,
        "pass_on": pass_on,
        "resolution": resolution,
    },
    outcomes={
        "registered": Outcome("registered", registers=True),
        "received": Outcome("received"),
        "executor_named": Outcome("executor named"),
        "passed": Outcome("passed on"),
    },
    papers={
        "doc.talon": Paper(
            "Talon",
            ("applicant_name", "accepted_on", "number", "accepted_by", "office_name"),
            taken_home=True,
            bears_code=True,
        ),
        "doc.receipt": Paper(
            "Receipt",
            (
                "number",
                "applicant_name",
                "accepted_on",
                "accepted_by",
                "psc_name",
                "office_name",
                "body_name",
                "documents",
                "documents_count",
                "return_place",
                "return_by_on",
            ),
            taken_home=True,
            bears_code=True,
        ),
        "doc.resolution": Paper(
            "Resolution",
            ("applicant_name", "number", "text", "executor_name", "head_name", "resolved_on", "office_name"),
        ),
    },
)
