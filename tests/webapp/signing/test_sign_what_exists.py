"""What is signed exists: a draft is never signed, what is not signed never leaves, and a wrong word is taken back."""

from pathlib import Path

import pytest
from flask import Flask

from komek.testing.surfer import Surfer
from services import cases, custody, desk, directory, documents, journal, processes, registry
from services.config import ROOT
from tests.people.office import OFFICE, Office, Psc
from tests.webapp.case.shown import words_of

WAYS = {
    "handed_over": {"received_by": "Үлгібаев", "identified_by": "identity"},
    "posted": {"postal_number": "RR123456785KZ", "postal_proof": "№ 77"},
    "ready": {"told_how": "phone"},
}


def answer_of(case_id: int) -> custody.Item:
    item = custody.of_case(case_id, "result")
    assert item is not None
    return item


def events(case_id: int) -> list[str]:
    return [line.event for line in journal.read(f"case:{case_id}", limit=200)]


def test_the_clean_answer_is_numbered_and_printed_before_its_signature_and_its_code_alone_confirms_it(
    house: Flask,
) -> None:
    office = Office(house)
    case_id = office.run(until=4)
    assert custody.of_case(case_id, "result") is None  # a draft has neither number nor custody
    assert office.work(case_id, "head", {"verdict": "agree"}).status_code == 200
    item, number = answer_of(case_id), str(cases.case_page(case_id, directory.staff_at(OFFICE, "head")[0]).number)
    (notice,) = [each for each in documents.papers_of(case_id) if each.item == "doc.notice_signed"]
    assert notice.content["outgoing_number"] == item.code and item.signature == "awaited"
    for wrong in ("", number, documents.barcode_payload(number), f"{item.code[:-1]}9", "junk"):
        page = office.work(case_id, "head", {"verdict": "sign", "code": wrong})
        assert page.status_code == 422, wrong
        assert answer_of(case_id).signature == "awaited"
    scanned = documents.barcode_payload(item.code)
    assert office.work(case_id, "head", {"verdict": "sign", "code": scanned}).status_code == 200
    signed = answer_of(case_id)
    assert (signed.signature, signed.signer_id) == ("ink", directory.staff_at(OFFICE, "head")[0].id)
    assert [each.event for _, lines in custody.papers_of(case_id) for each in lines] == ["tracked", "signed"]


def test_a_draft_has_no_room_to_be_signed_in_and_says_so(house: Flask) -> None:
    office = Office(house)
    case_id = office.run(until=4)
    (draft,) = [each for each in documents.papers_of(case_id) if each.item == "doc.draft"]
    picture = office.person("head").get(f"/papers/{draft.id}.pdf")
    assert "қол қойылмайды" in words_of(picture.data) and "қолы" not in words_of(picture.data)


@pytest.mark.parametrize("way", WAYS)
def test_what_was_confirmed_by_mistake_is_taken_back_and_leaves_by_no_way_until_it_is_signed(
    house: Flask, way: str
) -> None:
    office = Office(house)
    case_id = office.run(until=6)
    code, head = answer_of(case_id).code, office.person("head")
    head.get(f"/cases/{case_id}")
    assert head.submit(f"/signing/papers/{code}/take-back", {"why": ""}).status_code == 400
    head.get(f"/cases/{case_id}")
    page = head.submit(f"/signing/papers/{code}/take-back", {"why": "Басқа қағаз еді"})
    assert page.status_code == 200 and "Басқа қағаз еді" in page.text
    refused = office.work(case_id, "executor", {"way": way, **WAYS[way]})
    assert refused.status_code == 409 and code in refused.text
    clerk = directory.staff_at(OFFICE, "clerk")[0]
    assert isinstance(desk.scan(code, OFFICE, clerk).error, custody.NotSigned)
    head.get(f"/cases/{case_id}")
    assert head.submit(f"/signing/papers/{code}/confirm", {"scanned": f"{code[:-1]}8"}).status_code in (400, 422)
    head.get(f"/cases/{case_id}")
    assert head.submit(f"/signing/papers/{code}/confirm", {"scanned": code}).status_code == 200
    assert office.work(case_id, "executor", {"way": way, **WAYS[way]}).status_code == 200
    assert events(case_id).count("paper.signed") == 2 and events(case_id).count("paper.signature_taken_back") == 1
    if way != "ready":
        assert answer_of(case_id).state == "gone"
        with pytest.raises(custody.SignatureStays):
            cases.take_signature_back(code, "Кеш", directory.staff_at(OFFICE, "head")[0])
    assert journal.verify() == []


def test_only_the_signer_and_whoever_records_ink_say_that_it_is_or_is_not_signed(house: Flask) -> None:
    office = Office(house)
    code = answer_of(office.run(until=6)).code
    for stranger in (directory.staff_at(OFFICE, "executor")[0], *directory.staff_at("PANFILOV", "head")):
        with pytest.raises(cases.NotYours):
            cases.take_signature_back(code, "Неге", stranger)
    cases.take_signature_back(code, "Қате", directory.staff_at(OFFICE, "clerk")[0])
    for stranger in (directory.staff_at(OFFICE, "executor")[0], *directory.staff_at("PANFILOV", "head")):
        with pytest.raises(cases.NotYours):
            cases.confirm_scanned(code, code, stranger)


