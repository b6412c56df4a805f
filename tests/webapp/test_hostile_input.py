"""Whatever comes in, nothing is half done, and the answer is a clear sentence."""

import inspect
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from komek.testing.owner import owner
from komek.testing.surfer import Surfer
from services import cases, directory, journal
from services.cases.models import Answer, Case, Task
from services.db import db
from services.lines import KeptLine
from tests.people.office import APPLICATION, Office, Psc
from webapp import asked
from webapp.serve import worker


def rows() -> tuple[int, ...]:
    db.session.rollback()
    return tuple(db.session.scalar(select(func.count()).select_from(table)) or 0 for table in (Case, Task, Answer))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("surname", ""),
        ("surname", "Ү" * 101),
        ("surname", "Үлгі\x00баев"),
        ("iin", "850101100013"),
        ("iin", "85010110001"),
        ("iin", "٨٥٠١٠١١٠٠٠١٢"),
        ("language", "tlh"),
        ("documents-application", "-1"),
        ("documents-application", "1e9"),
        ("documents-application", "9" * 30),
        ("address", "\u202e" + "x" * 400),
    ],
)
def test_a_wrong_answer_is_said_and_changes_nothing(house: Flask, field: str, value: str) -> None:
    office = Office(house)
    case_id = office.open()
    before = rows()
    page = office.work(case_id, "clerk", {**APPLICATION, field: value})
    assert page.status_code == 422
    assert 'id="summary"' in page.text
    assert rows()[:2] == before[:2]
    assert office.work(case_id, "clerk", {"language": "kk", **APPLICATION}).status_code == 200


def test_markup_is_shown_as_letters_and_is_nobodys_name(house: Flask) -> None:
    office = Office(house)
    case_id = office.open()
    name = "<script>alert(1)</script>"
    page = office.work(case_id, "clerk", {**APPLICATION, "surname": name})
    assert page.status_code == 422
    assert name not in page.text
    assert "&lt;script&gt;" in page.text


def test_a_form_without_its_token_is_refused(house: Flask) -> None:
    office = Office(house)
    clerk = office.person("clerk")
    answer = clerk._ask("POST", "/cases", data={"route": "direct"}, follow_redirects=False)
    assert answer.status_code == 400
    assert rows() == (0, 0, 0)


def test_a_replayed_post_does_nothing_twice(house: Flask) -> None:
    office = Office(house)
    case_id = office.open()
    clerk = office.person("clerk")
    clerk.get(f"/cases/{case_id}")
    form = clerk.form("/complete")
    values = {**dict(form.form_values()), **APPLICATION}
    answers = [clerk._ask("POST", form.action, data=values, follow_redirects=False) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [303, 303, 303]
    assert db.session.scalar(select(func.count()).select_from(Task)) == 2


@pytest.mark.parametrize(
    "path", ["/cases/1", "/cases/1/steps.json", "/papers/1.pdf", "/", "/cases/1/diagram/direct.bpmn"]
)
def test_nobody_sees_anything_without_signing_in(house: Flask, path: str) -> None:
    Office(house).run(until=1)
    answer = Surfer(house)._ask("GET", path, follow_redirects=False)
    assert answer.status_code == 302
    assert "/sign-in" in answer.headers["Location"]


def test_an_answer_that_comes_late_does_not_bring_back_a_session_that_was_ended(house: Flask) -> None:
    clerk = Office(house).person("clerk")
    clerk.get("/")  # the first page after signing in makes the key of its forms
    for path in ("/static/komek.js", "/static/komek.js?v=1", "/desk/worker.js", "/desk/", "/"):
        assert "Set-Cookie" not in clerk.get(path).headers, path
    assert "Set-Cookie" in clerk.submit("/sign-out", follow=False).headers
    assert "/sign-in" in clerk.get("/").request.path


@pytest.mark.parametrize("number", ["²", "٣", "9" * 30, "-1", "1e9", str(2**63)])
def test_a_number_that_is_none_is_said_and_no_id_is_beyond_the_largest(house: Flask, number: str) -> None:
    office = Office(house)
    case_id = office.run(until=1)
    head, psc = office.person("head"), Psc(house).person("psc_accum")
    assert psc.get(f"/desk/consignments?before={number}").status_code == 400
    assert psc.get(f"/notices/?before={number}").status_code == 400
    assert head.get(f"/cases/{number}").status_code == 404
    head.get("/")
    sent = {"csrf_token": head.tree.xpath("//input[@name='csrf_token']/@value")[0], "to": number}
    assert head._ask("POST", f"/inbox/{office.task(case_id)}/reassign", data=sent).status_code == 400


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
        "http:evil.example", "/\u200b/evil.example", "javascript:alert(1)", "////evil.example", "http://[",
    ],
)  # fmt: skip
def test_no_posted_address_leads_to_another_site(house: Flask, elsewhere: str) -> None:
    with house.test_request_context(method="POST", data={"back": elsewhere}, query_string={"next": elsewhere}):
        assert (asked.form.address("back"), asked.address.address("next")) == ("", "")
    assert asked.local_address("/cases/1?a=b") == "/cases/1?a=b"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("\ufeffҮлгібаев\u200b", "Үлгібаев"),
        ("Гали\u0438\u0306", "Галий"),
        ("\u202eМысал\u202c", "Мысал"),
        ("а\u00adбай", "абай"),
    ],
)
def test_what_no_eye_sees_is_not_kept_of_a_name(house: Flask, sent: str, kept: str) -> None:
    office = Office(house)
    case_id = office.open()
    assert office.work(case_id, "clerk", {**APPLICATION, "surname": sent}).status_code == 200
    db.session.rollback()
    assert cases.applicants([case_id])[case_id].startswith(kept)


