"""What nobody scanned out is not received by a scan: somebody has to say that it lies there; both offices see it."""

import pytest
from flask import Flask

from services import cases, custody, desk, directory, journal
from tests.people.office import OFFICE, PSC, Psc


def test_a_body_receives_no_folder_that_was_never_sent_until_somebody_says_that_it_lies_there(house: Flask) -> None:
    psc = Psc(house)
    case_id = psc.accept()
    folder, clerk = psc.folder(case_id), directory.staff_at(OFFICE, "clerk")[0]
    page = psc.scan("clerk", folder)
    assert 'data-word="refused"' in page.text and f"/desk/papers/{folder}/unsent" in page.text
    assert custody.paper(folder).office_key == PSC
    assert not [line for line in psc.lines(case_id) if line["code"] == "P3"]
    desk.take_in_unsent(folder, OFFICE, clerk)
    assert (custody.paper(folder).office_key, custody.paper(folder).state) == (OFFICE, "here")
    assert [line for line in psc.lines(case_id) if line["code"] == "P3"]
    with pytest.raises(custody.AlreadyHere):
        desk.take_in_unsent(folder, OFFICE, clerk)
    assert journal.verify() == []


def test_an_unsigned_result_is_taken_in_by_nobody(house: Flask) -> None:
    psc = Psc(house)
    case_id = psc.accept()
    psc.carry(case_id)
    psc.decide(case_id)
    code, accum = psc.result(case_id), directory.staff_at(PSC, "psc_accum")[0]
    cases.take_signature_back(code, "Қате", directory.staff_at(OFFICE, "head")[0])
    assert desk.scan(code, PSC, accum).word == "refused"
    with pytest.raises(custody.NotSigned):
        desk.take_in_unsent(code, PSC, accum)
