"""A form drawn in Modeler is filled in like any other: asked, hidden, checked, kept, seen by the diagram."""

import json
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.mofile import write_mo
from flask import Flask
from sqlalchemy import select

from komek.testing.surfer import Surfer
from services import cases, directory, engine, processes, registry
from services.cases.models import Answer, Instance, Task
from services.config import ROOT
from services.db import db
from services.plugin import Plugin
from tests.services.cases.small_cases import task_at, waits
from tests.services.engine.drawings import drawn, gateways, node
from tests.services.processes.drawn_forms import (
    ANSWERS,
    HOUSEHOLD,
    VISIT,
    begin,
    clerk,
    constraints,
    fields,
    one,
    visit,
)

LINE = "start>Visit Visit>choice choice>Small[lives == 'yes' and area < 50.5 and people > 2] choice>Large[default] \
Small>end Large>end"
AFTER = node("userTask", "Small", camunda__candidateGroups="clerk") + node(
    "userTask", "Large", camunda__candidateGroups="clerk"
)


class Visit:
    """A case that waits for the visit to be written down, and the clerk before its page."""

    def __init__(self, house: Flask) -> None:
        self.case_id = begin(visit() + AFTER + gateways("exclusive", "choice"), LINE, home_visit=VISIT)
        self.surfer = Surfer(house).sign_in(clerk().login)
        self.task = task_at(self.case_id, "Visit").id
        self.look()

    def look(self) -> str:
        return self.surfer.get(f"/cases/{self.case_id}").text

    def send(self, **over: object) -> str:
        """Everything answered well, and these over it."""
        said = {**ANSWERS, **{name.replace("__", "-"): value for name, value in over.items()}}
        return self.surfer.submit(f"/inbox/{self.task}/complete", said).text

    def kept(self) -> dict[str, object]:
        db.session.rollback()
        return db.session.scalars(select(Answer.answers).filter_by(task_id=self.task)).one_or_none() or {}

    def wrong(self) -> dict[str, str]:
        """Field -> what is said to be wrong beside it."""
        return {
            each.get("id").removeprefix("error-"): each.text_content()
            for each in self.surfer.tree.find_class("error")
            if each.get("id")
        }

    def hidden(self) -> set[str]:
        return {each.get("data-asked") for each in self.surfer.tree.xpath("//*[@data-asked][@hidden]")}


@pytest.fixture
def asked(house: Flask) -> Visit:
    return Visit(house)


def variables(case_id: int, element: str) -> dict[str, object]:
    db.session.rollback()
    instance = db.session.scalars(select(Instance).filter_by(case_id=case_id)).one()
    stop = task_at(case_id, element).stop_id
    return engine.variables(processes.definition(instance.definition_id), instance.state, stop)


def test_a_file_is_asked_as_it_was_drawn(asked: Visit) -> None:
    text = asked.look()
    for said in ("Баспана көлемі", "<p>Барған күні мен <strong>не көргеніңізді</strong> жазыңыз.</p>", "м²",
                 "Отбасы тұрады", "Актіні бекіту"):  # fmt: skip
        assert said in text, said
    fields = {each.get("name"): each for each in asked.surfer.form("/complete").inputs if each.get("name")}
    assert fields["people"].value == "1"
    assert "route" not in fields, "what is only looked at is not sent"
    assert "<dt>Бағыт</dt><dd>p</dd>" in text, "it shows the variable of its name"


def test_answers_become_the_variables_that_the_diagram_decides_by(asked: Visit) -> None:
    asked.send(services__gas="yes", act_number="12/2026")
    assert waits(asked.case_id) == ["Small"]
    given = {
        "visited_on": "2026-03-05", "area": 48.5, "lives": "yes", "people": 3, "services": ["gas"],
        "members": [{"kin": "бала", "born": None}], "act_number": "12/2026", "photographed": False,
        "next_visit": None, "route": "p",
    }  # fmt: skip
    assert asked.kept() == given
    assert {key: variables(asked.case_id, "Small")[key] for key in given} == given


def test_the_choice_with_the_property_outcome_is_the_stamp_of_the_step(asked: Visit) -> None:
    asked.send(lives="no", why_empty="Көшіп кеткен")
    assert db.session.get(Task, asked.task).outcome == "no"
    assert waits(asked.case_id) == ["Large"]


