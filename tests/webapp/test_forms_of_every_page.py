"""Every form that stands on a page of the product, found by looking at the pages: pressed twice, and pressed after the
world went on. It is done once, or told in words; a form that is new is found by itself.
"""

import random
import re
from collections.abc import Callable, Iterator, Mapping
from contextvars import Context
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from lxml import html
from sqlalchemy import text
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from komek.testing.rows import look
from services import directory
from services.db import db
from tests.examples import SOAK
from tests.webapp import rights
from tests.webapp.rights import Asker, World

SEED = 22
#: what a page changes by being asked at all
ASIDE = {"staff_session", "worker_life"}
#: lines that say what was printed, tried or set are written each time
AGAIN: Mapping[str, str] = {
    "/admin/clock/": "of a demo system alone: each setting is told",
    "/admin/stands/print": "a sheet is printed each time",
    "/desk/consignments/<int:consignment_id>/registry.pdf": "each copy is told",
    "/papers/<int:paper_id>.pdf": "each copy is told",
    "/staff/<int:staff_id>/slip": "each slip takes the place of the one before it",
}
#: whoever signs in, or says that they are who they are; no password is typed, and that is counted and told
OF_A_PASSWORD = {"/account/codes", "/sign-in", "/slip"}
#: a form that is gone from all pages is noticed
MOST_FOUND_BEFORE = 55


@dataclass(frozen=True)
class Found:
    """A form as it stands on somebody's page."""

    asker: Asker
    page: str
    action: str
    values: MultiDict[str, str]


class Pages(World):
    """The world of the table of rights, whose forms are looked for."""

    def ask(self, asker: Asker, method: str, address: str, **more: Any) -> TestResponse:
        self.client._cookies = dict(asker.cookies)
        return Context().run(lambda: self.client.open(address, method=method, **more))

    @cached_property
    def forms(self) -> dict[str, Found]:
        """Address that a form sends to, as the URL map writes it -> the first such form that somebody sees."""
        chance, let_in, found = random.Random(SEED), rights.read(self.there), {}
        for page, askers in self._pages(let_in):
            for asker in askers if SOAK else chance.sample(askers, min(2, len(askers))):
                for form in self._on(asker, page):
                    found.setdefault(self.rule_of(form.action), form)
        return found

    def _pages(self, let_in: Mapping[tuple[str, str], set[tuple[str, str]]]) -> Iterator[tuple[str, list[Asker]]]:
        for method, rule in rights.rules(self.app):
            if method != "GET" or rule.rule.startswith(("/engine-rest", "/metrics")):
                continue
            may = [each for each in self.askers if (each.role, each.where) in let_in.get((method, rule.rule), set())]
            yield self.address(rule), [each for each in may if each.where in (rights.OWN, rights.ABOVE)]
        own = [each for each in self.askers if each.where == rights.OWN]
        for case_id in steps():
            yield f"/cases/{case_id}", own

    def _on(self, asker: Asker, page: str) -> Iterator[Found]:
        answer = self.ask(asker, "GET", page, follow_redirects=True)
        if answer.status_code != 200 or answer.mimetype != "text/html" or not answer.data.strip():
            return
        at = answer.request.full_path
        for form in html.fromstring(answer.data).forms:
            if form.method == "POST":
                sends_to = urlsplit(urljoin(at, form.action or at)).path
                yield Found(asker, at, sends_to, MultiDict(pressed(form)))

    @cached_property
    def that_change(self) -> set[str]:
        """Those of the forms that change something as they stand, where nothing comes between."""
        found = set()
        for rule, form in self.forms.items():
            self.kept.restore()
            before = rows()
            self.press(form)
            found |= {rule} if changed(before, rows()) else set()
        return found

    def rule_of(self, address: str) -> str:
        try:
            rule, _ = self.app.url_map.bind("localhost").match(address, method="POST", return_rule=True)
        except HTTPException:
            return f"nothing: {address}"
        return str(rule.rule)

    def press(self, form: Found) -> TestResponse:
        return self.ask(form.asker, "POST", form.action, data=form.values)


def pressed(form: html.FormElement) -> list[tuple[str, str]]:
    """What a browser sends of it as it stands: its first button, and a word where a word is asked for."""
    values = [(name, value or ("Сынақ" if _is_asked(form, name) else "")) for name, value in form.form_values()]
    button = next((each for each in form.iter("button") if each.get("name")), None)
    return [*values, *([(button.get("name"), button.get("value", ""))] if button is not None else [])]


def _is_asked(form: html.FormElement, name: str) -> bool:
    field = form.inputs[name]
    return getattr(field, "tag", "") in ("input", "textarea") and field.get("type", "text") in ("text", "search")


