"""The application at the counter (N421/11a/direct/2): who applies, where they live, which papers they brought."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

from plugins.registration import agreeing, carrying, representing
from services.errors import InvalidAnswers
from services.plugin import Alike, Answers, Applicant, Checked, Choice, Field, Form, FormCall, Relation, iin, named

TWICE = (
    "This person, or this dwelling, has an application of this term already: say why another one is taken in, or "
    "discard this one."
)
#: what the region speaks first -> what papers may say: that alone, or the other one beside it
LANGUAGES = {
    "kk": (Choice("kk", "Kazakh only"), Choice("ru", "Kazakh, and Russian beside it")),
    "ru": (Choice("ru", "Russian only"), Choice("kk", "Russian, and Kazakh beside it")),
}


def fields(call: FormCall) -> list[Field]:
    """The questions, with the region's list of documents."""
    papers = tuple(
        Choice(row["key"], row["title_kk"], row.get("help_kk", ""), wanted=row.get("required") == "yes")
        for row in call.table("documents")
    )
    asked = [
        Field("surname", "text", "Surname", required=True, maximum=100, autocomplete="family-name", width="third",
              fault=named),
        Field("given_name", "text", "Given name", required=True, maximum=100, autocomplete="given-name", width="third",
              fault=named),
        Field("patronymic", "text", "Patronymic", maximum=100, autocomplete="additional-name", width="third",
              fault=named),
        Field("iin", "iin", "IIN", help="12 digits; the act does not ask for it.", width="half"),
        Field("phone", "phone", "Phone", help="With its area code, as 8 700 000 00 00 or 8 7282 00 00 00.", maximum=40,
              autocomplete="tel", width="half", contact=True),
        Field("address", "text", "Address", required=True, maximum=300,
              help="District or city, settlement, street, house, flat.", autocomplete="street-address", contact=True),
        *representing.questions(),
        Field("language", "choice", "Language of the printed forms", required=True,
              choices=LANGUAGES[call.first_language]),
        *agreeing.questions(call),
        Field("documents", "counts", "Documents handed in", required=True, choices=papers, maximum=99,
              help="How many of each. Zero: not handed in."),
        *carrying.questions(call),
        Field("missing_reason", "text", "Why a required document is not there", maximum=300, stands_out=True,
              help="Only when one is not; the head reads it."),
        Field("again_reason", "text", "Why another application of this term is taken in", maximum=300, stands_out=True,
              help="Only when this person, or this dwelling, has one already; the head reads it."),
        Field("remark", "long_text", "Remark", maximum=1000, stands_out=True),
    ]  # fmt: skip
    return carrying.marked(call, asked)


def initial(call: FormCall) -> Answers:
    """Forms in the region's first language, and what is carried over from the former case.

    No document: those handed in are counted by hand.
    """
    return {"language": call.first_language, **carrying.initial(call)}


def check(call: FormCall, answers: Answers) -> Checked:
    """Raises InvalidAnswers for a wrong IIN, no document at all, or a required one that is not there for no reason; and
    for another application of the same term without a reason.
    """
    number = str(answers.get("iin") or "")
    errors = representing.faults(call, answers) | carrying.faults(call, answers) | agreeing.faults(answers)
    if number and (wrong := iin.fault(number)):
        errors["iin"] = wrong
    counts = cast("Mapping[str, int]", answers.get("documents") or {})
    carried = carrying.papers_of(answers)
    if not any(counts.values()):
        errors["documents"] = "No document was handed in: an application comes with its papers."
    elif not answers.get("missing_reason") and any(
        row.get("required") == "yes" and not counts.get(row["key"]) and row["key"] not in carried
        for row in call.table("documents")
    ):
        errors["missing_reason"] = "One of the required documents was not handed in: please say why."
    others = () if errors else others_alike(call, answers)
    if others and not answers.get("again_reason"):
        errors["again_reason"] = TWICE
    if errors:
        raise InvalidAnswers(errors)
    applicant = replace(_applicant(call, answers), representative=representing.representative(answers))
    odd = iin.oddity(number, applicant.patronymic) if number else None
    related: tuple[tuple[Relation, int], ...] = tuple(("repeats", each.case_id) for each in others)
    warnings = {"iin": odd} if odd else {}
    return Checked(
        "registered", applicant=applicant, warnings=warnings, related=related, agreed=agreeing.agreement(answers),
        answers=agreeing.kept(representing.kept(answers)),
    )  # fmt: skip


def _applicant(call: FormCall, answers: Answers) -> Applicant:
    """Who applies, as far as it was typed."""
    said = {name: str(answers.get(name) or "") for name in ("surname", "given_name", "patronymic", "iin", "address")}
    phones = {name: str(answers.get(name) or "") for name in ("phone", "phone_raw")}
    return Applicant(**said, **phones, language=str(answers.get("language") or call.first_language))  # type: ignore[arg-type]


def others_alike(call: FormCall, answers: Answers) -> Sequence[Alike]:
    """Applications of the same person, or for the same dwelling, of the term in which this one comes."""
    return call.alike(_applicant(call, answers), str(answers.get("body") or call.case.body.key))


def preview(call: FormCall, answers: Answers) -> Mapping[str, object]:
    """An application, those it may repeat, and what was assigned before; nothing before somebody was named."""
    applicant = _applicant(call, answers)
    if not (applicant.iin or applicant.address):
        return {"applicant": applicant, "others": (), "assigned": {}, "before": ()}
    others = others_alike(call, answers)
    shown = {each.case_id for each in others}
    granted = call.assignments(applicant, str(answers.get("body") or call.case.body.key)) if _may_follow(call) else ()
    return {
        "applicant": applicant,
        "others": others,
        "assigned": {each.case_id: each for each in granted if each.case_id in shown},
        "before": [each for each in granted if each.case_id not in shown],
    }


def _may_follow(call: FormCall) -> bool:
    """Whether it follows no other yet, and is not registered."""
    return call.former() is None and call.case.number is None


application = Form(
    title="Application for housing assistance",
    submit="Register and make the talon",
    fields=fields,
    initial=initial,
    check=check,
    preview=preview,
    template="registration/application.html",
    beside="registration/beside.html",
    beside_of=("iin", "address", "body"),
    shared=True,
)


# ---------------------------------------------------------------- at a PSC (N421/11a/psc/1-2)


def psc_fields(call: FormCall) -> list[Field]:
    """The application, and the body that decides: the one of the region's table, or another with a reason."""
    bodies = tuple(Choice(row["key"], row["name_kk"]) for row in call.table("offices") if row["kind"] == "body")
    return [
        *fields(call),
        Field("body", "choice", "Authorised body", required=True, choices=bodies,
              help="By the applicant's address. The one this office works for is chosen already."),
        Field("body_reason", "text", "Why another body", maximum=300, stands_out=True,
              help="Only when it is another one."),
    ]  # fmt: skip


def psc_initial(call: FormCall) -> Answers:
    """As at the body, with the body of the table."""
    return {**initial(call), "body": call.case.body.key}


def psc_check(call: FormCall, answers: Answers) -> Checked:
    """Raises InvalidAnswers as at the body, and for another body without a reason."""
    usual = next((row["parent"] for row in call.table("offices") if row["key"] == call.case.intake.key), "")
    if answers["body"] != usual and not answers.get("body_reason"):
        raise InvalidAnswers({"body_reason": "This office works for another body: please say why."})
    return replace(check(call, answers), body=str(answers["body"]))


psc_application = replace(
    application,
    submit="Register, make the receipt and the label",
    fields=psc_fields,
    initial=psc_initial,
    check=psc_check,
)