def test_what_a_condition_hides_is_neither_asked_nor_kept(asked: Visit) -> None:
    asked.send(lives="no", why_empty="Көшіп кеткен", people="nonsense", services__gas="yes")
    assert set(asked.kept()) == {
        "visited_on", "area", "lives", "why_empty", "act_number", "photographed", "next_visit", "route",
    }  # fmt: skip
    assert "people" not in variables(asked.case_id, "Large")


def test_without_scripts_the_page_asks_what_the_answers_bring_up(asked: Visit) -> None:
    assert asked.hidden() == {"people", "services", "members", "why_empty", "_note4"}
    asked.surfer.submit(f"/inbox/{asked.task}/complete", {"lives": "yes", "_preview": "1"})
    assert asked.hidden() == {"why_empty"}
    text = asked.send(lives="no", why_empty=None)
    assert asked.wrong() == {"why_empty": "«Неге ешкім тұрмайды» өрісін толтырыңыз."}
    assert "Актіні бекіту" in text
    assert "why_empty" not in asked.hidden()


FAULTS = {
    "visited_on": ("", "«Барған күні» өрісін толтырыңыз."),
    "area": ("көп", "Санды жазыңыз, мысалы 12,5."),
    "people": ("2,5", "Бүтін сан жазыңыз."),
    "lives": ("maybe", None),
    "act_number": ("12-2026", "Нөмірді 12/2026 түрінде жазыңыз."),
}


@pytest.mark.parametrize("field", FAULTS)
def test_a_wrong_answer_is_named_beside_its_field_in_kazakh_and_nothing_is_kept(asked: Visit, field: str) -> None:
    typed, said = FAULTS[field]
    text = asked.send(**{field: typed})
    assert set(asked.wrong()) == {field}
    assert said is None or asked.wrong()[field] == said
    assert asked.kept() == {}
    assert "<dt>Бағыт</dt><dd>p</dd>" in text, "what is only looked at stands there still"
    assert f'href="#{field}"' in text, "it stands in the summary, too"


@pytest.mark.parametrize(
    ("area", "said"), [("4,9", "«Баспана көлемі»: кемінде 5."), ("1000.5", "«Баспана көлемі»: ең көбі 1 000."),
                       ("48.55", "Үтірден кейінгі цифр тым көп.")]
)  # fmt: skip
def test_a_number_keeps_to_its_bounds_and_its_digits(asked: Visit, area: str, said: str) -> None:
    asked.send(area=area)
    assert asked.wrong() == {"area": said}


def test_a_fault_in_a_line_of_a_list_is_named_in_its_cell(asked: Visit) -> None:
    asked.send(members__0__born="1850")
    assert set(asked.wrong()) == {"members-0-born"}


def test_a_draft_is_kept_with_everything_in_it(asked: Visit) -> None:
    form = dict(asked.surfer.form("/complete").form_values())
    typed = {**form, "area": "4", "lives": "yes", "services-water": "yes", "members-0-kin": "ана"}
    answer = asked.surfer._ask("POST", f"/inbox/{asked.task}/draft", data=typed)
    assert answer.status_code == 204
    asked.look()
    again = dict(asked.surfer.form("/complete").form_values())
    assert {name: again[name] for name in ("area", "lives", "services-water", "members-0-kin")} == {
        "area": "4", "lives": "yes", "services-water": "yes", "members-0-kin": "ана",
    }  # fmt: skip
    assert asked.hidden() == {"why_empty"}


def test_a_program_asks_what_is_hidden_and_a_stranger_is_refused(house: Flask, asked: Visit) -> None:
    token = dict(asked.surfer.form("/complete").form_values())["csrf_token"]
    path = f"/inbox/{asked.task}/asked"
    answer = asked.surfer._ask("POST", path, data={"csrf_token": token, "lives": "no"})
    assert answer.get_json() == {"hidden": ["_note4", "members", "people", "services"], "anew": {}}
    other = Surfer(house).sign_in(directory.staff_at("TALDYKORGAN", "head")[0].login)
    other.get("/")
    token = dict(other.form("/language").form_values())["csrf_token"]
    assert other._ask("POST", path, data={"csrf_token": token}).status_code == 403


