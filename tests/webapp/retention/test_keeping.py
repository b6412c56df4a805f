"""Files are kept for the region's term, destroyed by two persons, and shown to the person they are about."""

from datetime import UTC, datetime
from importlib import import_module

import pytest
from flask import Flask
from sqlalchemy import text

from komek.testing.surfer import Surfer
from services import cases, clock, directory, journal, registry, retention, takeover
from services.db import db
from services.migrations import downgrade, upgrade
from tests.people.life import DEATH, tell
from tests.people.office import APPLICATION, OFFICE, Office

THEN = datetime(2020, 3, 2, 5, 0, tzinfo=UTC)
LATE = datetime(2020, 5, 4, 5, 0, tzinfo=UTC)
BEFORE_RIPE = datetime(2025, 3, 1, 5, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 25, 6, 0, tzinfo=UTC)
IIN = str(APPLICATION["iin"])
#: by which the applicant of these cases could be known
TRACES = (str(APPLICATION["surname"]), IIN, "Үлгі көшесі", "+77000000001", "8 700 000 00 01")


@pytest.fixture
def finished(house: Flask) -> int:
    """A case from its application to the answer that was handed over, six years ago."""
    with clock.stopped(THEN):
        case_id = Office(house).run()
    return case_id


@pytest.fixture
def admins(house: Flask) -> tuple[directory.Person, directory.Person]:
    config = house.config["KOMEK"]
    second = directory.add_staff(
        "admin2", "Екінші Әкімші", "жаңбырлы күз кеші 17", actor="console", config=config, own_password=True
    )
    directory.appoint(second, "OBLAST", "admin", actor="console", from_on=THEN.date())
    found = {each.login: each for each in directory.everybody()}
    return found["admin"], found["admin2"]


def office_short(key: str, language: str) -> str:
    return registry.current().row("offices", key)[f"short_{language}"]


def traces() -> set[str]:
    """Tables in which anything of the applicant stands, but those of the staff's own names."""
    tables = db.session.scalars(text("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"))
    found = set()
    for name in set(tables) - {"staff"}:
        for trace in TRACES:
            there = text(f'SELECT 1 FROM "{name}" AS row WHERE CAST(row AS text) LIKE :trace LIMIT 1')
            if db.session.scalar(there.bindparams(trace=f"%{trace}%")):
                found.add(name)
    db.session.rollback()
    return found


def test_what_was_kept_for_its_term_is_destroyed_by_two_persons_and_the_journal_stays_whole(
    house: Flask, finished: int, admins: tuple[directory.Person, directory.Person]
) -> None:
    first, second = admins
    number = db.session.scalar(text('SELECT number FROM "case"'))
    assert {"applicant", "answer", "paper"} <= traces()
    with clock.stopped(BEFORE_RIPE):
        assert retention.ripe() == []
        with pytest.raises(retention.NothingToDestroy):
            retention.propose(person=first)
    with clock.stopped(NOW):
        act = retention.propose(person=first)
        with pytest.raises(retention.TwoPersons):
            retention.carry_out(act, "7", person=first)
        with pytest.raises(retention.NoActNumber):
            retention.carry_out(act, " ", person=second)
        assert traces(), "a proposal destroys nothing"
        lines = len(journal.read(f"case:{finished}", limit=1000))
        retention.carry_out(act, "7-ЖА", person=second)
        assert traces() == set()
        assert journal.verify() == []
        assert len(journal.read(f"case:{finished}", limit=1000)) == lines + 1
        with pytest.raises(retention.ActSettled):
            retention.carry_out(act, "8", person=second)
        assert retention.ripe() == []
        destroyed_at = text('SELECT destroyed_at FROM "case"')
        assert db.session.scalar(destroyed_at) == NOW, "the index of what is destroyed next holds it no more"
        db.session.commit()
        downgrade(import_module("services.migrations.versions.0075_what_grows").down_revision)
        upgrade()
        assert db.session.scalar(destroyed_at) == NOW, "told from the act where a release before destroyed it"
        [line] = retention.acts()[0].lines
        assert line["number"] == number and line["outgoing"] == [f"19-X{THEN.year}-00001"]


