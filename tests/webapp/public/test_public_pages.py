"""The public site: the same for everybody, small, without cookies, true for as long as it is kept, in plain words."""

import csv
import json
import re
from collections.abc import Iterator
from contextvars import Context
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask, request_started, url_for
from flask.testing import FlaskClient
from lxml import html
from playwright.sync_api import Browser
from werkzeug.test import TestResponse

from services import clock, public, registry
from services.config import ROOT
from services.db import db
from services.tracking.codes import new_code
from tests.conftest import config_for
from tests.webapp.axe import PHONE, faults_of_axe, wider_than_a_phone
from webapp import create_app
from webapp.public import doorstep, kept

LANGUAGES = ("kk", "ru", "en")
PAGES = ("", "offices", "offices/table", "offices/map", "offices/TALDYKORGAN", "offices/PSC_NURA",
         "diagrams/direct", "diagrams/psc", "privacy")  # fmt: skip
#: a working Monday
MONDAY = datetime.fromisoformat("2026-11-30T16:20:00+05:00")
MOST_BYTES = 60_000
LONGEST_SENTENCE = 14


@pytest.fixture
def client(house: Flask) -> Iterator[FlaskClient]:
    """Nothing is kept of another test's database."""
    kept.forget()
    with clock.stopped(MONDAY):
        yield house.test_client(use_cookies=False)
    kept.forget()


def ask(client: FlaskClient, path: str, **more: Any) -> TestResponse:
    """As a server would: in a context of its own, not in the test's."""
    return Context().run(partial(client.get, path, **more))


def page(client: FlaskClient, path: str, language: str = "kk", **headers: str) -> TestResponse:
    return ask(client, f"/service/{language}/{path}", headers=headers)


def tree(answer: TestResponse) -> html.HtmlElement:
    return html.fromstring(answer.get_data())


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_in_its_addresss_language_without_a_cookie_and_below_sixty_thousand_bytes(
    client: FlaskClient, path: str
) -> None:
    for language in LANGUAGES:
        answer = page(client, path, language, **{"Accept-Language": "en", "Cookie": "komek-language=ru; komek=x"})
        assert answer.status_code == 200, path
        assert "Set-Cookie" not in answer.headers and "Cookie" not in answer.headers.get("Vary", "")
        assert answer.headers["Content-Language"] == language == tree(answer).get("lang")
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        assert weight(client, answer) < MOST_BYTES, f"{path} {language}"
        assert re.search(r"[а-яәі]|Repealed", tree(answer).xpath("//aside")[0].text_content())


def weight(client: FlaskClient, answer: TestResponse) -> int:
    """Bytes of the page, uncompressed, and of everything that it loads; it loads nothing from elsewhere, no script."""
    root = tree(answer)
    loaded = root.xpath("//link[@rel='stylesheet' or @rel='icon']/@href | //img/@src | //script/@src")
    assert all(each.startswith("/static/") for each in loaded) and not root.xpath("//script[@src] | //iframe | //img")
    assert not root.xpath("//*[@style]"), "the policy lets no style in a page"
    return len(answer.get_data()) + sum(len(ask(client, each).get_data()) for each in loaded)


def test_the_first_address_leads_to_what_the_browser_reads_and_to_kazakh_otherwise(client: FlaskClient) -> None:
    for accepted, language in (("ru-RU,ru;q=0.9", "ru"), ("en", "en"), ("de", "kk"), ("", "kk")):
        answer = ask(client, "/service", headers={"Accept-Language": accepted})
        assert answer.headers["Location"] == f"/service/{language}/" and "Accept-Language" in answer.headers["Vary"]
        assert "Set-Cookie" not in answer.headers


def test_each_page_names_itself_in_the_other_languages(client: FlaskClient) -> None:
    for path in PAGES:
        links = tree(page(client, path, "ru")).xpath("//link[@hreflang]")
        named = {each.get("hreflang"): each.get("href") for each in links}
        assert named == {one: f"http://localhost/service/{one if one != 'x-default' else 'kk'}/{path}"
                         for one in (*LANGUAGES, "x-default")}  # fmt: skip


