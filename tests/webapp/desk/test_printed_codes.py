"""Every code that is printed is read back and scanned at the desk where the paper lies; and registries end."""

import pypdfium2
import pytest
import zxingcpp
from flask import Flask

from komek.testing.surfer import Surfer
from services import custody, desk, directory, documents, registry
from tests.people.life import BACK, DISTRICT, WITHDRAWAL, corrected, tell
from tests.people.office import FIGURES, Office, Psc


def printed_codes(surfer: Surfer, paper: documents.Paper) -> set[str]:
    page = pypdfium2.PdfDocument(surfer.get(f"/papers/{paper.id}.pdf").data)[0]
    return {code.text for code in zxingcpp.read_barcodes(page.render(scale=300 / 72).to_pil())}


def answer_of(case_id: int) -> documents.Paper:
    return next(each for each in documents.papers_of(case_id) if each.item == "doc.notice_signed")


def test_the_printed_result_of_the_psc_route_goes_on_the_registry_and_is_received_by_its_own_code(house: Flask) -> None:
    psc = Psc(house)
    case_id = psc.accept()
    psc.carry(case_id)
    psc.decide(case_id)
    (code,) = printed_codes(psc.person("clerk"), answer_of(case_id))
    assert documents.read_payload(code) == psc.result(case_id)
    assert 'data-word="listed"' in psc.scan("clerk", code).text
    number = custody.paper(psc.result(case_id)).consignment_id
    assert number is not None
    clerk = directory.staff_at(psc.body, "clerk")[0]
    desk.close_registry(number, clerk)
    desk.hand_over(number, clerk)
    assert 'data-word="received"' in psc.scan("psc_accum", code).text


REFUSAL = {
    "decision": "refuse", "ground": "false_data", "explanation": "Мәліметтер расталмады", "departure_reason": "Тексеру",
}  # fmt: skip


@pytest.mark.parametrize("register", ["own", "psc"])
def test_a_refusal_of_the_psc_route_travels_by_its_own_code_wherever_the_body_registers(
    house: Flask, register: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    psc = Psc(house)
    monkeypatch.setitem(registry.current().row("offices", psc.body), "register", register)
    case_id = psc.accept()
    at_psc = {paper.item: printed_codes(psc.person("psc_inspector"), paper) for paper in documents.papers_of(case_id)}
    inspector = directory.staff_at(psc.key, "psc_inspector")[0]
    for item, codes in at_psc.items():
        assert all(desk.scan(code, psc.key, inspector).case_id == case_id for code in codes), item
    assert psc.folder(case_id) in {documents.read_payload(code) for code in at_psc["doc.label"]}
    psc.carry(case_id)
    psc.work(case_id, "clerk", {"papers": "match"}, together=True)
    psc.work(case_id, "head", {"executor": psc.executor_id})
    psc.work(case_id, "executor", dict(FIGURES))
    psc.work(case_id, "executor", REFUSAL)
    psc.work(case_id, "head", {"verdict": "agree"})
    (refusal,) = [each for each in documents.papers_of(case_id) if each.item == "doc.refusal_signed"]
    (code,) = printed_codes(psc.person("clerk"), refusal)
    assert 'data-word="listed"' not in psc.scan("clerk", code).text  # nobody signed it yet
    psc.work(case_id, "head", {"verdict": "sign"})
    psc.work(case_id, "executor")
    assert 'data-word="listed"' in psc.scan("clerk", code).text
    consignment_id = custody.paper(psc.result(case_id)).consignment_id
    assert consignment_id is not None
    clerk = directory.staff_at(psc.body, "clerk")[0]
    desk.close_registry(consignment_id, clerk)
    desk.hand_over(consignment_id, clerk)
    assert 'data-word="received"' in psc.scan("psc_accum", code).text


def test_every_printed_paper_of_the_direct_route_opens_its_case_at_the_bodys_desk(house: Flask) -> None:
    office = Office(house)
    case_id = office.run()
    clerk, person = office.person("clerk"), directory.staff_at(office.key, "clerk")[0]
    for paper in documents.papers_of(case_id):
        if paper.item == "doc.envelope":
            continue
        for code in printed_codes(clerk, paper):
            assert desk.scan(code, office.key, person).case_id == case_id, paper.item


def test_the_papers_of_what_happens_off_the_acts_way_open_their_case_at_the_desk(house: Flask) -> None:
    office = Office(house)
    clerk, person = office.person("clerk"), directory.staff_at(office.key, "clerk")[0]
    withdrawn, sent_on = office.run(2), office.run(1)
    corrected(clerk, withdrawn, surname="Үлгібаевский")
    tell(clerk, withdrawn, "Қайтарып алды", WITHDRAWAL)
    office.work(withdrawn, "clerk", {**BACK, "received_by": "Үлгібаевский Мысал Сынақұлы"})
    tell(office.person("head"), sent_on, "Басқа аудан", DISTRICT)
    read = {}
    for case_id in (withdrawn, sent_on):
        for paper in documents.papers_of(case_id):
            read[paper.item] = {desk.scan(code, office.key, person).case_id for code in printed_codes(clerk, paper)}
            assert read[paper.item] <= {case_id}, paper.item
    assert all(read[item] for item in ("doc.correction", "doc.papers_back", "doc.sent_on")), read
    letter = next(paper for paper in documents.papers_of(sent_on) if paper.item == "doc.sent_on")
    titles = [each["title"] for each in letter.content["documents"]]
    assert titles == [row["title_kk"] for row in registry.current().table("documents") if row["title_kk"] in titles]


@pytest.mark.parametrize("lost", [False, True])
def test_a_registry_ends_with_its_last_scan_and_its_act_says_later_what_it_said(house: Flask, lost: bool) -> None:
    psc = Psc(house)
    first, second = (psc.folder(psc.accept()) for _ in range(2))
    number = psc.send("psc_accum", first, second)
    clerk, courier = directory.staff_at(psc.body, "clerk")[0], directory.staff_at(psc.key, "courier")[0]
    assert [row.id for row in desk.round_page(courier).deliver] == [number]
    desk.scan(first, psc.body, clerk)
    assert not desk.round_page(courier).deliver  # it is being unpacked there
    if lost:
        assert desk.finish_receiving(number, clerk) == [second]
    assert desk.scan(second, psc.body, clerk).word == "received"
    page = desk.consignment_page(number, clerk)
    assert (page.row.state, page.differs) == ("received", lost)
    assert desk.finish_receiving(number, clerk) == []
    if lost:
        act = desk.print_discrepancy_act(number, clerk).content
        assert (act["listed"], act["received"], act["missing"]) == (2, 1, [{"number": second}])
