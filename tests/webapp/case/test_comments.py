"""What an office says of a case among itself, with scans beside it: read there alone, and never in the journal."""

import io

from flask import Flask
from PIL import Image

from komek.testing.surfer import Surfer
from services import attachments, cases, journal
from services.attachments import Attachment
from services.cases.models import Comment
from services.db import db
from tests.people.office import Office, Psc

SAID = "Көршісі айтты: өтініш беруші ауруханада"


def picture(colour: str = "navy") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (120, 80), colour).save(file, "PNG")
    return file.getvalue()


def test_a_comment_with_a_scan_is_read_by_its_office_and_by_nobody_of_the_psc(house: Flask) -> None:
    psc = Psc(house)
    case_id = psc.accept()
    psc.carry(case_id)
    clerk, inspector = psc.person("clerk"), psc.person("psc_inspector")
    clerk.get(f"/cases/{case_id}")
    page = clerk.submit(f"/cases/{case_id}/comments", {"text": SAID, "files": (io.BytesIO(picture()), "анықтама.png")})
    assert page.status_code == 200 and SAID in page.text and "анықтама.jpg" in page.text
    (file,) = attachments.files_of(case_id)
    assert psc.person("executor").get(f"/attachments/{file.id}").data[:2] == b"\xff\xd8"  # drawn anew, as any picture
    assert SAID in psc.person("head").get(f"/cases/{case_id}").text
    assert SAID not in inspector.get(f"/cases/{case_id}").text
    assert inspector.get(f"/attachments/{file.id}").status_code == 404
    lines = [entry for entry in journal.read(f"case:{case_id}", limit=50) if entry.event == "case.commented"]
    assert [line.details["files"] for line in lines] == [1] and SAID not in str(lines)
    inspector.get(f"/cases/{case_id}")
    inspector.submit(f"/cases/{case_id}/comments", {"text": "ХҚКО-ның өз сөзі"})
    assert "ХҚКО-ның өз сөзі" not in clerk.get(f"/cases/{case_id}").text


def test_the_same_comment_sent_twice_is_one_and_only_its_writer_takes_it_back(house: Flask) -> None:
    office = Office(house)
    case_id, clerk = office.run(until=1), office.person("clerk")
    for _ in range(2):
        clerk.get(f"/cases/{case_id}")
        clerk.submit(f"/cases/{case_id}/comments", {"text": SAID, "comment_key": "one press"})
    (row,) = db.session.query(Comment).all()
    head = office.person("head")
    head.get(f"/cases/{case_id}")
    assert not head.tree.xpath(f"//form[contains(@action, '/comments/{row.id}/')]")
    token = head.tree.xpath("//input[@name='csrf_token']/@value")[0]
    assert head.client.post(f"/comments/{row.id}/take-back", data={"csrf_token": token}).status_code == 403
    clerk.get(f"/cases/{case_id}")
    page = clerk.submit(f"/comments/{row.id}/take-back")
    assert SAID not in page.text and "түсіндірме қайтарып алынды" in page.text
    assert journal.verify() == []


def test_a_file_that_acts_and_nothing_at_all_are_refused_and_what_was_typed_stays(house: Flask) -> None:
    office = Office(house)
    case_id, clerk = office.run(until=1), office.person("clerk")
    clerk.get(f"/cases/{case_id}")
    page = clerk.submit(f"/cases/{case_id}/comments", {"text": SAID, "files": (io.BytesIO(b"MZ\x90"), "a.exe")})
    assert page.status_code == 422 and "a.exe" in page.text and SAID in page.text
    assert not db.session.query(Attachment).count() and not db.session.query(Comment).count()
    page = clerk.submit(f"/cases/{case_id}/comments", {"text": "  "})
    assert page.status_code == 422 and 'id="error-comment-text"' in page.text


def test_what_was_said_is_destroyed_with_the_case_and_told_in_a_persons_file(house: Flask) -> None:
    office = Office(house)
    case_id, clerk = office.run(until=1), office.person("clerk")
    clerk.get(f"/cases/{case_id}")
    clerk.submit(f"/cases/{case_id}/comments", {"text": SAID})
    admin = Surfer(house).sign_in("admin")
    admin.get("/admin/person-file")
    page = admin.submit("/admin/person-file", {"iin": "850101100012", "request_number": "№ 5"})
    assert SAID in page.text
    cases.forget_cases([case_id])
    assert not db.session.query(Comment).count()
