"""What the draft of the answer and the calculation say on paper: plain values, the words in Kazakh."""

from collections.abc import Mapping, Sequence
from typing import cast

from services.plugin import Answers, FormCall

EXPENSES_KK = {
    "maintenance": "Тұрғын үйді күтіп-ұстау",
    "heating": "Жылу",
    "hot_water": "Ыстық су",
    "cold_water": "Суық су және кәріз",
    "gas": "Газ",
    "electricity": "Электр энергиясы",
    "waste": "Қоқыс шығару",
    "lift": "Лифт",
    "telephone": "Телефон",
    "rent": "Жалдау ақысы",
}
RELATIONS_KK = {
    "applicant": "Өтініш беруші",
    "spouse": "Жұбайы",
    "child": "Баласы",
    "parent": "Ата-анасы",
    "other": "Басқа",
}


def draft_content(call: FormCall, answers: Answers) -> dict[str, object]:
    """The answer as it is laid before the head for signature: appendix 3, or the reasoned refusal."""
    applicant, office, variables = call.case.applicant, call.case.office, call.case.variables
    content: dict[str, object] = {
        "number": call.case.number or "",
        "drafted_on": call.now.isoformat(),
        "decision": answers["decision"],
        "applicant_name": applicant.full_name if applicant else "",
        "applicant_address": applicant.address if applicant else "",
        "office_name": office.name,
        "place": office.place,
        "place_kind": office.place_kind,
        "executor_name": variables.get("executor_name") or call.person.full_name,
        "executor_phone": variables.get("executor_phone") or call.person.phone or office.phone_raw,
        "second_language": applicant.language if applicant else "kk",
    }
    if answers["decision"] == "approve":
        return content | {"amount": answers["amount"], "period_months": answers["period_months"]}
    return content | ground_texts(call, answers) | {"explanation": answers["explanation"]}


def ground_texts(call: FormCall, answers: Answers) -> dict[str, str]:
    """The ground as the region's table words it, in Kazakh and Russian; both empty for an approval."""
    if answers["decision"] != "refuse":
        return {"ground": "", "ground_ru": ""}
    row = next(row for row in call.table("grounds") if row["key"] == answers["ground"])
    return {"ground": row["title_kk"], "ground_ru": row.get("title_ru", "")}


def calculation_content(
    call: FormCall, answers: Answers, proposal: Mapping[str, object], asked: Mapping[str, object]
) -> dict[str, object]:
    """The figures, what the region's table proposes for them, and what was decided. Money is whole tenge a month."""
    applicant = call.case.applicant
    return {
        "number": call.case.number or "",
        "applicant_name": applicant.full_name if applicant else "",
        "office_name": call.case.office.name,
        "counted_on": call.now.isoformat(),
        "executor_name": call.person.full_name,
        "members": _named(answers, "members", "relation", RELATIONS_KK),
        "expenses": _named(answers, "expenses", "kind", EXPENSES_KK),
        "papers_complete": asked["papers_complete"],
        "papers_note": answers.get("papers_note") or "",
        "income": asked["income"],
        "expense": asked["expense"],
        "share_percent": asked["share_percent"],
        "proposed": "approve" if proposal["entitled"] else "refuse",
        "proposed_amount": proposal["amount"],
        "proposed_months": proposal["period_months"],
        "decision": answers["decision"],
        "amount": answers.get("amount"),
        "period_months": answers.get("period_months"),
        "ground": ground_texts(call, answers)["ground"],
        "departure_reason": " ".join(
            str(answers[name]) for name in ("beyond_reason", "departure_reason") if answers.get(name)
        ),
    }


def _named(answers: Answers, rows: str, column: str, words: Mapping[str, str]) -> list[dict[str, object]]:
    """The lines of a table with the key in that column put into words."""
    lines = cast("Sequence[Mapping[str, object]]", answers.get(rows) or ())
    return [{**line, column: words.get(str(line[column]), str(line[column]))} for line in lines]
