"""Small helps to read DMN's files, whatever the version of their namespace."""

from collections.abc import Iterator

from lxml import etree


def local(node: etree._Element) -> str:
    """A node's name without its namespace; empty for comments."""
    return str(etree.QName(node).localname) if isinstance(node.tag, str) else ""


def children(node: etree._Element, *names: str) -> list[etree._Element]:
    """The nodes right inside that have one of these names."""
    return [each for each in node if local(each) in names]


def child(node: etree._Element | None, *names: str) -> etree._Element | None:
    """The first node right inside that has one of these names; None when there is none."""
    return None if node is None else next(iter(children(node, *names)), None)


def elements(node: etree._Element) -> Iterator[etree._Element]:
    """The nodes right inside that are no comments."""
    return (each for each in node if isinstance(each.tag, str))


def text_of(node: etree._Element) -> str:
    """What stands in its <text>, or in itself."""
    text = child(node, "text")
    found = text if text is not None else node
    return "".join(str(part) for part in found.itertext(with_tail=False)).strip()
