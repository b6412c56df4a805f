"""The application at the counter (N421/11a/direct/2): who applies, where they live, which papers they brought."""

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from plugins.registration import iin
from services.errors import InvalidAnswers
from services.plugin import Answers, Applicant, Checked, Choice, Field, Form, FormCall, named

LANGUAGES = (Choice("kk", "Kazakh only"), Choice("ru", "Kazakh, and Russian beside it"))


def fields(call: FormCall) -> list[Field]:
    """The questions, with the region's list of documents."""
    papers = tuple(
        Choice(row["key"], row["title_kk"], row.get("help_kk", ""), wanted=row.get("required") == "yes")
        for row in call.table("documents")
    )
    return [
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
        Field("language", "choice", "Language of the printed forms", required=True, choices=LANGUAGES),
        Field("documents", "counts", "Documents handed in", required=True, choices=papers, maximum=99,
              help="How many of each. Zero: not handed in."),
        Field("missing_reason", "text", "Why a required document is not there", maximum=300, stands_out=True,
              help="Only when one is not; the head reads it."),
        Field("remark", "long_text", "Remark", maximum=1000, stands_out=True),
    ]  # fmt: skip


def initial(call: FormCall) -> Answers:
    """Kazakh forms. No document: what was handed in is counted by hand."""
    return {"language": "kk"}


def check(call: FormCall, answers: Answers) -> Checked:
    """Raises InvalidAnswers for a wrong IIN, no document at all, or a required one that is not there for no reason."""
    number = str(answers.get("iin") or "")
    errors = {}
    if number and (wrong := iin.fault(number)):
        errors["iin"] = wrong
    counts = cast("Mapping[str, int]", answers.get("documents") or {})
    if not any(counts.values()):
        errors["documents"] = "No document was handed in: an application comes with its papers."
    elif not answers.get("missing_reason") and any(
        row.get("required") == "yes" and not counts.get(row["key"]) for row in call.table("documents")
    ):
        errors["missing_reason"] = "One of the required documents was not handed in: please say why."
    if errors:
        raise InvalidAnswers(errors)
    applicant = Applicant(
        surname=str(answers["surname"]),
        given_name=str(answers["given_name"]),
        patronymic=str(answers.get("patronymic") or ""),
        iin=number,
        address=str(answers["address"]),
        phone=str(answers.get("phone") or ""),
        phone_raw=str(answers.get("phone_raw") or ""),
        language=str(answers["language"]),
    )
    odd = iin.oddity(number, applicant.patronymic) if number else None
    return Checked("registered", applicant=applicant, warnings={"iin": odd} if odd else {})


application = Form(
    title="Application for housing assistance",
    submit="Register and make the talon",
    fields=fields,
    initial=initial,
    check=check,
    shared=True,
)


# ---------------------------------------------------------------- at a PSC (N421/11a/psc/1-2)


def psc_fields(call: FormCall) -> list[Field]:
    """The application, and the body that decides: the one of the region's table, or another with a reason."""
    bodies = tuple(Choice(row["key"], row["name_kk"]) for row in call.table("offices") if row["kind"] == "body")
    return [
        *fields(call),
        Field("body", "choice", "Authorised body", required=True, choices=bodies,
              help="By the applicant's address. The one this PSC works for is chosen already."),
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
        raise InvalidAnswers({"body_reason": "This PSC works for another body: please say why."})
    return replace(check(call, answers), body=str(answers["body"]))


psc_application = replace(
    application,
    submit="Register, make the receipt and the label",
    fields=psc_fields,
    initial=psc_initial,
    check=psc_check,
)