DRAWN = fields(
    one("sum", "long", "Сома", constraints(required="", min="1", max="100"), defaultValue="${6 * 7}"),
    one("why", "string", "Себебі", constraints(minlength="3", maxlength="10")),
    one("agreed", "boolean", "Келісемін", defaultValue="true"),
    one("by", "date", "Мерзімі", defaultValue="31/12/2026"),
    one("way", "enum", "Тәсілі", '<camunda:value id="post" name="Пошта"/><camunda:value id="hand" name="Қолма-қол"/>'
        + constraints(required="true"), defaultValue="hand"),
    one("route", "string", "Бағыт", constraints(readonly="")),
    one("note", "long_text", "Ескертпе"),
)  # fmt: skip


def test_fields_drawn_on_a_task_are_asked_with_their_defaults_and_checked(house: Flask) -> None:
    case_id = begin(DRAWN + AFTER, "start>Ask Ask>Small Small>end")
    surfer, task = Surfer(house).sign_in(clerk().login), task_at(case_id, "Ask").id
    surfer.get(f"/cases/{case_id}")
    there = dict(surfer.form("/complete").form_values())
    assert {k: there[k] for k in ("sum", "agreed", "by", "way")} == {
        "sum": "42", "agreed": "yes", "by": "31.12.2026", "way": "hand",
    }  # fmt: skip
    assert surfer.submit(f"/inbox/{task}/complete", {"sum": "101", "why": "аб"}).status_code == 422
    wrong = {each.get("id"): each.text_content() for each in surfer.tree.find_class("error") if each.get("id")}
    assert wrong == {"error-sum": "«Сома»: ең көбі 100.", "error-why": "Тым қысқа."}
    assert surfer.submit(f"/inbox/{task}/complete", {"sum": "100", "why": "абв", "note": "бір"}).status_code == 200
    assert waits(case_id) == ["Small"]
    found = variables(case_id, "Small")
    assert {name: found[name] for name in ("sum", "why", "agreed", "by", "way", "route", "note")} == {
        "sum": 100, "why": "абв", "agreed": True, "by": "2026-12-31", "way": "hand", "route": "p", "note": "бір",
    }  # fmt: skip


def test_a_task_without_a_form_is_done_by_its_button(house: Flask) -> None:
    case_id = begin(AFTER, "start>Small Small>Large Large>end")
    surfer, task = Surfer(house).sign_in(clerk().login), task_at(case_id, "Small").id
    assert "Орындалды" in surfer.get(f"/cases/{case_id}").text
    assert surfer.submit(f"/inbox/{task}/complete", {}).status_code == 200
    assert waits(case_id) == ["Large"]


TIMES = json.dumps({"type": "default", "id": "home_visit", "schemaVersion": 19, "components": [
    {"type": "datetime", "subtype": "datetime", "key": "at", "label": "Кездесу", "dateLabel": "Күні", "use24h": True,
     "timeSerializingFormat": "utc_offset", "timeInterval": 30, "validate": {"required": True}},
    {"type": "datetime", "subtype": "time", "key": "opens", "timeLabel": "Ашылуы", "use24h": True, "timeInterval": 60},
    {"type": "number", "key": "area", "label": "Көлемі", "suffixAdorner": "м²"},
]}).encode()  # fmt: skip


def test_a_day_with_its_time_is_asked_kept_and_shown_on_the_clock_of_the_office(house: Flask) -> None:
    case_id = begin(visit() + AFTER, "start>Visit Visit>Small Small>end", home_visit=TIMES)
    surfer, task = Surfer(house).sign_in(clerk().login), task_at(case_id, "Visit").id
    text = surfer.get(f"/cases/{case_id}").text
    assert "Күні" in text and "Ашылуы" in text and '<option value="13:30">' in text
    wrong = surfer.submit(f"/inbox/{task}/complete", {"at-day": "06.03.2026", "area": "12,50"}).text
    assert "Күнін де, уақытын да жазыңыз." in wrong
    assert 'value="06.03.2026"' in wrong and 'value="12,50"' in wrong, "what was typed stands there as it was typed"
    sent = {"at-day": "06.03.2026", "at-hour": "14:30", "opens": "9:00", "area": "12,50"}
    assert surfer.submit(f"/inbox/{task}/complete", sent).status_code == 200
    found = variables(case_id, "Small")
    assert {name: found[name] for name in ("at", "opens", "area")} == {
        "at": "2026-03-06T14:30+05:00", "opens": "09:00", "area": 12.5,
    }  # fmt: skip
    assert "area_raw" not in found
    facts = surfer.get(f"/cases/{case_id}").text.partition('id="facts"')[2]
    assert "06.03.2026 14:30" in facts and "09:00" in facts and "12,50" in facts


