"""Nothing asks twice what the case knows: every question of every form, against a case that knows everything."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from flask import Flask

from services import directory, registry
from services.answers import as_form
from services.cases.facts import form_call
from services.cases.reading import read_task
from services.plugin import Field, FormCall, Representative
from tests.people.office import APPLICATION, OFFICE, Office

#: what an application knows of its applicant and whoever came for them, of its papers and numbers, by words in names
KNOWN = re.compile(
    r"(^|_)(surname|given_name|patronymic|name|iin|phone|address|representative|received_by|told_by|signed_by|power"
    r"|power_of_attorney|documents|originals|title|papers|number|code|receipt|note|remark|explanation|body|language"
    r"|district|executor|decision|ground)(_|$)"
)
#: the application itself: there the case learns it
LEARNS = ("registration.application", "registration.psc_application")
#: form.question -> why it asks, though something like it is known
ASKS_ANEW: Mapping[str, str] = {
    "notice_signing.sign.code": "proves by a scan which paper lies there signed: no proof if put in",
    "life_events.call.phone": "another number, where the caller says one: empty keeps that of the application",
    "life_events.correction.iin": "is shown by an act of its own, which the history notes: empty keeps what is known",
    "life_events.answer_complaint.postal_number": "of this posting",
    "life_events.give_back.postal_number": "of this posting",
    "life_events.send_on.postal_number": "of this posting",
    "life_events.send_on.received_by": "somebody of another office",
    "life_events.death.told_by": "whoever came to tell it, of whom the case knows nothing",
    "life_events.annulment.ground": "why it is annulled: another question than why it was refused",
    "life_events.wrong_district.right_body": "the case knows the wrong one",
    "notice_delivery.deliver.postal_number": "of this posting",
    "notice_delivery.redeliver.postal_number": "of the new posting: the post gives another number",
    "notice_delivery.unclaimed.postal_number": "of this posting",
    "notice_signing.agree.signed_by": "who agreed is read on the paper: put in, it would attest what nobody looked at",
    "barcode_scan.confirm.code": "proves by a scan which folder lies there",
    "courier_handover.pass_on.remark": "of this passing on",
    "registration.receive.papers": "whether what arrived is what the registry says, which is seen at the table alone",
    "assessment.review.papers": "the judgement of the papers, made here first",
    "assessment.review.papers_note": "the judgement of the papers, made here first",
    "assessment.determine.papers": "the judgement of the papers, made here first",
    "assessment.determine.papers_note": "the judgement of the papers, made here first",
    "notice_delivery.issue.receipt": "whether it was shown, which is seen at the counter alone",
    "notice_delivery.pass_result.originals-title": "what is not among the papers handed in, which are ticked above",
    "registration.resolution.executor": "the resolution names them",
}


def everything_known(house: Flask) -> FormCall:
    """An application by a representative, judged incomplete, with all that it knows."""
    office = Office(house)
    case_id = office.run(until=6)
    work = read_task(office.task(case_id))
    call = form_call(registry.current(), work, directory.staff_at(OFFICE, "executor")[0])
    applicant = call.case.applicant
    assert applicant is not None
    came = Representative("Үлгібаева Дерек", "12", date(2012, 1, 1), date(2999, 1, 1), "Нотариус", True, True)
    answers = {name: dict(said) for name, said in call.case.answers.items()}
    for form in ("assessment.review", "assessment.determine"):
        answers[form] = {**answers["assessment.review"], "papers": "incomplete", "papers_note": "Анықтама жоқ"}
    answers["life_events.death"] = {"told_by": "Үлгібаева Дерек"}
    variables = {name: said for name, said in call.case.variables.items() if name != "draft_form"}
    case = replace(call.case, applicant=replace(applicant, representative=came), answers=answers, variables=variables)
    return replace(call, case=case)


def questions(fields: list[Field], inside: str = "") -> Iterator[tuple[str, Field]]:
    """Each question of a form that is filled in, those in the lines of a list as `members-name`."""
    for field in fields:
        if field.kind == "rows":
            yield from questions(list(field.columns), f"{field.name}-")
        elif not (field.asks_nothing or field.is_only_shown or field.is_not_read):
            yield f"{inside}{field.name}", field


def is_begun(name: str, field: Field, begun: Mapping[str, object]) -> bool:
    """Whether the answer stands there already, is put in by a press, or is chosen of what the case knows."""
    rows, _, column = name.rpartition("-")
    plain = re.compile(rf"{rows}-[0-9]+-{column}$" if rows else rf"{column}(-.*)?$")
    return bool(field.offer) or any(plain.match(each) for each in begun)


def test_every_question_about_what_the_case_knows_begins_with_it_or_says_why_not(house: Flask) -> None:
    call = everything_known(house)
    plugins = registry.current()
    asked, twice = 0, []
    used = set()
    for name in sorted(plugins.forms()):
        form = plugins.form(name)
        begun = as_form(form.initial(call))
        for question, field in questions(form.fields(call)):
            asked += 1
            if name in LEARNS or not KNOWN.search(question.rpartition("-")[2]) or is_begun(question, field, begun):
                continue
            used.add(f"{name}.{question}")
            if f"{name}.{question}" not in ASKS_ANEW:
                twice.append(f"{name}.{question}")
    assert asked > 80, asked
    assert twice == [], "; ".join(twice)
    assert used == ASKS_ANEW.keys(), ASKS_ANEW.keys() ^ used  # no reason outlives its question


def test_what_was_written_of_missing_papers_stands_in_the_reasons_of_the_refusal(house: Flask) -> None:
    form = registry.current().form("assessment.draft")
    assert form.initial(everything_known(house))["explanation"] == "Анықтама жоқ"


def test_originals_are_ticked_among_the_papers_that_were_handed_in(house: Flask) -> None:
    call = everything_known(house)
    form = registry.current().form("notice_delivery.pass_result")
    (papers,) = [each for each in form.fields(call) if each.name == "of_file"]
    handed_in = {name.removeprefix("documents-") for name in APPLICATION if name.startswith("documents-")}
    assert {each.key for each in papers.choices} == handed_in
    checked = form.check(call, {"of_file": ["identity"], "originals": [{"title": "Неке туралы куәлік"}]})
    (identity,) = [each.label for each in papers.choices if each.key == "identity"]
    assert checked.variables["originals"] == [identity, "Неке туралы куәлік"]