@pytest.mark.parametrize("nothing", ["\u200b\u200b", "\u2800", "\u3164", "\U000e0001"])
def test_a_name_of_invisible_letters_is_no_name(house: Flask, nothing: str) -> None:
    office = Office(house)
    page = office.work(office.open(), "clerk", {**APPLICATION, "surname": nothing})
    assert page.status_code == 422


def test_another_office_sees_and_does_nothing_of_this_one(house: Flask) -> None:
    office = Office(house)
    case_id = office.run(until=1)
    task = office.task(case_id)
    stranger = Office(house, "PANFILOV").person("head")
    for path in (
        f"/cases/{case_id}",
        f"/cases/{case_id}/steps.json",
        "/papers/1.pdf",
        f"/cases/{case_id}/diagram/direct.bpmn",
    ):
        assert stranger.get(path).status_code == 403, path
    stranger.get("/")
    token = stranger.tree.xpath("//input[@name='csrf_token']/@value")[0]
    for verb in ("claim", "complete", "release", "draft", "reassign"):
        answer = stranger._ask("POST", f"/inbox/{task}/{verb}", data={"csrf_token": token, "key": "k", "to": "1"})
        assert answer.status_code == 403, verb
    assert "Үлгібаев Мысал" not in stranger.find("Үлгібаев").text


def test_a_role_does_not_do_the_work_of_another(house: Flask) -> None:
    office = Office(house)
    case_id = office.run(until=1)
    executor = office.person("executor")
    executor.get("/")
    token = executor.tree.xpath("//input[@name='csrf_token']/@value")[0]
    answer = executor._ask("POST", f"/inbox/{office.task(case_id)}/claim", data={"csrf_token": token})
    assert answer.status_code == 403


def test_the_clerk_may_record_what_the_head_signed_on_paper_and_both_names_are_kept(house: Flask) -> None:
    office = Office(house)
    case_id = office.run(until=4)
    head = directory.staff_at(office.key, "head")[0]
    page = office.work(case_id, "clerk", {"signed_by": head.id})
    assert page.status_code == 200
    from services.documents import papers_of

    notice = next(paper for paper in papers_of(case_id) if paper.item == "doc.notice_signed")
    assert notice.content["head_name"] == head.full_name
    assert notice.made_by == directory.staff_at(office.key, "clerk")[0].full_name
    page = office.work(case_id, "clerk", {"code": notice.content["outgoing_number"]})
    assert page.status_code == 200
    (signed,) = [line for line in journal.read(f"case:{case_id}") if line.event == "paper.signed"]
    assert signed.details["signer"] == head.id
    assert signed.actor == f"staff:{directory.staff_at(office.key, 'clerk')[0].id}"


@pytest.mark.parametrize(
    "address", ["/?after=nonsense", "/?after=2013-01-01T00:00:00~x", "/?list=../../etc", "/?list=%00", "/inbox?found=1"]
)
def test_addresses_nobody_made_get_an_answer(house: Flask, address: str) -> None:
    answer = Office(house).person("clerk").get(address)
    assert answer.status_code in (200, 400)


def test_a_broken_barcode_is_searched_for_and_a_right_one_opens_its_case(house: Flask) -> None:
    from services.documents import barcode_payload

    office = Office(house)
    case_id = office.run(until=1)
    number = cases.case_page(case_id, directory.staff_at(office.key, "clerk")[0]).number or ""
    clerk = office.person("clerk")
    assert clerk.find(barcode_payload(number)).request.path == f"/cases/{case_id}"
    assert clerk.find("19-2026-00001-0").request.path == "/"
    assert "19-2026-00001-0" in clerk.get("/inbox?found=1").text


def test_whoever_may_not_see_a_case_is_not_told_that_its_number_exists(house: Flask) -> None:
    office = Office(house)
    number = cases.case_page(office.run(until=1), directory.staff_at(office.key, "clerk")[0]).number or ""
    stranger = Office(house, "PANFILOV").person("head")
    asked = (number, number[:-1] + "9")
    there, nowhere = (stranger.find(each) for each in asked)
    assert there.status_code == nowhere.status_code == 200
    assert there.request.path == nowhere.request.path == "/"
    token = re.compile(r'name="csrf_token" value="[^"]+"|data-clock="[0-9]+"')  # they say when they were given
    said = [token.sub("", page.text.replace(each, "…")) for each, page in zip(asked, (there, nowhere), strict=True)]
    assert said[0] == said[1] and "…" in said[0]


