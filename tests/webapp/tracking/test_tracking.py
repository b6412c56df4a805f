"""Where is my application: asked by the code of the first print, answered in plain words, and nothing for a guesser."""

import hashlib
import re
import shutil
import statistics
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from services import cases, clock, directory, documents, journal, registry, tracking
from services.cases.models import Case
from services.config import ROOT
from services.db import db
from services.plugin import Plugin
from services.registry import Registry
from services.tracking import guesses
from services.tracking.codes import new_code
from services.tracking.models import TrackingCode, TrackingGuess
from services.tracking.pace import Pace
from tests import the_region
from tests.people.office import APPLICATION, Office, Psc
from tests.people.public import GROUPS, SITE, code_on, printed, words_of


@pytest.fixture(autouse=True)
def nobody_guessed() -> None:
    guesses.refused.cache_clear()


def ask(house: Flask, number: str, code: str, who: str, language: str = "kk", **more: Any) -> TestResponse:
    said = {"number": number, "code": code, "who": who}
    return house.test_client().post(f"/status/{language}/", data=said, **more)


def a_case(house: Flask, until: int = 1) -> tuple[int, str, str]:
    """A case, its number and its code."""
    case_id = Office(house).run(until=until)
    number = db.session.get_one(Case, case_id).number
    assert number
    return case_id, number, code_on(printed(case_id))


def test_the_first_print_bears_a_code_and_a_square_that_scans_back_and_no_other_print_does(house: Flask) -> None:
    case_id = Office(house).run(until=1)
    number = db.session.get_one(Case, case_id).number
    pdf = printed(case_id)
    code = re.sub(r"\D", "", code_on(pdf))
    picture = pypdfium2.PdfDocument(pdf)[0].render(scale=3).to_pil()
    read = {found.text for found in zxingcpp.read_barcodes(picture)}
    assert f"{SITE}/status#{number}/{code}" in read and documents.barcode_payload(str(number)) in read
    address = next(each for each in read if each.startswith(SITE))
    assert code not in address.partition("#")[0]  # browsers send nobody what stands behind it
    assert not GROUPS.search(words_of(printed(case_id)))
    row = db.session.get_one(TrackingCode, case_id)
    assert code.encode() not in row.digest + row.salt
    kept = db.session.execute(text("SELECT string_agg(p.content::text, '') FROM paper p")).scalar_one()
    assert code not in kept and code not in str(list(journal.read(f"case:{case_id}", limit=50)))


@pytest.mark.parametrize(("language", "said"), [
    ("kk", "Басшы өтінішіңізге жауапты қызметкерді тағайындайды."),
    ("ru", "Руководитель назначает сотрудника по вашему заявлению."),
    ("en", "The head is choosing an officer for your application."),
])  # fmt: skip
def test_number_code_and_surname_show_what_happens_and_no_name_or_sum(house: Flask, language: str, said: str) -> None:
    _, number, code = a_case(house)
    page = ask(house, number, code, " үлгібаев ", language)
    assert page.status_code == 200, page.text
    assert said in page.text and number in page.text and "Set-Cookie" not in page.headers
    assert page.headers["Cache-Control"] == "no-store" and page.headers["Content-Language"] == language
    iin = APPLICATION["iin"]
    for secret in (APPLICATION["surname"], APPLICATION["given_name"], iin, iin[-4:], code):
        assert secret not in page.text


def test_the_last_four_digits_of_the_iin_and_a_surname_without_kazakh_letters_do_as_well(house: Flask) -> None:
    _, number, code = a_case(house)
    for who in (APPLICATION["iin"][-4:], "УЛГИБАЕВ", "Yлгібаев"):
        assert ask(house, number.lower(), code.replace(" ", "-"), who).status_code == 200, who


def test_a_wrong_number_a_wrong_code_and_a_wrong_name_are_one_answer(house: Flask) -> None:
    _, number, code = a_case(house)
    other = number[:-5] + "99999"
    pages = [ask(house, *said) for said in ((other, code, "Үлгібаев"), (number, new_code(), "Үлгібаев"),
                                           (number, code, "Басқаев"), (number, code, "0000"))]  # fmt: skip
    bare = {re.sub(r'value="[^"]*"', "", page.text) for page in pages}
    assert [page.status_code for page in pages] == [404] * 4 and len(bare) == 1
    assert "Вот" not in bare and all("Set-Cookie" not in page.headers for page in pages)


def test_what_is_mistyped_is_said_and_is_no_guess(house: Flask) -> None:
    _, number, code = a_case(house)
    wrong = code[:8] + str((int(code[8]) + 1) % 10) + code[9:]
    for said in ((number, wrong, "Үлгібаев"), ("99", code, "Үлгібаев"), (number, "1", "Үлгібаев")):
        page = ask(house, *said)
        assert page.status_code == 422 and 'aria-invalid="true"' in page.text
    assert "2-тобында" in ask(house, number, wrong, "x").text
    assert not db.session.scalars(select(TrackingGuess)).all()


