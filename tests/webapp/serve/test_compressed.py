"""All that is text goes compressed; what repeats the words of its address does not."""

import gzip

import pytest
from flask import Flask

from komek.testing.surfer import Surfer
from services import documents
from tests.people.office import Office
from webapp import compressed

PACKED = {"Accept-Encoding": "gzip, br"}


@pytest.mark.parametrize("file", ["komek.css", "komek.js", "vendor/bpmn-navigated-viewer.production.min.js"])
def test_files_go_packed_to_whoever_reads_that_and_say_the_same(app: Flask, file: str) -> None:
    browser = app.test_client()
    plain = browser.get(f"/static/{file}")
    packed = browser.get(f"/static/{file}", headers=PACKED)
    assert "Content-Encoding" not in plain.headers and packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data and len(packed.data) < len(plain.data) / 2
    assert "Accept-Encoding" in plain.headers["Vary"] and "Accept-Encoding" in packed.headers["Vary"]
    etag = packed.headers["ETag"]
    assert browser.get(f"/static/{file}", headers={**PACKED, "If-None-Match": etag}).status_code == 304
    refused = browser.get(f"/static/{file}", headers={"Accept-Encoding": "gzip;q=0"})
    assert refused.data == plain.data


def test_fonts_are_packed_by_themselves_and_parts_go_as_asked(app: Flask) -> None:
    font = "/static/vendor/ibm-plex-sans-cyrillic-400-normal.woff2"
    browser = app.test_client()
    assert "Content-Encoding" not in browser.get(font, headers=PACKED).headers
    part = browser.get("/static/komek.css", headers={**PACKED, "Range": "bytes=0-99"})
    assert (part.status_code, len(part.data)) == (206, 100)


def test_pages_of_people_go_packed_and_what_repeats_the_words_of_its_address_goes_as_it_is(house: Flask) -> None:
    office = Office(house)
    case_id, clerk = office.run(until=5), office.person("clerk")
    for path in ("/", f"/cases/{case_id}", "/account", f"/cases/{case_id}/diagram/direct.bpmn"):
        plain, packed = clerk.get(path), clerk.get(path, **PACKED)
        assert "Content-Encoding" not in plain.headers and "Accept-Encoding" in packed.headers["Vary"], path
        assert packed.headers["Content-Encoding"] == "gzip" and len(packed.data) < len(plain.data) / 2, path
        assert packed.headers["Cache-Control"] == plain.headers["Cache-Control"] == "no-store"
        lines = [gzip.decompress(packed.data).splitlines(), plain.data.splitlines()]
        assert len(lines[0]) == len(lines[1]), "the same but for a form's key"
    for path in (f"/cases/{case_id}?said=x", "/?q=x"):
        page = clerk.get(path, **PACKED)
        assert page.status_code == 200 and "Content-Encoding" not in page.headers, path
    assert Surfer(house).get("/healthz", **PACKED).headers.get("Content-Encoding") is None, "too short to gain by it"


def test_the_length_of_a_persons_page_does_not_tell_what_stands_on_it(house: Flask) -> None:
    """The same bytes, each time of another length, as Django's middleware does it (Heal the Breach)."""
    office = Office(house)
    head, drawn = office.person("head"), f"/cases/{office.run(until=2)}/diagram/direct.bpmn"
    found = [head.get(drawn, **PACKED).data for _ in range(8)]
    assert len({gzip.decompress(each) for each in found}) == 1 and len({len(each) for each in found}) > 2
    assert max(map(len, found)) - min(map(len, found)) <= compressed.MOST_ADDED


def test_a_papers_picture_is_small_and_kept_by_no_browser(house: Flask) -> None:
    office = Office(house)
    paper = documents.papers_of(office.run(until=5))[0]
    plain, packed = (office.person("head").get(f"/papers/{paper.id}.svg", **each) for each in ({}, PACKED))
    assert packed.headers["Content-Encoding"] == "gzip" and gzip.decompress(packed.data).startswith(b"<svg")
    assert len(packed.data) < 50_000 < len(plain.data) and packed.headers["Cache-Control"] == "no-store"
