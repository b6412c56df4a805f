"""What the page of a case costs: its drawings as text are drawn once, and each form's plugin is gone to once."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask, g
from markupsafe import Markup

from services import guarded, processes
from tests.people.office import Office
from webapp.case import outlined
from webapp.case.outlined import Outlines
from webapp.language.i18n import reading_in


class Pen:
    """Draws the lines as a number: how often it was asked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, drawings: object, route: str, marks: object, *, keys: bool) -> Markup:
        self.times += 1
        return Markup(f"<p>{self.times}</p>")


@pytest.fixture
def outlines(house: Flask) -> Iterator[Outlines]:
    """The drawing of the process that came first."""
    outlined._known.clear()
    definition_id = min(processes.in_force_now().values())
    with house.test_request_context():
        yield Outlines({processes.definition(definition_id).process_id: definition_id})


def test_a_drawing_is_drawn_once_for_all_that_it_looks_at_and_anew_for_other_steps_routes_languages_and_acts(
    outlines: Outlines,
) -> None:
    (process,), pen = outlines.drawn_in, Pen()

    def said(route: str = "direct", mark: str = "done") -> str:
        return outlines.said(pen, route, {process: {"a": mark}})

    first = said()
    assert said() == first and said(mark="active") != first and said(route="psc") != first
    with reading_in("ru"):
        assert said() == "<p>4</p>"
    g.law = object()
    assert said() == "<p>5</p>"
    del g.law
    assert said() == first and pen.times == 5


def test_no_more_drawings_are_kept_than_a_process_has_room_for(
    outlines: Outlines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outlined, "MOST", 2)
    pen = Pen()
    for route in ("a", "b", "c", "c", "a"):
        outlines.said(pen, route, {})
    assert pen.times == 4 and len(outlined._known) == 2


@contextmanager
def ways(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """One for each way to a plugin's thread."""
    found: list[float] = []
    wait = guarded._Run.wait

    def counted(run: guarded._Run[object], limit_s: float) -> object:
        found.append(limit_s)
        return wait(run, limit_s)

    monkeypatch.setattr(guarded._Run, "wait", counted)
    yield found


def test_a_page_goes_to_a_plugins_thread_once_for_each_form_that_was_filled_in_and_once_for_its_own(
    house: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office(house)
    case_id = office.run(until=1)
    head = office.person("head")
    with ways(monkeypatch) as found:
        assert 'id="facts"' in head.get(f"/cases/{case_id}").text
    assert len(found) == 2
