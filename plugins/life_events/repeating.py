"""A second application of the same term: joined to the earlier one, or left unconsidered; the applicant is told."""

from plugins.life_events import letters
from plugins.life_events.stopping import ENDING, LIES, check_may_end, lies
from services.errors import InvalidAnswers
from services.plugin import (
    Alike,
    Answers,
    Call,
    Checked,
    Choice,
    Field,
    Form,
    FormCall,
    House,
    Outputs,
    Relation,
    Variable,
    operation,
)

VERDICTS = (
    Choice("joined", "Joined to the earlier one: its papers go into that file"),
    Choice("not_twice", "Not considered a second time: its papers go back"),
)
NONE = "No earlier application of this person or dwelling stands in this term: the head can annul the registration."


def earlier(call: FormCall) -> list[Alike]:
    """Applications like this one, of the same term, that came before it."""
    applicant, case = call.case.applicant, call.case
    if applicant is None:
        return []
    came = case.opened_at, case.id
    return [each for each in call.alike(applicant, case.body.key) if (each.opened_at, each.case_id) < came]


def fields(call: FormCall) -> list[Field]:
    """Which one it repeats, and what becomes of it."""
    choices = tuple(Choice(str(each.case_id), _called(each)) for each in earlier(call))
    return [
        Field(
            "former", "choice", "The earlier application", required=True, choices=choices, help="" if choices else NONE
        ),
        Field("verdict", "choice", "What becomes of this one", required=True, choices=VERDICTS),
        Field("told_why", "long_text", "Why, in words for the applicant", required=True, maximum=1000),
    ]


def _called(each: Alike) -> str:
    return " · ".join(said for said in (each.number, f"{each.opened_at:%d.%m.%Y}", each.applicant_name) if said)


def check(call: FormCall, answers: Answers) -> Checked:
    """Raises InvalidAnswers when there is no earlier one, before it is registered, and once the answer is signed."""
    check_may_end(call, "former")
    former = next((each for each in earlier(call) if str(each.case_id) == answers["former"]), None)
    if former is None:
        raise InvalidAnswers({"former": NONE})
    verdict = str(answers["verdict"])
    relation: Relation = "joined" if verdict == "joined" else "repeats"
    return Checked(
        "event_told",
        variables={
            "ending": verdict,
            "folder_lies": lies(call),
            "former_number": former.number,
            "former_on": former.opened_at.isoformat(),
            "told_why": str(answers["told_why"]),
        },
        related=((relation, former.case_id),),
        answers={**answers, "former": former.number},
    )


@operation(
    "Letter: a second application",
    outputs=(letters.LETTER_NUMBER,),
    help="After the head said that an application repeats an earlier one: what becomes of it, for the applicant.",
)
def duplicate_letter(call: Call, house: House) -> Outputs:
    """The letter to the applicant with its outgoing number."""
    known = call.case.variables
    return letters.send(
        call,
        house,
        "doc.duplicate",
        former_number=str(known.get("former_number", "")),
        former_on=str(known.get("former_on", "")),
        verdict=str(known.get("ending", "")),
        reason=str(known.get("told_why", "")),
        head_name=call.person.signature if call.person else "",
    )


duplicate = Form(
    "A second application of the same term", "Record it, and make the letter", fields, check,
    sets=(
        ENDING, LIES, Variable("former_number", "text", "Number of the earlier application"),
        Variable("former_on", "text", "When the earlier application was taken in"),
        Variable("told_why", "text", "Why, in words for the applicant"),
    ),
)  # fmt: skip
