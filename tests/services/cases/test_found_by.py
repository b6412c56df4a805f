"""What a case is found by at its offices and nowhere else, at a cost that does not grow, also from before."""

from importlib import import_module
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text

from services import cases, custody, directory
from services.cases import finding, newest
from services.db import db
from services.migrations import downgrade, upgrade
from tests.people.office import OFFICE, PSC, Office, Psc


def found(login: str, words: str, office: str = OFFICE) -> list[int]:
    return [row.case_id for row in searched(login, words, office).rows]


def searched(login: str, words: str, office: str = OFFICE) -> cases.CasesFound:
    person = directory.person(directory.id_of(login) or 0)
    assert person is not None
    return cases.find(person, office, words)


def ended_by_post(office: Office) -> int:
    case_id = office.run(until=6)
    office.work(case_id, "executor", {"way": "posted", "postal_number": "RR 123456785 KZ", "postal_proof": "№ 77"})
    return case_id


#: every way of writing it: the case is "Үлгібаев Мысал Сынақұлы", 8 700 000 00 01, the office's first of the year
WAYS = [
    "Үлгібаев", "үлгіб", "Мысал", "сынакулы", "Улгибаев Мысал", "мысал үлг", "улгібаев м", "ҮЛГІБАЕВ, Мысал",
    "8 700 000 00 01", "+7 (700) 000-00-01", "87000000001", "7000000001", "00-01", "0000001", "700 000",
    "8(700)0000001", "8-700-000-00-01", "+7.700.000.0001", "(700) 000", "7 700 00", "8 10 7 700 000 00 01",
    "Мысал 8 700 000 00 01", "+7 700 000-00-01 Үлгібаев",
    "850101100012", "850101 100012", "1", "00001", "{year}-1", "{year}-00001", "19-{year}-1", "19-{year}-000",
    "19-{year}-00001-{check}", "X{year}-1", "Х{year}-00001", "19-X{year}-00001", "RR123456785KZ", "rr 123456785 kz",
    "RR1234", "Мысал 00001", "Мысал X{year}-1",
]  # fmt: skip
#: what would find somebody else, or somebody by a part of what is theirs alone
NOT = ["баев", "Мысалов", "850101", "850101100", "2", "X{year}-2", "000", "20", "Мысал 2", "RR123456786KZ",
       "-", "*", "=", "' | 'TALDYKORGAN:1", "TALDYKORGAN:1", "\0", "Үлгібаев Тағы"]  # fmt: skip


def test_a_case_is_found_by_every_way_of_writing_what_it_is_known_by(house: Flask) -> None:
    case_id = ended_by_post(Office(house))
    number = custody_number(case_id)
    said = {"year": number[3:7], "check": finding.documents.barcode_payload(number)[-1]}

    def answers(asked: list[str]) -> dict[str, list[int]]:
        return {each: found("clerk.taldykorgan", each.format(**said)) for each in asked}

    assert answers(WAYS) == {each: [case_id] for each in WAYS}
    assert answers(NOT) == {each: [] for each in NOT}
    assert not any(found("clerk.aksu", each.format(**said), "AKSU") for each in WAYS)


def custody_number(case_id: int) -> str:
    return str(db.session.scalar(text(f'SELECT number FROM "case" WHERE id = {case_id}')))


def test_a_case_of_two_offices_is_found_at_both_by_the_numbers_and_the_labels_of_either(house: Flask) -> None:
    psc = Psc(house)
    case_id = psc.accept()
    psc.carry(case_id)
    psc.work(case_id, "clerk", {"papers": "match"}, together=True)
    inspector = directory.staff_at(PSC, "psc_inspector")[0]
    [label] = custody.make_labels(PSC, 1, inspector)
    custody.put_label(label, psc.folder(case_id), "жыртылды", PSC, inspector)
    db.session.commit()
    numbers = {psc.folder(case_id), cases.number_at(case_id, OFFICE), label}
    assert len(numbers) == 3
    for each in (*numbers, "Мысал", "00-01"):
        assert found("clerk.taldykorgan", each) == [case_id], each
        assert found(inspector.login, each, PSC) == [case_id], each


def copied(case_id: int, times: int) -> None:
    """So many cases more that are as that one, with the ids behind it."""
    copies = 'INSERT INTO "case" SELECT (jsonb_populate_record(c, jsonb_build_object(%s))).* FROM "case" c, generate_series(1, :times) k'  # noqa: E501
    made = {
        '"case"': "'id', c.id + k, 'number', NULL, 'open_key', k",
        "applicant": "'case_id', c.case_id + k",
        "process_instance": "'id', c.id + k, 'number', NULL, 'case_id', c.case_id + k",
        "task": "'id', c.id || k, 'seq', c.seq + 1000 * k, 'case_id', c.case_id + k, 'instance_id', c.instance_id + k",
    }
    for table, differs in made.items():
        db.session.execute(text(copies.replace('"case"', table) % differs), {"times": times})
    db.session.commit()


#: how many are read whole, and how far back those reach that are looked through first: 51 of 81 do not lie in so few
@pytest.mark.parametrize(("rare", "room"), [(999, 4), (9, 4), (9, 0)])
def test_the_newest_are_shown_however_many_others_fit_and_that_there_are_older_ones(
    house: Flask, monkeypatch: pytest.MonkeyPatch, rare: int, room: int
) -> None:
    monkeypatch.setattr(newest, "RARE", rare)
    monkeypatch.setattr(newest, "ROOM", room)
    first = Office(house).run(until=1)
    copied(first, 80)
    shown = searched("clerk.taldykorgan", "Мысал")
    assert [row.case_id for row in shown.rows] == [first + 80 - at for at in range(50)] and shown.more
    clerk = Office(house).person("clerk")
    assert clerk.find("Мысал").text.count("Тағы бар: сөздерді толығырақ жазыңыз.") == 1


