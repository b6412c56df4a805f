"""Which edition holds is what the transaction of whoever asks has read: nobody learns of one that is not saved yet, and
nobody's verb goes on under another law because somebody else has read the calendar meanwhile.

Fault: what was read hung on the process. Between two statements of whoever puts an edition in force another thread took
it away again, so that it held and never began; broken off, it stayed the law of everybody who read no calendar.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, datetime

import pytest
from flask import Flask
from sqlalchemy import select, text

from komek.testing.rows import Kept
from services import cases, clock, deadlines, directory, editions, law, processes, registry
from services.cases.models import Case, Instance
from services.db import READS_BY, db, transaction
from services.errors import Conflict
from services.law import EditionInForce
from services.registry import Registry
from tests.attacks import Ready, Verb, all_rows, assert_as_one_after_the_other, assert_whole_or_not_at_all, press
from tests.services.cases.a_morning import OFFICE
from tests.services.law.conftest import FEBRUARY
from tests.services.law.two_editions import MARCH, SECOND_FROM, admin, amend, another_formula, package_of
from tests.statements import COMMIT, LIMIT_S, meanwhile, told_before, watched
from tests.unbroken import assert_unbroken


def candidate(rules: Registry) -> int:
    """The second edition, with a formula of its own."""
    amend(rules.folders[0])
    another_formula(rules)
    return editions.receive(package_of(rules))[1].edition.id


def of_tables_alone(rules: Registry) -> int:
    """The second edition, which brings no diagram."""
    amend(rules.folders[0])
    return editions.receive(package_of(rules))[1].edition.id


def enacts(edition: int, from_on: date | None = None) -> Verb:
    said = {"from_on": from_on or directory.today(), "act_number": "77", "act_on": date(2013, 2, 11)}
    return lambda: editions.enact(edition, admin(), **said)  # type: ignore[arg-type]


def received(rules: Registry) -> Verb:
    amend(rules.folders[0])
    changed = package_of(rules)
    return lambda: editions.receive(changed)


def to_come(rules: Registry) -> Verb:
    return enacts(of_tables_alone(rules), SECOND_FROM)


def from_today(rules: Registry) -> Verb:
    return enacts(candidate(rules))


def cancelled(rules: Registry) -> Verb:
    to_come(rules)()
    made = db.session.scalars(select(EditionInForce.id).order_by(EditionInForce.id.desc()).limit(1)).one()
    return lambda: editions.cancel(made, admin(), why="Керек емес")


def begun(rules: Registry) -> Verb:
    """Its day has come."""
    to_come(rules)()
    return editions.begin_today


#: what is done -> how it is made ready, and when it is done then
VERBS: dict[str, tuple[Callable[[Registry], Verb], datetime]] = {
    "an edition is received": (received, FEBRUARY),
    "an edition is put in force for a day": (to_come, FEBRUARY),
    "an edition is put in force from today": (from_today, FEBRUARY),
    "an edition is taken back": (cancelled, FEBRUARY),
    "an edition begins": (begun, MARCH),
}
NAMES = pytest.mark.parametrize("name", VERBS)


@contextmanager
def ready(name: str, rules: Registry) -> Iterator[Verb]:
    """The verb, on its day."""
    prepare, day = VERBS[name]
    verb = prepare(rules)
    db.session.rollback()
    with clock.stopped(day), watched():
        yield verb


def law_elsewhere(house: Flask) -> int | None:
    """The edition that another thread goes by, which asks no calendar."""

    def ask() -> int | None:
        with house.app_context():
            return registry.current().edition

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(ask).result(LIMIT_S)


@NAMES
def test_a_verb_of_an_edition_is_done_as_ever_though_others_read_the_calendar_between_its_statements(
    house: Flask, region_of_act: Registry, name: str
) -> None:
    seen: set[int | None] = set()

    def reads() -> None:
        with house.app_context():
            deadlines.calendar_version(region_of_act.region)
            seen.add(registry.current().edition)
            db.session.remove()

    with ready(name, region_of_act) as verb, ThreadPoolExecutor(1) as pool:
        stands = Kept(f"kept_read_{list(VERBS).index(name)}")
        press(verb)
        done = all_rows(), said_of_editions()
        stands.restore()
        before = law_elsewhere(house)
        with told_before(lambda _text, _line: pool.submit(reads).result(LIMIT_S)):
            press(verb)
        assert (all_rows(), said_of_editions()) == done
        assert seen == {before}, "nobody knew of it before it was saved"
        assert law_elsewhere(house) == law.BOOK.on(directory.today())
        assert_unbroken()


def said_of_editions() -> list[tuple[object, ...]]:
    """Of each word by which one holds: from when, taken back or not, begun or not; and which diagram is the law."""
    wanted = select(
        EditionInForce.edition_id, EditionInForce.from_on,
        EditionInForce.cancelled_at.is_not(None), EditionInForce.begun_at.is_not(None),
    )  # fmt: skip
    rows = [tuple(row) for row in db.session.execute(wanted.order_by(EditionInForce.id))]
    found = [*rows, (processes.in_force("direct"),)]
    db.session.rollback()
    return found


@pytest.mark.parametrize("all_of_them", [False, pytest.param(True, marks=pytest.mark.soak)], ids=["some", "all"])
@NAMES
def test_wherever_a_verb_of_an_edition_breaks_nothing_stays_and_the_same_press_again_does_it(
    house: Flask, region_of_act: Registry, name: str, all_of_them: bool
) -> None:
    kept = f"kept_law_{list(VERBS).index(name)}_{int(all_of_them)}"
    with ready(name, region_of_act) as verb:
        assert_whole_or_not_at_all(verb, kept, all_of_them=all_of_them)


@NAMES
def test_of_two_who_do_it_at_once_one_does_and_the_other_is_told_or_finds_it_done(
    house: Flask, region_of_act: Registry, name: str
) -> None:
    late = {0} if name in ("an edition is received", "an edition begins") else {1}
    kept = f"kept_two_{list(VERBS).index(name)}"
    with ready(name, region_of_act) as verb:
        assert_as_one_after_the_other(house, Ready(verb, verb), kept, COMMIT, refused=late)


class NotAfterAll(Conflict):
    """No: it is not put in force."""


HERE = "SELECT 'here it is not saved yet'"


def never_saved(verb: Verb) -> Verb:
    """It is done, and broken off at its end."""

    def broken() -> None:
        with transaction():
            verb()
            db.session.execute(text(HERE))
            raise NotAfterAll

    return broken


def test_a_case_that_begins_beside_an_edition_that_is_never_saved_lives_under_the_former_one_whole(
    house: Flask, region_of_act: Registry
) -> None:
    enacted, former, diagram = from_today(region_of_act), law.BOOK.first(), processes.in_force("direct")
    clerk = directory.staff_at(OFFICE, "clerk")[0]
    db.session.rollback()
    opens = lambda: cases.open_case("direct", OFFICE, clerk, key="beside")  # noqa: E731
    with watched():
        refused, made = meanwhile(house, never_saved(enacted), opens, HERE)
    assert isinstance(refused, NotAfterAll)
    assert law_elsewhere(house) == registry.current().edition == former
    case = db.session.get_one(Case, made)
    begun_by = db.session.scalars(select(Instance.definition_id).filter_by(case_id=case.id)).one()
    assert (case.edition, begun_by) == (former, diagram)
    assert_unbroken()


def test_whoever_reads_an_older_state_than_is_saved_goes_by_it_alone(house: Flask, region_of_act: Registry) -> None:
    """A standby is some seconds behind."""
    enacted, former = from_today(region_of_act), law.BOOK.first()
    db.session.commit()
    with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as behind:
        behind.execute(text("SELECT 1 FROM calendar_version")).all()
        enacted()
        db.session.commit()
        today = registry.current().edition
        with house.app_context():
            session = db.session.session_factory(bind=behind)
            session.info[READS_BY] = behind
            db.session.registry.set(session)
            deadlines.calendar_version(region_of_act.region)
            assert registry.current().edition == former
            assert law_elsewhere(house) == today != former
    assert registry.current().edition == today
