"""The figures a decision rests on: household, incomes, expenses. Money is whole tenge a month."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

from plugins.assessment import incomes, norms, periods
from services.errors import InvalidAnswers
from services.plugin import Answers, Asks, Checked, Choice, Field, Form, FormCall, Former, Variable, named

EXPENSES = (
    Choice("maintenance", "Maintenance of the dwelling"),
    Choice("heating", "Heating"),
    Choice("hot_water", "Hot water"),
    Choice("cold_water", "Cold water and sewerage"),
    Choice("gas", "Gas"),
    Choice("electricity", "Electricity"),
    Choice("waste", "Waste collection"),
    Choice("lift", "Lift"),
    Choice("telephone", "Telephone"),
    Choice("rent", "Rent"),
)
RELATIONS = (
    Choice("applicant", "Applicant"),
    Choice("spouse", "Spouse"),
    Choice("child", "Child"),
    Choice("parent", "Parent"),
    Choice("other", "Other"),
)
MOST_TENGE = 1_000_000_000
UNCHECKED = "The household is carried over from the former case: please check it, and say so."
#: in which the figures stand, each later one in place of the former
FORMS = ("assessment.review", "assessment.determine", "assessment.draft", "assessment.supplement")
#: what the region's decision table is asked, and conditions may ask too
FIGURES = (
    Variable("expense", "number", "Monthly expenses for the dwelling, tenge"),
    Variable("income", "number", "Income of the household a month, tenge"),
    Variable("share_percent", "number", "Share of maximum permissible expenses, per cent"),
    Variable("papers_complete", "yes", "Whether the papers are complete"),
    Variable("persons", "number", "Persons in the household"),
    Variable("term_months", "number", "Months from the application to the end of the term", always=False),
)


#: the region's decision, and what it is asked: `reason` is the ground of a refusal
ENTITLEMENT = "entitlement"
ASKS = Asks(
    gives=FIGURES,
    needs=("entitled", "amount", "period_months", "reason"),
    reason="reason",
    reasons={"entitled": "", "papers_incomplete": "incomplete_documents"},
)


def fields(call: FormCall) -> list[Field]:
    """What the executor enters from the papers."""
    count = len(incomes.months(call))
    former = carried_from(call)
    return [
        Field("papers", "choice", "The papers", required=True, choices=(
            Choice("complete", "Complete and in order"), Choice("incomplete", "Something is missing or wrong"))),
        Field("papers_note", "long_text", "What is missing or wrong", maximum=1000, when=("papers", ("incomplete",)),
              stands_out=True),
        Field("members", "rows", "Household and incomes", required=True, maximum=30, columns=(
            Field("name", "text", "Full name", required=True, maximum=200, fault=named),
            Field("relation", "choice", "Relation", required=True, choices=RELATIONS),
            *incomes.columns(call, MOST_TENGE),
        ), carried=former.number if former else "",
            help="What the certificates say of each for the last %(months)s whole months: the average is reckoned.",
            words={"months": parameter(call, "income_months")}),
        Field("income_reckoned", "reckoned", "How the incomes a month are reckoned, tenge",
              reckon=lambda known: incomes.all_reckoned(known.get("members"), count)),
        *([Field("household_confirmed", "yes", "The household was checked: it is as carried over, or corrected here",
                 help="Until then it is only what was said the last time; incomes are asked anew.")]
          if call.former() is not None else []),
        Field("household_reason", "long_text", "Why the household is as entered", maximum=500, stands_out=True,
              hide=lambda answers: not oddity(call, answers), help="The head reads it."),
        Field("area", "number", "Area of the dwelling, m²", minimum=1, maximum=10_000, width="half",
              carried=former.number if former and initial(call).get("area") else "",
              help="By it counts what is paid for the area: no more than the norm for the household."),
        Field("expenses", "rows", "Monthly expenses for the dwelling", required=True, maximum=20, columns=(
            Field("kind", "choice", "Expense", required=True, choices=EXPENSES),
            Field("amount", "money", "A month, as billed, tenge", minimum=0, maximum=MOST_TENGE),
            Field("used", "number", "Used by the meter, m³ or Gcal", minimum=0, maximum=100_000),
        ), help="As on the bill: what counts within the norms is reckoned. What is not paid stays empty."),
    ]  # fmt: skip


def initial(call: FormCall) -> Answers:
    """The applicant as the first member of the household, and a line for every kind of expense.

    Of a case that follows another, its household and area; what they earned and paid in this term is asked anew.
    """
    name = call.case.applicant.full_name if call.case.applicant else ""
    lines = [{"kind": choice.key} for choice in EXPENSES]
    begun: dict[str, object] = {"members": [{"name": name, "relation": "applicant"}], "expenses": lines}
    known = _last_figures(former) if (former := call.former()) is not None else {}
    if members := _rows(known, "members"):
        begun["members"] = [_carried(each, name) for each in members]
    return begun | ({"area": known["area"]} if known.get("area") else {})


def _carried(member: Mapping[str, object], name: str) -> dict[str, object]:
    """A member of the former household; the applicant by the name that they have now."""
    applicant = member.get("relation") == "applicant"
    return {"name": name if applicant and name else member.get("name"), "relation": member.get("relation")}


def _last_figures(former: Former) -> Answers:
    """The figures that the former case was decided on."""
    forms = [each for each in former.answers if each in FORMS]
    return former.answers[forms[-1]] if forms else {}


def carried_from(call: FormCall) -> Former | None:
    """The former case, while nobody of this one has looked at what is carried over from it."""
    return None if any(form in call.case.answers for form in FORMS) else call.former()


def as_kept(call: FormCall, answers: Answers) -> Answers:
    """The answers with everybody's average, and without the expenses that are not paid: their lines stayed empty."""
    return {
        **incomes.averaged(call, answers),
        "expenses": [line for line in _rows(answers, "expenses") if line.get("amount") is not None],
    }


