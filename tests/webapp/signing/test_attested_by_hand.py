"""Nothing is attested until a hand did it; what is unusual is asked back, and its reason is read by whoever signs."""

from flask import Flask

from komek.testing.surfer import Surfer
from tests.people.office import ALL_PAPERS, APPLICATION, FIGURES, Office, Psc
from tests.webapp.case.shown import panel


def standing(surfer: Surfer, action: str) -> dict[str, str]:
    """What a form would send if it were sent just as it stands."""
    return {name: str(value) for name, value in surfer.form(action).form_values() if value}


def test_no_document_is_counted_before_a_hand_did_it_and_all_received_is_one_press(house: Flask) -> None:
    office = Office(house)
    case_id, clerk = office.open(), office.person("clerk")
    action = f"/inbox/{office.task(case_id)}/complete"
    assert not {name for name in standing(clerk, action) if name.startswith("documents-")}
    (press,) = clerk.tree.xpath("//fieldset//button[@name='_put']/@value")
    page = clerk.submit(action, {"_put": press})
    assert page.status_code == 200
    found = {name: count for name, count in standing(clerk, action).items() if name.startswith("documents-")}
    assert found == ALL_PAPERS


def test_a_required_document_that_is_not_there_is_asked_back_and_the_head_reads_why(house: Flask) -> None:
    office = Office(house)
    case_id = office.open()
    less = {**APPLICATION, "documents-income": ""}
    page = office.work(case_id, "clerk", less)
    assert page.status_code == 422 and 'id="error-missing_reason"' in page.text
    assert office.work(case_id, "clerk", {**less, "missing_reason": "Анықтама ертең болады"}).status_code == 200
    text = panel(office.person("head"), case_id)
    assert "Анықтама ертең болады" in text and "тапсырылмаған" in text


def test_nothing_is_ticked_where_a_folder_is_received_or_a_result_handed_out(house: Flask) -> None:
    psc = Psc(house)
    case_id = psc.accept()
    psc.carry(case_id)
    clerk, task = psc.person("clerk"), psc.open_line(case_id)["task_id"]
    clerk.get(f"/cases/{case_id}")
    clerk.submit(f"/inbox/{task}/claim")
    assert "papers" not in standing(clerk, f"/inbox/{task}/complete")
    assert clerk.submit(f"/inbox/{task}/complete").status_code == 422
    psc.decide(case_id)
    psc.send("clerk", psc.result(case_id))
    psc.scan("psc_accum", psc.result(case_id))
    psc.work(case_id, "psc_accum")
    inspector = psc.person("psc_inspector")
    inspector.get(f"/cases/{case_id}")
    inspector.submit(f"/desk/cases/{case_id}/came")
    task = psc.open_line(case_id)["task_id"]
    page = inspector.get(f"/cases/{case_id}")
    if f'action="/inbox/{task}/claim"' in page.text:
        inspector.submit(f"/inbox/{task}/claim")
    assert not standing(inspector, f"/inbox/{task}/complete").keys() & {"received_by", "identified_by", "receipt"}
    assert inspector.submit(f"/inbox/{task}/complete").status_code == 422
    assert psc.lines(case_id)[-1]["done_at"] is None


def test_nothing_is_proposed_before_there_are_figures_to_reckon_from(house: Flask) -> None:
    psc = Psc(house)
    case_id = psc.accept()
    psc.carry(case_id)
    psc.work(case_id, "clerk", {"papers": "match"}, together=True)
    psc.work(case_id, "head", {"executor": psc.executor_id})
    executor, task = psc.person("executor"), psc.open_line(case_id)["task_id"]
    executor.get(f"/cases/{case_id}")
    assert not executor.tree.xpath("//aside[@class='proposal']//p[@class='figure']")
    assert not standing(executor, f"/inbox/{task}/complete").keys() & {"decision", "amount", "ground"}
    executor.submit(f"/inbox/{task}/complete", {**FIGURES, "_preview": "1"})
    (figure,) = executor.tree.xpath("//aside[@class='proposal']//p[@class='figure']")
    assert "26\u00a0000" in figure.text_content()


def test_an_amount_beyond_the_expenses_and_a_relative_who_is_the_applicant_are_asked_back(house: Flask) -> None:
    office = Office(house)
    case_id = office.run(until=2)
    name = "Үлгібаев Мысал Сынақұлы"
    twice = {**FIGURES, "members-1-name": name, "members-1-relation": "spouse", "members-1-income": "0"}
    office.work(case_id, "executor", FIGURES | {"members-0-name": "Басқа Адам"})
    executor, task = office.person("executor"), office.task(case_id)
    assert 'id="error-household_reason"' in executor.page.text  # type: ignore[union-attr]
    page = executor.submit(f"/inbox/{task}/complete", {**twice, "members-0-name": name})
    assert page.status_code == 422 and 'id="error-household_reason"' in page.text
    page = executor.submit(f"/inbox/{task}/complete", {"household_reason": "Аттас жұбайы"})
    assert page.status_code == 200, page.text
    page = office.work(case_id, "executor", {"decision": "approve", "amount": "260000", "departure_reason": "Солай"})
    assert page.status_code == 422 and 'id="error-beyond_reason"' in page.text
    page = executor.submit(f"/inbox/{office.task(case_id)}/complete", {"beyond_reason": "Қарызымен бірге"})
    assert page.status_code == 200, page.text
    text = panel(office.person("head"), case_id)
    assert "Аттас жұбайы" in text and "Қарызымен бірге" in text
