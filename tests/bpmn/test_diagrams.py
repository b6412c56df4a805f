"""What the diagrams say: the steps, forms, operations and conditions that the rest of the house relies on."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from tests import the_region
from tests.bpmn.drawing import NAMES, ROOT, diagrams, word

CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
MODELER = "{http://camunda.org/schema/modeler/1.0}"
SPACES = {**NAMES, "camunda": CAMUNDA.strip("{}")}
every_diagram = pytest.mark.parametrize("file", diagrams(), ids=lambda file: file.stem)

#: step -> who may do it, the form it is done in
STEPS: dict[str, dict[str, tuple[str, str | None, str]]] = {
    "direct": {
        "register": ("clerk", None, "registration.application"),
        "review": ("executor", "${executor}", "assessment.review"),
        "draft": ("executor", "${executor}", "assessment.draft"),
        "deliver": ("executor", "${executor}", "notice_delivery.deliver"),
    },
    "handing_over": {
        "hand_over": ("executor,clerk", None, "notice_delivery.hand_over"),
        "unclaimed": ("clerk,executor", None, "notice_delivery.unclaimed"),
    },
    "settling": {"unclaimed": ("clerk,executor", None, "notice_delivery.unclaimed")},
    "returned_letter": {"redeliver": ("executor,clerk", None, "notice_delivery.redeliver")},
    "complaint": {
        "consider": ("head", None, "life_events.consider"),
        "answer_complaint": ("clerk", None, "life_events.answer_complaint"),
    },
    "deciding_anew": {
        "review": ("executor", "${executor}", "assessment.review"),
        "draft": ("executor", "${executor}", "assessment.draft"),
        "deliver": ("executor", "${executor}", "notice_delivery.deliver"),
    },
    "resolution": {"resolution": ("head", None, "registration.resolution")},
    "phone_call": {"answer_call": ("clerk", None, "life_events.answer_call")},
    "giving_back": {"give_back": ("${giver}", None, "life_events.give_back")},
    "sending_on": {"send_on": ("clerk", None, "life_events.send_on")},
    "signing": {
        "agree": ("head", None, "notice_signing.agree"),
        "sign": ("head", None, "notice_signing.sign"),
        "supplement": ("executor", "${executor}", "assessment.supplement"),
    },
}
OPERATIONS: dict[str, list[str]] = {
    "direct": ["registration.register", "notice_delivery.prepare", "life_events.stop", "life_events.duplicate_letter"],
    "resolution": [],
    "giving_back": ["life_events.stop"],
    "sending_on": ["life_events.stop", "life_events.cover_letter"],
    "signing": ["notice_signing.seal"],
    "complaint": ["life_events.take_complaint", "life_events.complaint_letter"],
}
#: what people tell of a case -> who may, the form that is asked, whether it ends what goes on
TOLD: dict[str, dict[str, tuple[str, str | None, bool]]] = {
    "direct": {
        "withdrawal": ("clerk,executor", "life_events.withdrawal", True),
        "death": ("clerk,executor", "life_events.death", True),
        "wrong_district": ("head,executor", "life_events.wrong_district", True),
        "annulment": ("head", "life_events.annulment", True),
        "overrule": ("head", None, True),
        "duplicate": ("head", "life_events.duplicate", True),
    },
    "correction": {"correct": ("clerk,psc_inspector", "life_events.correction", True)},
    "phone_call": {"call": ("operator_1414", "life_events.call", True)},
    "resumption": {"resume": ("head", "life_events.resumption", True)},
    "complaint": {"complaint": ("clerk", "life_events.complaint", True)},
    "returned_letter": {"came_back": ("executor,clerk", "notice_delivery.came_back", True)},
}
CONDITIONS = {
    "Flow_Ready": '${delivery == "ready"}',
    "Flow_Upheld": '${complaint_verdict == "upheld"}',
    "Flow_Again": '${delivery == "ready"}',
    "Flow_Approved": '${decision == "approve"}',
    "Flow_Agreed": "${agreed == true}",
    "Flow_Signed": "${signed == true}",
    "Flow_Joined": '${ending == "joined"}',
}


def read(file: Path) -> etree._Element:
    return etree.fromstring(file.read_bytes())


def common(name: str) -> etree._Element:
    return read(ROOT / f"bpmn/{name}.bpmn")


def step_of(task: etree._Element) -> str:
    keys = {word(node, "name"): word(node, "value") for node in task.iterfind(".//camunda:property", SPACES)}
    assert list(keys) == ["step"], "the step key and nothing of the act: the region's table knows the clause"
    return keys["step"]


@pytest.mark.parametrize("name", STEPS)
def test_every_task_of_a_person_names_its_step_people_and_form(name: str) -> None:
    tasks = common(name).iterfind(".//bpmn:userTask", NAMES)
    read_steps = {
        step_of(task): (
            task.get(f"{CAMUNDA}candidateGroups"),
            task.get(f"{CAMUNDA}assignee"),
            task.get(f"{CAMUNDA}formKey"),
        )
        for task in tasks
    }
    assert read_steps == STEPS[name]


@pytest.mark.parametrize("name", TOLD)
def test_everything_that_people_tell_names_its_step_people_and_form(name: str) -> None:
    found = {}
    for node in common(name).iterfind(".//bpmn:*[bpmn:messageEventDefinition]", NAMES):
        said = {word(each, "name"): word(each, "value") for each in node.iterfind(".//camunda:property", SPACES)}
        if said.get("sender") == "staff":
            interrupts = "false" not in (node.get("isInterrupting"), node.get("cancelActivity"))
            found[said["step"]] = said["role"], node.get(f"{CAMUNDA}formKey"), interrupts
    assert found == TOLD[name]


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_service_task_names_its_operation(name: str) -> None:
    tasks = list(common(name).iterfind(".//bpmn:serviceTask", NAMES))
    assert {task.get(f"{CAMUNDA}type") for task in tasks} <= {"external"}
    assert [task.get(f"{CAMUNDA}topic") for task in tasks] == OPERATIONS[name]


def test_the_direct_route_calls_what_is_drawn_once_and_hands_everything_over() -> None:
    calls = list(common("direct").iterfind(".//bpmn:callActivity", NAMES))
    usual = ["resolution", "signing", "handing_over"]
    more = ["giving_back", "giving_back", "sending_on", "giving_back", "giving_back"]
    assert [word(call, "calledElement") for call in calls] == usual + more
    for call in calls:
        passed = [
            (etree.QName(node).localname, node.get("variables")) for node in call.iterfind(".//camunda:*", SPACES)
        ]
        assert [each for each in passed if each != ("in", None)] == [("in", "all"), ("out", "all")]


def test_the_direct_route_asks_the_region_for_a_proposal() -> None:
    (task,) = common("direct").iterfind(".//bpmn:businessRuleTask", NAMES)
    asked = [task.get(CAMUNDA + name) for name in ("decisionRef", "resultVariable", "mapDecisionResult")]
    assert asked == ["entitlement", "proposal", "singleResult"]


def test_every_step_of_the_direct_route_is_in_the_regions_table() -> None:
    with (the_region.FOLDER / "steps.csv").open(encoding="utf-8", newline="") as stream:
        known = {row["key*"] for row in csv.DictReader(stream) if row["route*"] == "direct"}
    assert {step for steps in (*STEPS.values(), *TOLD.values()) for step in steps} == known


def branches(root: etree._Element) -> Iterator[tuple[etree._Element, list[etree._Element]]]:
    """Every exclusive gateway with more than one way out, and its ways out."""
    for gateway in root.iterfind(".//bpmn:exclusiveGateway", NAMES):
        ways = [
            flow for flow in root.iterfind(".//bpmn:sequenceFlow", NAMES) if flow.get("sourceRef") == gateway.get("id")
        ]
        if len(ways) > 1:
            yield gateway, ways


@every_diagram
def test_every_branching_has_one_default_and_conditions_on_the_rest(file: Path) -> None:
    for gateway, ways in branches(read(file)):
        bare = [word(way, "id") for way in ways if way.find("bpmn:conditionExpression", NAMES) is None]
        assert bare == [word(gateway, "default")]
        assert gateway.get("name") and all(way.get("name") for way in ways)


def test_the_conditions_are_those_the_forms_set_variables_for() -> None:
    found = {
        word(way, "id"): way.findtext("bpmn:conditionExpression", namespaces=NAMES)
        for name in STEPS
        for _, ways in branches(common(name))
        for way in ways
        if len(way)
    }
    assert found == CONDITIONS


@every_diagram
def test_a_diagram_is_saved_for_camunda_7_under_the_name_of_its_process(file: Path) -> None:
    root = read(file)
    platform = root.get(f"{MODELER}executionPlatform"), root.get(f"{MODELER}executionPlatformVersion")
    assert (*platform, root.get("exporter")) == ("Camunda Platform", "7.24.0", "Camunda Modeler")
    processes = list(root.iterfind("bpmn:process", NAMES))
    assert processes and {process.get("isExecutable") for process in processes} == {"true"}
    assert len(processes) > 1 or processes[0].get("id") == file.stem
    assert all(process.get(f"{CAMUNDA}historyTimeToLive") for process in processes)


#: what the desk tells a case, by a scan or at the counter
TOLD_BY_THE_DESK = {"folder.handed_over", "folder.arrived", "result.handed_over", "result.arrived", "applicant.came"}


def messages_of(file: Path) -> tuple[set[str], dict[str, set[str]], dict[str, set[str]], set[str]]:
    """Of a file: the messages it names; message -> processes that catch it, that throw it; those that people send."""
    root = read(file)
    names = {node.get("id"): word(node, "name") for node in root.iterfind("bpmn:message", NAMES)}
    caught: dict[str, set[str]] = {}
    thrown: dict[str, set[str]] = {}
    by_hand: set[str] = set()
    for process in root.iterfind("bpmn:process", NAMES):
        for node in process.iterfind(".//bpmn:*", NAMES):
            kind = etree.QName(node).localname
            event = node if kind == "receiveTask" else node.find("bpmn:messageEventDefinition", NAMES)
            if event is None or not event.get("messageRef"):
                continue
            side = thrown if kind in ("intermediateThrowEvent", "endEvent") else caught
            side.setdefault(names[event.get("messageRef")], set()).add(word(process, "id"))
            if any(word(each, "value") == "staff" for each in node.iterfind(".//camunda:property", SPACES)):
                by_hand.add(names[event.get("messageRef")])
    return set(names.values()), caught, thrown, by_hand


def test_every_message_that_is_awaited_comes_from_another_pool_the_desk_or_a_hand() -> None:
    caught: dict[str, set[str]] = {}
    thrown: dict[str, set[str]] = {}
    by_hand: set[str] = set()
    for file in diagrams():
        named, catches, throws, tells = messages_of(file)
        assert named == {*catches, *throws}, file.name
        for message, processes in catches.items():
            caught.setdefault(message, set()).update(processes)
        for message, processes in throws.items():
            thrown.setdefault(message, set()).update(processes)
        by_hand |= tells
    assert set(caught) - set(thrown) <= TOLD_BY_THE_DESK | by_hand
    assert not by_hand & set(thrown), "what people tell, no diagram throws"
    assert set(thrown) <= set(caught)
    assert all(not caught[message] & processes for message, processes in thrown.items())


@every_diagram
def test_ids_are_words(file: Path) -> None:
    for node in read(file).iterfind(".//bpmn:process/bpmn:*[@id]", NAMES):
        assert re.fullmatch("[A-Z][A-Za-z]+_[A-Za-z]+", word(node, "id"))


#: the act's own routes: a region with another act brings its own
OF_THE_ACT = ("direct.bpmn", "via_psc.bpmn")
#: what begins the diagram of a route, in a region's folder
OF_ROUTES = ("direct.bpmn", "via_")


@every_diagram
def test_a_diagram_says_that_it_is_not_part_of_the_act(file: Path) -> None:
    notes = [node.text or "" for node in read(file).iterfind(".//bpmn:textAnnotation/bpmn:text", NAMES)]
    (note,) = [text for text in notes if text.startswith("Сызба актінің бөлігі емес.")]
    if file.parent.parent != ROOT and file.name.startswith(OF_ROUTES):
        facts = (file.parents[1] / "region.toml").read_text(encoding="utf-8")
        numbers = re.findall(r"№ (\d+)", note)
        assert numbers and all(f"№ {number}" in facts for number in numbers)
    elif file.name in OF_THE_ACT:
        assert "№ 421" in note and "02.06.2014 № 196" in note
    else:  # every region has it
        assert not re.search(r"№|\d|облыс", note)
