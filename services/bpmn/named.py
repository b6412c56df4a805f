"""What a diagram names in another way than by an id: qualified names, codes of errors, receive tasks without a message.

BPMN's references are qualified names (`tns:news`). Camunda 7's manual: an `errorRef` that no error of the file has is
the code itself. A receive task without a message waits for one that is called as the task's id.
"""

from lxml import etree

from services.bpmn.xml import B

#: references to what stands in the file, as the schema of BPMN 2.0 types them: xsd:QName
QUALIFIED = ("messageRef", "signalRef", "errorRef", "escalationRef", "calledElement", "processRef")


def by_id(root: etree._Element) -> None:
    """In place: every such reference is an id of the file."""
    for node in root.iter(f"{B}*"):
        for attribute in QUALIFIED:
            prefix, colon, name = node.get(attribute, "").partition(":")
            if colon and prefix in node.nsmap:
                node.set(attribute, name)
    _errors(root)
    _messages(root)


def _errors(root: etree._Element) -> None:
    known = {each.get("id") for each in root.iter(f"{B}error")}
    for node in root.iter(f"{B}errorEventDefinition"):
        code = node.get("errorRef", "").strip()
        if code and code not in known:
            known.add(code)
            root.insert(0, etree.Element(f"{B}error", id=code, name=code, errorCode=code))


def _messages(root: etree._Element) -> None:
    taken = {each.get("id", "") for each in root.iter(f"{B}*")}
    for task in root.iter(f"{B}receiveTask"):
        name = task.get("id", "")
        if task.get("messageRef") is None and name:
            key = f"message_of_{name}"
            while key in taken:
                key += "_"
            taken.add(key)
            task.set("messageRef", key)
            root.insert(0, etree.Element(f"{B}message", id=key, name=name))
