"""What went wrong with a paper is set right at the desk, with a line of custody for each, and nobody else's rights."""

import io
import subprocess
import sys
from datetime import datetime, timedelta

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select, update

from services import cases, clock, custody, desk, directory, documents
from services.cases.models import Task
from services.config import ROOT
from services.custody.models import CustodyEvent, Item
from services.custody.photos import shrink
from services.db import db
from services.errors import ReasonMissing
from tests.people.office import PSC, RECEIVED, Psc
from tests.people.walk import Walk, check_everything

BODY = "TALDYKORGAN"


def staff(office: str, role: str) -> directory.Person:
    return directory.staff_at(office, role)[0]


def events(code: str) -> list[str]:
    db.session.rollback()
    case_id = custody.paper(code).case_id
    return [event.event for item, line in custody.papers_of(case_id) if item.code == code for event in line]


def lost_on_the_way(psc: Psc) -> str:
    code = psc.folder(psc.accept())
    consignment_id = psc.send("psc_accum", code)
    desk.finish_receiving(consignment_id, staff(BODY, "clerk"))
    return code


def test_a_folder_lost_for_good_goes_on_as_its_duplicate(house: Flask) -> None:
    psc = Psc(house)
    code = lost_on_the_way(psc)
    with pytest.raises(ReasonMissing):
        desk.replace_paper(code, PSC, " ", staff(PSC, "psc_accum"))
    with pytest.raises(custody.NotYourPaper):
        desk.replace_paper(code, PSC, "x", staff(BODY, "clerk"))
    desk.replace_paper(code, PSC, "Екі күн табылмады", staff(PSC, "psc_accum"))
    psc.send("psc_accum", code)
    assert 'data-word="received"' in psc.scan("clerk", code).text
    assert events(code)[-4:] == ["replaced", "listed", "handed_over", "received"]
    check_everything()


def test_a_paper_that_is_not_missing_cannot_be_replaced(house: Flask) -> None:
    psc = Psc(house)
    code = psc.folder(psc.accept())
    with pytest.raises(custody.NotExpected):
        desk.replace_paper(code, PSC, "x", staff(PSC, "psc_accum"))


def test_a_label_printed_beforehand_stands_for_the_paper_it_is_put_on_and_for_no_other(house: Flask) -> None:
    psc = Psc(house)
    first, second = (psc.folder(psc.accept()) for _ in range(2))
    accum = staff(PSC, "psc_accum")
    assert desk.print_labels(PSC, 2, accum).pdf.startswith(b"%PDF")
    label = db.session.scalars(select(custody.Label.code).order_by(custody.Label.code)).first()
    assert label
    assert desk.scan(label, PSC, accum).error.code == "LabelUnused"  # type: ignore[union-attr]
    desk.replace_label(first, PSC, "Жыртылды", accum, label=label)
    desk.replace_label(first, PSC, "Жыртылды", accum, label=label)  # the same again changes nothing
    with pytest.raises(custody.LabelTaken):
        desk.replace_label(second, PSC, "Жыртылды", accum, label=label)
    assert desk.scan(label, PSC, accum).word == "listed"
    assert custody.paper(first).state == "listed"
    assert cases.case_by_number(label) == custody.paper(first).case_id
    check_everything()


def test_only_who_stands_where_the_paper_lies_gives_it_a_label(house: Flask) -> None:
    psc = Psc(house)
    code = psc.folder(psc.accept())
    for office, person in [(BODY, staff(BODY, "clerk")), (PSC, staff(PSC, "courier"))]:
        with pytest.raises(custody.NotYourPaper):
            desk.replace_label(code, office, "x", person)
    with pytest.raises(custody.WrongCount):
        desk.print_labels(PSC, 0, staff(PSC, "psc_accum"))


