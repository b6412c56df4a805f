"""What is declared, and is not what happens. Part of what is allowed; all of it is only told.

BPMN 2.0.2, 10.6.1 (the direction of a gateway), 8.4.3 and 8.4.4 (codes are texts); Camunda 7 refuses output parameters
of several, because each would write over what the one before it wrote (BpmnParse: «not allowed for multi-instance»).
"""

from collections import Counter

from lxml import etree

from services.bpmn import lenient_rules
from services.bpmn.events import CODES
from services.bpmn.reading import read_extensions
from services.bpmn.rules import Fault, Faults
from services.bpmn.xml import B
from services.expressions import is_reckoned

GATEWAYS = tuple(f"{B}{kind}Gateway" for kind in ("exclusive", "inclusive", "parallel", "eventBased", "complex"))
#: direction -> (whether several flows come in, whether several go out)
DIRECTIONS = {"Converging": (True, False), "Diverging": (False, True), "Mixed": (True, True)}


def faults_in_promises(root: etree._Element) -> Faults:
    """Directions, codes and output parameters that say what does not come about."""
    yield from _directions(root)
    for node in root.iterchildren(*(f"{B}{kind}" for kind in CODES)):
        code = node.get(CODES[etree.QName(node).localname], "")
        if is_reckoned(code):
            yield Fault(node, lenient_rules.CODE_AS_WRITTEN, {"code": code[:100]})
    for loop in root.iter(f"{B}multiInstanceLoopCharacteristics"):
        host = loop.getparent()
        if host is not None and (outputs := read_extensions(host).outputs):
            yield Fault(host, lenient_rules.OUTPUT_OF_SEVERAL, {"names": ", ".join(name for name, _ in outputs)[:200]})


def _directions(root: etree._Element) -> Faults:
    come = Counter(flow.get("targetRef") for flow in root.iter(f"{B}sequenceFlow"))
    go = Counter(flow.get("sourceRef") for flow in root.iter(f"{B}sequenceFlow"))
    for node in root.iter(*GATEWAYS):
        said = node.get("gatewayDirection", "Unspecified")
        incoming, outgoing = come[node.get("id")], go[node.get("id")]
        if said != "Unspecified" and DIRECTIONS.get(said) != (incoming > 1, outgoing > 1):
            details = {"direction": said[:40], "incoming": incoming, "outgoing": outgoing}
            yield Fault(node, lenient_rules.OTHER_DIRECTION, details)
