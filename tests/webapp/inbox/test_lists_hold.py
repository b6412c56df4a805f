"""Every list with fifty rows, with long names, at three widths and on paper; in the soak with none, one, and more."""

from datetime import date, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy import update

from services import clock, directory
from services.cases.models import Task
from services.db import db
from services.jobs.models import JobRow
from services.notices.models import Notice
from tests.people.hands import Hands
from tests.people.office import OFFICE, Office, Psc
from tests.webapp.geometry import SIZES, faults_of_layout
from tests.webapp.many import copy_everything

pytestmark = pytest.mark.browser

LISTS = {
    "clerk.taldykorgan": ["/inbox?list=mine", "/inbox?list=role", "/inbox?list=record", "/inbox?list=waiting",
                          "/inbox?list=done", "/inbox?found=1", "/notices/", "/desk/",
                          "/desk/consignments", "/desk/consignments/1", "/rechecks/"],
    "head.taldykorgan": ["/inbox?list=role", "/boards/head", "/boards/offices/TALDYKORGAN", "/absences/", "/signing/",
                        "/admin/stands/"],
    "control": ["/boards/region"],
    "admin": ["/staff/", "/admin/incidents/", "/absences/", "/admin/archive/"],
}  # fmt: skip
#: what is looked at with these rows, too
OFTEN = ("/inbox?list=waiting", "/inbox?found=1", "/notices/")


def some_of_everything(house: Flask) -> None:
    """One of each: in every list of the inbox, on the desk, on the boards, an incident, an absence, a notice."""
    office, psc = Office(house), Psc(house)
    for steps in (0, 1, 2, 4, 5, 6):
        case_id = office.run(until=steps)
    first, second, third = psc.accept(), psc.accept(), psc.accept()
    sent = psc.send("psc_accum", psc.folder(first), psc.folder(second))
    psc.scan("clerk", psc.folder(first))
    psc.person("clerk").get(f"/desk/consignments/{sent}")
    psc.person("clerk").submit(f"/desk/consignments/{sent}/finish")
    psc.send("psc_accum", psc.folder(third))
    now = clock.now()
    db.session.execute(update(Task).filter_by(case_id=case_id, closed_at=None).values(due_at=now - timedelta(days=3)))
    db.session.add(
        JobRow(kind="operation", key="lost", case_id=case_id, planned_at=now, due_at=now, incident_at=now,
               error="The operation %(operation)s failed.", error_details={"operation": "registration.register"})
    )  # fmt: skip
    clerk = directory.staff_at(OFFICE, "clerk")[0]
    for kind in ("warned", "overdue"):
        db.session.add(
            Notice(fact=kind, kind=kind, clock="step", case_id=case_id, task_id=None, code="D4", title="Бұрыштама қою",
                   number="19-2026-00001", office_key=OFFICE, due_at=now, due_default=True, at=now, told_at=now,
                   staff_id=None, to_office_key=OFFICE, to_role="clerk")
        )  # fmt: skip
    db.session.commit()
    admin = directory.person(directory.id_of("admin") or 0)
    assert admin is not None
    directory.enter_absence(
        clerk.id, from_on=date.today(), until_on=date.today() + timedelta(days=9), order_number="17-ж",
        order_on=date.today(), deputy_id=directory.staff_at(OFFICE, "executor")[0].id, actor=admin,
    )  # fmt: skip


def look(pages: dict[str, Page], rows: int, only: tuple[str, ...] = (), sizes: tuple[int, ...] = SIZES) -> list[str]:
    """What is wrong with each list, with the address in front."""
    found = []
    for login, addresses in LISTS.items():
        for address in addresses:
            if not only or address.startswith(only):
                pages[login].goto(address, wait_until="domcontentloaded")
                faults = faults_of_layout(pages[login], sizes)
                found += [f"{rows} rows, {address} as {login}, {fault}" for fault in faults]
    return found


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.soak)])
def test_no_list_overlaps_is_cut_off_or_scrolls_sideways_however_long_it_is(
    house: Flask, browser: Browser, address: str, every: bool
) -> None:
    contexts = {login: browser.new_context(base_url=address) for login in LISTS}
    pages = {login: context.new_page() for login, context in contexts.items()}
    for login, page in pages.items():
        Hands(page).sign_in(login)
    pages["clerk.taldykorgan"].fill("#find", "үлг")  # kept as what was sought last
    pages["clerk.taldykorgan"].press("#find", "Enter")
    pages["clerk.taldykorgan"].wait_for_load_state()
    found = look(pages, 0, sizes=(390,)) if every else []
    some_of_everything(house)
    found += look(pages, 1, sizes=(390, 1366)) if every else []
    copy_everything(1, 49)
    found += look(pages, 50, OFTEN if every else ())
    pages["clerk.taldykorgan"].click(".languages [value=ru]")  # its words are the longer ones
    found += look(pages, 50, ("/inbox?list=waiting",))
    if every:
        pages["clerk.taldykorgan"].click(".languages [value=kk]")
        copy_everything(50, 299)
        found += look(pages, 300)
    for context in contexts.values():
        context.close()
    assert not found, "\n".join(found)