def test_a_courier_is_known_by_the_badge_and_nobody_else_passes_for_one(house: Flask) -> None:
    psc = Psc(house)
    code = psc.folder(psc.accept())
    psc.scan("psc_accum", code)
    consignment_id = custody.paper(code).consignment_id
    assert consignment_id
    accum, courier = staff(PSC, "psc_accum"), staff(PSC, "courier")
    desk.close_registry(consignment_id, accum)
    for wrong in (documents.badge_payload(accum.id), "B-00001-0", code):
        with pytest.raises(custody.NotACourier):
            desk.hand_over(consignment_id, accum, badge=wrong)
    assert desk.scan(documents.badge_payload(courier.id), PSC, accum).person == courier
    desk.hand_over(consignment_id, accum, badge=documents.badge_payload(courier.id))
    assert desk.consignment_page(consignment_id, accum).courier == courier.full_name


def test_a_result_that_nobody_claimed_goes_back_and_comes_again_when_it_is_asked_for(house: Flask) -> None:
    psc = Psc(house)
    case_id = psc.accept()
    psc.carry(case_id)
    psc.decide(case_id)
    code = psc.result(case_id)
    psc.send("clerk", code)
    psc.scan("psc_accum", code)
    psc.work(case_id, "psc_accum")
    inspector, clerk = staff(PSC, "psc_inspector"), staff(BODY, "clerk")
    with pytest.raises(custody.StillWanted):
        desk.send_back_unclaimed(case_id, inspector)
    long_ago = clock.now() - timedelta(days=70)
    db.session.execute(update(Task).where(Task.message == "applicant.came").values(opened_at=long_ago))
    db.session.commit()
    assert [row.unclaimed for row in cases.ready_results(inspector, PSC)] == [True]
    desk.send_back_unclaimed(case_id, inspector)
    psc.send("psc_accum", code)
    assert 'data-word="received"' in psc.scan("clerk", code).text
    with pytest.raises(cases.ResultElsewhere):
        cases.applicant_came(case_id, inspector)
    assert [row.code for row in desk.desk_page(BODY, clerk).returned] == [code]
    desk.send_again(code, BODY, clerk)
    psc.send("clerk", code)
    psc.scan("psc_accum", code)
    cases.applicant_came(case_id, inspector)
    psc.work(case_id, "psc_inspector", {**RECEIVED, "receipt": "shown"})
    check_everything()


def test_paper_and_process_apart_is_an_alarm_at_both_offices(house: Flask) -> None:
    psc = Psc(house)
    case_id = psc.accept()
    psc.carry(case_id)
    assert not cases.disagreeing(PSC) and not cases.disagreeing(BODY)
    # nobody can do this through Komek: a restored backup, a hand in the database
    values = {"state": "in_transit", "office_key": PSC, "destination_key": BODY}
    db.session.execute(update(Item).where(Item.case_id == case_id).values(**values))
    db.session.commit()
    for office, person in [(PSC, "psc_inspector"), (BODY, "clerk"), (BODY, "head")]:
        assert [item.case_id for item in cases.disagreeing(office)] == [case_id]
        assert "alarm-line" in psc.person(person).get("/").text


DRAWN = """
import io, resource, subprocess, sys
from PIL import Image
from services.custody.errors import NotAPicture
from services.custody.photos import shrink
made = "import sys; from PIL import Image; Image.new('RGB', {size}, 'red').save(sys.stdout.buffer, {kind!r})"
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
for name, kind, size in ("refused", "PNG", (7000, 7000)), ("jpeg", "JPEG", (7000, 7000)), ("png", "PNG", (4000, 4000)):
    file = subprocess.run([sys.executable, "-c", made.format(kind=kind, size=size)], capture_output=True).stdout
    before = peak()
    try:
        shrink(file)
    except NotAPicture:
        assert name == "refused"
    print(name, peak() - before)
"""


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_kept_small_and_without_what_the_camera_added(kind: str) -> None:
    picture, exif, file = Image.new("RGB", (4000, 3000), "red"), Image.Exif(), io.BytesIO()
    exif[0x0110] = "SecretCam"
    picture.save(file, kind, exif=exif)
    kept = shrink(file.getvalue())
    with Image.open(io.BytesIO(kept)) as small:
        assert (small.format, max(small.size), dict(small.getexif())) == ("JPEG", 1600, {})
    assert b"SecretCam" not in kept


