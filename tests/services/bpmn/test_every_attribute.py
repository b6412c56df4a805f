"""Everything that Modeler can write is honoured, told or refused. There is no fourth kind.

What there is to write stands in the descriptors of bpmn-moddle and camunda-bpmn-moddle, as npm has them.
"""

import pytest
from lxml import etree

from services.bpmn.allowed import KNOWN, find_problems
from services.bpmn.lenient_rules import MEANS_NOTHING
from services.bpmn.meaning import (
    DESCRIBES,
    HONOURED,
    REFUSED,
    inside_extension,
    of_bpmn,
    of_camunda,
    of_extension,
)
from services.bpmn.rules import Rule
from services.bpmn.said import OWN_RULE, proper, told
from tests.services.bpmn.moddle import BPMN, CAMUNDA, EXTENSIONS, descriptor, element
from tests.services.engine.drawings import HEAD

ABSTRACT = {"InOutBinding", "InputOutputParameter", "InputOutputParameterDefinition"}


def document(kind: str, attribute: str = "", inside: str = "") -> etree._Element:
    """An element by itself, with an attribute that says something."""
    return etree.fromstring(
        f'{HEAD}<process id="p"><{kind} id="A" {attribute}>{inside}</{kind}></process></definitions>'
    )


def refused(root: etree._Element) -> bool:
    found = find_problems("x.bpmn", proper(root), (), frozenset())
    return any(each.rule.code in ("extension-not-honoured", "attribute-not-honoured", "bound-to-a-version")
               for each in found)  # fmt: skip


def test_there_is_much_to_look_at() -> None:
    assert len(CAMUNDA) > 150 and len(BPMN) > 150 and len(EXTENSIONS) > 20


@pytest.mark.parametrize(("kind", "attribute"), CAMUNDA)
def test_an_attribute_of_camunda_is_honoured_told_or_refused(kind: str, attribute: str) -> None:
    meaning = of_camunda(attribute, kind)
    assert meaning != MEANS_NOTHING or (kind, attribute) in NOTHING, "Camunda gives it a meaning there"
    root = document(kind, f'camunda:{attribute}="a9"')
    said = [each.rule for each in told(root) if each.node.get("id") == "A"]
    assert (meaning in said) == isinstance(meaning, Rule)
    bound = attribute in ("decisionRefBinding", "calledElementBinding")  # to «a9»
    assert refused(root) == (bound or (meaning == REFUSED and attribute not in OWN_RULE))


#: Camunda's descriptor is wider than its engine
NOTHING = {
    (kind, name)
    for kind in ("businessRuleTask", "serviceTask", "sendTask", "messageEventDefinition")
    for name in ("resultVariable",)
    if kind != "businessRuleTask"
}


@pytest.mark.parametrize(("kind", "attribute"), BPMN)
def test_an_attribute_of_bpmn_is_honoured_told_or_refused(kind: str, attribute: str) -> None:
    if attribute == "id" or kind == "extensionElements":  # what stands at it is its holder's
        return
    meaning = of_bpmn(attribute)
    root = document(kind, f'{attribute}="a9"')
    said = [each.rule for each in told(root) if each.node.get("id") == "A"]
    assert (meaning in said) == isinstance(meaning, Rule)
    assert refused(root) == (meaning == REFUSED and attribute not in OWN_RULE)


@pytest.mark.parametrize("kind", sorted(descriptor("bpmn")))
def test_an_element_of_bpmn_is_honoured_told_or_refused(kind: str) -> None:
    name = element(kind)
    if name in ("definitions", "process"):
        return
    root = etree.fromstring(f'{HEAD}<process id="p"><{name} id="A"/></process></definitions>')
    said = {each.rule.code for each in told(root)}
    codes = {each.rule.code for each in find_problems("x.bpmn", proper(root), (), frozenset()) if each.element == "A"}
    assert (name in KNOWN) + ("describes-only" in said) + bool(name not in KNOWN | DESCRIBES and codes) == 1, (
        said,
        codes,
    )


@pytest.mark.parametrize("kind", [each for each in EXTENSIONS if each not in ABSTRACT])
def test_an_extension_of_camunda_is_honoured_told_or_refused(kind: str) -> None:
    name = element(kind)
    for around in ("userTask", "serviceTask", "callActivity", "subProcess", "startEvent"):
        meaning = of_extension(name, around)
        root = document(around, inside=f"<extensionElements><camunda:{name}/></extensionElements>")
        said = [each.rule for each in told(root)]
        assert (meaning in said) == isinstance(meaning, Rule)
        assert refused(root) == (meaning == REFUSED and name not in OWN_RULE), (around, meaning)
    if of_extension(name, "userTask") == HONOURED:
        for up in [kind, *(each.rpartition(":")[2] for each in descriptor("camunda")[kind].get("superClass", []))]:
            for each in descriptor("camunda").get(up, {}).get("properties", []):
                if each.get("isAttr"):
                    assert inside_extension(name, each["name"]) is not MEANS_NOTHING, each["name"]


def test_what_stands_in_other_people_s_extensions_is_theirs() -> None:
    theirs = '<extensionElements><Grid x="1"><userTask id="A" startQuantity="2"/></Grid></extensionElements>'
    root = document("userTask", inside=theirs)
    assert not refused(root) and not list(told(root))


@pytest.mark.parametrize("value", ["1", "2"])
def test_a_value_that_comes_to_the_same_as_nothing_is_let_be(value: str) -> None:
    assert refused(document("userTask", f'startQuantity="{value}"')) == (value == "2")
