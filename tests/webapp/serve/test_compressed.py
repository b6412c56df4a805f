"""What everybody gets goes compressed; what holds a secret does not."""

import gzip

import pytest
from flask import Flask

from tests.people.office import Office
from tests.people.surfer import Surfer

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


def test_pages_and_their_forms_keys_go_as_they_are_and_diagrams_packed(house: Flask) -> None:
    office = Office(house)
    case_id, clerk = office.open(), office.person("clerk")
    for path in ("/", f"/cases/{case_id}", "/sign-in", "/account"):
        page = clerk.get(path, **PACKED)
        assert "csrf_token" in page.text and "Content-Encoding" not in page.headers, path
    drawn = clerk.get(f"/cases/{case_id}/diagram/direct.bpmn", **PACKED)
    assert drawn.headers["Content-Encoding"] == "gzip" and b"definitions" in gzip.decompress(drawn.data)
    assert Surfer(house).get("/healthz", **PACKED).headers.get("Content-Encoding") is None