def test_returned_after_its_number_the_answer_is_annulled_and_the_register_names_both_numbers(house: Flask) -> None:
    office = Office(house)
    case_id = office.run(until=5)
    first = answer_of(case_id).code
    assert office.work(case_id, "head", {"verdict": "return", "reason": "Сома"}).status_code == 200
    assert custody.of_case(case_id, "result") is None
    clerk = directory.staff_at(OFFICE, "clerk")[0]
    assert isinstance(desk.scan(first, OFFICE, clerk).error, custody.Annulled)
    for role, answers in (("executor", {}), ("head", {"verdict": "agree"})):
        assert office.work(case_id, role, answers).status_code == 200
    second = answer_of(case_id).code
    old = office.work(case_id, "head", {"verdict": "sign", "code": first})
    assert old.status_code == 422
    assert int(second[-5:]) == int(first[-5:]) + 1
    today = directory.today()
    (line,) = cases.register(OFFICE, today, today)
    assert line.outgoing == f"{first} (қол қойылмай жойылған), {second}"


def test_an_unsigned_result_goes_to_no_courier(house: Flask) -> None:
    psc = Psc(house)
    case_id = psc.accept()
    psc.carry(case_id)
    psc.decide(case_id)
    code = psc.result(case_id)
    head = directory.staff_at(OFFICE, "head")[0]
    cases.take_signature_back(code, "Қате", head)
    clerk = directory.staff_at(OFFICE, "clerk")[0]
    scanned = desk.scan(code, OFFICE, clerk)
    assert isinstance(scanned.error, custody.NotSigned) and scanned.word == "refused"
    cases.confirm_scanned(code, code, head)
    listed = desk.scan(code, OFFICE, clerk)
    assert listed.word == "listed" and listed.consignment_id
    desk.close_registry(listed.consignment_id, clerk)
    cases.take_signature_back(code, "Тағы қате", head)
    with pytest.raises(custody.NotSigned):
        desk.hand_over(listed.consignment_id, clerk)


FORMER = Path(__file__).parent / "former" / "signing.bpmn"


def test_a_case_open_in_the_former_diagram_goes_on_and_its_answer_waits_for_its_signature(house: Flask) -> None:
    """There the head had one step, before the number: what was a signature under a draft is consent from now on."""
    rules = registry.current()
    ours = {file.name: file.read_bytes() for file in [*ROOT.glob("bpmn/*.bpmn"), *ROOT.glob("bpmn/*.form")]}
    ours["entitlement.dmn"] = rules.matching("bpmn/*.dmn")["bpmn/entitlement.dmn"].read_bytes()
    processes.install({**ours, "signing.bpmn": FORMER.read_bytes()}, rules, name="former", actor="console")
    office = Office(house)
    case_id = office.run(until=4)
    processes.install(ours, rules, name="now", actor="console")
    assert office.work(case_id, "head", {"verdict": "agree"}).status_code == 200
    item = answer_of(case_id)
    assert item.signature == "awaited"
    assert office.work(case_id, "executor", {"way": "handed_over", **WAYS["handed_over"]}).status_code == 409
    head = office.person("head")
    assert item.code in head.get("/signing/").text
    head.get(f"/cases/{case_id}")
    assert head.submit(f"/signing/papers/{item.code}/confirm", {"scanned": item.code}).status_code == 200
    assert office.work(case_id, "executor", {"way": "handed_over", **WAYS["handed_over"]}).status_code == 200


def gist_at(surfer: Surfer, address: str) -> str:
    """What stands in words beside the picture of what is agreed with or signed."""
    surfer.get(address)
    return " ".join(surfer.tree.xpath("//dl[@class='gist']")[0].text_content().split())


def test_what_is_signed_stands_in_words_beside_its_picture_as_the_paper_itself_says_it(house: Flask) -> None:
    office = Office(house)
    case_id = office.run(until=4)
    head = office.person("head")
    assert "26 000" in gist_at(head, f"/cases/{case_id}")
    office.work(case_id, "head", {"verdict": "return", "reason": "Қайта есептелсін"})
    ground = registry.current().table("grounds")[0]
    refusal = {"decision": "refuse", "ground": ground["key"], "explanation": "Жиынтық табысы жоғары екен",
               "departure_reason": "Жаңа анықтама"}  # fmt: skip
    assert office.work(case_id, "executor", refusal).status_code == 200
    for address in (f"/cases/{case_id}", "/signing/"):
        said = gist_at(head, address)
        assert ground["title_kk"] in said and "Жиынтық табысы жоғары екен" in said and "26" not in said
        # the picture is small until it is asked for, and asking needs no script
        assert head.tree.xpath("//details[contains(@class, 'sheet-picture') and not(@open)]/summary/img")
    office.work(case_id, "head", {"verdict": "agree"})
    signed = documents.gists_of([documents.newest_of([case_id], ["doc.refusal_signed"])[case_id]])
    assert [value for gist in signed.values() for _, value in gist.said] == [
        ground["title_kk"], "Жиынтық табысы жоғары екен"
    ]  # fmt: skip
    assert ground["title_kk"] in gist_at(head, f"/cases/{case_id}")
