"""Our plugin in Modeler's own editor: templates in the menus, problems in the list, files that open again."""

import json
from base64 import b64encode
from typing import Any

import pytest
from lxml import etree

from services.config import PLUGINS, ROOT
from services.loading import load
from tests.modeler.conftest import Asked, Editor, Server, diagram, our_templates

pytestmark = pytest.mark.modeler

B = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
C = "{http://camunda.org/schema/1.0/bpmn}"
DIAGRAMS = ("direct", "via_psc", "resolution", "signing")
WORDS = json.loads((ROOT / "modeler/words.json").read_text(encoding="utf-8"))
EVERY = sorted({str(each["id"]) for each in our_templates()})


def element(xml: str, key: str) -> etree._Element:
    (found,) = etree.fromstring(xml.encode()).xpath(f"//*[@id='{key}']")
    return found


def inputs_of(node: etree._Element) -> dict[str, str]:
    return {each.get("name", ""): each.text or "" for each in node.iter(f"{C}inputParameter")}


# ---------------------------------------------------------------- templates


def test_a_template_is_found_in_the_append_menu_and_makes_a_service_task_that_komek_carries_out(editor: Editor) -> None:
    assert editor.open(diagram("direct")) == []
    made = editor.append("Service_Prepare", "barcode_scan.track")
    node = element(editor.do("save"), made)
    assert node.tag == f"{B}serviceTask"
    assert (node.get(f"{C}type"), node.get(f"{C}topic")) == ("external", "barcode_scan.track")
    assert (node.get(f"{C}modelerTemplate"), node.get(f"{C}modelerTemplateVersion")) == ("barcode_scan.track", "1")
    assert node.get("name") == "Құжатқа штрихкод беру"
    assert node.find(f"{B}incoming") is not None
    assert editor.do("templateOf", made) == {"id": "barcode_scan.track", "known": True}


def test_it_is_found_by_its_english_name_too_and_undone_in_one_step(editor: Editor) -> None:
    editor.open(diagram("resolution"))
    before = editor.do("save")
    made = editor.append("Task_Resolution", "Barcode for a paper")
    assert made in editor.do("elements")
    editor.do("undo")
    assert made not in editor.do("elements")
    assert editor.do("save") == before


def test_its_fields_stand_in_the_properties_panel_and_land_in_the_file(editor: Editor) -> None:
    editor.open(diagram("direct"))
    made = editor.append("Service_Prepare", "barcode_scan.track")
    editor.do("select", made)
    panel = editor.page.locator("#properties")
    panel.get_by_text("Не беріледі").click()
    panel.get_by_label("Қай құжат").select_option("result")
    editor.until("async made => (await editor.save()).includes('>result<')", made)
    assert inputs_of(element(editor.do("save"), made)) == {"paper": "result"}


def test_a_form_is_a_user_task_whose_step_and_role_are_chosen_from_the_regions_lists(editor: Editor) -> None:
    editor.open(diagram("resolution"))
    made = editor.append("Task_Resolution", "barcode_scan.confirm")
    editor.do("select", made)
    panel = editor.page.locator("#properties")
    panel.get_by_text("Кім орындайды және қай қадам").click()
    panel.get_by_label("Кезең").select_option("review")
    panel.get_by_label("Рөлі").select_option("executor")
    panel.get_by_label("Тек осы адам").fill("${executor}")
    editor.page.keyboard.press("Tab")
    editor.until("async () => (await editor.save()).includes('${executor}')")
    node = element(editor.do("save"), made)
    assert node.tag == f"{B}userTask"
    said = {name: node.get(f"{C}{name}") for name in ("formKey", "candidateGroups", "assignee")}
    assert said == {"formKey": "barcode_scan.confirm", "candidateGroups": "executor", "assignee": "${executor}"}
    assert [(each.get("name"), each.get("value")) for each in node.iter(f"{C}property")] == [("step", "review")]


def test_every_template_makes_an_element_that_opens_again_without_a_warning_and_stays_as_it_is(editor: Editor) -> None:
    editor.open(diagram("resolution"))
    offered = editor.menu("Task_Resolution")
    assert sorted(offered) == [f"append.template-{wanted}" for wanted in EVERY]
    made = dict(zip(EVERY, editor.do("appendEach", "Task_Resolution", EVERY), strict=True))
    saved = editor.do("save")
    assert len(set(made.values())) == len(EVERY)
    for wanted, key in made.items():
        node = element(saved, key)
        assert node.get(f"{C}modelerTemplate") == wanted
        assert wanted in (node.get(f"{C}topic"), node.get(f"{C}formKey"))
    assert editor.open(saved) == []
    for wanted, key in made.items():
        assert editor.do("templateOf", key) == {"id": wanted, "known": True}
    assert editor.do("save") == saved
    assert editor.do("told")["errors"] == []


