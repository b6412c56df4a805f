"""The head's resolution: what is to be done, and who does it (N421/11a/direct/3)."""

from services.errors import InvalidAnswers
from services.plugin import Answers, Checked, Choice, Field, Form, FormCall, PersonFacts, Variable

USUAL = "Құжаттарды белгіленген тәртіппен қарап, жауап жобасын дайындау үшін."


def fields(call: FormCall) -> list[Field]:
    """The executors of this office to choose from."""
    executors = tuple(Choice(str(person.id), person.full_name) for person in _executors(call))
    return [
        Field("executor", "choice", "Executor", required=True, choices=executors, people=True),
        Field("text", "long_text", "Resolution", required=True, maximum=1000),
    ]


def _executors(call: FormCall) -> list[PersonFacts]:
    """Whose role it is, absent or not: a deputy works on what is named for the absent one."""
    return [person for person in call.staff("executor") if not person.stands_for]


def check(call: FormCall, answers: Answers) -> Checked:
    """Raises InvalidAnswers when the one named is not an executor of this office."""
    named = {str(person.id): person for person in _executors(call)}.get(str(answers["executor"]))
    if named is None:
        raise InvalidAnswers({"executor": "This person is not an executor of this office."})
    applicant = call.case.applicant
    content = {
        "number": call.case.number or "",
        "applicant_name": applicant.full_name if applicant else "",
        "text": str(answers["text"]),
        "executor_name": named.full_name,
        "head_name": call.person.signature,
        "resolved_on": call.now.isoformat(),
        "office_name": call.case.office.name,
    }
    return Checked(
        "executor_named",
        outputs=("doc.resolution", "fact.executor"),
        variables={"executor": str(named.id), "executor_name": named.full_name, "executor_phone": named.phone},
        papers={"doc.resolution": content},
    )


resolution = Form(
    title="Resolution",
    submit="Sign the resolution and pass to the executor",
    fields=fields,
    initial=lambda call: {"text": USUAL},
    check=check,
    several=True,
    sets=(
        Variable("executor", "text", "The executor, for an assignee"),
        Variable("executor_name", "text", "Name of the executor"),
        Variable("executor_phone", "text", "Phone of the executor"),
    ),
)