def test_what_is_no_picture_is_refused() -> None:
    bomb = io.BytesIO()
    Image.new("1", (30000, 30000)).save(bomb, "PNG")
    for file in (b"", b"GIF89a", b"<svg/>", bomb.getvalue(), bomb.getvalue()[:100]):
        with pytest.raises(custody.NotAPicture):
            shrink(file)


def test_a_picture_takes_little_memory_whatever_its_header_says() -> None:
    """Drawn in a process of its own, which says how much more it took."""
    asked = [sys.executable, "-c", DRAWN]
    said = subprocess.run(asked, capture_output=True, text=True, check=True, env={"PYTHONPATH": str(ROOT)}).stdout
    most_mb = {line.split()[0]: int(line.split()[1]) for line in said.splitlines()}
    assert most_mb["refused"] < 5, "49 megapixels of a PNG are not drawn"
    assert most_mb["jpeg"] < 60 and most_mb["png"] < 130, most_mb


def test_a_photo_of_damage_is_seen_by_both_offices_and_nobody_else(house: Flask) -> None:
    psc = Psc(house)
    code = psc.folder(psc.accept())
    consignment_id = psc.send("psc_accum", code)
    clerk = psc.person("clerk")
    clerk.get(f"/desk/consignments/{consignment_id}")
    psc.scan("clerk", code)
    clerk.get(f"/desk/consignments/{consignment_id}")
    file = io.BytesIO()
    Image.new("RGB", (900, 3000), "white").save(file, "JPEG")
    file.seek(0)
    page = clerk.submit(f"/papers/{code}/damage", {"what": "Су тиген", "photo": (file, "p.jpg")})
    assert page.status_code == 200 and "/desk/photos/1.jpg" in page.text, page.text
    for role, status in [("clerk", 200), ("psc_accum", 200)]:
        assert psc.person(role).get("/desk/photos/1.jpg").status_code == status
    assert Psc(house, "PSC_NURA").person("psc_accum").get("/desk/photos/1.jpg").status_code == 403


def test_the_register_lists_what_the_office_registered_in_order(house: Flask) -> None:
    psc = Psc(house)
    done, fresh = psc.run(), psc.accept()
    today = datetime.now().astimezone().date()
    span = (today - timedelta(days=1), today + timedelta(days=1))
    at_psc, at_body = cases.register(PSC, *span), cases.register(BODY, *span)
    assert [line.number for line in at_psc] == [psc.folder(done), psc.folder(fresh)]
    (line,) = at_body
    assert line.outcome and line.outgoing and line.executor and line.applicant.startswith("Үлгібаев")
    assert (at_psc[1].outcome, at_psc[1].outgoing) == ("", "")
    book = desk.print_register_book(PSC, *span, staff(PSC, "psc_inspector"), called=str.upper)
    assert [line["outcome"] for line in book.content["lines"]] == ["APPROVED", ""]  # type: ignore[attr-defined]
    assert book.make().pdf.startswith(b"%PDF")
    with pytest.raises(cases.WrongDays):
        cases.register(PSC, span[1], span[0])
    with pytest.raises(custody.NotYourPaper):
        desk.print_register_book(PSC, *span, staff(PSC, "courier"), called=str)


def test_every_repair_happens_in_a_random_walk_and_custody_stays_one_line(house: Flask) -> None:
    psc = Psc(house)
    for _ in range(3):  # results that wait for applicants who may never come
        case_id = psc.accept()
        psc.carry(case_id)
        psc.decide(case_id)
        psc.send("clerk", psc.result(case_id))
        psc.scan("psc_accum", psc.result(case_id))
        psc.work(case_id, "psc_accum")
    walk, wanted = Walk(1), {"missing", "damaged", "misrouted", "relabelled", "unlisted", "unclaimed"}
    for _ in range(2000):
        walk.step()
        if wanted <= set(db.session.scalars(select(CustodyEvent.event).distinct())) and walk.seen["badge"]:
            break
    assert wanted <= set(db.session.scalars(select(CustodyEvent.event).distinct())), walk.seen
    check_everything()
    walk.bring_everything_home()
    check_everything()
