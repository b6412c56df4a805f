"""The decision and the draft: what the table proposes, what the executor decides, and why when the two differ."""

from collections.abc import Mapping

from plugins.assessment import figures, norms, periods
from plugins.assessment.drafts import DECISIONS, appeal, calculation_content, draft_content, ground_texts, refusal_rule
from services.errors import InvalidAnswers
from services.plugin import Answers, Checked, Choice, Decided, Field, Form, FormCall, Variable

APPROVE, REFUSE = ("decision", ("approve",)), ("decision", ("refuse",))
MOST_MONTHS = 12
IN_THE_OTHER = (
    Field("explanation_ru", "long_text", "The same reasons in Russian: the applicant asked for it", maximum=2000,
          when=REFUSE),
    Field("explanation_kk", "long_text", "The same reasons in Kazakh: the applicant asked for it", maximum=2000,
          when=REFUSE),
)  # fmt: skip
SETS = (
    Variable("decision", "choice", "What was decided", DECISIONS),
    Variable("draft_form", "text", "The form in which it was decided last"),
    Variable("ground", "text", "Ground of the refusal, in Kazakh"),
    Variable("ground_ru", "text", "Ground of the refusal, in Russian"),
    Variable("refusal_rule", "text", "Rule of the table on which the refusal rests"),
    Variable("appeal_to", "text", "Where the refusal may be complained about, in Kazakh"),
    Variable("appeal_to_ru", "text", "Where the refusal may be complained about, in Russian"),
    Variable("appeal_months", "text", "For how many months it may be complained about"),
    Variable("period_from", "text", "First day of the assignment; empty for a refusal"),
    Variable("period_until", "text", "Last day of the assignment; empty for a refusal"),
    *figures.FIGURES,
)


def decision_fields(call: FormCall) -> list[Field]:
    """The decision; grounds of refusal are the region's."""
    grounds = tuple(Choice(row["key"], row["title_kk"]) for row in call.table("grounds"))
    return [
        Field("decision", "choice", "Decision", required=True, choices=DECISIONS,
              help="Once there are figures, what the table proposes is filled in: you decide."),
        Field("amount", "money", "Amount a month, tenge", minimum=1, maximum=figures.MOST_TENGE, when=APPROVE,
              width="half"),
        Field("period_months", "integer", "For how many months", minimum=1, maximum=MOST_MONTHS, when=APPROVE,
              width="half"),
        Field("period_from", "date", "Assigned from", when=APPROVE, width="half",
              help="From the month of the application, or from the end of what this case follows."),
        Field("period_until", "reckoned", "Assigned until, this day included", when=APPROVE, width="half",
              reckon=lambda answers: f"{last:%d.%m.%Y}" if (last := periods.last_of(call, answers)) else ""),
        Field("ground", "choice", "Ground of the refusal", choices=grounds, when=REFUSE,
              help="No refusal without a ground (clause 10)."),
        Field("explanation", "long_text", "Reasons, in words for the applicant", maximum=2000, when=REFUSE),
        *translated_reasons(call),
        Field("beyond_reason", "long_text", "Why the amount is larger than the expenses", maximum=1000, when=APPROVE,
              stands_out=True, hide=lambda answers: not beyond(call, answers), help="The head reads it."),
        Field("departure_reason", "long_text", "Why the decision departs from the proposal", maximum=1000,
              stands_out=True, help="Only when it does."),
    ]  # fmt: skip


def translated_reasons(call: FormCall) -> list[Field]:
    """The reasons once more, where the applicant asked for papers that say it in the other language, too."""
    applicant = call.case.applicant
    asked_for = "" if applicant is None or applicant.language == call.first_language else applicant.language
    return [each for each in IN_THE_OTHER if each.name == f"explanation_{asked_for}"]


def fields(call: FormCall) -> list[Field]:
    """The decision, and below it the figures it rests on, which may still be corrected."""
    heading = Field("figures", "note", "The figures it rests on")
    return [*decision_fields(call), heading, *figures.fields(call)]


def initial(call: FormCall) -> Answers:
    """The last figures; and the last decision, else the proposal taken over once there is something to reckon from."""
    given = call.case.answers
    known = dict(given.get("assessment.determine") or given.get("assessment.review") or {})
    for form in ("assessment.draft", "assessment.supplement"):
        if form == call.case.variables.get("draft_form"):
            known |= call.case.answers.get(form, {})
    if "decision" not in known and figures.reckoned(call, known):
        known |= taken_over(call, propose(call, known))
    # what is missing was written once already, where the papers were judged: the refusal says it to the applicant
    if known.get("papers") == "incomplete" and known.get("decision") == "refuse" and known.get("papers_note"):
        known.setdefault("explanation", known["papers_note"])
    return known


