"""The last two papers of a registry are scanned in by two people in one moment."""

from flask import Flask

from services import desk, directory
from services.custody.models import Consignment
from services.db import db
from tests.people.office import OFFICE, Psc
from tests.statements import COMMIT, meanwhile, watched
from tests.unbroken import assert_unbroken


def test_a_registry_whose_last_two_papers_are_scanned_in_at_once_is_at_its_end(house: Flask) -> None:
    psc = Psc(house)
    folders = [psc.folder(psc.accept()) for _ in range(2)]
    sent = psc.send("psc_accum", *folders)
    first, second = directory.staff_at(OFFICE, "clerk")[:2]
    with watched():
        done = meanwhile(
            house,
            lambda: desk.scan(folders[0], OFFICE, first),
            lambda: desk.scan(folders[1], OFFICE, second),
            COMMIT,
        )
    assert [each.word for each in done] == ["received", "received"]  # type: ignore[attr-defined]
    db.session.rollback()
    assert db.session.get_one(Consignment, sent, populate_existing=True).state == "received"
    assert_unbroken()
