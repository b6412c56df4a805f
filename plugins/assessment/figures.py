"""The figures a decision rests on: household, incomes, expenses. Money is whole tenge a month."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

from services.errors import InvalidAnswers
from services.plugin import Answers, Checked, Choice, Field, Form, FormCall, Variable

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
#: what the region's decision table is asked, and conditions may ask too
FIGURES = (
    Variable("expense", "number", "Monthly expenses for the dwelling, tenge"),
    Variable("income", "number", "Income of the household a month, tenge"),
    Variable("share_percent", "number", "Share of maximum permissible expenses, per cent"),
    Variable("papers_complete", "yes", "Whether the papers are complete"),
)


def fields(call: FormCall) -> list[Field]:
    """What the executor enters from the papers."""
    return [
        Field("papers", "choice", "The papers", required=True, choices=(
            Choice("complete", "Complete and in order"), Choice("incomplete", "Something is missing or wrong"))),
        Field("papers_note", "long_text", "What is missing or wrong", maximum=1000, when=("papers", ("incomplete",)),
              stands_out=True),
        Field("members", "rows", "Household and incomes", required=True, maximum=30, columns=(
            Field("name", "text", "Full name", required=True, maximum=200),
            Field("relation", "choice", "Relation", required=True, choices=RELATIONS),
            Field("income", "money", "Income a month, tenge", required=True, minimum=0, maximum=MOST_TENGE),
        ), help="The average of the last three months for each member."),
        Field("expenses", "rows", "Monthly expenses for the dwelling", required=True, maximum=20, columns=(
            Field("kind", "choice", "Expense", required=True, choices=EXPENSES),
            Field("amount", "money", "A month, within the norms, tenge", required=True, minimum=0, maximum=MOST_TENGE),
        )),
    ]  # fmt: skip


def initial(call: FormCall) -> Answers:
    """The applicant as the first member of the household."""
    name = call.case.applicant.full_name if call.case.applicant else ""
    return {"members": [{"name": name, "relation": "applicant"}], "expenses": [{"kind": "maintenance"}]}


def total(rows: object, column: str) -> int:
    """The sum of a column, in tenge; what is not a number yet counts nothing."""
    found = (row.get(column) for row in cast("Sequence[Mapping[str, object]]", rows or ()) if isinstance(row, Mapping))
    return sum(int(str(value)) for value in found if value is not None and str(value).isdigit())


def share_percent(call: FormCall) -> int:
    """The region's share of maximum permissible expenses; not in the act."""
    return next(int(row["value"]) for row in call.table("parameters") if row["key"] == "share_percent")


def inputs(call: FormCall, answers: Answers) -> dict[str, object]:
    """What the region's decision table is asked."""
    return {
        "expense": total(answers.get("expenses"), "amount"),
        "income": total(answers.get("members"), "income"),
        "share_percent": share_percent(call),
        "papers_complete": answers.get("papers") == "complete",
    }


def find_faults(answers: Answers) -> dict[str, str]:
    """What is wrong with the figures, by field."""
    errors = {}
    members = cast("Sequence[Mapping[str, object]]", answers.get("members") or ())
    if sum(1 for member in members if member.get("relation") == "applicant") != 1:
        errors["members"] = "Exactly one member of the household is the applicant."
    if answers.get("papers") == "incomplete" and not answers.get("papers_note"):
        errors["papers_note"] = "Please say what is missing or wrong."
    return errors


def check(call: FormCall, answers: Answers) -> Checked:
    """Raises InvalidAnswers for a household without its applicant, or papers faulted without a word."""
    if errors := find_faults(answers):
        raise InvalidAnswers(errors)
    return Checked("reviewed", variables=inputs(call, answers))


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
    entitled = call.decide("entitlement", inputs(call, answers))["entitled"]
    return replace(checked, outcome="entitled" if entitled else "not_entitled", outputs=("fact.entitlement",))


determine = replace(
    review,
    title="The applicant's right",
    submit="Only determine the right",
    check=determine_check,
    goes_with="assessment.draft",
    submit_with="Determine and send for signature",
)
