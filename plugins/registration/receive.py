"""A folder from a PSC: checked against the registry and registered, then passed to the head (N421/11a/psc/4)."""

from services.errors import InvalidAnswers
from services.plugin import Answers, Checked, Choice, Field, Form, FormCall, Variable

PAPERS = (Choice("match", "As listed on the receipt"), Choice("differ", "Something is missing or different"))


def fields(call: FormCall) -> list[Field]:
    """Whether the folder holds what its receipt lists."""
    return [
        Field("papers", "choice", "The papers in the folder", required=True, choices=PAPERS),
        Field(
            "difference",
            "long_text",
            "What is missing or different",
            maximum=1000,
            when=("papers", ("differ",)),
            stands_out=True,
        ),
    ]


def check(call: FormCall, answers: Answers) -> Checked:
    """Raises InvalidAnswers when something differs and nobody says what."""
    if answers["papers"] == "differ" and not answers.get("difference"):
        raise InvalidAnswers({"difference": "Please fill this in."})
    return Checked("received", variables={"papers_match": answers["papers"] == "match"})


receive = Form(
    title="A folder from the office that took it in",
    submit="Only register",
    fields=fields,
    check=check,
    goes_with="registration.pass_on",
    submit_with="Register and pass to the head",
    shows=("doc.receipt",),
    shared=True,
    sets=(Variable("papers_match", "yes", "Whether the folder holds what its receipt lists"),),
)
pass_on = Form(
    title="To the head for resolution",
    submit="Pass to the head",
    fields=lambda call: [],
    check=lambda call, answers: Checked("passed"),
)
