"""A consignment comes apart on its way: scanned twice and by two, half of it, elsewhere, handed over again, taken off
while it travels. Whoever does what cannot be is told, each paper is in one place, and nothing stays on its way.
"""

import random
from collections.abc import Callable, Mapping
from itertools import permutations

from flask import Flask
from sqlalchemy import text

from komek.testing.rows import Kept
from services import custody, desk, directory
from services.custody.models import Consignment
from services.db import db
from services.errors import KomekError
from tests.examples import SOAK
from tests.people.office import OFFICE, PSC, Psc
from tests.unbroken import assert_unbroken

ELSEWHERE = "PANFILOV"


def acts(codes: list[str], sent: int) -> Mapping[str, Callable[[], object]]:
    """What somebody does with a registry of two folders that is on its way."""
    clerk, colleague = directory.staff_at(OFFICE, "clerk")[:2]
    stranger, sender = directory.staff_at(ELSEWHERE, "clerk")[0], directory.staff_at(PSC, "psc_accum")[0]
    return {
        "the first half arrives": lambda: desk.scan(codes[0], OFFICE, clerk),
        "a colleague scans it, too": lambda: desk.scan(codes[0], OFFICE, colleague),
        "the other half arrives elsewhere": lambda: desk.scan(codes[1], ELSEWHERE, stranger),
        "the sender scans it again": lambda: desk.scan(codes[1], PSC, sender),
        "it is unpacked": lambda: desk.finish_receiving(sent, clerk),
        "it is handed over again": lambda: desk.hand_over(sent, sender),
        "a folder is taken off": lambda: desk.take_off_registry(codes[0], PSC, sender),
    }


def done(act: Callable[[], object]) -> str:
    """What became of it, in a word; nothing where nothing was said."""
    try:
        answer = act()
    except KomekError as refused:
        return refused.code
    finally:
        db.session.rollback()
    return str(getattr(answer, "word", "done"))


def test_however_a_consignment_comes_apart_whoever_is_late_is_told_and_both_halves_are_found(house: Flask) -> None:
    psc = Psc(house)
    codes = [psc.folder(psc.accept()) for _ in range(2)]
    sent = psc.send("psc_accum", *codes)
    every, stands = acts(codes, sent), Kept("kept_torn")
    clerk = directory.staff_at(OFFICE, "clerk")[0]
    pairs = list(permutations(every, 2))
    for names in pairs if SOAK else random.Random(22).sample(pairs, 14):
        stands.restore()
        said = [done(every[each]) for each in names]
        assert all(said), (names, said)
        custodians = "SELECT code, office_key, state FROM custody_item WHERE code = ANY(:codes) ORDER BY code"
        db.session.rollback()
        said += [str(row) for row in db.session.execute(text(custodians), {"codes": codes})]
        for code in codes:  # brought where it belongs, whatever became of it
            done(lambda code=code: desk.scan(code, OFFICE, clerk))  # type: ignore[misc]
            if custody.paper(code).office_key != OFFICE:  # it was found where it was to be sent from
                done(lambda code=code: desk.take_in_unsent(code, OFFICE, clerk))  # type: ignore[misc]
        done(every["it is unpacked"])
        where = [(item.office_key, item.state) for item in map(custody.paper, codes)]
        row = db.session.get_one(Consignment, sent, populate_existing=True)
        assert (where, row.state) == ([(OFFICE, "here")] * 2, "received"), (names, said)
        db.session.rollback()
    assert_unbroken()
