"""A representative applies: by which power of attorney, whose signature stands on the form, who may take the notice.

The act knows the applicant only (a default, DIGEST I-37); a power of attorney and its term: the Civil Code, recalled.
"""

from datetime import date

from services.plugin import Answers, Choice, Field, FormCall, Representative, named

ONLY_THEN = ("represented", ("yes",))
SIGNED_BY = (Choice("applicant", "The applicant's"), Choice("representative", "The representative's"))
TAKES = (
    Choice("applicant", "The applicant only"),
    Choice("representative", "The applicant or the representative"),
)
RAN_OUT = "This power of attorney has run out: a representative applies with one that is in force."


def questions() -> list[Field]:
    """All but the first only when a representative applies."""
    return [
        Field("represented", "yes", "A representative applies, by power of attorney"),
        Field("representative", "text", "Name of the representative", maximum=200, when=ONLY_THEN, fault=named,
              stands_out=True),
        Field("power_number", "text", "Number of the power of attorney", maximum=60, when=ONLY_THEN, width="third"),
        Field("power_on", "date", "Day of the power of attorney", when=ONLY_THEN, width="third"),
        Field("power_until", "date", "In force until", when=ONLY_THEN, width="third"),
        Field("power_by", "text", "Who certified it", maximum=200, when=ONLY_THEN,
              help="A notary, or whoever else; as its seal says."),
        Field("application_signed_by", "choice", "Whose signature stands on the application", when=ONLY_THEN,
              choices=SIGNED_BY),
        Field("notice_taken_by", "choice", "Who may take the notice", when=ONLY_THEN, choices=TAKES,
              help="As the power of attorney says."),
    ]  # fmt: skip


def faults(call: FormCall, answers: Answers) -> dict[str, str]:
    """What is missing or does not fit; nothing when the applicant came."""
    if not answers.get("represented"):
        return {}
    needed = [field for field in questions() if field.when]
    choose, fill = "Please choose one of the answers.", "Please fill this in."
    wrong = {each.name: choose if each.choices else fill for each in needed if not answers.get(each.name)}
    since, until = str(answers.get("power_on") or ""), str(answers.get("power_until") or "")
    today = call.now.date().isoformat()
    if since > today:
        wrong["power_on"] = "That day is still to come."
    if until and until < today:
        wrong["power_until"] = RAN_OUT
    elif since and until and until < since:
        wrong["power_until"] = "The last day is before the first."
    return wrong


def representative(answers: Answers) -> Representative | None:
    """Who came for the applicant; None when they came themselves."""
    if not answers.get("represented"):
        return None
    return Representative(
        name=str(answers["representative"]),
        power_number=str(answers["power_number"]),
        power_on=date.fromisoformat(str(answers["power_on"])),
        power_until=date.fromisoformat(str(answers["power_until"])),
        power_by=str(answers["power_by"]),
        signed=answers["application_signed_by"] == "representative",
        takes=answers["notice_taken_by"] == "representative",
    )


def kept(answers: Answers) -> Answers:
    """The answers as they are kept: that nobody came for the applicant is nothing to be read afterwards."""
    return {name: said for name, said in answers.items() if name != "represented" or said}


def on_paper(who: Representative | None) -> dict[str, object]:
    """What the talon and the receipt say of them; nothing when the applicant came."""
    if who is None:
        return {}
    return {
        "representative_name": who.name,
        "power": who.power,
        "power_until": f"{who.power_until:%d.%m.%Y}",
        "signed_by_representative": who.signed,
    }
