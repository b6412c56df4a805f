"""What plugins declare to designers is what they do: seen in whole cases, and in every diagram."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from lxml import etree

from komek.testing.surfer import Surfer
from services import clock, jobs, registry
from services.config import PLUGINS, ROOT
from services.errors import InvalidAnswers
from services.expressions.language import evaluate
from services.inputs import read_inputs
from services.loading import load
from services.plugin import Answers, Call, Checked, Form, FormCall, House, Operation, Outputs, Plugin, Variable
from services.registry import Registry
from tests.people import worked
from tests.people.contesting import COMPLAINT, TITLE, UPHELD, another, decide_anew
from tests.people.contesting import work as contested
from tests.people.life import ANNULLED, BACK, DEATH, DISTRICT, POSTED, WITHDRAWAL, corrected, tell
from tests.people.office import RECEIVED, Office
from tests.people.replay import OURS, Replay, at
from webapp.cli.extract import plugin_folders

B = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
C = "{http://camunda.org/schema/1.0/bpmn}"
#: what the engine and the core put there, before any form
BY_THE_CORE = {"route"}
#: every plugin there is, with the region that the tests work in: a new one is examined without being named here
REGIONS = {folder.name for folder in plugin_folders() if (folder / "region.toml").is_file()}
HERE = tuple(folder.name for folder in plugin_folders() if folder.name not in REGIONS - set(PLUGINS))


def diagrams() -> list[Path]:
    return list(load(HERE, ROOT).matching("bpmn/*.bpmn").values())


def drawn() -> set[str]:
    """Every form and operation that a diagram names."""
    return {
        name for file in diagrams() for name in re.findall(r'camunda:(?:formKey|topic)="([^"]+)"', file.read_text())
    }


def declared(rules: Registry) -> dict[str, tuple[Variable, ...]]:
    """Operation or form -> the variables it says it sets."""
    forms = {name: rules.form(name).sets for name in rules.forms()}
    return forms | {name: rules.operation(name).outputs for name in rules.operations()}


# ---------------------------------------------------------------- whole cases


@dataclass
class Heard:
    """What forms and operations really set: name -> the mappings they gave, one a time."""

    by: dict[str, list[Mapping[str, object]]] = field(default_factory=lambda: defaultdict(list))

    def form(self, name: str, form: Form) -> Form:
        def check(call: FormCall, answers: Answers) -> Checked:
            checked = form.check(call, answers)
            self.by[name].append(checked.variables)
            return checked

        return replace(form, check=check)

    def operation(self, name: str, operation: Operation[Callable[..., Outputs]]) -> Operation[Callable[..., Outputs]]:
        def run(call: Call, house: House) -> Outputs:
            outputs = operation.run(call, house)
            self.by[name].append(outputs)
            return outputs

        return replace(operation, run=run)

    def plugin(self, plugin: Plugin) -> Plugin:
        return replace(
            plugin,
            forms={key: self.form(f"{plugin.name}.{key}", form) for key, form in plugin.forms.items()},
            in_step={key: self.operation(f"{plugin.name}.{key}", each) for key, each in plugin.in_step.items()},
        )


@pytest.fixture
def heard(house: Flask) -> Iterator[Heard]:
    """The plugins as they are, with somebody who writes down what they give."""
    before, listens = registry.current(), Heard()
    registry.use(Registry([listens.plugin(plugin) for plugin in before.plugins], ROOT))
    yield listens
    registry.use(before)


def play(app: Flask, case: dict) -> None:
    with clock.stopped(datetime.fromisoformat(case["received_at"])):
        replay = Replay(app, case, look=False)  # each page of these cases is looked at where they are replayed
        replay.open()
        for step in case["steps"]:
            with clock.stopped(at(step["done_at"])):
                if step["code"] == "P12":
                    replay.person("psc_inspector").get(f"/cases/{replay.case_id}")
                    replay.person("psc_inspector").submit(f"/desk/cases/{replay.case_id}/came")
                replay.do(step)


def play_returned(app: Flask) -> None:
    """What no worked case comes by: returned before and after the consent; handed over after the applicant is told."""
    office = Office(app)
    case_id = office.run(until=4)
    back = {"verdict": "return", "reason": "Үлгі."}
    told = {"way": "ready", "told_how": "phone"}
    for role, answers in (
        ("head", back), ("executor", {}), ("head", {"verdict": "agree"}), ("head", back), ("executor", {}),
        ("head", {"verdict": "agree"}), ("head", {"verdict": "sign"}), ("executor", told), ("executor", RECEIVED),
    ):  # fmt: skip
        page = office.work(case_id, role, dict(answers))
        assert page.status_code == 200, page.text


def play_life(app: Flask) -> None:
    """What happens off the act's way, each once."""
    office = Office(app)
    again = {"order": "№ 13", "reason": "Үлгі."}
    for told, role, answers, back in (
        ("Қайтыс болды", "clerk", DEATH, {"way": "kept"}), ("Басқа аудан", "head", DISTRICT, POSTED),
        ("Күші жойылды", "head", ANNULLED, BACK), ("Қайтарып алды", "clerk", WITHDRAWAL, BACK),
    ):  # fmt: skip
        case_id = office.run(1)
        tell(office.person(role), case_id, told, dict(answers))
        assert office.work(case_id, "clerk", back).status_code == 200
    corrected(office.person("clerk"), case_id, surname="Үлгібаевский")
    tell(office.person("head"), case_id, "Іс қайта ашылды", dict(again))
    repeated = {"former": str(case_id), "verdict": "joined", "told_why": "Үлгі.", "reason": "Үлгі."}
    tell(office.person("head"), office.run(1), "Қосарланған", repeated)