def test_the_journal_is_whole_after_all_of_it(house: Flask) -> None:
    office = Office(house)
    office.run()
    office.work(office.open(), "clerk", {"iin": "x"})
    assert journal.verify() == []


def test_a_lost_database_is_a_translated_503_that_heals_by_itself(house: Flask) -> None:
    office = Office(house)
    clerk = office.person("clerk")
    assert clerk.get("/").status_code == 200
    try:
        for _ in range(2):
            end_connections()
            pages = [clerk.get("/") for _ in range(3)]
            lost = [page for page in pages if page.status_code != 200]
            assert len(lost) <= 1 and pages[-1].status_code == 200, "the first lost line tells of all others"
            assert all(page.status_code == 503 and "Дерекқорға қазір қосылу мүмкін емес" in page.text for page in lost)
    finally:
        db.session.remove()
        db.engine.dispose()  # the tests after this one begin with whole connections


def end_connections() -> None:
    """As when the server was restarted: every connection is cut, and the pool does not know."""
    db.session.remove()
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> :own"
    with owner().connect() as connection:
        own = connection.scalar(select(func.pg_backend_pid()))
        connection.execute(text(f"SELECT pg_terminate_backend(pid, 60000) {others}"), {"own": own})  # and waits
        connection.invalidate()


def test_a_worker_that_begins_while_the_database_goes_away_tries_again_and_does_not_end(
    house: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        with db.engine.connect(), db.engine.connect():
            pass  # two are kept from now on: that they are cut is noticed
        end_connections()
        assert worker._taken_up(house)
        end_connections()
        with monkeypatch.context() as unseen:
            unseen.setattr(KeptLine, "is_cut", lambda line: False)
            assert not worker._taken_up(house)
        assert worker._taken_up(house)
    finally:
        db.session.remove()
        db.engine.dispose()


def test_a_day_that_is_none_is_said_where_it_was_typed_in_the_readers_language(house: Flask) -> None:
    designer = Surfer(house).sign_in("designer")
    page = designer.get("/processes/deployments/1/replay?since=31.02.2013&until=2013-W52-2")
    assert page.status_code == 422
    said = [each.text_content() for each in designer.tree.xpath("//*[@class='error']")]
    assert len(said) == 2 and all("31.12.2013" in each and not re.search("[A-Za-z]{3}", each) for each in said), said


_PART = re.compile(r"<(?:\w+(?:\([^)]*\))?:)?\w+>")
_READS = re.compile(r"\.(number|numbers|day|address|text|texts)\(\"([\w-]+)\"")


@pytest.fixture
def open_door(house: Flask) -> Iterator[Flask]:
    """Forms need no token: what is sent is not what a page offered."""
    house.config["WTF_CSRF_ENABLED"] = False
    yield house
    house.config["WTF_CSRF_ENABLED"] = True


def readers(app: Flask) -> list[tuple[str, str, str, str]]:
    """Method, address, reader and name of whatever the view at that address, itself, reads from a request."""
    found = []
    for rule in app.url_map.iter_rules():
        view = inspect.getsource(inspect.unwrap(app.view_functions[rule.endpoint]))
        path = _PART.sub("1", rule.rule)
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            found += [(method, path, how, name) for how, name in _READS.findall(view)]
    return found


def test_whatever_a_view_reads_is_refused_in_words_or_found_and_leads_to_no_other_site(open_door: Flask) -> None:
    """Every address of the url map, every name that its view reads: what is wrong is never a fault of ours."""
    people = [Surfer(open_door).sign_in(login) for login in ("admin", "clerk.taldykorgan")]
    hostile = {"number": ("²", "9" * 30, "-1"), "day": ("31.02.2013", "2013-W52-2"), "address": ("//evil.example",)}
    asked_for, wrong = 0, []
    for method, path, how, name in readers(open_door):
        for value in (*hostile.get(how.rstrip("s"), ()), "\0\ud800" + "x" * 3000):
            sent = {name: value.encode("utf-8", "surrogatepass")}
            where = {"query_string": sent} if method == "GET" else {"data": sent}
            for each in people:
                answer = each._ask(method, path, follow_redirects=False, **where)
                asked_for += 1
                place = answer.headers.get("Location", "/")
                if answer.status_code >= 500 or not re.match(r"/(?![/\\])|http://localhost/", place):
                    wrong.append(f"{method} {path} {name}={value[:20]!r}: {answer.status_code} {place}")
    assert asked_for > 200
    assert not wrong, "\n".join(wrong)
