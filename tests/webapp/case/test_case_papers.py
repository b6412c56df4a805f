"""Every paper of a case comes out of the running product as a PDF, at any moment of any day."""

import pytest
from flask import Flask

from services import journal
from services.documents import papers_of
from tests.people.office import Office
from tests.webapp.case.shown import words_of


@pytest.mark.parametrize("refused", [False, True])
def test_every_paper_of_a_case_prints_and_the_second_time_as_a_copy(house: Flask, refused: bool) -> None:
    office = Office(house)
    case_id = office.run(until=3)
    answers: dict[str, object] = {}
    if refused:
        answers = {
            "decision": "refuse",
            "ground": "false_data",
            "explanation": "Мәліметтер расталмады",
            "departure_reason": "Тексеру",
        }
    assert office.work(case_id, "executor", answers).status_code == 200
    assert office.work(case_id, "head", {"verdict": "return", "reason": "Нақтылау"}).status_code == 200
    assert office.work(case_id, "executor", {}).status_code == 200
    assert office.work(case_id, "head", {"verdict": "agree"}).status_code == 200
    assert office.work(case_id, "head", {"verdict": "sign"}).status_code == 200
    made = papers_of(case_id)
    assert {paper.item for paper in made} >= {
        "doc.talon",
        "doc.resolution",
        "doc.draft",
        "doc.calculation",
        "doc.return_note",
    }
    clerk = office.person("clerk")
    for paper in made:
        address = f"/papers/{paper.id}.pdf"
        seen = clerk.get(address)
        assert "Көру үшін" in words_of(seen.data) and "өшірме" not in words_of(seen.data), paper.item
        assert paper.copies == 0, paper.item  # looked at is not printed
        clerk.get(f"/cases/{case_id}")
        first = clerk.submit(address)
        clerk.get(f"/cases/{case_id}")
        second = clerk.submit(address)
        assert first.status_code == second.status_code == 200, paper.item
        assert first.mimetype == "application/pdf"
        texts = [words_of(each.data) for each in (first, second)]
        assert "өшірме" not in texts[0] and "Көру үшін" not in texts[0], paper.item
        answers_it = paper.item in ("doc.refusal_signed", "doc.notice_signed")
        where = "шағым беруге болады: осы бөлімге (оны бұрын шешпеген адам қарайды) немесе Алматы облысының жұмыспен"
        assert (where in " ".join(texts[0].split())) == (answers_it and refused) or paper.item == "doc.draft", (
            paper.item
        )
        assert "өшірме" in texts[1] or "ӨШІРМЕ" in texts[1], paper.item
    printed = [line.details for line in journal.read(f"case:{case_id}") if line.event == "paper.printed"]
    assert sorted(line["paper"] for line in printed) == sorted(2 * [paper.id for paper in made])