def test_a_copy_lives_until_an_office_closes_and_whoever_has_it_is_told_so(client: FlaskClient) -> None:
    answer = page(client, "offices/TALDYKORGAN", "en")
    assert "Open until 18:00" in answer.text and "public" in answer.headers["Cache-Control"]
    assert answer.expires == clock.now() + timedelta(minutes=5), "a moment: no proxy makes it longer"
    assert answer.cache_control.max_age is None
    again = page(client, "offices/TALDYKORGAN", "en", **{"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304 and again.get_data() == b""
    with clock.stopped(MONDAY.replace(hour=17, minute=58, second=30)):
        late = page(client, "offices/TALDYKORGAN", "en")
        assert late.expires == MONDAY.replace(hour=18, minute=0) and "must-revalidate" in late.headers["Cache-Control"]
    with clock.stopped(MONDAY.replace(hour=18)):
        closed = page(client, "offices/TALDYKORGAN", "en", **{"If-None-Match": answer.headers["ETag"]})
        assert closed.status_code == 200 and "Closed, opens tomorrow at 09:00" in closed.text
    with clock.stopped(MONDAY + timedelta(days=15, hours=3)):
        assert "Closed, opens 17 December at 09:00" in page(client, "offices/TALDYKORGAN", "en").text, "a holiday"


def test_what_has_just_gone_out_goes_out_again_before_flask_to_the_byte_and_no_longer_than_it_is_true(
    house: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a system that is no demo: there a clock stands in the database, and is asked with each page."""
    real = create_app(replace(house.config["KOMEK"], demo=False))
    public_client, seen = real.test_client(use_cookies=False), []
    with request_started.connected_to(lambda sender, **more: seen.append("asked"), real):
        for packed in ({}, {"Accept-Encoding": "br, gzip"}):
            first, again = (page(public_client, "offices", **packed) for _ in range(2))
            assert (first.data, list(first.headers)) == (again.data, list(again.headers))
            assert first.headers.get("Content-Encoding", "") == ("gzip" if packed else "")
        assert len(seen) == 2, "one of each kind"
        known = page(public_client, "offices", **{"If-None-Match": first.headers["ETag"]})
        assert (known.status_code, known.data) == (304, b"") and known.headers["Expires"] == first.headers["Expires"]
        assert page(public_client, "offices", **{"If-None-Match": '"another"'}).status_code == 200 and len(seen) == 2
        assert page(public_client, "offices?q=x").status_code == 200
        assert [page(public_client, "nothing").status_code for _ in range(2)] == [404, 404]
        assert len(seen) == 5, "neither searches nor faults are kept there"
        monkeypatch.setattr(doorstep, "LONGEST_S", 0.0)
        kept.forget()
        page(public_client, "offices"), page(public_client, "offices")
        assert len(seen) == 7
        assert all(page(client, "offices").status_code == 200 for _ in range(2)) and len(seen) == 7


def test_pages_go_compressed_to_whoever_reads_that(client: FlaskClient) -> None:
    answer = page(client, "offices", **{"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip" and "Accept-Encoding" in answer.headers["Vary"]
    assert len(answer.get_data()) < 6000
    tag = answer.headers["ETag"]
    assert page(client, "offices", **{"Accept-Encoding": "gzip", "If-None-Match": tag}).status_code == 304


def test_what_is_not_there_is_said_in_the_language_of_the_address(client: FlaskClient) -> None:
    for path, language, said in (
        ("/service/ru/nothing", "ru", "Такой страницы нет"), ("/service/en/offices/NOBODY", "en", "no office NOBODY"),
        ("/service/de/", "kk", "бет жоқ"), ("/service/kk/diagrams/nothing", "kk", "бет жоқ"),
        ("/service/kk/offices/OBLAST", "kk", "OBLAST"), ("/status/ru/nothing", "ru", "Такой страницы нет"),
    ):  # fmt: skip
        answer = ask(client, path)
        assert answer.status_code == 404 and tree(answer).get("lang") == language, path
        assert said in answer.text and "Set-Cookie" not in answer.headers, answer.text
        assert "/inbox" not in answer.text, "the way on is one for everybody"
    assert ask(client, f"/service/kk/offices?q={'a' * 61}").status_code == 400
    assert client.post("/service/kk/").status_code in (400, 405)


def test_an_error_page_says_the_status_that_the_answer_has(client: FlaskClient) -> None:
    answer = client.put("/cases")
    assert answer.status_code == 405
    assert tree(answer).xpath("//section/p[@class='quiet']/text()") == ["405"]


def test_the_search_finds_by_settlement_and_escapes_what_was_typed(client: FlaskClient) -> None:
    found = page(client, f"offices?q={quote('Чилик')}", "ru")
    assert "Шелек" in found.text and "Талдыкорган" not in tree(found).xpath("//main")[0].text_content()
    odd = page(client, f"offices?q={quote('<script>alert(1)</script>')}", "en")
    assert "<script>alert" not in odd.text and "Nothing is called so" in odd.text


@pytest.mark.parametrize("path", ["", "offices", "offices/PSC_NURA", "diagrams/psc"])
def test_the_last_copy_is_shown_while_the_database_is_away_also_by_a_process_that_starts_meanwhile(
    client: FlaskClient, database_url: str, path: str, tmp_path: Path
) -> None:
    before = tree(page(client, path, "ru")).xpath("//main")[0].text_content().split()
    copy = tmp_path / "public.json"
    public.forget()
    public.told(registry.current(), keep=copy)
    nowhere = re.sub(r"@[^/]*/|\?.*", lambda found: "@127.0.0.1:1/" if "@" in found[0] else "", database_url)
    config = replace(config_for(nowhere), demo=False, testing=False, var=tmp_path, secret_key="k" * 20 + "abcdefghijkl")
    db.session.remove()
    away = create_app(config).test_client(use_cookies=False)
    kept.forget()
    answer = page(away, path, "ru")
    assert answer.status_code == 200, answer.text
    (stale,) = tree(answer).xpath("//p[@class='stale']/text()")
    words = tree(answer).xpath("//main")[0].text_content().replace(stale, "").split()
    assert "30 ноября 2026" in stale and words == before, "as before, and it says as of when"
    copy.unlink()
    kept.forget()
    empty = page(away, path, "ru")
    said = {"number": "19-2013-00042", "code": new_code(), "who": "x"}
    asked = Context().run(partial(away.post, "/status/ru/", data=said))
    for none in (empty, asked):
        assert none.status_code == 503 and "Retry-After" in none.headers and tree(none).get("lang") == "ru"
        assert "/inbox" not in none.text, "the way on is one for everybody"


def test_the_way_of_an_application_stands_there_with_the_terms_that_hold_for_staff(client: FlaskClient) -> None:
    shown = tree(page(client, "", "en"))
    direct = shown.xpath("//h3[@id='direct']/following-sibling::ol[1]/li")
    terms = [" ".join(each.xpath("string(.//p[@class='term'])").split()) for each in direct]
    assert terms == [
        "15 working minutes clause 11, item 2)", "30 working minutes clause 11, item 3)",
        "8 working days clause 11, item 4)", "30 working minutes clause 11, item 5)",
        "30 working minutes clause 11, item 6)",
    ]  # fmt: skip
    text = " ".join(shown.xpath("//main")[0].text_content().split())
    assert "The service is free" in text and "10 calendar days" in text and "1414" in text
    assert text.count("not in the act") > 8 and "Repealed by resolution No. 196" in text
    papers = shown.xpath("//section[@id='bring']//li")
    assert len(papers) == 12 and "1\xa0copy" in papers[1].text_content()


# ---------------------------------------------------------------- plain words


#: names of offices, papers, acts, days and steps of a diagram, clauses: what a page repeats, and does not say itself
NAMES = (
    "//*[self::small or self::svg or self::script or self::address or self::title]", "//footer | //aside",
    "//*[@class='where' or @class='outline' or @class='name' or @class='term']", "//section[@id='act']",
    "//*[@lang][not(self::html)][not(self::a)]", "//ul[@class='papers']/li/b", "//h1[../dl]", "//dl//dd/a",
)  # fmt: skip


def sentences(root: html.HtmlElement) -> Iterator[str]:
    """Every sentence that the page itself says."""
    for each in root.xpath(" | ".join(NAMES)):
        tail = each.tail
        each.clear()
        each.tail = tail
    for block in root.iter("p", "li", "h1", "h2", "h3", "dt", "td", "label", "a", "button", "th", "dd"):
        for said in re.split(r"[.!?:·]\s+", " ".join(block.text_content().split())):
            yield said.strip(" .")


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_have_less_than_fifteen_words_and_none_of_the_words_that_only_offices_know(
    client: FlaskClient, language: str
) -> None:
    with (ROOT / "webapp/public/plain_words.csv").open(encoding="utf-8") as stream:
        never = [row for row in csv.DictReader(stream) if row["language"] == language]
    assert len(never) >= 12 and all(row["plain"] for row in never)
    for path in PAGES:
        said = list(sentences(tree(page(client, path, language))))
        assert len(said) > 5
        for sentence in said:
            assert len(sentence.split()) <= LONGEST_SENTENCE, (path, sentence)
            words = f" {sentence.casefold()}"
            assert not [row["plain"] for row in never if f" {row['not']}" in words], (path, sentence)


# ---------------------------------------------------------------- what machines read


class Vocabulary:
    """schema.org's own tables: which types there are, what each may have, and what that may be."""

    def __init__(self) -> None:
        said = json.loads((ROOT / "tests/data/schema_org.json").read_text(encoding="utf-8"))
        self.types, self.properties = said["types"], said["properties"]

    def kinds(self, kind: str) -> set[str]:
        return {kind}.union(*(self.kinds(each) for each in self.types.get(kind, ())))

    def faults(self, node: dict[str, Any]) -> list[str]:
        """Unknown types and properties, properties of other types, values of other kinds."""
        kind = str(node["@type"])
        found = [] if kind in self.types else [f"no type {kind}"]
        for name, value in node.items():
            if not name.startswith("@"):
                for each in value if isinstance(value, list) else [value]:
                    found += self.of_value(kind, name, each)
        return found

    def of_value(self, kind: str, name: str, value: object) -> list[str]:
        known = self.properties.get(name)
        if known is None or not self.kinds(kind) & set(known["of"]):
            return [f"{name} is nothing of {kind}"]
        if not isinstance(value, dict):
            simple = set(known["says"]) & {"Text", "URL", "Time", "Number", "DayOfWeek"}
            return [] if simple else [f"{name} of {kind} is no text"]
        wrong = [] if self.kinds(str(value["@type"])) & set(known["says"]) else [f"{name} is no {value['@type']}"]
        return wrong + self.faults(value)


def test_the_markup_is_what_schema_org_knows(client: FlaskClient) -> None:
    vocabulary = Vocabulary()
    for path, kind in (("", "GovernmentService"), ("offices/AKSU", "GovernmentOffice"), ("offices/PSC_AKSHI", "")):
        (script,) = tree(page(client, path, "ru")).xpath("//script[@type='application/ld+json']/text()")
        said = json.loads(script)
        assert said["@context"] == "https://schema.org" and said["@type"] == (kind or said["@type"])
        assert vocabulary.faults(said) == []
    assert vocabulary.faults({"@type": "GovernmentOffice", "price": "0"}), "the oracle sees a slip"
    office = json.loads(tree(page(client, "offices/AKSU")).xpath("//script/text()")[0])
    assert office["openingHoursSpecification"][0]["opens"] == "09:00" and office["telephone"] == ["+77283221143"]


def test_search_engines_are_led_to_every_public_page_and_to_no_other(client: FlaskClient) -> None:
    found = re.findall("<loc>http://localhost(.*?)</loc>", ask(client, "/sitemap.xml").text)
    assert len(found) == len(set(found)) == 3 * (5 + 52 + 2)
    assert {ask(client, each).status_code for each in found[::7]} == {200}
    robots = ask(client, "/robots.txt").text
    assert "Disallow: /\n" in robots and "Allow: /service\n" in robots and "/sitemap.xml" in robots


def test_a_card_for_the_phone_book_is_a_vcard_whose_lines_are_folded(client: FlaskClient) -> None:
    answer = page(client, "offices/PSC_KERBULAK.vcf", "kk")
    lines = answer.get_data().split(b"\r\n")
    assert answer.mimetype == "text/vcard" and lines[0] == b"BEGIN:VCARD" and lines[-2:] == [b"END:VCARD", b""]
    assert max(map(len, lines)) <= 75
    unfolded = answer.get_data().replace(b"\r\n ", b"").decode().splitlines()
    assert "ADR;TYPE=WORK:;;Сарыөзек қаласы\\, Момышұлы көшесі\\, н/ж;Сарыөзек;;;KZ" in unfolded
    assert "TEL;TYPE=WORK,VOICE:+77284032588" in unfolded


def test_the_map_keeps_distances_and_lists_whom_it_cannot_place(client: FlaskClient) -> None:
    shown = tree(page(client, "offices/map", "en"))
    spots = {each.xpath("string(.//text)"): each for each in shown.xpath("//svg[contains(@class, 'map')]//a")}

    def at(name: str) -> tuple[float, float]:
        (mark,) = spots[name].xpath(".//rect | .//circle")
        return (float(mark.get("cx") or float(mark.get("x")) + 5), float(mark.get("cy") or float(mark.get("y")) + 5))

    (bar,) = shown.xpath("//*[@class='scale']/path/@d")
    hundred_km = float(re.search(r"h([0-9.]+)", bar)[1])  # type: ignore[index]
    # great circles between GeoNames' own points, on a sphere of 6371 km
    for one, other, km in (("Taldykorgan", "Kegen", 232.8), ("Usharal", "Bakanas", 395.9), ("Esik", "Talgar", 18.3)):
        (x, y), (to_x, to_y) = at(one), at(other)
        drawn = ((x - to_x) ** 2 + (y - to_y) ** 2) ** 0.5 / hundred_km * 100
        assert abs(drawn - km) < max(3, km * 0.03), (one, other, drawn)
    unplaced = shown.xpath("//h2[text()='Not on the map']/following-sibling::ul/li")
    assert len(unplaced) == 11 and "Nura" in shown.xpath("string(//h2[text()='Not on the map']/following-sibling::ul)")


def test_a_diagram_is_drawn_with_every_name_that_its_file_has_and_told_as_text(client: FlaskClient) -> None:
    for route in ("direct", "psc"):
        shown = tree(page(client, f"diagrams/{route}", "ru"))
        (picture,) = shown.xpath("//svg[contains(@class, 'bpmn')]")
        drawn = "".join("".join(each.itertext()) for each in picture.iter("text")).replace("-", "").replace(" ", "")
        told = shown.xpath("//ol[@class='outline-lines']/li/b/text()")
        assert len(told) > 15
        missing = [each for each in told if each.replace(" ", "").replace("-", "") not in drawn]
        assert missing == []


#: pages that ask nobody who they are: whoever adds one says here why
OPEN = {
    "static": "files of ours", "health.healthz": "for the machine", "health.readyz": "for the machine",
    "health.favicon": "browsers ask for it", "account.sign_in": "the door", "desk.worker": "a script of ours",
    "desk.shell": "the desk without a network: an empty frame", "tracking.show": "asks for the secret code first",
    "modeler_link.webapps": "tells Modeler where to look", "help.show": "the guide holds no data",
    "beginning.door": "the first administrator, by the secret of the office",
    "account.slip": "whoever forgot a password, by the secret of a slip",
}  # fmt: skip


def test_nobody_who_is_not_signed_in_reads_anything_but_what_is_public(client: FlaskClient, house: Flask) -> None:
    values = {"language": "kk", "key": "TALDYKORGAN", "route": "direct", "filename": "komek.svg", "name": "x"}
    read = set()
    for rule in house.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.rule.startswith("/engine-rest"):
            continue
        told = {each: values.get(each, "1") for each in rule.arguments}
        with house.test_request_context():
            address = url_for(rule.endpoint, **told)
        if ask(client, address).status_code == 200 and not rule.endpoint.startswith("public."):
            read.add(rule.endpoint)
    assert read <= {*OPEN}, read - set(OPEN)


# ---------------------------------------------------------------- in a browser


@pytest.mark.browser
def test_axe_finds_nothing_and_every_page_fits_a_phone_without_scripts(browser: Browser, address: str) -> None:
    kept.forget()
    context = browser.new_context(base_url=address, bypass_csp=True, viewport=PHONE)
    shown = context.new_page()
    asked: list[str] = []
    shown.on("request", lambda request: asked.append(request.url))
    for path in ("kk/", "ru/offices", "kk/offices/table", "en/offices/map", "kk/offices/PSC_NURA", "ru/diagrams/psc"):
        for scheme in ("light", "dark") if path == "kk/" else ("light",):
            shown.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            shown.goto(f"/service/{path}")
            assert faults_of_axe(shown) == [], f"{path} {scheme}"
        assert wider_than_a_phone(shown) == 0, path
    assert {each.removeprefix(address).split("/")[1] for each in asked} <= {"service", "static"}
    assert context.cookies() == []
    context.close()