def test_a_case_that_somebody_took_up_again_since_it_was_proposed_is_not_destroyed(
    house: Flask, finished: int, admins: tuple[directory.Person, directory.Person]
) -> None:
    with clock.stopped(NOW):
        act = retention.propose(person=admins[0])
        number = db.session.scalar(text('SELECT number FROM "case"'))
        db.session.execute(text('UPDATE "case" SET closed_at = NULL, outcome = NULL'))
        db.session.commit()
        with pytest.raises(retention.NotRipe, match=number):
            retention.carry_out(act, "7-ЖА", person=admins[1])
        assert {"applicant", "answer", "paper"} <= traces()
        assert retention.acts()[0].done_at is None and retention.ripe() == []


def test_a_closed_case_beside_which_something_goes_on_is_not_ripe(
    house: Flask, finished: int, admins: tuple[directory.Person, directory.Person]
) -> None:
    with clock.stopped(NOW):
        act = retention.propose(person=admins[0])
        db.session.execute(
            text("UPDATE task SET closed_at = NULL, done_at = NULL WHERE id = (SELECT min(id) FROM task)")
        )
        db.session.commit()
        assert retention.ripe() == []
        with pytest.raises(retention.NotRipe):
            retention.carry_out(act, "7-ЖА", person=admins[1])
        assert traces()


def test_a_case_that_is_gone_since_it_was_proposed_stops_the_whole_list(
    house: Flask, admins: tuple[directory.Person, directory.Person]
) -> None:
    lines = (
        "office;number;registered_on;surname;given_name;outcome;closed_on\n"
        "19;19-2015-00077;03.02.2015;Сынақова;Үлгі;approved;11.02.2015\n"
    )
    with clock.stopped(NOW):
        taken = takeover.take(lines, "2015.csv", person=admins[0])
        act = retention.propose(person=admins[0])
        takeover.undo(taken, person=admins[0])
        with pytest.raises(retention.NotRipe, match="19-2015-00077"):
            retention.carry_out(act, "7-ЖА", person=admins[1])
        assert retention.acts()[0].done_at is None


def test_a_destroyed_case_is_still_found_by_its_number_and_its_pages_say_what_happened(
    house: Flask, finished: int, admins: tuple[directory.Person, directory.Person]
) -> None:
    with clock.stopped(NOW):
        retention.carry_out(retention.propose(person=admins[0]), "7-ЖА", person=admins[1])
        number = db.session.scalar(text('SELECT number FROM "case"'))
        head = Surfer(house).sign_in("head.taldykorgan")
        page = head.find(number)
        assert page.status_code == 200 and page.request.path == f"/cases/{finished}"
        assert "деректері өшірілді" in page.text and not any(trace in page.text for trace in TRACES)
        assert head.find(str(APPLICATION["surname"])).request.path != f"/cases/{finished}"
        assert not head.tree.xpath("//form[contains(@action, '/comments')]"), "no comment is asked for"
        with pytest.raises(cases.CaseDestroyed):
            cases.comment(finished, f"Қоңырау шалды: {TRACES[0]}", [], directory.staff_at(OFFICE, "head")[0], key="k")
        assert traces() == set()
        paper = db.session.scalar(text("SELECT min(id) FROM paper"))
        assert head.get(f"/papers/{paper}").status_code < 500


def test_a_list_is_withdrawn_and_only_one_is_open(
    house: Flask, finished: int, admins: tuple[directory.Person, directory.Person]
) -> None:
    with clock.stopped(NOW):
        act = retention.propose(person=admins[0])
        with pytest.raises(retention.ActOpen):
            retention.propose(person=admins[1])
        retention.withdraw(act, person=admins[0])
        with pytest.raises(retention.ActSettled):
            retention.carry_out(act, "7", person=admins[1])
        assert len(retention.ripe()) == 1 and traces()


