"""What the browser loads of others comes from us, and whole."""

import hashlib
import json
import re
from pathlib import Path

import pytest
from flask import Flask

from services.config import ROOT
from webapp.assets import MANIFEST, copy_assets

MODULES = ROOT / "node_modules"
LETTERS = "ӘәҒғҚқҢңӨөҰұҮүҺһІіЁё₸№«»–—"


def test_the_manifest_names_every_file_with_its_hash(tmp_path: Path) -> None:
    vendor = tmp_path / "vendor"
    (vendor / "old").mkdir(parents=True)
    copied = copy_assets(MODULES, vendor)
    found = {each.name: hashlib.sha256(each.read_bytes()).hexdigest() for each in vendor.iterdir()}
    del found[MANIFEST]
    assert found == copied == json.loads((vendor / MANIFEST).read_text())


def test_style_sheets_and_scripts_load_nothing_from_elsewhere(tmp_path: Path) -> None:
    copy_assets(MODULES, tmp_path / "vendor")
    for sheet in (tmp_path / "vendor").glob("*.css"):
        for address in re.findall(r"url\(\s*['\"]?([^)'\"]+)", sheet.read_text(encoding="utf-8")):
            assert address.startswith("data:") or (sheet.parent / address.partition("?")[0]).is_file(), (
                sheet.name,
                address,
            )
        assert "@import" not in sheet.read_text(encoding="utf-8")


def test_the_browser_is_told_where_every_letter_is_in_every_weight(tmp_path: Path) -> None:
    copy_assets(MODULES, tmp_path / "vendor")
    sheet = (tmp_path / "vendor/plex.css").read_text(encoding="utf-8")
    # a browser puts a weight together of the faces that say just it: one of "400 600" would shut the others out
    assert set(re.findall("font-weight:([^;]+);", sheet)) == {"400", "500", "600"}
    for weight in (400, 500, 600):
        faces = re.findall(rf"font-weight:{weight};.*?unicode-range:([^}}]+)}}", sheet)
        covered = [_bounds(part) for face in faces for part in face.split(",")]
        assert [letter for letter in LETTERS if not any(low <= ord(letter) <= high for low, high in covered)] == []


def test_what_is_addressed_by_its_bytes_is_fetched_once_and_nothing_else_is_kept(session_app: Flask) -> None:
    client = session_app.test_client()
    page = client.get("/static/komek.css")
    assert page.headers["Cache-Control"] == "no-cache", "without a version it may change: the browser asks"
    for address in ("/static/komek.css?v=1", "/static/vendor/plex.css?v=1"):
        answer = client.get(address)
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Vary"] == "Accept-Encoding" and "Content-Language" not in answer.headers, "for everybody"
    assert "immutable" not in client.get("/static/nothing.css?v=1").headers.get("Cache-Control", "")
    assert client.get("/sign-in").headers["Cache-Control"] == "no-store"


def test_a_missing_package_changes_nothing(tmp_path: Path) -> None:
    vendor = tmp_path / "vendor"
    vendor.mkdir()
    (vendor / "kept.css").write_text("")
    with pytest.raises(FileNotFoundError):
        copy_assets(tmp_path / "no_modules", vendor)
    assert (vendor / "kept.css").exists()


def _bounds(part: str) -> tuple[int, int]:
    low, _, high = part.strip().removeprefix("U+").partition("-")
    return int(low, 16), int(high or low, 16)


def test_whatever_page_asks_for_htmx_loads_it() -> None:
    """`hx-` says nothing to a browser that has no htmx: what is pressed then, or awaited, silently does not happen."""
    templates = {each.name: each.read_text(encoding="utf-8") for each in ROOT.glob("webapp/**/templates/**/*.html")}
    for name, text in templates.items():
        uses = "hx-" in text or any("htmx." in _script(script) for script in re.findall(r"[\w-]+\.js", text))
        if not uses or name.startswith("_") or name == "base.html":
            continue
        parts = re.findall(r'(?:include|from|import|extends) "([\w/.-]+)"', text)
        whole = text + "".join(templates[each.rpartition("/")[2]] for each in parts)
        assert "vendor/htmx.min.js" in whole, f"{name} says hx- and loads no htmx"


def _script(name: str) -> str:
    own = ROOT / "webapp/static" / name
    return own.read_text(encoding="utf-8") if own.is_file() else ""