def test_what_a_template_makes_is_what_the_engine_reads(editor: Editor) -> None:
    from services import engine

    editor.open(diagram("resolution"))
    made = editor.append("Task_Resolution", "notice_signing.seal")
    drawn = etree.fromstring(editor.do("save").encode())
    parts = etree.tostring(drawn)
    assert engine.parse({"p.bpmn": parts}, "resolution").elements["resolution", made].operation == "notice_signing.seal"
    node = element(editor.do("save"), made)
    outputs = {each.get("name"): each.text for each in node.iter(f"{C}outputParameter")}
    operation = load(PLUGINS, ROOT).operation("notice_signing.seal")
    assert outputs == {each.name: f"${{{each.name}}}" for each in operation.outputs}


def test_a_template_that_lies_beside_the_diagram_and_came_from_the_server_is_one(editor: Editor) -> None:
    beside = our_templates()
    served = [{**each, "name": f"{each['name']} (сервер)"} for each in beside]
    editor.open(diagram("resolution"), [*beside, *served])
    assert editor.do("told")["errors"] == []
    made = editor.append("Task_Resolution", "barcode_scan.track")
    assert element(editor.do("save"), made).get("name", "").endswith("(сервер)")


def test_without_our_plugin_modeler_has_them_not_in_its_menu_and_finds_each_twice(bare_editor: Editor) -> None:
    beside = our_templates()
    bare_editor.open(diagram("resolution"), [*beside, *beside])
    assert len(bare_editor.do("told")["errors"]) == len(beside)
    bare_editor.do("select", "Task_Resolution")
    bare_editor.page.click('.djs-context-pad .entry[data-action="append"]')
    bare_editor.page.keyboard.type("barcode_scan.track")
    bare_editor.page.wait_for_timeout(300)
    assert bare_editor.page.locator(".djs-popup .entry").count() == 0


def test_an_element_of_a_former_version_stays_known_and_is_brought_up_to_date_with_what_was_filled_in(
    editor: Editor,
) -> None:
    (former,) = [each for each in our_templates() if each["id"] == "barcode_scan.track"]
    more = {"type": "String", "label": "Қосымша", "group": "inputs", "value": "жоқ",
            "binding": {"type": "camunda:inputParameter", "name": "note"}}  # fmt: skip
    editor.open(diagram("direct"), [former])
    made = editor.append("Service_Prepare", "barcode_scan.track")
    empty = '<camunda:inputParameter name="paper" />'
    filled = editor.do("save").replace(empty, empty.replace(" />", ">result</camunda:inputParameter>"))
    newest = {**former, "version": 2, "properties": [*former["properties"], more]}
    assert editor.open(filled, [newest, former]) == []
    assert editor.do("templateOf", made) == {"id": "barcode_scan.track", "known": True}
    editor.do("select", made)
    editor.page.locator("#properties").get_by_text("Update available").click()
    editor.page.get_by_text("Update", exact=True).click()
    editor.until("async () => (await editor.save()).includes('modelerTemplateVersion=\"2\"')")
    assert inputs_of(element(editor.do("save"), made)) == {"paper": "result", "note": "жоқ"}


def test_the_button_that_chooses_a_template_works(editor: Editor) -> None:
    editor.open(diagram("direct"))
    made = editor.append("Task_Review", "Task")
    editor.do("select", made)
    editor.page.locator("#properties").get_by_text("Select", exact=True).first.click()
    editor.page.keyboard.type("courier_handover.prepare")
    editor.page.wait_for_timeout(300)
    editor.page.keyboard.press("Enter")
    editor.until("async () => (await editor.save()).includes('courier_handover.prepare')")


# ---------------------------------------------------------------- problems that are seen in the diagram alone


@pytest.mark.parametrize("name", DIAGRAMS)
def test_our_diagrams_open_and_are_changed_saved_and_opened_again_without_a_warning(editor: Editor, name: str) -> None:
    assert editor.open(diagram(name)) == []
    assert editor.problems() == []
    assert editor.do("save") == diagram(name)
    key = next(key for key in editor.do("elements") if key.startswith("Task_"))
    editor.do("rename", key, "Басқаша")
    saved = editor.do("save")
    assert editor.open(saved) == []
    assert editor.do("save") == saved
    assert saved.replace("Басқаша", "") != diagram(name)
    lines = set(saved.splitlines()) ^ set(diagram(name).splitlines())
    assert len(lines) == 2, "nothing but the name was changed"