def play_undelivered(app: Flask) -> None:
    """A letter that comes back is made ready, nobody fetches it in a month, and the applicant is told once more."""
    office, day = Office(app), datetime.fromisoformat("2026-03-02T10:00+05:00")
    told = {"way": "ready", "told_how": "phone"}
    with clock.stopped(day):
        case_id = office.run(6)
        assert office.work(case_id, "executor", {**POSTED, "received_by": None}).status_code == 200
        back = {"came_on": "02.03.2026", "because": "moved", "reason": "Үлгі."}
        tell(office.person("clerk"), case_id, "Хат қайтып келді", back)
        assert office.work(case_id, "executor", {**told, "received_by": None}).status_code == 200
    jobs.work_off(day + timedelta(days=32))
    with clock.stopped(day + timedelta(days=32)):
        assert office.work(case_id, "clerk", told).status_code == 200


def play_contested(app: Flask) -> None:
    """A decision that is complained about, and made anew by others."""
    office = Office(app)
    case_id = office.run()
    represented = {"by": "representative", "complained_by": "Үлгі", "power_of_attorney": "№ 1"}
    tell(office.person("clerk"), case_id, TITLE, {**COMPLAINT, **represented})
    assert contested(office, another(office, "head"), case_id, UPHELD).status_code == 200
    assert office.work(case_id, "clerk", POSTED).status_code == 200
    decide_anew(office, case_id)


def play_called(app: Flask) -> None:
    """Somebody telephones and leaves a request."""
    case_id, operator = Office(app).run(until=1), Surfer(app).sign_in("operator")
    operator.get("/calls/")
    operator.submit("/calls/", {"reason": "where", "phone": "8 700 000 00 01"})
    operator.get(f"/calls/{case_id}/request")
    said = {"asks": "call_back", "said": "Кешке қоңырау шалсын", "phone": "8 701 123 45 67"}
    assert operator.submit(f"/calls/{case_id}/request", said).request.path == "/calls/"


@pytest.mark.slow
def test_in_whole_cases_every_declared_variable_is_set_and_none_beside_them(heard: Heard, house: Flask) -> None:
    for case in worked.read(OURS[0]):
        play(house, case)
    play_returned(house)
    play_life(house)
    play_undelivered(house)
    play_contested(house)
    play_called(house)
    told = declared(registry.current())
    assert {name for name in drawn() & (told.keys() - heard.by.keys()) if told[name]} == set()
    for name, given in heard.by.items():
        for variables in given:
            check(name, told[name], variables)
        every = {each.name for each in told[name]}
        assert every == {key for variables in given for key in variables}, name


KINDS: Mapping[str, Callable[[object], bool]] = {
    "text": lambda value: isinstance(value, str),
    "choice": lambda value: isinstance(value, str),
    "yes": lambda value: isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "list": lambda value: isinstance(value, list),
}


def check(name: str, told: tuple[Variable, ...], variables: Mapping[str, object]) -> None:
    known = {each.name: each for each in told}
    assert not variables.keys() - known.keys(), name
    assert not {key for key, each in known.items() if each.always} - variables.keys(), name
    for key, value in variables.items():
        assert KINDS[known[key].kind](value), f"{name}: {key} = {value!r}"
        if known[key].kind == "choice":
            assert value in {choice.key for choice in known[key].choices}, f"{name}: {key} = {value!r}"


def test_what_no_worked_case_comes_by_sets_what_it_declares() -> None:
    rules = load(HERE, ROOT)
    here = SimpleNamespace(case=SimpleNamespace(number="T-1", applicant=None), read_code=lambda code: code)
    checked = rules.form("barcode_scan.confirm").check(here, {"code": "T-1"})  # type: ignore[arg-type]
    check("barcode_scan.confirm", rules.form("barcode_scan.confirm").sets, checked.variables)
    given = {"received_by": "Omarova", "identified_by": "identity"}
    checked = rules.form("notice_delivery.hand_over").check(here, given)  # type: ignore[arg-type]
    check("notice_delivery.hand_over", rules.form("notice_delivery.hand_over").sets, checked.variables)
    draft, supplement = rules.form("assessment.draft"), rules.form("assessment.supplement")
    assert (supplement.check, supplement.sets) == (draft.check, draft.sets)


