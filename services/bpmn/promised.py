"""What is declared, and is not what happens. Part of what is allowed; all of it is only told.

BPMN 2.0.2, 10.6.1 (the direction of a gateway), 8.4.3 and 8.4.4 (codes are texts); Camunda 7 refuses output parameters
of several, because each would write over what the one before it wrote (BpmnParse: «not allowed for multi-instance»).
"""

import re
from collections import Counter
from collections.abc import Iterator

from lxml import etree

from services.bpmn import lenient_rules
from services.bpmn.events import CODES
from services.bpmn.reading import read_extensions
from services.bpmn.rules import Fault, Faults
from services.bpmn.xml import B, C
from services.expressions import is_reckoned

GATEWAYS = tuple(f"{B}{kind}Gateway" for kind in ("exclusive", "inclusive", "parallel", "eventBased", "complex"))
LOOP = f"{B}multiInstanceLoopCharacteristics"
#: what is caught, and so nothing where it is thrown
CAUGHT = ("errorCodeVariable", "escalationCodeVariable")
#: attributes that name a variable
SETS = ("resultVariable", *CAUGHT)
#: what an expression can read; `a.b` would be the member b of a
READ = re.compile(r"[^\W\d][\w ]*")
#: direction -> (whether several flows come in, whether several go out)
DIRECTIONS = {"Converging": (True, False), "Diverging": (False, True), "Mixed": (True, True)}


def faults_in_promises(root: etree._Element) -> Faults:
    """Directions, codes and output parameters that say what does not come about."""
    yield from _directions(root)
    for node in root.iterchildren(*(f"{B}{kind}" for kind in CODES)):
        code = node.get(CODES[etree.QName(node).localname], "")
        if is_reckoned(code):
            yield Fault(node, lenient_rules.CODE_AS_WRITTEN, {"code": code[:100]})
    for loop in root.iter(LOOP):
        host = loop.getparent()
        if host is not None and (outputs := read_extensions(host).outputs):
            yield Fault(host, lenient_rules.OUTPUT_OF_SEVERAL, {"names": ", ".join(name for name, _ in outputs)[:200]})
    yield from _never_set(root)
    for node in root.iter(f"{B}*"):
        for name in dict.fromkeys(_named(node)):
            if name and not READ.fullmatch(name.strip()):
                yield Fault(node, lenient_rules.NAME_UNREADABLE, {"name": name[:100]})


def _never_set(root: etree._Element) -> Faults:
    """Variables that are named where there is nothing to put into them."""
    for loop in root.iter(LOOP):
        if loop.get(f"{C}elementVariable") and not loop.get(f"{C}collection"):
            yield Fault(loop, lenient_rules.VARIABLE_NOT_SET, {"what": "camunda:elementVariable"})
    for event in root.iter(f"{B}endEvent", f"{B}intermediateThrowEvent"):
        for each in event:
            yield from (Fault(event, lenient_rules.VARIABLE_NOT_SET, {"what": f"camunda:{name}"})
                        for name in CAUGHT if each.get(f"{C}{name}"))  # fmt: skip


def _named(node: etree._Element) -> Iterator[str]:
    """The variables that an element sets by a name of its own."""
    yield from (node.get(f"{C}{name}", "") for name in SETS)
    extensions = read_extensions(node)
    yield from (name for name, _ in (*extensions.inputs, *extensions.outputs))
    yield from (target for source, target in (*extensions.into, *extensions.out_of) if source != "*")


def _directions(root: etree._Element) -> Faults:
    come = Counter(flow.get("targetRef") for flow in root.iter(f"{B}sequenceFlow"))
    go = Counter(flow.get("sourceRef") for flow in root.iter(f"{B}sequenceFlow"))
    for node in root.iter(*GATEWAYS):
        said = node.get("gatewayDirection", "Unspecified")
        incoming, outgoing = come[node.get("id")], go[node.get("id")]
        if said != "Unspecified" and DIRECTIONS.get(said) != (incoming > 1, outgoing > 1):
            details = {"direction": said[:40], "incoming": incoming, "outgoing": outgoing}
            yield Fault(node, lenient_rules.OTHER_DIRECTION, details)
