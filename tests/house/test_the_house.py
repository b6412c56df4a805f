"""The house keeps its measures: no long file, no circle, every verb says what it does, a click goes straight down."""

import re

import pytest
from flask import Flask

from services.config import ROOT
from tests.house.measures import Measures, functions_past, measure, undocumented_verbs
from tests.house.picture import draw
from tests.house.plan import Plan, circles, read
from tests.house.way import followed
from tests.people.office import Office, Psc, with_code

#: to how many rooms the id of a completed task comes, and a scanned code; and how often from one to another
CLICK, SCAN = (5, 5), (4, 9)


#: lines of the longest function, and those that stay longer, with the reason
LONGEST = 40
LONGER = {"services/cases/pages/case.py: _page": "one call, a line for each thing that the page of a case shows"}


@pytest.fixture(scope="module")
def found() -> Measures:
    return measure(ROOT)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return read(ROOT)


def test_no_line_stands_in_a_file_of_more_than_five_hundred_and_a_function_fits_on_a_screen(found: Measures) -> None:
    assert found.in_long_files == 0 and found.function_median < 8 and found.function_p90 <= 20


def test_no_function_is_longer_than_forty_lines_but_those_that_are_named_with_a_reason() -> None:
    assert set(functions_past(ROOT, LONGEST)) == set(LONGER)


def test_what_two_test_files_share_stands_in_neither() -> None:
    lent = re.compile(r"^ *(?:from|import) tests\.(?:\w+\.)*test_\w+", re.M)
    assert lent.search("from tests.plugins.test_declared import check")
    assert [file.name for file in (ROOT / "tests").rglob("*.py") if lent.search(file.read_text("utf-8"))] == []


def test_no_module_and_no_room_is_reached_from_itself_counting_imports_inside_functions(plan: Plan) -> None:
    assert "services.cases.completing" in plan.modules["services.cases"], "the graph is of this tree"
    assert circles(plan.modules) == []
    assert circles(plan.arrows) == []


def test_the_verbs_of_a_case_know_nothing_of_pages_and_programs_and_pages_nothing_of_programs(plan: Plan) -> None:
    pages, programs = "services.cases.pages.", "services.cases.programs."
    for module, imported in plan.modules.items():
        if not module.startswith("services.cases.") or module.startswith(programs):
            continue
        above = (programs,) if module.startswith(pages) else (pages, programs)
        assert not [each for each in imported if f"{each}.".startswith(above)], module


def test_every_verb_that_a_room_hands_on_says_what_it_does() -> None:
    assert undocumented_verbs(ROOT) == []


def test_circles_are_found_where_they_are_and_only_there() -> None:
    graph = {"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": set(), "e": {"f"}, "f": {"e", "a"}}
    assert circles(graph) == [["a", "b", "c"], ["e", "f"]]
    assert circles({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


def test_a_picture_leaves_out_what_follows_draws_circles_apart_and_puts_the_caller_above() -> None:
    rooms = ("services.top", "services.middle", "services.low", "services.other")
    top, middle, low, other = rooms
    arrows = {top: {middle, low}, middle: {low, other}, other: {middle}, low: set[str]()}
    picture = draw(Plan(dict.fromkeys(rooms, 10), {}, arrows, {}), "A <house>")
    assert "5 arrows between rooms, 4 drawn" in picture and "A &lt;house&gt;" in picture
    assert picture.count('class="round"') == 2 and "Rooms that call each other: middle – other" in picture
    tops = {room: picture.partition(f">{room}</text>")[0].rpartition(' y="')[2].partition('"')[0] for room in
            ("top", "middle", "other", "low")}  # fmt: skip
    assert float(tops["top"]) < float(tops["middle"]) == float(tops["other"]) < float(tops["low"])


def test_the_id_of_a_task_that_is_completed_goes_straight_down(house: Flask) -> None:
    office = Office(house)
    case_id = office.open()
    role, answers = office.steps()[0]
    surfer, task = office.person(role), office.task(case_id)
    if f'action="/inbox/{task}/claim"' in surfer.get(f"/cases/{case_id}").text:
        surfer.submit(f"/inbox/{task}/claim")
    surfer.get(f"/cases/{case_id}")
    with followed(task) as way:
        answer = surfer.submit(f"/inbox/{task}/complete", with_code(case_id, answers), follow=False)
    assert answer.status_code == 303
    assert {"webapp/inbox", "services/cases"} <= way.rooms
    assert len(way.rooms) <= CLICK[0] and len(way.stays) <= CLICK[1], way.stays


def test_a_scanned_code_goes_straight_down(house: Flask) -> None:
    psc = Psc(house)
    folder = psc.folder(psc.accept())
    surfer = psc.person("psc_accum")
    surfer.get("/desk/")
    with followed(folder) as way:
        assert 'data-word="listed"' in surfer.submit("/desk/scan", {"codes": folder}).text
    assert "services/custody" in way.rooms and "services/desk" in way.rooms
    assert len(way.rooms) <= SCAN[0] and len(way.stays) <= SCAN[1], way.stays