def test_guesses_are_counted_by_number_and_address_over_processes_and_the_right_answer_waits_too(house: Flask) -> None:
    _, number, code = a_case(house)
    for _ in range(guesses.MOST["number"]):
        assert ask(house, number, new_code(), "Үлгібаев").status_code == 404
    page = ask(house, number, code, "Үлгібаев")
    assert page.status_code == 429 and page.headers["Retry-After"] == "3600"
    guesses.refused.cache_clear()  # as another process, which remembers nothing
    assert ask(house, number, code, "Үлгібаев").status_code == 429
    elsewhere = {"environ_base": {"REMOTE_ADDR": "203.0.113.9"}}
    assert ask(house, number, code, "Үлгібаев", **elsewhere).status_code == 429
    nobodys = number[:-5] + "88888"
    for _ in range(guesses.MOST["number"]):
        ask(house, nobodys, new_code(), "x", **elsewhere)
    assert ask(house, nobodys, code, "x", **elsewhere).status_code == 429  # as a number that somebody has
    guesses.refused.cache_clear()
    with clock.stopped(clock.real() + guesses.WINDOW + timedelta(seconds=1)):
        assert ask(house, number, code, "Үлгібаев").status_code == 200
    kept = db.session.scalars(select(TrackingGuess.what)).all()
    assert kept and all(len(bytes(what)) == 32 and number.encode() not in bytes(what) for what in kept)


def test_whoever_has_the_database_alone_cannot_try_out_who_asked_about_what(house: Flask) -> None:
    _, number, _ = a_case(house)
    ask(house, number, new_code(), "Үлгібаев")
    kept = {bytes(what) for what in db.session.scalars(select(TrackingGuess.what))}
    said = (f"number:{number}", "address:127.0.0.1/32", "network:127.0.0.0/24")
    assert len(kept) == 3 and not kept & {hashlib.sha256(each.encode()).digest() for each in said}


def test_whoever_is_refused_reads_what_holds_under_the_edition_of_today(house: Flask, tmp_path: Path) -> None:
    def refused() -> str:
        said = {"number": "19-2013-00042", "code": new_code(), "who": "x"}
        return [house.test_client().post("/status/ru/", data=said) for _ in range(guesses.MOST["number"] + 1)][-1].text

    assert "tel:1414" in refused()
    before, folder = registry.shipped(), tmp_path / "r"
    shutil.copytree(the_region.FOLDER, folder)
    facts = (folder / "region.toml").read_text(encoding="utf-8")
    (folder / "region.toml").write_text(facts.replace('"1414"', '"1415"'), encoding="utf-8")
    others = [plugin for plugin in before.plugins if not plugin.region]
    registry.use(Registry([Plugin(folder, "Its call centre has another number.", region=before.region), *others], ROOT))
    try:
        assert "tel:1415" in refused()
    finally:
        registry.use(before)


def test_an_address_and_its_network_have_limits_of_their_own(house: Flask) -> None:
    def guess(at: str, count: int) -> int:
        said = {"number": f"19-2013-{count:05d}", "code": new_code(), "who": "x"}
        return house.test_client().post("/status/kk/", data=said, environ_base={"REMOTE_ADDR": at}).status_code

    assert [guess("2001:db8::1", each) for each in range(21)].count(404) == 20
    assert guess("2001:db8::2", 30) == 429  # one holder's /64
    assert guess("2001:db8:0:1::1", 31) == 404  # the same network, another holder


