"""Reading XML that anybody may have written: no entities, no DTD, no network, no giants."""

from typing import Any

from lxml import etree

from services.engine.errors import BadDiagram, Problem

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
B, C = f"{{{BPMN}}}", f"{{{CAMUNDA}}}"
LARGEST_FILE = 5 * 1024 * 1024


def read_xml(resource: str, content: bytes) -> etree._Element:
    """The root of a diagram or decision. Raises BadDiagram for what is no clean XML."""
    if len(content) > LARGEST_FILE:
        raise BadDiagram([Problem(resource, "", "", None, "The file is larger than 5 MB.")])
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as fault:
        raise BadDiagram([Problem(resource, "", "", fault.lineno, f"This is not readable XML: {fault.msg}.")]) from None
    docinfo: Any = root.getroottree().docinfo
    if docinfo.doctype:
        raise BadDiagram([Problem(resource, "", "", 1, "A DOCTYPE is not allowed; save the file from Modeler again.")])
    return root


def local_name(node: etree._Element) -> str:
    """`userTask` of `{…}userTask`."""
    return etree.QName(node).localname


def in_bpmn(node: etree._Element) -> bool:
    """Whether it is an element of BPMN (not a comment, not an extension)."""
    return isinstance(node.tag, str) and node.tag.startswith(B)