def test_a_persons_file_shows_everything_and_who_looked_and_its_reading_is_written_down(
    house: Flask, finished: int
) -> None:
    clerk = Surfer(house).sign_in("clerk.taldykorgan")
    clerk.get(f"/cases/{finished}")
    clerk.submit("/iin")
    admin = Surfer(house).sign_in("admin")
    admin.get("/admin/person-file")
    page = admin.submit("/admin/person-file", {"iin": IIN, "request_number": "№ 17"})
    assert page.status_code == 200
    number = db.session.scalar(text('SELECT number FROM "case"'))
    clerks = {each.full_name for each in directory.staff_at(OFFICE, "clerk")}
    assert number in page.text and str(APPLICATION["surname"]) in page.text and IIN in page.text
    assert any(name in page.text for name in clerks)
    events = [each.event for each in journal.read(f"case:{finished}")]
    assert events[0] == "case.person_file_read" and "case.iin_viewed" in events
    assert IIN not in str([each.details for each in journal.read("retention")])
    again = admin.submit("/admin/person-file", {"iin": IIN, "request_number": "№ 18"})
    assert "№ 18" in again.text and admin.submit("/admin/person-file", {"iin": "000000000000"}).status_code == 200


def test_a_persons_file_reads_as_the_cases_page_does_by_questions_words_and_names(house: Flask, finished: int) -> None:
    admin = Surfer(house).sign_in("admin")
    admin.get("/admin/person-file")
    admin.submit("/admin/person-file", {"iin": IIN, "request_number": "№ 17"})
    read = {
        dt.text_content().strip(): " ".join(" ".join(dd.itertext()).split())
        for fact in admin.tree.xpath("//*[@class='held-case']//div[starts-with(@class, 'fact ')]")
        for dt, dd in [fact.getchildren()]
    }
    executor = directory.staff_at(OFFICE, "executor")[0].full_name
    assert executor in read.values() and "Жылу 30 000 ₸" in " ".join(read.values()), read
    shown = " ".join(admin.tree.xpath("//main")[0].text_content().split())
    assert "Қағазға қол қойылды" in read.values(), "the numbered answer was signed, of which the diagram knows"
    for raw in ("{'", "registration.", "assessment.", "_raw", "verdict", "given_name", "True", "None"):
        assert raw not in shown, raw
    assert admin.tree.xpath("//*[@class='held-case']//*[self::img or starts-with(@href, '/case')]") == [], (
        "who reads it opens no case"
    )


def test_what_is_half_typed_stands_in_a_persons_file_as_such(house: Flask) -> None:
    office = Office(house)
    case_id = office.open()
    clerk = directory.staff_at(OFFICE, "clerk")[0]
    task = db.session.scalar(text("SELECT id FROM task WHERE closed_at IS NULL"))
    typed = {"surname": "Үлгібаев", "iin": IIN, "documents-identity": "2", "phone": "8 700 0"}
    cases.save_draft(task, typed, clerk)
    [held] = retention.person_file(IIN, "17", person=next(e for e in directory.everybody() if e.login == "admin"))
    [said] = held.answers
    assert (held.case_id, said.half_typed, said.by) == (case_id, True, clerk.full_name)
    read = {fact.field.name: fact.value for fact in said.facts}
    assert read["documents"] == {"identity": 2} and read["iin"] == IIN
    assert read["phone"] == "8 700 0", "what cannot be read yet stands as it was typed"


def test_the_reasons_that_were_given_stand_in_a_persons_file(house: Flask) -> None:
    office = Office(house)
    with clock.stopped(THEN):
        case_id = office.run(2)
    pasted = {"died_on": "01.03.2020", "reason": "Жұбайы\u00a0хабарлады"}  # with the blank of a word processor
    with clock.stopped(LATE):
        role, answers = office.steps()[2]
        assert office.work(case_id, role, {**answers, "delay_reason": "Анықтама кеш келді"}).status_code == 200
        tell(office.person("clerk"), case_id, "Қайтыс болды", {**DEATH, **pasted})
    admin = Surfer(house).sign_in("admin")
    admin.get("/admin/person-file")
    admin.submit("/admin/person-file", {"iin": IIN, "request_number": "№ 17"})
    (given,) = admin.tree.xpath("//h3[.='Келтірілген себептер']/following-sibling::ul[1]")
    said = [" ".join(each.text_content().split()) for each in given]
    assert len(said) == 2
    assert said[0].endswith("— кешігу себебі: Анықтама кеш келді"), said
    assert said[1].endswith("Қайтыс болды — Жұбайы хабарлады"), said


