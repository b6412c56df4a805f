"""Item definitions: the types that a file defines, with the values they allow (DMN 1.5, 7.3.3)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from lxml import etree

from services.dmn.elements import child, children, text_of
from services.feel import unary_tests
from services.feel.run import FeelRefused
from services.feel.types import ANY, FeelType, named
from services.feel.values import Value

#: what of a definition says which values it allows
LISTS = ("allowedValues", "typeConstraint")
#: Camunda 7's words for types
_CAMUNDA = {
    "integer": FeelType("number", name="integer", allows=lambda value: bool(value == value.to_integral_value())),
    "long": FeelType("number", name="long", allows=lambda value: bool(value == value.to_integral_value())),
    "double": FeelType("number"),
}  # fmt: skip


class Definitions(Mapping[str, FeelType]):
    """The types of a file by name, made when they are asked for; those of an import as `import.name`."""

    def __init__(self, root: etree._Element, *, lists_are_asked: bool = False) -> None:
        """`lists_are_asked`: by `instance of`, too, as files of former readings mean it."""
        self.lists_are_asked = lists_are_asked
        self.nodes = {node.get("name", "").strip(): node for node in children(root, "itemDefinition")}
        self.made: dict[str, FeelType] = {}
        self.making: set[str] = set()
        self.imported: dict[str, Definitions] = {}

    def __getitem__(self, name: str) -> FeelType:
        found = self.find(name)
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        yield from self.nodes
        for prefix, definitions in self.imported.items():
            yield from (f"{prefix}.{name}" for name in definitions)

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __bool__(self) -> bool:
        return bool(self.nodes or self.imported)

    def find(self, name: str) -> FeelType | None:
        """The type of that name; None for one that nobody defines."""
        if name in self.made:
            return self.made[name]
        if name in self.nodes:
            if name in self.making:  # it is made of itself
                return ANY
            self.making.add(name)
            self.made[name] = self._made(self.nodes[name], name)
            self.making.discard(name)
            return self.made[name]
        for prefix, definitions in self.imported.items():
            if name.startswith(f"{prefix}.") and (found := definitions.find(name[len(prefix) + 1 :])):
                return found
        return None

    def asked(self, reference: str | None) -> FeelType | None:
        """What a typeRef speaks of; None for none, or one that says nothing."""
        name = (reference or "").strip()
        if not name:
            return None
        found = self.find(name) or _CAMUNDA.get(name) or named(name)
        if found is None and ":" in name:  # DMN 1.1 writes a prefix
            plain = name.partition(":")[2]
            found = self.find(plain) or _CAMUNDA.get(plain) or named(plain)
        return None if found is None or found == ANY else found

    def _made(self, node: etree._Element, name: str = "") -> FeelType:
        inner = self._inner(node)
        if node.get("isCollection") != "true":
            return self._allowing(replace(inner, name=name), _both(inner.allows, _allowed(node, *LISTS)))
        element = self._allowing(inner, _both(inner.allows, _allowed(node, "allowedValues")))
        return self._allowing(FeelType("list", element, name=name), _allowed(node, "typeConstraint"))

    def _allowing(self, type_: FeelType, allows: Callable[[Value], bool] | None) -> FeelType:
        return replace(type_, allows=allows, asks=allows if self.lists_are_asked else None)

    def _inner(self, node: etree._Element) -> FeelType:
        components = children(node, "itemComponent")
        if components:
            members = {each.get("name", "").strip(): self._made(each) for each in components}
            return FeelType("context", members=members)
        function = child(node, "functionItem")
        if function is not None:
            parameters = [self.asked(each.get("typeRef")) or ANY for each in children(function, "parameters")]
            return FeelType("function", parameters=parameters, result=self.asked(function.get("outputTypeRef")) or ANY)
        reference = child(node, "typeRef")
        return self.asked(text_of(reference) if reference is not None else node.get("typeRef")) or ANY


def lists_in(root: etree._Element) -> Iterator[tuple[etree._Element, etree._Element]]:
    """Each definition of a file, and what in it says which values it, or a part of it, allows."""
    for owner in children(root, "itemDefinition"):
        for part in (owner, *owner.iter("{*}itemComponent")):
            yield from ((owner, each) for each in children(part, *LISTS))


def _allowed(node: etree._Element, *names: str) -> Callable[[Value], bool] | None:
    found: Callable[[Value], bool] | None = None
    for name in names:
        given = child(node, name)
        text = text_of(given) if given is not None else ""
        if text:
            try:
                found = _both(found, partial(_is_allowed, unary_tests(text)))
            except FeelRefused:
                continue
    return found


def _is_allowed(test: "object", value: Value) -> bool:
    return value is None or test.evaluate({}, value).value is True  # type: ignore[attr-defined]


def _both(one: Callable[[Value], bool] | None, other: Callable[[Value], bool] | None) -> Callable[[Value], bool] | None:
    if one is None or other is None:
        return one or other
    return lambda value: one(value) and other(value)