def propose(call: FormCall, answers: Answers) -> Decided:
    """What the region's table `entitlement` proposes for these figures: entitled, amount, period_months, reason."""
    return call.decide(figures.ENTITLEMENT, figures.inputs(call, answers))


def taken_over(call: FormCall, proposal: Mapping[str, object]) -> dict[str, object]:
    """The decision that follows the proposal, from the day that the region's rule says."""
    if proposal["entitled"]:
        found = {"decision": "approve", "amount": proposal["amount"], "period_months": proposal["period_months"]}
        first = periods.first_day(call, {})
        return found | ({"period_from": first.isoformat()} if first else {})
    reason = str(proposal["reason"])
    return {"decision": "refuse", "ground": figures.ASKS.reasons.get(reason, reason)}


def departs(call: FormCall, answers: Answers, proposal: Mapping[str, object]) -> bool:
    """Whether the executor decided otherwise than proposed: also for longer, or from another day."""
    wanted = taken_over(call, proposal)
    if answers["decision"] != wanted["decision"]:
        return True
    if answers["decision"] != "approve":
        return False
    other = answers.get("period_from") not in (None, "", wanted.get("period_from"))
    return other or any(int(str(answers[name])) != int(str(wanted[name])) for name in ("amount", "period_months"))


def beyond(call: FormCall, answers: Answers) -> bool:
    """Whether more is assigned than what counts of the expenses it rests on."""
    amount = answers.get("amount")
    spent = sum(each.counts for each in norms.count(call, answers))
    return answers.get("decision") == "approve" and isinstance(amount, int) and amount > spent


def preview(call: FormCall, answers: Answers) -> Mapping[str, object]:
    """The calculation as it stands now, for the page; no proposal before there is anything to reckon from."""
    asked = figures.inputs(call, answers)
    proposal = call.decide(figures.ENTITLEMENT, asked) if figures.reckoned(call, answers) else {}
    names = {choice.key: choice.label for choice in figures.EXPENSES}
    counted = [(names.get(each.kind, each.kind), each) for each in norms.count(call, answers)]
    return {"inputs": asked, "proposal": proposal, "counted": counted}


def find_faults(call: FormCall, answers: Answers, proposal: Mapping[str, object]) -> dict[str, str]:
    """What is missing or wrong, by field."""
    errors = figures.find_faults(call, answers)
    needed: tuple[str, ...] = ("ground", "explanation")
    if answers["decision"] == "approve":
        needed = ("amount", "period_months")
        if (first := periods.first_day(call, answers)) is not None and periods.is_too_far(call, first):
            errors["period_from"] = periods.TOO_FAR
    else:
        needed = (*needed, *(each.name for each in translated_reasons(call)))
    errors |= {name: "Please fill this in." for name in needed if not answers.get(name)}
    if not errors and beyond(call, answers):
        if not answers.get("beyond_reason"):
            errors["beyond_reason"] = "The amount is larger than the expenses it rests on: correct it, or say why."
    elif not errors and departs(call, answers, proposal) and not answers.get("departure_reason"):
        errors["departure_reason"] = "The decision departs from the proposal: please say why."
    return errors


def check(call: FormCall, answers: Answers) -> Checked:
    """Raises InvalidAnswers for a refusal without a ground or reasons, or a departure without a reason."""
    proposal = propose(call, answers)
    if errors := find_faults(call, answers, proposal):
        raise InvalidAnswers(errors)
    asked = figures.inputs(call, answers)
    variables = {
        "decision": answers["decision"],
        "draft_form": f"assessment.{call.step}",
        **ground_texts(call, answers),
        **appeal(call, answers),
        **periods.kept(call, answers),
        "refusal_rule": refusal_rule(answers, proposal),
        **asked,
    }
    papers = {
        "doc.draft": draft_content(call, answers, proposal),
        "doc.calculation": calculation_content(call, answers, proposal, asked),
    }
    kept = {**figures.as_kept(call, answers), **periods.kept(call, answers)}
    if call.step == "supplement":
        return Checked("supplemented", ("doc.draft",), variables, papers=papers, answers=kept)
    if answers["decision"] == "refuse":
        outputs = ("doc.draft", "fact.refusal_ground")
        return Checked("draft_refusal", outputs, variables, papers=papers, answers=kept)
    return Checked("draft_notice", ("doc.draft",), variables, papers=papers, answers=kept)


draft = Form("Decision and draft", "Send for signature", fields, check, initial, preview,
             template="assessment/decision.html", ground="ground", sets=SETS)  # fmt: skip
supplement = Form("Supplement after the return", "Send for signature again", fields, check, initial, preview,
             template="assessment/decision.html", ground="ground", sets=SETS)  # fmt: skip