def test_a_list_of_a_thousand_says_999_and_that_there_are_more(house: Flask) -> None:
    first = Office(house).run(until=1)
    head = Office(house).person("head")
    copied(first, 999)
    for gone, said in ((0, "999+"), (1, "999")):
        db.session.execute(text("DELETE FROM task WHERE case_id = :gone"), {"gone": first + gone if gone else 0})
        db.session.commit()
        head.get("/inbox?list=role")
        assert head.tree.xpath("normalize-space(//h1[@id='list-title']/span[@class='count'])") == said


def test_what_is_found_whole_says_nothing_of_others(house: Flask) -> None:
    first = Office(house).run(until=1)
    copied(first, 49)
    shown = searched("clerk.taldykorgan", "Мысал")
    assert len(shown.rows) == 50 and not shown.more
    assert "Тағы бар" not in Office(house).person("clerk").find("Мысал").text


@pytest.mark.parametrize("words", ["Мысал", "00-01", "850101100012", "42", "X2026-1", "Мысал 42", "P7-L2026-00003"])
def test_the_search_looks_into_indexes_and_never_through_all_cases(house: Flask, words: str) -> None:
    Office(house).run(until=1)
    db.session.execute(text("SET LOCAL enable_seqscan = off"))
    asked: list[tuple[str, Any]] = []

    def note(line: object, cursor: object, said: str, values: Any, *more: object) -> None:
        asked.append((said, values))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert finding.matches(OFFICE, words, 50) is not None
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    line = db.session.connection()
    plan = "\n".join(row[0] for said, values in asked for row in line.exec_driver_sql(f"EXPLAIN {said}", values))
    assert "Seq Scan" not in plan and "Index" in plan, plan
    if not words.startswith("P7"):
        assert "found_by" in plan, plan


def test_cases_from_before_are_found_as_those_of_today(house: Flask) -> None:
    case_id = ended_by_post(Office(house))
    psc = Psc(house)
    other = psc.accept(surname="Ғалымов", phone="8-7282 210491")
    known = "SELECT array_agg(f ORDER BY f) FROM (SELECT unnest(tsvector_to_array(found_by)) f FROM {}) x"
    before = [db.session.scalar(text(known.format(table))) for table in ('"case"', "applicant")]
    db.session.commit()
    downgrade(import_module("services.migrations.versions.0017_finding").down_revision)
    upgrade()
    assert [db.session.scalar(text(known.format(table))) for table in ('"case"', "applicant")] == before
    assert found("clerk.taldykorgan", "RR123456785KZ") == [case_id]
    assert found(directory.staff_at(PSC, "psc_inspector")[0].login, "0491", PSC) == [other]


#: as people typed them before anybody checked -> E.164, and how somebody looks for them today
TYPED = {
    "8 701 123 45 67": ("+77011234567", ["+7 701 123-45-67", "8(701)1234567", "7011234567", "123 45 67"]),
    "8-7282 210491": ("+77282210491", ["8-7282 210491", "+7 7282 21 04 91", "21-04-91", "7282210491"]),
    "8 10 996 555 12 34 56": ("+996555123456", ["+996 555 123456", "8 10 996 555123456", "555 123"]),
    "210491": ("", ["210491", "21-04-91"]),
    "12": ("", []),
    "тел. Айгүл": ("", []),
}


@pytest.mark.parametrize("typed", TYPED)
def test_a_phone_from_before_is_kept_in_e164_beside_what_was_typed_and_found(house: Flask, typed: str) -> None:
    dialled, ways = TYPED[typed]
    case_id = Office(house).run(until=1)
    downgrade("0019_withdrawn")
    db.session.execute(text("UPDATE applicant SET phone = :it, phone_raw = :it, found_by = ''"), {"it": typed})
    keys = "SELECT array_to_tsvector(array_agg('TALDYKORGAN:' || substr(:it, at))) FROM generate_series(1, greatest(length(:it) - 3, 1)) at"  # noqa: E501
    digits = "".join(letter for letter in typed if letter.isdigit())
    db.session.execute(text(f"UPDATE applicant SET found_by = coalesce(({keys}), '')"), {"it": digits})
    db.session.execute(
        text("UPDATE answer SET answers = answers || jsonb_build_object('phone', CAST(:it AS text)) - 'phone_raw'"),
        {"it": typed},
    )
    db.session.commit()
    upgrade()
    assert db.session.execute(text("SELECT phone, phone_raw FROM applicant")).one() == (dialled, typed)
    given = db.session.scalar(text("SELECT answers FROM answer WHERE form LIKE 'registration.%' AND answers ? 'phone'"))
    assert (given["phone"], given.get("phone_raw", typed)) == (dialled or typed, typed)
    assert {each: found("clerk.taldykorgan", each) for each in ways} == {each: [case_id] for each in ways}
    db.session.commit()
    downgrade("0019_withdrawn")
    assert db.session.execute(text("SELECT phone, phone_raw FROM applicant")).one() == (typed, typed)
    db.session.commit()
    upgrade()


@pytest.mark.parametrize("typed", [each for each, (dialled, _) in TYPED.items() if dialled])
def test_a_phone_typed_today_is_found_by_every_way_of_writing_it(house: Flask, typed: str) -> None:
    psc = Psc(house)
    case_id = psc.accept(phone=typed)
    login = directory.staff_at(PSC, "psc_inspector")[0].login
    ways = TYPED[typed][1]
    assert {each: found(login, each, PSC) for each in ways} == {each: [case_id] for each in ways}
