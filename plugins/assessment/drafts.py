"""What the draft of the answer and the calculation say on paper: plain values, the words in Kazakh."""

from collections.abc import Mapping, Sequence
from typing import cast

from plugins.assessment import incomes, norms, periods
from services.plugin import Answers, Choice, Decided, Field, FormCall, Paper

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
NORMS_KK = {
    norms.NO_NORM: "нормасы жоқ",
    norms.NO_AREA: "толық есептелді: ауданы көрсетілмеген",
    norms.NO_USE: "толық есептелді: тұтынуы көрсетілмеген",
    norms.IN_CUBIC_METRES: "ең көбі %(norm)s м³; тұтынылғаны %(used)s",
    norms.IN_GIGACALORIES: "ең көбі %(norm)s Гкал; тұтынылғаны %(used)s",
    norms.IN_SQUARE_METRES: "%(area)s м² ауданның %(norm)s м²-і",
    norms.IN_TENGE: "ең көбі %(norm)s ₸",
    norms.IN_BOTH: "%(area)s м² үшін ең көбі %(norm)s ₸",
}
NORMS_RU = {
    norms.NO_NORM: "нормы нет",
    norms.NO_AREA: "учтено полностью: площадь не указана",
    norms.NO_USE: "учтено полностью: потребление не указано",
    norms.IN_CUBIC_METRES: "не более %(norm)s м³; потреблено %(used)s",
    norms.IN_GIGACALORIES: "не более %(norm)s Гкал; потреблено %(used)s",
    norms.IN_SQUARE_METRES: "%(norm)s м² из %(area)s м² площади",
    norms.IN_TENGE: "не более %(norm)s ₸",
    norms.IN_BOTH: "не более %(norm)s ₸ за %(area)s м²",
}
RELATIONS_KK = {
    "applicant": "Өтініш беруші",
    "spouse": "Жұбайы",
    "child": "Баласы",
    "parent": "Ата-анасы",
    "other": "Басқа",
}

#: the reasons once more, in the other language of papers
TRANSLATED = ("explanation_ru", "explanation_kk")

DECISIONS = (Choice("approve", "Assign the assistance"), Choice("refuse", "Refuse, with reasons"))
#: what the answer decides, read as text beside its picture by whoever agrees with it
GIST = (
    Field("decision", "choice", "Decision", choices=DECISIONS),
    Field("amount", "money", "Amount a month, tenge"),
    Field("period_months", "integer", "For how many months"),
    Field("period_from_on", "date", "Assigned from"),
    Field("period_until_on", "date", "Assigned until, this day included"),
    Field("ground", "text", "Ground of the refusal"),
    Field("explanation", "long_text", "Reasons, in words for the applicant"),
)

_ANSWER = ("applicant_name", "applicant_address", "office_name", "place", "place_kind", "executor_name")
PAPERS = {
    # a draft of a refusal needs its reasons just as the refusal does (N421/10)
    "doc.draft": Paper(
        "Draft of the answer",
        (*_ANSWER, "number", "decision", "drafted_on"),
        also=lambda content: ("ground", "explanation") if content.get("decision") == "refuse" else (),
        gist=GIST,
    ),
    "doc.calculation": Paper(
        "Calculation sheet",
        ("number", "applicant_name", "office_name", "members", "income", "expense", "share_percent", "counted_on",
         "decision"),
    ),
}  # fmt: skip


#: in whose place the answer comes, as the diagram knows it of what is decided anew
REPLACING = ("replaces_number", "replaces_on", "replaces_order", "replaces_by")


def fired_lines(proposal: Decided) -> list[str]:
    """Which rule of which table fired, on which values: «Көмек алу құқығын анықтау, 2-қағида: шығыс — 9 000 …»."""
    lines = []
    for table in proposal.tables:
        for rule in table.rules:
            asked = rule.asked or ("",) * len(rule.conditions)
            known = [(each, words) for each, words in zip(rule.conditions, asked, strict=True) if each[2] is not None]
            known.sort(key=lambda each: not each[0][1])  # what it asked comes first
            said = "; ".join(f"{column} — {_said(value)}{_asked(value, words)}" for (column, _, value), words in known)
            lines.append(f"{table.name}, {rule.number}-қағида: {said}")
    return lines


def _asked(value: object, words: str) -> str:
    """What the rule asked of it; of yes and no the answer says it."""
    return f" ({words})" if words and not isinstance(value, bool) else ""


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "иә" if value else "жоқ"
    if isinstance(value, int | float):
        return f"{value:,.2f}".rstrip("0").rstrip(".").replace(",", "\u00a0").replace(".", ",")
    return str(value)


