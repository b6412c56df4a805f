"""Papers are kept as they were said, printed whenever asked, and every printing is counted and written down."""

from datetime import UTC, datetime
from io import BytesIO
from threading import Thread

import pytest
from flask import Flask
from pypdf import PdfReader

from services import documents, journal, registry
from services.db import db, transaction
from services.documents import FieldMissing, FieldUnreadable, NoSuchPaper, NoSuchPrintedForm, NotAPaper
from tests.services.documents.paper_samples import CALCULATION, DRAFT_REFUSAL, NUMBER, REFUSAL, SAMPLES, TALON

AT = datetime(2013, 3, 4, 4, 15, tzinfo=UTC)
CASE = 7
STREAM = "case:7"


def make(item: str = "doc.talon", content: documents.required.Content = TALON, case_id: int = CASE) -> int:
    with transaction():
        documents.make_paper(
            case_id, item, content, office_key="BALKHASH", number=NUMBER, made_by="Мысалова Үлгі", at=AT
        )
    return documents.papers_of(case_id)[-1].id


def print_once(paper_id: int, at: datetime = AT) -> documents.Printed:
    return documents.print_paper(paper_id, registry.current(), actor="staff:3", stream=STREAM, at=at)


def words(printed: documents.Printed) -> str:
    return " ".join(page.extract_text() for page in PdfReader(BytesIO(printed.pdf)).pages)


def test_a_paper_keeps_what_it_says(app: Flask):
    make()
    db.session.expire_all()
    (paper,) = documents.papers_of(CASE)
    assert (paper.item, paper.number, paper.made_at, paper.made_by, paper.copies) == (
        "doc.talon", NUMBER, AT, "Мысалова Үлгі", 0,
    )  # fmt: skip
    assert paper.content == TALON


def test_a_case_has_its_own_papers_in_their_order(app: Flask):
    first, other, second = make(), make(case_id=8), make("doc.refusal_signed", REFUSAL)
    assert [paper.id for paper in documents.papers_of(CASE)] == [first, second]
    assert documents.paper(other).case_id == 8


def test_a_paper_of_a_click_that_failed_was_never_made(app: Flask):
    with pytest.raises(ZeroDivisionError), transaction():
        documents.make_paper(CASE, "doc.talon", TALON, office_key="BALKHASH", number=NUMBER, made_by="-", at=AT)
        raise ZeroDivisionError
    assert documents.papers_of(CASE) == []


def test_what_is_not_there_is_not_found(app: Flask):
    for look in (documents.paper, print_once):
        with pytest.raises(NoSuchPaper):
            look(404)


@pytest.mark.parametrize(
    ("item", "content", "field"),
    [
        ("doc.talon", TALON, "number"),
        ("doc.talon", TALON, "accepted_on"),
        ("doc.refusal_signed", REFUSAL, "ground"),
        ("doc.refusal_signed", REFUSAL, "explanation"),
        ("doc.draft", DRAFT_REFUSAL, "ground"),
        ("doc.calculation", CALCULATION, "members"),
    ],
)
def test_a_paper_that_lacks_something_is_not_made(
    app: Flask, item: str, content: documents.required.Content, field: str
):
    for nothing in ({}, {field: ""}, {field: None}):
        with pytest.raises(FieldMissing) as refused:
            make(item, {key: value for key, value in content.items() if key != field} | nothing)
        assert refused.value.details == {"item": item, "field": field}
    assert documents.papers_of(CASE) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("accepted_on", "yesterday"),
        ("accepted_on", "2013-03-04T10:15:00"),
        ("accepted_by", object()),
        ("accepted_by", "a\x00b"),
        ("accepted_by", "\ud800"),
        ("documents", float("nan")),
        ("place_kind", "village"),
    ],
)
def test_a_paper_says_nothing_that_cannot_be_kept_or_printed(app: Flask, field: str, value: object):
    with pytest.raises(FieldUnreadable) as refused:
        make(content={**TALON, field: value})
    assert refused.value.details["field"] == field


@pytest.mark.parametrize("item", ["talon", "doc.", "doc.../region", "doc.Talon", "doc._layout", "doc.a/b", ""])
def test_only_papers_are_made(app: Flask, item: str):
    with pytest.raises(NotAPaper):
        make(item)


@pytest.mark.parametrize("name", SAMPLES)
def test_every_paper_can_be_made_and_printed(app: Flask, name: str):
    printed = print_once(make(*SAMPLES[name]))
    assert printed.pdf.startswith(b"%PDF-")
    assert printed.file_name.isascii() and printed.file_name.endswith(f"-{NUMBER}.pdf")


def test_from_the_second_time_on_it_is_a_copy_and_says_when(app: Flask):
    paper_id = make()
    later = AT.replace(day=5)
    first, second = words(print_once(paper_id)), words(print_once(paper_id, later))
    assert "Көшірме" not in first
    assert "Көшірме / копия" in second and "05.03.2013 10:15" in second
    assert documents.papers_of(CASE)[0].copies == 2


def test_every_printing_is_a_line_in_the_journal(app: Flask):
    paper_id = make()
    print_once(paper_id), print_once(paper_id)
    lines = journal.read(STREAM)
    assert [(line.event, line.actor, line.details) for line in lines] == [
        ("paper.printed", "staff:3", {"paper": paper_id, "item": "doc.talon", "copy": copy}) for copy in (2, 1)
    ]


def test_a_paper_without_a_form_is_neither_counted_nor_written_down(app: Flask):
    paper_id = make("doc.unheard_of", {})
    with pytest.raises(NoSuchPrintedForm):
        print_once(paper_id)
    db.session.expire_all()
    assert documents.papers_of(CASE)[0].copies == 0
    assert journal.read(STREAM) == []


def test_only_one_of_many_printings_at_once_is_the_first(app: Flask):
    paper_id = make()
    printed: list[str] = []

    def job() -> None:
        with app.app_context():
            printed.append(words(print_once(paper_id)))
            db.session.remove()

    threads = [Thread(target=job) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(printed) == 6
    assert sum("Көшірме" not in text for text in printed) == 1
