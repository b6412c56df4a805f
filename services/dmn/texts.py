"""The texts in boxed expressions and tables: read once, in the language that they are in, into closures."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

from lxml import etree

from services.dmn.elements import text_of
from services.dmn.item_definitions import Definitions
from services.dmn.manners import LENIENT, Manner
from services.dmn.requirements import Logic
from services.dmn.tables import Cell
from services.feel import Test, expression, nodes, unary_tests
from services.feel.applying import belongs
from services.feel.looking import bare_name, check_callable, kinds_of
from services.feel.run import FeelRefused, FeelScope
from services.feel.values import Value

FEEL = "feel"
#: another language: a text in, its value over the names in scope out, and the names that it reads
Language = Callable[[str], tuple[Logic, frozenset[str]]]


class Wrong(Exception):
    """A part that cannot be read: where, what (a word for it), and with which details."""

    def __init__(self, node: etree._Element, what: str, **details: object) -> None:
        self.node, self.what, self.details = node, what, details
        super().__init__(what)


@dataclass
class Texts:
    """Reads the texts of one element. `names` are those in its scope that the reader of FEEL must know."""

    owner: str  #: id of the element
    title: str
    names: frozenset[str]
    types: Definitions
    languages: Mapping[str, Language] = field(default_factory=dict)
    language: str = FEEL  #: where a part names none
    manner: Manner = LENIENT
    #: what may be called beside what stands in scope, where it is not lenient
    functions: AbstractSet[str] = frozenset()
    free: set[str] = field(default_factory=set)

    @property
    def lenient(self) -> bool:
        """Whether a part that cannot be read is null by itself, with a note; else it is Wrong."""
        return self.manner.lenient

    @contextmanager
    def naming(self, names: Iterable[str]) -> Iterator[None]:
        before = self.names
        self.names |= frozenset(names)
        yield
        self.names = before

    def text(self, node: etree._Element, text: str) -> Logic:
        """A text in the language that its node names."""
        asked = (node.get("expressionLanguage") or self.language).strip()
        name = _language(asked)
        if name == FEEL and text.startswith("${") and "juel" in self.languages:
            name = "juel"
        if name != FEEL:
            if name not in self.languages:
                raise Wrong(node, "language", language=asked)
            return self._other(node, name, text)
        try:
            found = expression(text, self.names, self.types)
            self._check(found.tree, found.free)
        except FeelRefused as refused:
            return self._unread(node, text, refused)
        self.free |= found.free
        return found.within

    def _check(self, tree: nodes.Tree | None, free: frozenset[str]) -> None:
        if tree is not None and self.manner.refuses:
            check_callable(tree, {*self.functions, *self.names}, free)

    def _other(self, node: etree._Element, language: str, text: str) -> Logic:
        try:
            logic, free = self.languages[language](text)
        except FeelRefused as refused:
            raise Wrong(node, "expression", expression=text, reason=refused.note) from None
        self.free |= free
        return logic

    def _unread(self, node: etree._Element, text: str, refused: FeelRefused) -> Logic:
        if not self.lenient:
            raise Wrong(node, "expression", expression=text, reason=refused.note) from None
        return lambda scope: scope.run.note("%(text)s cannot be read", text=repr(text[:60]))

    def kinds(self, text: str) -> frozenset[str]:
        """The kinds of the constants that a text gives; none where it is lenient."""
        try:
            return kinds_of(expression(text, self.names, self.types).tree) if text and not self.lenient else frozenset()
        except FeelRefused:
            return frozenset()

    def parts(self, text: str) -> tuple[nodes.Tree, ...]:
        """What a list consists of; nothing where it cannot be read."""
        try:
            tree = expression(text, self.names, self.types).tree
        except FeelRefused:
            return ()
        return tuple(tree.parts()) if tree is not None else ()

    def optional(self, node: etree._Element | None) -> Logic | None:
        """The text of a node that may be absent, or say nothing."""
        text = text_of(node) if node is not None else ""
        return None if node is None or not text or (text == "-" and self.lenient) else self.text(node, text)

    def check_names(self, node: etree._Element, names: Iterable[str]) -> None:
        """Of two values of one name in one place the last would hide the others. Raises Wrong."""
        for name, count in Counter(names).items() if self.manner.refuses else ():
            if name and count > 1:
                raise Wrong(node, "twice", name=name)

    def cell(self, node: etree._Element) -> Cell:
        """A unary test: what a rule asks of one column."""
        text = text_of(node)
        if _language(node.get("expressionLanguage") or FEEL) != FEEL or text.startswith("${"):
            if text in ("", "-"):
                return Cell(text, None)
            logic = self.text(node, text)
            return Cell(text, lambda scope, value: logic(scope.inside({"cellInput": value})))
        try:
            found = unary_tests(text, self.names, self.types)
            self._check(found.tree, found.free)
        except FeelRefused as refused:
            if "juel" in self.languages and not self.lenient:
                return self._value(node, text, refused)
            unread = self._unread(node, text, refused)
            return Cell(text, lambda scope, value: unread(scope))
        self.free |= found.free
        if found.tree is None:
            return Cell(text, None)
        unset = bare_name(found.tree) if not (self.lenient or found.tree.negated) else ""
        return Cell(text, partial(_known, found, unset) if unset else found.within, kinds_of(found.tree))

    def _value(self, node: etree._Element, text: str, refused: FeelRefused) -> Cell:
        """`'a'`: a value as the other language writes it, which earlier versions read."""
        try:
            logic, free = self.languages["juel"](text)
        except FeelRefused:
            raise Wrong(node, "expression", expression=text, reason=refused.note) from None
        self.free |= free
        return Cell(text, lambda scope, value: belongs(scope.run, value, logic(scope)))


def _known(test: Test, name: str, scope: FeelScope, value: Value) -> bool | None:
    """What nobody set fits nothing, not even what is missing too."""
    if not scope.knows(name):
        scope.run.hint("there is no variable %(name)s", name=name)
        return None
    return test.within(scope, value)


def _language(name: str) -> str:
    low = name.lower()
    return FEEL if "feel" in low else "juel" if "juel" in low else low