def steps() -> list[int]:
    """A case of the own offices for each step at which one waits for a person."""
    asked = """SELECT min(t.case_id) FROM task t JOIN "case" c ON c.id = t.case_id WHERE t.closed_at IS NULL
               AND t.waits_for = 'person' AND c.body_key = :body GROUP BY t.step ORDER BY 1"""
    found = list(db.session.scalars(text(asked), {"body": rights.BODIES[rights.OWN]}))
    db.session.rollback()
    return found


def rows() -> dict[str, tuple[int, int]]:
    """Of each table how many rows it has, and how many are as they were before anybody pressed."""
    db.session.rollback()
    return {name: held for name, held in look()[0].items() if name not in ASIDE}


#: made by the first test that asks; its rows are put back before each press
_made: list[Pages] = []


@pytest.fixture
def pages(region: Flask, done_anew: None) -> Iterator[Pages]:
    if not _made:
        _made.append(Pages(region))
    region.config["WTF_CSRF_ENABLED"] = False
    yield _made[0]
    region.config["WTF_CSRF_ENABLED"] = True


def changed(before: Mapping[str, tuple[int, int]], after: Mapping[str, tuple[int, int]]) -> list[str]:
    """The tables of which more or other rows are there."""
    return sorted(name for name, held in after.items() if held != before[name])


def is_told(answer: TestResponse) -> bool:
    """Whether a refusal is a page of ours, in words."""
    return answer.mimetype != "text/html" or ("<main" in answer.text and "</html>" in answer.text)


def test_no_form_is_drawn_for_whoever_may_not_send_it_and_pressed_twice_each_does_it_once(pages: Pages) -> None:
    """Faults: labels and the register were offered to those who do not print them, deploying to administrators who do
    not; two rehearsals began by a double press."""
    found, wrong = pages.forms, []
    assert len(found) > MOST_FOUND_BEFORE, sorted(found)
    for rule, form in sorted(found.items()):
        pages.kept.restore()
        before = rows()
        first = pages.press(form)
        between = rows()
        second = pages.press(form)
        said = f"{form.asker.role} on {form.page}: {rule} {first.status_code} {second.status_code}"
        if first.status_code == 403 and rule not in OF_A_PASSWORD:
            wrong.append(f"{said}: drawn for whoever is refused")
        if rule not in {*AGAIN, *OF_A_PASSWORD} and (twice := changed(between, rows())):
            wrong.append(f"{said}: done twice in {twice}")
        if first.status_code >= 400 and rule not in OF_A_PASSWORD and (half := changed(before, between)):
            wrong.append(f"{said}: refused, and done in {half}")
        wrong += [f"{said}: no words" for each in (first, second) if each.status_code >= 400 and not is_told(each)]
    assert not wrong, "\n".join(wrong)


def dismissed(form: Found) -> str:
    directory.set_active(staff_of(form), False, actor="console")
    return form.action


def role_withdrawn(form: Found) -> str:
    asked = "SELECT id FROM appointment WHERE staff_id = :id AND until_on IS NULL"
    for appointment in db.session.scalars(text(asked), {"id": staff_of(form)}).all():
        directory.end_appointment(int(appointment), actor="console")
    return form.action


def row_gone(form: Found) -> str:
    """What the address names was never there, or is no more."""
    return re.sub(r"/\d+(?=/|$|\.)", "/987654321", form.action)


def staff_of(form: Found) -> int:
    return int(db.session.execute(text("SELECT id FROM staff WHERE login = :login"), vars(form.asker)).scalar_one())


@pytest.mark.parametrize("happens", [dismissed, role_withdrawn, row_gone])
def test_sent_after_that_became_of_it_nothing_is_done_and_it_is_told_in_words(
    pages: Pages, happens: Callable[[Found], str]
) -> None:
    wrong = []
    every = set(pages.forms) if happens is row_gone else pages.that_change
    for rule in sorted(every - OF_A_PASSWORD):
        form = pages.forms[rule]
        if happens is row_gone and row_gone(form) == form.action:
            continue
        if happens is not row_gone and form.asker.role == directory.ADMIN:
            continue  # the last administrator stays
        pages.kept.restore()
        address = happens(form)
        db.session.commit()
        before = rows()
        answer = pages.ask(form.asker, "POST", address, data=form.values)
        said = f"{form.asker.role} on {form.page}: {rule} {answer.status_code} {answer.location or ''}"
        if done := changed(before, rows()):
            wrong.append(f"{said}: done in {done}")
        refused = answer.status_code in (400, 401, 403, 404, 409, 422) and is_told(answer)
        if not refused and "/sign-in" not in (answer.location or ""):
            wrong.append(f"{said}: not told")
    assert not wrong, "\n".join(wrong)