RUSSIAN = {
    "Баспана көлемі": "Площадь жилья",
    "Актіні бекіту": "Утвердить акт",
    "Нөмірді 12/2026 түрінде жазыңыз.": "Запишите номер в виде 12/2026.",
    "Отбасы тұрады": "Семья живёт",
    "м²": "кв. м",
}


def test_it_is_asked_in_russian_where_a_catalogue_beside_the_diagrams_has_it(house: Flask, tmp_path: Path) -> None:
    catalogue = Catalog()
    for kazakh, russian in RUSSIAN.items():
        catalogue.add(kazakh, russian, context="form:home_visit")
    file = tmp_path / "visits/bpmn/translations/ru/LC_MESSAGES/diagrams.mo"
    file.parent.mkdir(parents=True)
    with file.open("wb") as stream:
        write_mo(stream, catalogue)
    before = registry.current()
    registry.use(registry.Registry([*before.plugins, Plugin(tmp_path / "visits", "Visits.")], ROOT))
    try:
        asked = Visit(house)
        asked.surfer.submit("/language", {"language": "ru"})
        asked.look()
        text = asked.send(act_number="12-2026")
    finally:
        registry.use(before)
    assert all(russian in text for russian in RUSSIAN.values())
    assert asked.wrong() == {"act_number": "Запишите номер в виде 12/2026."}
    assert "Не қосылған" in text, "what nobody translated stays as it was drawn"


def test_a_designer_rehearses_the_form_that_was_just_deployed(house: Flask) -> None:
    designer = directory.staff_at(str(registry.current().facts()["control_office"]), "designer")[0]
    line = drawn(visit() + AFTER + gateways("exclusive", "choice"), LINE)
    files = {"p.bpmn": line, "home_visit.form": VISIT}
    done = processes.deploy(files, registry.current(), name="visit", person=designer)
    case_id = cases.rehearse(done.definitions[0].id, designer)
    surfer, task = Surfer(house).sign_in(designer.login), task_at(case_id, "Visit").id
    assert "Баспана көлемі" in surfer.get(f"/cases/{case_id}").text
    assert surfer.submit(f"/inbox/{task}/complete", {**ANSWERS, "area": "көп"}).status_code == 422
    assert surfer.submit(f"/inbox/{task}/complete", ANSWERS).status_code == 200
    assert waits(case_id) == ["Small"]


SAID = {"home.street": "Абай 5", "home.area": "40", "members-0-kin": "анасы", "members-0-works": "yes",
        "members-0-income": "120 000", "total": "1", "note": "бір"}  # fmt: skip


def test_without_scripts_words_sums_and_lists_follow_at_the_press_of_a_button(house: Flask) -> None:
    case_id = begin(visit(camunda__formRef="household") + AFTER, "start>Visit Visit>Small Small>end",
                    household=HOUSEHOLD)  # fmt: skip
    surfer, task = Surfer(house).sign_in(clerk().login), task_at(case_id, "Visit").id
    surfer.get(f"/cases/{case_id}")
    text = surfer.submit(f"/inbox/{task}/complete", {**SAID, "_preview": "1"}).text
    assert "Барлық кіріс: <strong>120000</strong>" in text and "Мүше саны: 1." in text
    assert '<td>анасы</td><td class="number">120000</td>' in text
    surfer.submit(f"/inbox/{task}/complete", {"_add": "flats"})
    there = dict(surfer.form("/complete").form_values())
    assert (there["members-0-income"], there["flats-1-kind"]) == ("120 000", "own"), "a new line begins as it is drawn"
    assert "Пәтер № 2" in surfer.tree.text_content()
    assert surfer.submit(f"/inbox/{task}/complete", {"members-0-income": "", "flats-1-flat": "7"}).status_code == 422
    assert "error-members-0-income" in {each.get("id") for each in surfer.tree.find_class("error")}
    assert surfer.submit(f"/inbox/{task}/complete", {"members-0-income": "5"}).status_code == 200
    found = variables(case_id, "Small")
    assert {name: found[name] for name in ("home", "members", "flats", "total", "note")} == {
        "home": {"street": "Абай 5", "area": 40}, "members": [{"kin": "анасы", "works": True, "income": 5}],
        "flats": [{"flat": "7", "kind": "own", "has": []}], "total": 5, "note": "бір",
    }  # fmt: skip