def total(rows: object, column: str) -> int:
    """The sum of a column, in tenge; what is not a number yet counts nothing."""
    found = (row.get(column) for row in cast("Sequence[Mapping[str, object]]", rows or ()) if isinstance(row, Mapping))
    return sum(int(str(value)) for value in found if value is not None and str(value).isdigit())


def parameter(call: FormCall, key: str) -> str:
    """A value of the region's; not in the act."""
    return next(row["value"] for row in call.table("parameters") if row["key"] == key)


def inputs(call: FormCall, answers: Answers) -> dict[str, object]:
    """What the region's decision table is asked: of the expenses, what counts within the norms."""
    return {
        "expense": sum(each.counts for each in norms.count(call, answers)),
        "income": total(incomes.averaged(call, answers)["members"], "income"),
        "share_percent": int(parameter(call, "share_percent")),
        "papers_complete": answers.get("papers") == "complete",
        "persons": len(_rows(answers, "members")),
        "term_months": periods.months_left(call),
    }


def oddity(call: FormCall, answers: Answers) -> str:
    """What is unusual in the household: somebody in it twice, the applicant as a relative or under another name."""
    members = _rows(answers, "members")
    names = [_folded(member.get("name")) for member in members]
    if len(set(names)) < len(names):
        return "The same name stands in the household twice: please say why."
    applicant = _folded(call.case.applicant.full_name) if call.case.applicant else ()
    for name, member in zip(names, members, strict=True):
        if applicant and (name == applicant) is not (member.get("relation") == "applicant"):
            return "The applicant stands as a relative, or under another name: please say why."
    return ""


def _folded(name: object) -> tuple[str, ...]:
    return tuple(sorted(str(name or "").casefold().split()))


def reckoned(call: FormCall, answers: Answers) -> bool:
    """Whether there is anything to reckon from: the papers judged, and, where they are complete, both kinds of sums."""
    asked = (("members", "income"), ("expenses", "amount"))
    known = incomes.averaged(call, answers)
    sums = all(any(row.get(column) is not None for row in _rows(known, rows)) for rows, column in asked)
    return answers.get("papers") == "incomplete" or (answers.get("papers") == "complete" and sums)


def _rows(answers: Answers, name: str) -> Sequence[Mapping[str, object]]:
    return cast("Sequence[Mapping[str, object]]", answers.get(name) or ())


def find_faults(call: FormCall, answers: Answers) -> dict[str, str]:
    """What is wrong with the figures, by field."""
    errors = {}
    if sum(1 for member in _rows(answers, "members") if member.get("relation") == "applicant") != 1:
        errors["members"] = "Exactly one member of the household is the applicant."
    elif not answers.get("household_reason") and (odd := oddity(call, answers)):
        errors["household_reason"] = odd
    if call.former() is not None and not answers.get("household_confirmed"):
        errors["household_confirmed"] = UNCHECKED
    if answers.get("papers") == "incomplete" and not answers.get("papers_note"):
        errors["papers_note"] = "Please say what is missing or wrong."
    if not errors.get("members") and (wrong := incomes.fault(call, answers)):
        errors["members"] = wrong
    if not as_kept(call, answers)["expenses"]:
        errors["expenses"] = "Please enter at least one expense; nought, when nothing is paid."
    elif any(line.get("used") is not None and line.get("amount") is None for line in _rows(answers, "expenses")):
        errors["expenses"] = "What was used stands on a line without its amount: please fill that in."
    return errors


def check(call: FormCall, answers: Answers) -> Checked:
    """Raises InvalidAnswers for a household without its applicant or odd without a reason, papers faulted likewise."""
    if errors := find_faults(call, answers):
        raise InvalidAnswers(errors)
    return Checked("reviewed", variables=inputs(call, answers), answers=as_kept(call, answers))


review = Form(
    title="Papers, household, incomes and expenses",
    submit="Calculate the proposal",
    fields=fields,
    initial=initial,
    check=check,
    sets=FIGURES,
)


def determine_check(call: FormCall, answers: Answers) -> Checked:
    """The conclusion on the applicant's right (N421/11a/psc/6), as the region's table draws it from the figures."""
    checked = check(call, answers)
    entitled = call.decide(ENTITLEMENT, inputs(call, answers))["entitled"]
    return replace(checked, outcome="entitled" if entitled else "not_entitled", outputs=("fact.entitlement",))


determine = replace(
    review,
    title="The applicant's right",
    submit="Only determine the right",
    check=determine_check,
    goes_with="assessment.draft",
    template="assessment/decision.html",
    submit_with="Determine and send for signature",
)