def test_who_guesses_learns_nothing_from_the_time(house: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    _, number, code = a_case(house)
    monkeypatch.setattr(guesses, "MOST", dict.fromkeys(guesses.MOST, 10**6))
    monkeypatch.setattr(tracking, "looked_up", Pace(1000, 1000, 9))
    ways = {"number": (number[:-5] + "77777", code, "Үлгібаев"), "code": (number, new_code(), "Үлгібаев"),
            "name": (number, code, "Басқаев")}  # fmt: skip
    took: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(40):  # in turns: what slows one slows all
        for name, said in ways.items():
            begun = time.perf_counter()
            assert ask(house, *said).status_code == 404
            took[name].append(time.perf_counter() - begun)
    middles = {name: statistics.median(each) for name, each in took.items()}
    spread = statistics.median(abs(each - middles["code"]) for each in took["code"])
    assert max(middles.values()) - min(middles.values()) < max(4 * spread, 0.002), middles


def test_what_a_destroyed_case_had_is_gone(house: Flask) -> None:
    case_id, number, code = a_case(house)
    cases.forget_cases([case_id])
    db.session.commit()
    assert ask(house, number, code, "Үлгібаев").status_code == 404


def test_the_questions_need_no_cookie_and_may_be_kept_by_a_proxy(house: Flask) -> None:
    found = house.test_client().get("/status", headers={"Accept-Language": "ru-RU,ru;q=0.9"})
    assert found.status_code == 302 and found.location == "/status/ru/" and "Accept-Language" in found.headers["Vary"]
    page = house.test_client().get("/status/ru/")
    assert page.headers["Cache-Control"] == "public, max-age=300" and "Set-Cookie" not in page.headers
    assert 'method="post"' in page.text and len(page.data) < 8000
    assert house.test_client().get("/status/de/").status_code == 404


def test_every_step_of_the_region_has_public_words_in_three_languages(app: Flask) -> None:
    plugins = registry.current()
    said = {(row["step"]): row for row in plugins.table("public_words") if not row["outcome"]}
    steps = {row["key"] for row in plugins.table("steps")}
    assert steps == set(said)
    for row in plugins.table("public_words"):
        for what in ("now", "done", "come"):
            three = [row[f"{what}_{each}"] for each in ("kk", "ru", "en")]
            assert all(three) or not any(three), row
            assert all(len(each.split()) < 15 for each in three)
    assert all(row["now_kk"] for row in said.values())


def give_anew(office: Office, role: str, case_id: int, shown: str = "applicant") -> TestResponse:
    surfer = office.person(role)
    surfer.get(f"/cases/{case_id}")
    return surfer.submit(f"/cases/{case_id}/code", {"shown": shown})


def test_a_lost_code_is_given_anew_against_an_identity_document_and_the_old_one_dies(house: Flask) -> None:
    case_id, number, old = a_case(house)
    office = Office(house)
    slip = give_anew(office, "clerk", case_id)
    assert slip.status_code == 200 and slip.mimetype == "application/pdf"
    new = code_on(slip.data)
    assert APPLICATION["surname"] not in words_of(slip.data) and number in words_of(slip.data)
    assert ask(house, number, old, "Үлгібаев").status_code == 404
    assert ask(house, number, new, "Үлгібаев").status_code == 200
    line = next(iter(journal.read(f"case:{case_id}", limit=5)))
    assert (line.event, line.details["shown"]) == ("case.code_given", "applicant") and new not in str(line)
    assert "жаңа құпия код" in office.person("clerk").get(f"/cases/{case_id}").text.lower()
    assert not journal.verify()


def test_nobody_gets_a_code_without_saying_whose_document_was_seen_nor_before_there_is_a_number(house: Flask) -> None:
    office = Office(house)
    fresh = office.run(until=0)
    assert "/code" not in office.person("clerk").get(f"/cases/{fresh}").text
    case_id, number, code = a_case(house)
    for shown in ("", "representative", "neighbour"):
        assert give_anew(office, "clerk", case_id, shown).status_code in (400, 422), shown
    assert ask(house, number, code, "Үлгібаев").status_code == 200  # the code of before holds
    stranger = directory.staff_at("PANFILOV", "clerk")[0]
    with pytest.raises(cases.NotYours):
        cases.give_code_anew(case_id, "applicant", stranger, SITE)
    courier = directory.staff_at("PSC_TALDYKORGAN", "courier")[0]
    with pytest.raises(cases.NotYours):
        cases.give_code_anew(case_id, "applicant", courier, SITE)


def test_a_case_of_before_whose_talon_was_printed_already_gets_its_first_code_anew(house: Flask) -> None:
    case_id, number, _ = a_case(house)
    db.session.execute(text("DELETE FROM tracking_code"))
    db.session.commit()
    assert not GROUPS.search(words_of(printed(case_id)))
    code = code_on(give_anew(Office(house), "head", case_id).data)
    assert ask(house, number, code, "Үлгібаев").status_code == 200


def test_the_result_at_a_psc_asks_the_applicant_to_come_until_a_day_and_shows_the_papers_way(house: Flask) -> None:
    psc = Psc(house)
    case_id = psc.accept()
    number = db.session.get_one(Case, case_id).number or ""
    code = code_on(printed(case_id, "doc.receipt", "psc_inspector", psc.key))
    psc.carry(case_id)
    page = ask(house, number, code, "Үлгібаев", "ru").text
    assert "Отдел регистрирует ваши документы." in page
    psc.decide(case_id)
    psc.send("clerk", psc.result(case_id))
    psc.scan("psc_accum", psc.result(case_id))
    psc.work(case_id, "psc_accum")
    page = ask(house, number, code, "Үлгібаев", "ru").text
    assert "Придите с удостоверением личности и распиской." in page and "Можно прийти до" in page
    printed_phones = registry.current().row("offices", psc.key)["phone_raw"].split(";")
    assert len(printed_phones) == 2 and all(f">{each}</a>" in page for each in printed_phones)
    assert "Ваши документы поступили в отдел." in page and "назнач" not in page.partition("</h1>")[2].replace(
        "Назначен ответственный сотрудник", "")  # fmt: skip