#: code -> a piece of a diagram, with what it is spoilt, which element is wrong then
BAD = {
    "service-task-without-topic": ('camunda:topic="notice_signing.seal"', "", "Service_Seal"),
    "user-task-without-role": ('camunda:candidateGroups="head"', "", "Task_Resolution"),
    "user-task-without-step": ('<camunda:property name="step" value="resolution" />', "", "Task_Resolution"),
    "no-default-flow": (' default="Flow_Refused"', "", "Gateway_Decision"),
    "flow-without-condition": ('<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">${delivery == "ready"}'
                               "</bpmn:conditionExpression>", "", "Flow_Ready"),
}  # fmt: skip
#: code -> an element that Komek does not carry out, or an event's definition
NOT_CARRIED_OUT = {
    "script-task": "<bpmn:scriptTask id='X' />",
    "send-task": "<bpmn:sendTask id='X' />",
    "ad-hoc-sub-process": "<bpmn:adHocSubProcess id='X' />",
    "complex-gateway": "<bpmn:complexGateway id='X' />",
    "event-sub-process": "<bpmn:subProcess id='X' triggeredByEvent='true' />",
    "boundary-without-flow": "<bpmn:boundaryEvent id='X' attachedToRef='Task_Resolution'><bpmn:timerEventDefinition />"
                             "</bpmn:boundaryEvent>",
}  # fmt: skip


def words(code: str, kind: str = "", language: str = "kk") -> str:
    return str(WORDS["rules"][code][language]).replace("%(kind)s", kind)


@pytest.mark.parametrize("code", BAD)
def test_a_fault_is_listed_with_its_element_while_it_is_drawn(editor: Editor, code: str) -> None:
    old, new, wanted = BAD[code]
    name = next(each for each in ("resolution", "signing", "direct") if old in diagram(each))
    editor.open(diagram(name).replace(old, new))
    found = {(key, rule): text for key, rule, text in editor.problems()}
    assert found[(wanted, f"komek/{code}")] == words(code)
    assert wanted in editor.do("marked")


def test_what_komek_does_not_carry_out_is_listed_in_words(editor: Editor) -> None:
    for code, drawn in NOT_CARRIED_OUT.items():
        editor.open(diagram("resolution").replace("<bpmn:sequenceFlow", f"{drawn}<bpmn:sequenceFlow", 1))
        kind = drawn.partition(" ")[0].removeprefix("<bpmn:")
        found = [text for key, rule, text in editor.problems() if (key, rule) == ("X", f"komek/{code}")]
        assert found == [words(code, kind[:1].upper() + kind[1:])], code


def test_conditions_that_nobody_asks_are_listed(editor: Editor) -> None:
    editor.open(diagram("direct").replace("exclusiveGateway", "parallelGateway"))
    assert {each[1] for each in editor.problems()} == {"komek/condition-without-gateway"}


def test_every_local_rule_is_tried_and_has_words_in_every_language() -> None:
    assert set(WORDS["rules"]) == {*BAD, *NOT_CARRIED_OUT, "condition-without-gateway", "implicit-split"}
    assert all(rule.keys() == {"severity", "kk", "ru", "en"} for rule in WORDS["rules"].values())


def test_a_problem_comes_and_goes_as_one_draws_without_a_server(editor: Editor) -> None:
    editor.open(diagram("direct"))
    made = editor.append("Service_Prepare", "barcode_scan.track")
    editor.until("() => editor.problems().some(each => each.rule === 'komek/implicit-split')")
    editor.do("remove", made)
    editor.until("() => editor.problems().length === 0")


# ---------------------------------------------------------------- the server's findings


FINDING: dict[str, Any] = {
    "element": "Task_Review", "name": "Құжаттар", "line": 60, "rule": "role-unheld", "severity": "warning",
    "text": "Бұл рөл ешкімде жоқ.", "advice": "Әкімшіден сұраңыз.",
}  # fmt: skip


def connect(editor: Editor, komek_server: Server, language: str = "kk") -> None:
    authorization = "Basic " + b64encode("дизайнер:құпия".encode()).decode()
    told = {"url": komek_server.url, "authorization": authorization, "language": language}
    editor.do("emit", "komek.connection", told)