@pytest.mark.parametrize("asked", [{"iin": "123"}, {"iin": IIN, "request_number": " "}])
def test_a_file_is_read_only_of_a_whole_iin_and_by_a_request(house: Flask, asked: dict[str, str]) -> None:
    admin = Surfer(house).sign_in("admin")
    admin.get("/admin/person-file")
    assert admin.submit("/admin/person-file", {"request_number": "17", **asked}).status_code == 400


def test_nobody_but_an_administrator_destroys_or_reads_a_persons_file(house: Flask) -> None:
    head = Surfer(house).sign_in("head.taldykorgan")
    for path in ("/admin/retention/", "/admin/person-file", "/admin/retention/1"):
        assert head.get(path).status_code == 403, path
    person = directory.staff_at(OFFICE, "head")[0]
    for verb in (
        lambda: retention.propose(person=person),
        lambda: retention.carry_out(1, "7", person=person),
        lambda: retention.person_file(IIN, "17", person=person),
    ):
        with pytest.raises(directory.NotAdministrator):
            verb()


def test_the_pages_propose_carry_out_and_print_an_act(
    house: Flask, finished: int, admins: tuple[directory.Person, directory.Person]
) -> None:
    with clock.stopped(NOW):
        first = Surfer(house).sign_in("admin")
        first.get("/admin/retention/")
        page = first.submit("/propose")
        assert page.status_code == 200 and "/carry-out" not in page.text
        second = Surfer(house).sign_in("admin2", "жаңбырлы күз кеші 17")
        second.get("/admin/retention/")
        assert second.submit("/carry-out", {"number": "7-ЖА"}).status_code == 200
        act = retention.acts()[0]
        printed = second.get(f"/admin/retention/{act.id}").text
        assert "7-ЖА" in printed and "Екінші Әкімші" in printed
        assert "02.03.2020" in printed and "2020-03-02" not in printed, "days as they are written here"
        signed = [
            [" ".join(cell.text_content().split()) for cell in row]
            for row in second.tree.xpath("//*[@class='act-signed']//tr")
        ]
        control = office_short("OBLAST", "kk")
        assert signed[1][1:4] == [admins[0].full_name, control, "2026 жылғы 25 қараша, 11:00"], (
            "who proposed it, where, when"
        )
        assert signed[2][1:4] == ["Екінші Әкімші", control, "2026 жылғы 25 қараша, 11:00"], (
            "who carried it out, where, when"
        )
        heads = [each.text_content() for each in second.tree.xpath("//th")]
        assert not [each for each in heads if each.endswith(":")]


def test_a_list_that_nobody_carried_out_is_no_act_and_says_that_nothing_was_destroyed(
    house: Flask, finished: int, admins: tuple[directory.Person, directory.Person]
) -> None:
    with clock.stopped(NOW):
        act = retention.propose(person=admins[0])
        reader = Surfer(house).sign_in("admin")
        assert "жойылуға тиіс" in reader.get(f"/admin/retention/{act}").text
        assert "Жою туралы акт" not in reader.tree.xpath("//h1")[0].text_content()
        retention.withdraw(act, person=admins[0])
        read = reader.get(f"/admin/retention/{act}").text
        assert "ештеңе жойылған жоқ" in read and "фотосуреттер" not in read


def test_nobody_takes_up_a_case_that_was_destroyed(
    house: Flask, finished: int, admins: tuple[directory.Person, directory.Person]
) -> None:
    head = directory.staff_at(OFFICE, "head")[0]
    [offered] = cases.case_happenings(finished, head)
    with clock.stopped(NOW):
        retention.carry_out(retention.propose(person=admins[0]), "7-ЖА", person=admins[1])
    assert cases.case_happenings(finished, head) == []
    surfer = Surfer(house).sign_in(head.login)
    assert surfer.get(f"/cases/{finished}").status_code == 200
    assert surfer.get(f"/cases/{finished}/happenings/{offered.id}").status_code == 404