def test_a_form_declares_each_value_that_it_sends_the_case_on_with() -> None:
    rules = load(HERE, ROOT)
    form = rules.form("notice_delivery.deliver")
    seen = set()
    here = SimpleNamespace(case=SimpleNamespace(applicant=None), table=lambda name: [])
    answers = {"postal_number": "RR123456785KZ", "told_how": "phone", "received_by": "O", "identified_by": "identity"}
    for choice in form.sets[0].choices:
        seen.add(form.check(here, {**answers, "way": choice.key}).variables["delivery"])  # type: ignore[arg-type]
    with pytest.raises((InvalidAnswers, KeyError)):
        form.check(here, {**answers, "way": "by_owl", "told_how": ""})  # type: ignore[arg-type]
    assert seen == {choice.key for choice in form.sets[0].choices}


# ---------------------------------------------------------------- every diagram


class Asked(dict):  # type: ignore[type-arg]
    """Data that notes which names an expression asks for."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> object:
        self.names.add(name)
        raise KeyError(name)

    def get(self, name: str, default: object = None) -> object:
        self.names.add(name)
        return default

    def __contains__(self, name: object) -> bool:
        self.names.add(str(name))
        return False


def asked_by(text: str) -> set[str]:
    data = Asked()
    evaluate(text, data)
    return data.names


def expressions(root: etree._Element) -> Iterator[str]:
    """Every expression a diagram reckons: conditions, assignees, input parameters."""
    for node in root.iter(f"{B}conditionExpression", f"{C}inputParameter"):
        yield node.text or ""
    for node in root.iter(f"{B}userTask"):
        yield node.get(f"{C}assignee") or ""


def sets(root: etree._Element, rules: Registry) -> set[str]:
    """Every variable that something in the diagram says it sets."""
    told = declared(rules)
    found = set(root.xpath("//@camunda:resultVariable", namespaces={"camunda": C.strip("{}")}))
    for node in root.iter(f"{B}userTask", f"{B}serviceTask", f"{B}startEvent"):
        named = node.get(f"{C}formKey") or node.get(f"{C}topic")
        found |= {each.name for each in told[named or ""]} if named or node.tag != f"{B}startEvent" else set()
    for node in root.iter(f"{B}messageEventDefinition"):
        found |= {each.get("name", "") for each in node.getparent().iter(f"{C}inputParameter")}
    return found


@pytest.mark.parametrize("file", diagrams(), ids=lambda file: file.stem)
def test_every_variable_a_diagram_asks_for_is_declared_by_something_in_it(file: Path) -> None:
    rules = load(HERE, ROOT)
    root = etree.fromstring(file.read_bytes())
    whole = [root, *(each for each in called(root))]
    known = BY_THE_CORE.union(*(sets(each, rules) for each in whole))
    caller = {"signing": {"executor"}, "calling_back": {"folder_lies"}, "returned_letter": {"decision"}}.get(
        file.stem, set()
    )  # what the route that calls it has by then
    wanted = {name for text in expressions(root) if re.search(r"[$#]\{|^=", text) for name in asked_by(text)}
    assert wanted - known <= caller


def called(root: etree._Element) -> Iterator[etree._Element]:
    for node in root.iter(f"{B}callActivity"):
        yield etree.fromstring((ROOT / f"bpmn/{node.get('calledElement')}.bpmn").read_bytes())


@pytest.mark.parametrize("file", diagrams(), ids=lambda file: file.stem)
def test_every_service_task_gives_exactly_the_declared_inputs(file: Path) -> None:
    rules = load(HERE, ROOT)
    for node in etree.fromstring(file.read_bytes()).iter(f"{B}serviceTask"):
        operation = rules.operation(node.get(f"{C}topic") or "")
        given = {each.get("name"): each.text or "" for each in node.iter(f"{C}inputParameter")}
        assert given.keys() == {each.name for each in operation.inputs}
        for each in operation.inputs:
            assert each.kind != "choice" or given[each.name] in {choice.key for choice in each.choices}


# ---------------------------------------------------------------- the example in the docs


def test_the_complete_plugin_of_the_docs_loads_and_declares_what_it_sets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (ROOT / "docs/plugin-authors.md").read_text(encoding="utf-8")
    (tmp_path / "home_visit").mkdir()
    for name, text in re.findall(r"`(__init__\.py|visit\.py)`\n\n```python\n(.*?)```", page, re.S):
        (tmp_path / "home_visit" / name).write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    plugin = import_module("home_visit").plugin
    here = SimpleNamespace(now=datetime(2026, 11, 25, tzinfo=UTC))
    checked = plugin.forms["visit"].check(here, {"visited_on": "2026-11-24", "lives": "yes"})
    check("home_visit.visit", plugin.forms["visit"].sets, checked.variables)
    facts = SimpleNamespace(answers={"home_visit.visit": {"visited_on": "2026-11-24", "lives": "yes"}}, applicant=None,
                            number="T-1", office=SimpleNamespace(name="Office"))  # fmt: skip
    made: dict[str, object] = {}
    paper = SimpleNamespace(
        paper=lambda item, **content: made.update({item: content}),
        output=lambda key: None,
        record=lambda event, **details: None,
    )
    recording = plugin.in_step["record"]
    outputs = recording.run(Call("home_visit.record", read_inputs("r", recording.inputs, {}), facts, "k"), paper)
    check("home_visit.record", recording.outputs, outputs)
    assert made["doc.visit_record"]["copies"] == 1  # type: ignore[index]