def test_the_server_is_asked_a_moment_after_the_last_change_and_its_findings_are_listed(
    editor: Editor, komek_server: Server
) -> None:
    komek_server.answer = lambda asked: (200, {"findings": [FINDING]})
    editor.open(diagram("direct"))
    connect(editor, komek_server)
    editor.until("() => editor.problems().length === 1")
    assert editor.problems() == [("Task_Review", "komek/server-warning", "Бұл рөл ешкімде жоқ. Әкімшіден сұраңыз.")]
    (asked,) = komek_server.asked
    assert (asked.method, asked.path) == ("POST", "/engine-rest/komek/doctor")
    assert asked.headers["authorization"] == "Basic " + b64encode("дизайнер:құпия".encode()).decode()
    assert asked.headers["content-type"].startswith("text/xml")
    assert asked.headers["accept-language"] == "kk"
    assert asked.body.decode() == diagram("direct")
    for number in range(5):
        editor.do("rename", "Task_Review", f"Атау {number}")
    editor.page.wait_for_timeout(2500)
    assert len(komek_server.asked) == 2, "five changes, one question"
    assert "Атау 4" in komek_server.asked[-1].body.decode()


def test_asking_the_server_changes_nothing_in_the_diagram(editor: Editor, komek_server: Server) -> None:
    komek_server.answer = lambda asked: (200, {"findings": [FINDING]})
    editor.open(diagram("signing"))
    connect(editor, komek_server)
    editor.until("() => editor.problems().length === 1")
    assert not editor.do("isChanged")
    assert editor.do("save") == diagram("signing")


def test_where_the_server_answers_it_alone_speaks_and_without_it_the_local_rules_hold(
    editor: Editor, komek_server: Server
) -> None:
    broken = diagram("direct").replace(' default="Flow_Refused"', "")
    komek_server.answer = lambda asked: (
        200,
        {"findings": [{**FINDING, "element": "Gateway_Decision", "severity": "error"}]},
    )
    editor.open(broken)
    assert next(each[1] for each in editor.problems()) == "komek/no-default-flow"
    connect(editor, komek_server)
    editor.until("() => editor.problems().every(each => each.rule === 'komek/server-error')")
    komek_server.answer = lambda asked: (503, {})
    editor.do("rename", "Task_Review", "Басқаша")
    editor.until("() => editor.problems().some(each => each.rule === 'komek/no-default-flow')")
    assert not [each for each in editor.problems() if each[1].startswith("komek/server")]


@pytest.mark.parametrize("answer", [(401, {}), (200, b"<html>"), (200, {"other": 1}), (200, [])])
def test_an_odd_answer_leaves_the_local_rules(editor: Editor, komek_server: Server, answer: tuple[int, object]) -> None:
    komek_server.answer = lambda asked: answer
    editor.open(diagram("direct").replace(' default="Flow_Refused"', ""))
    connect(editor, komek_server)
    editor.page.wait_for_timeout(1800)
    assert komek_server.asked
    assert "komek/no-default-flow" in [each[1] for each in editor.problems()]


def test_a_finding_without_an_element_stands_with_the_whole_drawing(editor: Editor, komek_server: Server) -> None:
    komek_server.answer = lambda asked: (200, {"findings": [{**FINDING, "element": "", "severity": "info"}]})
    editor.open(diagram("direct"))
    connect(editor, komek_server)
    editor.until("() => editor.problems().length === 1")
    assert editor.problems()[0][:2] == ("Collaboration_direct", "komek/server-info")


def test_the_menu_asks_at_once_and_says_how_much_was_found(editor: Editor, komek_server: Server) -> None:
    def find(asked: Asked) -> tuple[int, object]:
        return 200, {"findings": [FINDING, FINDING]}

    komek_server.answer = find
    editor.open(diagram("direct"))
    connect(editor, komek_server)
    editor.do("emit", "komek.check", {"title": "Сервер тапқаны: %(count)s", "away": "Жоқ: %(reason)s"})
    editor.until("() => editor.told().notifications.length === 1")
    assert editor.page.evaluate("editor.told().notifications") == [{"type": "warning", "title": "Сервер тапқаны: 2"}]


def test_the_local_rules_speak_the_language_of_the_connection(editor: Editor, komek_server: Server) -> None:
    komek_server.answer = lambda asked: (503, {})
    connect(editor, komek_server, "ru")
    editor.open(diagram("direct").replace(' default="Flow_Refused"', ""))
    said = {rule: text for _, rule, text in editor.problems()}
    assert said["komek/no-default-flow"] == words("no-default-flow", language="ru")