def refusal_rule(answers: Answers, proposal: Decided) -> str:
    """The rule that a refusal rests on; empty for an approval, and for a refusal that departs from the table."""
    return " ".join(fired_lines(proposal)) if answers["decision"] == "refuse" and not proposal["entitled"] else ""


def draft_content(call: FormCall, answers: Answers, proposal: Decided) -> dict[str, object]:
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
        "second_language": applicant.language if applicant else "",
        **{each: str(variables[each]) for each in REPLACING if variables.get(each)},
    }
    if answers["decision"] == "approve":
        granted = {"amount": answers["amount"], "period_months": answers["period_months"]}
        return content | granted | period_on_paper(periods.kept(call, answers))
    reasons = {
        "explanation": answers["explanation"],
        **{each: answers.get(each) or "" for each in TRANSLATED},
        "rule": refusal_rule(answers, proposal),
    }
    return content | ground_texts(call, answers) | reasons | appeal(call, answers)


def period_on_paper(kept: Mapping[str, object]) -> dict[str, object]:
    """First and last day as papers have them; nothing where nobody said."""
    return {f"{name}_on": kept[name] for name in ("period_from", "period_until") if kept.get(name)}


def appeal(call: FormCall, answers: Answers) -> dict[str, str]:
    """Where and for how many months a refusal may be complained about; all empty for an approval.

    The act says neither (DIGEST I-37): the office above in the region's table, and its parameter `appeal_months`.
    """
    offices = {row["key"]: row for row in call.table("offices")}
    above = offices.get(offices.get(call.case.body.key, {}).get("parent", ""))
    months = next((row["value"] for row in call.table("parameters") if row["key"] == "appeal_months"), "")
    if answers["decision"] != "refuse" or above is None or not months:
        return {"appeal_to": "", "appeal_to_ru": "", "appeal_months": ""}
    return {"appeal_to": above["name_kk"], "appeal_to_ru": above.get("name_ru", ""), "appeal_months": months}


def ground_texts(call: FormCall, answers: Answers) -> dict[str, str]:
    """The ground as the region's table words it, in Kazakh and Russian; both empty for an approval."""
    if answers["decision"] != "refuse":
        return {"ground": "", "ground_ru": ""}
    row = next(row for row in call.table("grounds") if row["key"] == answers["ground"])
    return {"ground": row["title_kk"], "ground_ru": row.get("title_ru", "")}


def calculation_content(
    call: FormCall, answers: Answers, proposal: Decided, asked: Mapping[str, object]
) -> dict[str, object]:
    """The figures, what the region's table proposes for them, and what was decided. Money is whole tenge a month."""
    applicant = call.case.applicant
    return {
        "number": call.case.number or "",
        "applicant_name": applicant.full_name if applicant else "",
        "office_name": call.case.office.name,
        "counted_on": call.now.isoformat(),
        "executor_name": call.person.full_name,
        "members": _members(call, answers),
        "expenses": [
            {
                "kind": EXPENSES_KK.get(each.kind, each.kind),
                "amount": each.billed,
                "counts": each.counts,
                "norm": (NORMS_RU if call.first_language == "ru" else NORMS_KK)[each.norm] % each.words,
            }
            for each in norms.count(call, answers)
        ],
        "income_months": next((row["value"] for row in call.table("parameters") if row["key"] == "income_months"), ""),
        "papers_complete": asked["papers_complete"],
        "papers_note": answers.get("papers_note") or "",
        "income": asked["income"],
        "expense": asked["expense"],
        "share_percent": asked["share_percent"],
        "proposed": "approve" if proposal["entitled"] else "refuse",
        "proposed_amount": proposal["amount"],
        "proposed_months": proposal["period_months"],
        "rules": fired_lines(proposal),
        "decision": answers["decision"],
        "amount": answers.get("amount"),
        "period_months": answers.get("period_months"),
        **period_on_paper(periods.kept(call, answers)),
        "ground": ground_texts(call, answers)["ground"],
        "departure_reason": " ".join(
            str(answers[name]) for name in ("beyond_reason", "departure_reason") if answers.get(name)
        ),
    }


def _members(call: FormCall, answers: Answers) -> list[dict[str, object]]:
    """The household, each with the income a month and, where months were entered, how it was reckoned."""
    count = len(incomes.months(call))
    return [
        {**line, "reckoned": incomes.reckoned(line, count)} if incomes.by_months(line, count) else line
        for line in _named(incomes.averaged(call, answers), "members", "relation", RELATIONS_KK)
    ]


def _named(answers: Answers, rows: str, column: str, words: Mapping[str, str]) -> list[dict[str, object]]:
    """The lines of a table with the key in that column put into words."""
    lines = cast("Sequence[Mapping[str, object]]", answers.get(rows) or ())
    return [{**line, column: words.get(str(line[column]), str(line[column]))} for line in lines]
