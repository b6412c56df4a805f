"""What two versions differ in, in sentences; nothing is said of the layout, and nothing that changed is passed over."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.bpmn import meaning
from services.config import ROOT
from services.processes.changes import Change, NameDrawn, changes
from services.processes.changes.sentences import Keys, RowDrawn
from tests import the_region
from tests.services.bpmn.moddle import CAMUNDA
from tests.services.engine.drawings import drawn, node, table

DIRECT = (ROOT / "bpmn/direct.bpmn").read_bytes()
OURS = {file.name: file.read_bytes() for file in ROOT.glob("bpmn/*.bpmn")}
TABLE = the_region.RULES.read_bytes()


def differ(*pairs: tuple[str, str], before: bytes = DIRECT, name: str = "direct.bpmn") -> list[Change]:
    """The changes after those replacements."""
    after = before.decode()
    for old, new in pairs:
        assert old in after, old
        after = after.replace(old, new, 1)
    return changes({name: before}, {name: after.encode()})


def said(change: Change) -> str:
    """The sentence in English, names as drawn."""
    return change.text % {name: _detail(detail) for name, detail in change.details.items()}


def _detail(detail: object) -> str:
    if isinstance(detail, NameDrawn):
        return detail.text or detail.kind
    if isinstance(detail, Keys):
        return ", ".join(detail.keys)
    if isinstance(detail, RowDrawn):
        return f"{[text for _, text in detail.conditions]} → {[text for _, text in detail.answers]}"
    return str(detail)


def test_the_same_files_do_not_differ() -> None:
    assert changes(OURS, OURS) == []


def test_another_layout_is_no_change() -> None:
    assert differ(('x="', 'x="9')) == []


NEW_STEP = """<bpmn:userTask id="Task_Check" name="Тексеру" camunda:candidateGroups="head" />
    <bpmn:sequenceFlow id="Flow_New" sourceRef="Service_Prepare" targetRef="Task_Check" />
    <bpmn:sequenceFlow id="Flow_ToDeliver" sourceRef="Task_Check" targetRef="Task_Deliver" />"""
FLOW = '<bpmn:sequenceFlow id="Flow_ToDeliver" sourceRef="Service_Prepare" targetRef="Task_Deliver" />'


@pytest.mark.parametrize(
    ("pairs", "sentences"),
    [
        ([(FLOW, NEW_STEP)], ["The step «Тексеру» was added after «Жөнелтуге дайындау»."]),
        ([('name="Хабарламаны жеткізу"', 'name="Жеткізу"')], ["«Хабарламаны жеткізу» is now called «Жеткізу»."]),
        ([('candidateGroups="clerk"', 'candidateGroups="executor,clerk"')],
         ["«Өтінішті қабылдап, тіркеу» is now done by: executor, clerk; before: clerk."]),
        ([('name="step" value="deliver"', 'name="step" value="hand_over"')],
         ["«Хабарламаны жеткізу» now counts as the step «hand_over», with its code and its term; "
          "before as «deliver»."]),
        ([("${decision ==", "${ verdict ==")],
         ['The way from «Шешім қандай?» to «Көмек тағайындалды» is now taken if ${ verdict == "approve"}; '
          'before: if ${decision == "approve"}.']),
        ([('default="Flow_Refused"', 'default="Flow_Approved"')],
         ["When no condition holds, the way from «Шешім қандай?» now leads to «Көмек тағайындалды»."]),
        ([('calledElement="signing"', 'calledElement="resolution"')],
         ["«Қол қою» now calls the process resolution; before: signing."]),
        ([('camunda:formKey="assessment.draft"', "")],
         ["«Жауап жобасын дайындау» now has the form nothing; before: assessment.draft."]),
        ([('name="беруге дайын"', 'name="дайын"')],
         ["The way from «Қалай жеткізілді?» to «Дайын нәтижені тапсыру» is now called «дайын»; "
          "before: «беруге дайын»."]),
        ([('<bpmn:lane id="Lane_Head" name="Бөлім басшысы">', '<bpmn:lane id="Lane_Head" name="Басшы">')],
         ["The lane «Басшы» was added.", "The lane «Бөлім басшысы» was taken away."]),
    ],
)  # fmt: skip
def test_a_change_of_a_diagram_is_said(pairs: list[tuple[str, str]], sentences: list[str]) -> None:
    assert [said(each) for each in differ(*pairs)] == sentences


def test_a_step_under_another_id_is_the_same_step() -> None:
    assert changes({"a.bpmn": DIRECT}, {"b.bpmn": DIRECT.replace(b'"Task_Draft"', b'"Task_Other"')}) == []


#: (element, attribute of Camunda 7, by its own descriptor) that is carried out here
HONOURED = [
    (element, attribute)
    for element, attribute in CAMUNDA
    if meaning.of_camunda(attribute, element) == meaning.HONOURED
    and element != "definitions"
    and not attribute.startswith("modelerTemplate")  # which one was applied is told by what it fills in
    and attribute != "type"  # «external» is the only one
]


@pytest.mark.parametrize(("element", "attribute"), HONOURED)
def test_no_attribute_that_is_carried_out_changes_without_a_word(element: str, attribute: str) -> None:
    said_there = f'camunda:type="external" camunda:{attribute}="one"'
    if element.endswith("Definition"):
        old = node("intermediateThrowEvent", "A", f"<{element} {said_there}/>")
    elif element.endswith("Characteristics"):
        old = node("userTask", "A", f"<{element} {said_there}/>")
    else:
        old = f'<{element} id="A" name="A" {said_there}/>'
    found = differ(('"one"', '"two"'), before=drawn(old, "start>A A>end"), name="p.bpmn")
    assert [(each.element, "two" in said(each)) for each in found] == [("A", True)]


@pytest.mark.parametrize(
    "body",
    [
        "<multiInstanceLoopCharacteristics><loopCardinality>{}</loopCardinality></multiInstanceLoopCharacteristics>",
        '<multiInstanceLoopCharacteristics camunda:collection="x"><completionCondition>{}</completionCondition>'
        "</multiInstanceLoopCharacteristics>",
        '<standardLoopCharacteristics loopMaximum="{}"/>',
        "<standardLoopCharacteristics><loopCondition>{}</loopCondition></standardLoopCharacteristics>",
        "<script>{}</script>",
        "<conditionalEventDefinition><condition>{}</condition></conditionalEventDefinition>",
        "<timerEventDefinition><timeCycle>{}</timeCycle></timerEventDefinition>",
        '<extensionElements><camunda:properties><camunda:property name="office" value="{}"/></camunda:properties>'
        "</extensionElements>",
        '<extensionElements><camunda:in source="{}" target="a"/></extensionElements>',
        '<extensionElements><camunda:out source="{}" target="a"/></extensionElements>',
        '<signalEventDefinition signalRef="G"><extensionElements><camunda:in source="{}" target="a"/>'
        "</extensionElements></signalEventDefinition>",
        '<messageEventDefinition messageRef="M"><extensionElements><camunda:inputOutput><camunda:inputParameter '
        'name="a">{}</camunda:inputParameter></camunda:inputOutput></extensionElements></messageEventDefinition>',
    ],
)  # fmt: skip
def test_nothing_that_stands_in_an_element_changes_without_a_word(body: str) -> None:
    old = drawn(node("userTask", "A", body.format("one")), "start>A A>end")
    found = differ((body.format("one"), body.format("two")), before=old, name="p.bpmn")
    assert [(each.element, "two" in said(each)) for each in found] == [("A", True)]


def test_an_expression_for_roles_changes_with_a_word() -> None:
    old = drawn(node("userTask", "A", camunda__candidateGroups="${one}"), "start>A A>end")
    found = differ(("${one}", "${two}"), before=old, name="p.bpmn")
    assert [said(each) for each in found] == [
        "«A» now says candidateGroups = ${two}; before: candidateGroups = ${one}."
    ]


def test_another_operation_that_sends_the_message_of_an_event_is_said() -> None:
    old = drawn(
        node("endEvent", "E", '<messageEventDefinition camunda:type="external" camunda:topic="post.letter"/>'),
        "start>E",
    )
    found = differ(("post.letter", "post.mail"), before=old, name="p.bpmn")
    assert [said(each) for each in found] == ["«E» now carries out post.mail; before: post.letter."]


def test_a_step_that_is_gone_and_what_comes_instead_are_said() -> None:
    found = differ(
        ('<bpmn:serviceTask id="Service_Prepare" name="Жөнелтуге дайындау" camunda:type="external" '
         'camunda:topic="notice_delivery.prepare">', "<!--"),
        ("<bpmn:outgoing>Flow_ToDeliver</bpmn:outgoing>\n    </bpmn:serviceTask>", "-->"),
        ('sourceRef="Call_Signing" targetRef="Service_Prepare"', 'sourceRef="Call_Signing" targetRef="Task_Deliver"'),
        (FLOW, ""),
    )  # fmt: skip
    assert [(each.kind, said(each)) for each in found] == [
        ("changed", "After «Қол қою» now comes «Хабарламаны жеткізу»; before: «Жөнелтуге дайындау»."),
        ("removed", "The step «Жөнелтуге дайындау» was taken away."),
    ]


def test_a_process_that_nobody_had_is_new_and_one_that_is_not_sent_is_not_spoken_of() -> None:
    (found,) = changes({"direct.bpmn": DIRECT}, {"signing.bpmn": OURS["signing.bpmn"]})
    assert (found.kind, found.context) == ("added", "bpmn:signing")


def test_rows_of_a_decision_are_told_one_by_one() -> None:
    found = differ(("<text>false</text>", "<text>true</text>"), before=TABLE, name="entitlement.dmn")
    assert [said(each) for each in found] == [
        "In «Көмек алу құқығын анықтау», row 1, the column «Құжаттар толық па?» now says true; before: false."
    ]
    rule = TABLE.decode().split("<rule ")[1].split("</rule>")[0]
    another = rule.replace('id="', 'id="new_').replace(">false<", ">7<")
    (added,) = differ(("</rule>", f"</rule><rule {another}</rule>"), before=TABLE, name="entitlement.dmn")
    assert isinstance(added.details["after"], RowDrawn)
    assert (added.kind, added.details["after"].conditions[0][1]) == ("added", "7")


def test_fields_of_a_form_are_told_one_by_one() -> None:
    before = {"id": "visit", "components": [{"key": "a", "type": "textfield", "label": "Мекенжай"},
                                            {"key": "b", "type": "number", "label": "Саны"}]}  # fmt: skip
    after = {"id": "visit", "components": [{"key": "a", "type": "textfield", "label": "Тұрғылықты жері",
                                            "validate": {"required": True}},
                                           {"key": "c", "type": "checkbox", "label": "Иә"}]}  # fmt: skip
    files = [{"visit.form": json.dumps(each).encode()} for each in (before, after)]
    assert [said(each) for each in changes(*files)] == [
        "In the form visit the question «Мекенжай» is now «Тұрғылықты жері».",
        'In the form visit the question «Тұрғылықты жері» was changed: type "textfield", validate {"required": true}; '
        'before: type "textfield".',
        "In the form visit the question «Иә» was added.",
        "In the form visit the question «Саны» was taken away.",
    ]


SORTED = table(
    ["sum"], ["kind"], [["-", '"a"']], policy="COLLECT", more=' aggregation="SUM"', types=("number", "string")
)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('aggregation="SUM"', 'aggregation="MAX"', "COLLECT MAX"),
        ('typeRef="number"', 'typeRef="string"', "sum typeRef = string; before: sum typeRef = number"),
        ('label="sum"', 'label="money"', "money label = money; before: sum label = sum"),
        ('typeRef="string"/>', 'typeRef="string"><outputValues><text>"a"</text></outputValues></output>',
         'kind outputValues = "a"'),
        ("</rule>", "<annotationEntry><text>why</text></annotationEntry></rule>", "rule 1 annotationEntry = why"),
        ("<decisionTable", '<informationRequirement><requiredInput href="#x"/></informationRequirement><decisionTable',
         "href = #x"),
    ],
)  # fmt: skip
def test_nothing_of_a_decision_changes_without_a_word(old: str, new: str, told: str) -> None:
    (found,) = differ((old, new), before=SORTED, name="sort.dmn")
    assert told in said(found)


def test_a_knowledge_model_and_a_decision_that_is_gone_are_told() -> None:
    model = (
        '<businessKnowledgeModel id="fee" name="fee"><encapsulatedLogic><literalExpression><text>1</text>'
        "</literalExpression></encapsulatedLogic></businessKnowledgeModel>"
    )
    both = SORTED.replace(b"</definitions>", f"{model}</definitions>".encode())
    changed = both.replace(b"<text>1</text>", b"<text>2</text>")
    assert [said(each) for each in changes({"s.dmn": both}, {"s.dmn": changed})] == [
        "«fee» now says literalExpression = 2; before: literalExpression = 1."
    ]
    assert [said(each) for each in changes({"s.dmn": both}, {"s.dmn": SORTED})] == [
        "The decision «fee» was taken away."
    ]


WORDS = ("Task_Draft", "Flow_ToDelivery", "executor", "delivery", "signing", "Шешім қандай?", "Gateway_Delivered",
         "userTask", "exclusiveGateway", "review", "default", "sourceRef", "Lane_Head")  # fmt: skip


KINDS = ("userTask", "exclusiveGateway")


@given(st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from([*WORDS, "", "x"])), max_size=4))
def test_any_two_diagrams_can_be_compared_in_both_directions(pairs: list[tuple[str, str]]) -> None:
    after = DIRECT.decode()
    for old, new in pairs:
        after = after.replace(f'"{old}"', f'"{new}"')
        if new in KINDS and old in KINDS:
            after = after.replace(f"bpmn:{old}", f"bpmn:{new}")
    files = {"direct.bpmn": DIRECT}, {"direct.bpmn": after.encode()}
    for one, other in (files, files[::-1]):
        assert all(said(each) for each in changes(one, other))
