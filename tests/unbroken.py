"""What must be so after anything at all, also after an attack: asked by whatever test does much, or does harm."""

from services import cases, invariants, journal
from services.db import db


def assert_unbroken() -> None:
    """The rows agree with each other, and the journal is whole, with all that it attests."""
    db.session.rollback()
    assert [str(each) for each in invariants.broken()] == []
    assert journal.verify() == []
    assert cases.verify_values().faults == []
