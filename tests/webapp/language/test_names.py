"""Names in three languages: extracted from the diagrams, translated over the web, seen at once by every process."""

import io
import re

import pytest
from flask import Flask
from sqlalchemy import select

from komek.testing.surfer import Surfer
from services import journal, processes, registry
from services.config import ROOT
from services.db import db
from services.processes import names as rooms
from services.processes.catalogues import BadCatalogue, read_catalogue, write_catalogue
from services.processes.models import DiagramText
from services.processes.names import key_of
from services.processes.texts import texts_of
from webapp.cli.diagram_names import faults_of_names

FIELD = key_of("bpmn:direct", "Талон")
DIRECT = (ROOT / "bpmn/direct.bpmn").read_bytes()


def in_russian() -> str:
    return processes.translations("ru", registry.current()).of("bpmn:direct", "Талон")


def test_every_name_of_the_house_stands_in_the_catalogues_and_nothing_else_does() -> None:
    assert list(faults_of_names()) == []


def test_a_designer_translates_a_name_and_every_screen_says_it(house: Flask) -> None:
    designer = Surfer(house).sign_in("designer")
    designer.get("/processes/names/direct")
    page = designer.submit("/processes/names/direct", {f"ru-{FIELD}": "Талон о приёме"})
    assert "Сақталған аудармалар: 1." in page.text
    assert in_russian() == "Талон о приёме"
    designer.submit("/language", {"language": "ru"})
    drawn = designer.get("/processes/deployments/1/after/direct.bpmn").text
    assert 'name="Талон о приёме"' in drawn
    (line,) = [each for each in journal.read("deployment") if each.event == "deployment.names_changed"]
    assert line.details == {"process": "direct", "revision": 1, "texts": {"ru": 1, "en": 0}}


def test_what_another_process_translated_is_seen_without_a_restart(house: Flask) -> None:
    assert in_russian() == "Талон"
    row = {"key": FIELD, "language": "ru", "context": "bpmn:direct", "msgid": "Талон", "text": "Квитанция"}
    rooms.db.session.add(DiagramText(**row, revision=7, changed_at=rooms.clock.now(), changed_by="staff:1"))
    db.session.commit()
    assert in_russian() == "Квитанция"


def test_the_doctor_takes_a_name_translated_over_the_web_for_translated(house: Flask) -> None:
    changed = {"direct.bpmn": DIRECT.replace("Өтінішті қабылдап, тіркеу".encode(), "Өтінішті тіркеу".encode())}

    def untranslated() -> list[str]:
        report = processes.examine(changed, registry.current())
        return [str(each.details["language"]) for each in report.findings if each.rule == "names-untranslated"]

    assert untranslated() == ["ru", "en"]
    row = {"key": "k", "context": "bpmn:direct", "msgid": "Өтінішті тіркеу", "text": "Зарегистрировать заявление"}
    rooms.db.session.add(
        DiagramText(**row, language="ru", revision=1, changed_at=rooms.clock.now(), changed_by="staff:1")
    )
    db.session.commit()
    assert untranslated() == ["en"]


def test_an_empty_translation_falls_back_to_the_catalogue(house: Flask) -> None:
    designer = Surfer(house).sign_in("designer")
    for said, expected in (("Квитанция", "Квитанция"), ("", "Талон")):
        designer.get("/processes/names/direct")
        designer.submit("/processes/names/direct", {f"ru-{FIELD}": said})
        assert in_russian() == expected


def test_a_name_that_mixes_alphabets_is_refused_and_what_was_typed_stays(house: Flask) -> None:
    designer = Surfer(house).sign_in("designer")
    designer.get("/processes/names/direct")
    page = designer.submit("/processes/names/direct", {f"ru-{FIELD}": "Tалон", f"en-{FIELD}": "Ticket"})
    assert page.status_code == 422
    assert 'value="Tалон"' in page.text
    assert 'value="Ticket"' in page.text
    assert db.session.scalar(select(DiagramText.key)) is None


def test_what_is_missing_stands_first(house: Flask) -> None:
    changed = DIRECT.replace("Талон".encode(), "Түбіртек".encode())
    processes.deploy({"direct.bpmn": changed}, registry.current(), name="x", actor="test")
    page = Surfer(house).sign_in("designer").get("/processes/names/direct").text
    rows = re.findall(r'<th scope="row"><span lang="kk">([^<]*)', page)
    assert rows[0] == "Түбіртек"
    assert "жетіспейді: 1" in page


def test_the_catalogue_of_a_process_is_taken_out_translated_and_brought_back(house: Flask) -> None:
    designer = Surfer(house).sign_in("designer")
    po = designer.get("/processes/names/direct.ru.po").get_data()
    assert dict(read_catalogue(po, "ru"))["bpmn:direct", "Талон"] == "Талон"
    translated = po.replace('msgid "Талон"\nmsgstr "Талон"'.encode(), 'msgid "Талон"\nmsgstr "Квитанция"'.encode())
    assert translated != po
    designer.get("/processes/names/direct")
    designer.submit("/names/direct/file", {"language": "ru", "file": (io.BytesIO(translated), "direct.ru.po")})
    assert in_russian() == "Квитанция"


def test_only_designers_and_administrators_translate(house: Flask) -> None:
    clerk = Surfer(house).sign_in("clerk.taldykorgan")
    assert clerk.get("/processes/names/direct").status_code == 403
    assert Surfer(house).sign_in("admin").get("/processes/names/direct").status_code == 200


@pytest.mark.parametrize("content", [b"\xff\xfe", b'msgid "a"\nmsgstr', b"PK\x03\x04", b'msgid "a\n', b"msgid 3"])
def test_a_file_that_is_no_catalogue_is_refused_in_words(content: bytes) -> None:
    try:
        assert not any(read_catalogue(content, "ru").values())
    except BadCatalogue as refused:
        assert refused.details["why"]


def test_a_catalogue_is_written_alike_every_time() -> None:
    texts = [(each, "x") for each in texts_of({"direct.bpmn": DIRECT})]
    assert write_catalogue(texts, "ru") == write_catalogue(texts, "ru")


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b'{"components": [{"components": [1, {"label": 3}]}]}', b"\x00"]
)
def test_no_file_is_too_odd_to_look_for_texts(content: bytes) -> None:
    assert texts_of({"a.form": content, "b.bpmn": content, "c.dmn": content}) == []
