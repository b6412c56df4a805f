"""The applicant's papers go back against a signature, when an application ends before it is decided."""

from collections.abc import Mapping
from typing import cast

from services.errors import InvalidAnswers
from services.plugin import Answers, Checked, Choice, Fate, Field, Form, FormCall, post, receiving

WAYS = (
    Choice("handed_over", "Handed over against a signature"),
    Choice("posted", "Sent by post"),
    Choice("kept", "Nobody takes them: kept with the file"),
)
#: of what was joined to an earlier application
TOGETHER = Choice("together", "Put into the file of the earlier application")
FATES: dict[str, Fate] = {"handed_over": "issued", "posted": "posted"}
#: how it ended, as the paper says it
SAID = {
    "withdrawn": "Өтініш берушінің өтінішті кері қайтарып алуы",
    "died": "Өтініш берушінің қайтыс болуы",
    "annulled": "Тіркеудің күшін жою",
    "joined": "Бұрынғы өтінішке қосу",
    "not_twice": "Өтініштің екінші рет қаралмауы",
}
OTHERWISE = "Өтінішті қараудың тоқтатылуы"
APPLICATIONS = ("registration.application", "registration.psc_application")


def fields(call: FormCall) -> list[Field]:
    """Which papers go, to whom, and how that person was known."""
    papers = tuple(Choice(row["key"], row["title_kk"]) for row in call.table("documents"))
    joined = call.case.variables.get("ending") == "joined"
    return [
        Field("way", "choice", "What becomes of the papers", required=True,
              choices=(TOGETHER, *WAYS) if joined else WAYS),
        *receiving.questions(call, when=("way", ("handed_over",)), heirs=_to_heirs(call), told_by=_told_by(call)),
        Field("postal_number", "text", "Postal number", maximum=40, when=("way", ("posted",)), finds=True),
        Field("documents", "counts", "Documents that go back", choices=papers, maximum=99,
              help="As many as were handed in; count them with whoever receives them."),
    ]  # fmt: skip


def initial(call: FormCall) -> Answers:
    """What was handed in goes back."""
    return {"documents": dict(handed_in(call.case.answers))}


def _told_by(call: FormCall) -> str:
    """Who told the office of the death: they stand at the counter most often."""
    return str(call.case.answers.get("life_events.death", {}).get("told_by") or "") if _to_heirs(call) else ""


def handed_in(answers: Mapping[str, Answers]) -> Mapping[str, int]:
    """Document -> how many were handed in with the application."""
    given = next((answers[form] for form in APPLICATIONS if form in answers), {})
    return cast("Mapping[str, int]", given.get("documents") or {})


def check(call: FormCall, answers: Answers) -> Checked:
    """Raises InvalidAnswers for what the chosen way lacks, and for more papers than were handed in, or none."""
    way = str(answers["way"])
    errors = _faults(call, way, answers)
    back = cast("Mapping[str, int]", answers.get("documents") or {})
    given = handed_in(call.case.answers)
    if given and any(count > given.get(key, 0) for key, count in back.items()):
        errors["documents"] = "More of a document than was handed in."
    if way in FATES and not any(back.values()):
        errors["documents"] = (
            "Nothing goes back: nobody can sign for that. Count the documents, or say that nobody takes them."
        )
    if errors:
        raise InvalidAnswers(errors)
    if way == "together":
        return Checked("put_together", ("fact.put_together",))
    if way == "kept":
        return Checked("kept_with_file", ("fact.kept_with_file",))
    brought = "fact.applicant_signature" if way == "handed_over" else "doc.postal_no"
    paper = _paper(call, answers, back)
    return Checked(
        "given_back",
        ("doc.papers_back", brought),
        papers={"doc.papers_back": paper},
        becomes={"folder": FATES[way]},
        warnings=post.warnings(answers) if way == "posted" else {},
    )


def _faults(call: FormCall, way: str, answers: Answers) -> dict[str, str]:
    if way == "handed_over":
        return receiving.faults(call, answers, heirs=_to_heirs(call))
    return post.faults(answers) if way == "posted" else {}


def _to_heirs(call: FormCall) -> bool:
    """Whether the applicant is dead: whoever comes for the papers shows their own document."""
    return call.case.variables.get("ending") == "died"


def _paper(call: FormCall, answers: Answers, back: Mapping[str, int]) -> dict[str, object]:
    case = call.case
    titles = {row["key"]: row["title_kk"] for row in call.table("documents")}
    applicant = case.applicant.full_name if case.applicant else ""
    return {
        "number": case.number or "",
        "applicant_name": applicant,
        "ending": SAID.get(str(case.variables.get("ending")), OTHERWISE),
        "received_by": str(answers.get("received_by") or applicant),
        "power_of_attorney": str(answers.get("power_of_attorney") or ""),
        "postal_number": str(answers.get("postal_number") or ""),
        "documents": [{"title": titles.get(key, key), "count": count} for key, count in back.items() if count],
        "given_on": call.now.isoformat(),
        "given_by": call.person.signature,
        "office_name": case.office.name,
        "office_address": case.office.address,
    }


give_back = Form(
    title="The papers go back",
    submit="Record it, and print the list",
    fields=fields,
    initial=initial,
    check=check,
    shared=True,
)
