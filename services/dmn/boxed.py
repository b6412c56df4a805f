"""Boxed expressions, from XML to closures (DMN 1.5, chapters 7 and 10.2)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial

from lxml import etree

from services.dmn.elements import child, children, elements, local, text_of
from services.dmn.item_definitions import Definitions
from services.dmn.requirements import Logic, Output, RuleFired
from services.dmn.tables import AGGREGATIONS, POLICIES, Cell, DecisionTable, TableColumn, TableRow, agreed
from services.feel import Test, expression, nodes, unary_tests
from services.feel.applying import NoTurns, belongs, filtered, fitted, invoked
from services.feel.applying import elements as turns_of
from services.feel.looking import bare_name, check_callable, kinds_of
from services.feel.run import FeelRefused, FeelScope, Run
from services.feel.types import FeelType
from services.feel.values import Function, Value, kind

FEEL = "feel"
#: another language: a text in, its value over the names in scope out, and the names that it reads
Language = Callable[[str], tuple[Logic, frozenset[str]]]
KINDS = frozenset({
    "literalExpression", "decisionTable", "context", "list", "relation", "invocation", "functionDefinition",
    "conditional", "for", "some", "every", "filter",
})  # fmt: skip


class Wrong(Exception):
    """A part that cannot be read: where, what (a word for it), and with which details."""

    def __init__(self, node: etree._Element, what: str, **details: object) -> None:
        self.node, self.what, self.details = node, what, details
        super().__init__(what)


@dataclass
class Builder:
    """Reads the logic of one element. `names` are those in its scope that the reader of FEEL must know."""

    owner: str  #: id of the element
    title: str
    names: frozenset[str]
    types: Definitions
    languages: Mapping[str, Language] = field(default_factory=dict)
    language: str = FEEL  #: where a part names none
    #: a part that cannot be read is null by itself, with a note; else it is Wrong
    lenient: bool = True
    #: what may be called beside what stands in scope, where it is not lenient
    functions: AbstractSet[str] = frozenset()
    free: set[str] = field(default_factory=set)

    def logic(self, node: etree._Element) -> Logic:
        """The closure of a boxed expression. Raises Wrong."""
        made = getattr(self, "_" + local(node)) if local(node) in KINDS else None
        if made is None:
            raise Wrong(node, "empty")
        type_ = self.types.asked(node.get("typeRef")) if local(node) != "literalExpression" else None
        found: Logic = made(node)
        return found if type_ is None or local(node) == "functionDefinition" else partial(_made_fit, found, type_)

    def inner(self, node: etree._Element | None, owner: etree._Element) -> Logic:
        """The expression that stands in a node: in `<if>`, `<in>`, a binding …"""
        for each in elements(node) if node is not None else ():
            if local(each) in KINDS:
                return self.logic(each)
        return _nothing if node is not None and self.lenient else self._empty(owner)

    def _empty(self, owner: etree._Element) -> Logic:
        if self.lenient:
            return _nothing
        raise Wrong(owner, "empty")

    @contextmanager
    def naming(self, names: Iterable[str]) -> Iterator[None]:
        before = self.names
        self.names |= frozenset(names)
        yield
        self.names = before

    # ---------------------------------------------------------------- texts

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
        if tree is not None and not self.lenient:
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

    def _literalExpression(self, node: etree._Element) -> Logic:
        text = text_of(node)
        if not text:
            return self._empty(node)
        return self.text(node, text.removeprefix("=") if not self.lenient else text)

    # ---------------------------------------------------------------- contexts, lists, relations

    def _context(self, node: etree._Element) -> Logic:
        entries: list[tuple[str | None, FeelType | None, Logic]] = []
        before = self.names
        for entry in children(node, "contextEntry"):
            variable = child(entry, "variable")
            name = None if variable is None else variable.get("name", "").strip()
            type_ = None if variable is None else self.types.asked(variable.get("typeRef"))
            entries.append((name, type_, self.inner(entry, entry)))
            if name:
                self.names |= {name}
        self.names = before
        return partial(_context_of, entries)

    def _list(self, node: etree._Element) -> Logic:
        parts = [self.logic(each) for each in elements(node) if local(each) in KINDS]
        return lambda scope: [part(scope) for part in parts]

    def _relation(self, node: etree._Element) -> Logic:
        names = [each.get("name", "").strip() for each in children(node, "column")]
        types = [self.types.asked(each.get("typeRef")) for each in children(node, "column")]
        rows = [[self.logic(each) for each in elements(row) if local(each) in KINDS] for row in children(node, "row")]
        if any(len(row) != len(names) for row in rows):
            raise Wrong(node, "incomplete", number=1 + next(n for n, row in enumerate(rows) if len(row) != len(names)))

        def related(scope: FeelScope) -> Value:
            return [
                {
                    name: fitted(scope.run, part(scope), type_)
                    for name, type_, part in zip(names, types, row, strict=True)
                }
                for row in rows
            ]

        return related

    # ---------------------------------------------------------------- functions

    def parameters(self, node: etree._Element) -> tuple[list[str], list[FeelType | None]]:
        """Names and types of the formal parameters."""
        found = children(node, "formalParameter")
        return [each.get("name", "").strip() for each in found], [
            self.types.asked(each.get("typeRef")) for each in found
        ]

    def _functionDefinition(self, node: etree._Element) -> Logic:
        names, types = self.parameters(node)
        if node.get("kind", "FEEL") != "FEEL":
            return lambda scope: scope.run.note("functions of other languages are not called")
        with self.naming(names):
            body = self.inner(node, node)
        result = self.types.asked(node.get("typeRef"))

        def made(scope: FeelScope) -> Value:
            def call(run: Run, *values: Value) -> Value:
                return body(scope.inside(dict(zip(names, values, strict=True))))

            return Function("", names, call, types, result)

        return made

    def _invocation(self, node: etree._Element) -> Logic:
        called = next((each for each in elements(node) if local(each) in KINDS), None)
        function = self._empty(node) if called is None else self.logic(called)
        said = "" if called is None else text_of(called)
        names, values = [], []
        for binding in children(node, "binding"):
            parameter = child(binding, "parameter")
            names.append("" if parameter is None else parameter.get("name", "").strip())
            values.append(self.inner(binding, binding))

        def call(scope: FeelScope) -> Value:
            found = function(scope)
            if not isinstance(found, Function):
                found = scope.run.extras.get(said)
            if not isinstance(found, Function):
                return scope.run.note("there is no function %(name)s()", name=said[:60])
            return invoked(scope.run, found, [value(scope) for value in values], names)

        return call

    # ---------------------------------------------------------------- choices and loops

    def _conditional(self, node: etree._Element) -> Logic:
        condition, yes, no = (self.inner(child(node, name), node) for name in ("if", "then", "else"))

        def chosen(scope: FeelScope) -> Value:
            found = condition(scope)
            if found is not None and not isinstance(found, bool):
                return scope.run.note("a condition is neither true nor false, but %(kind)s", kind=kind(found))
            return yes(scope) if found is True else no(scope)

        return chosen

    def _for(self, node: etree._Element) -> Logic:
        name, values, result = self._iteration(node, "return")

        def listed(scope: FeelScope) -> Value:
            found: list[Value] = []
            outer = scope.inside({"partial": found})
            try:
                for each in turns_of(scope.run, values(scope)):
                    scope.run.spend()
                    found.append(result(outer.inside({name: each})))
            except NoTurns:
                return None
            return found

        return listed

    def _iteration(self, node: etree._Element, *last: str) -> tuple[str, Logic, Logic]:
        name = (node.get("iteratorVariable") or "").strip()
        values = self.inner(child(node, "in"), node)
        with self.naming([name]):
            return name, values, self.inner(child(node, *last), node)

    def _some(self, node: etree._Element) -> Logic:
        return self._quantified(node, wanted=True)

    def _every(self, node: etree._Element) -> Logic:
        return self._quantified(node, wanted=False)

    def _quantified(self, node: etree._Element, *, wanted: bool) -> Logic:
        name, values, condition = self._iteration(node, "satisfies")

        def folded(scope: FeelScope) -> Value:
            unknown = False
            try:
                for each in turns_of(scope.run, values(scope)):
                    scope.run.spend()
                    found = condition(scope.inside({name: each}))
                    if found is wanted:
                        return wanted
                    if found is not None and not isinstance(found, bool):
                        return scope.run.note("a condition is neither true nor false, but %(kind)s", kind=kind(found))
                    unknown = unknown or found is None
            except NoTurns:
                return None
            return None if unknown else not wanted

        return folded

    def _filter(self, node: etree._Element) -> Logic:
        values = self.inner(child(node, "in"), node)
        with self.naming(["item"]):
            match = self.inner(child(node, "match"), node)
        return lambda scope: filtered(scope, values(scope), match)

    # ---------------------------------------------------------------- tables

    def _decisionTable(self, node: etree._Element) -> Logic:
        return self.table(node).decide

    def table(self, node: etree._Element) -> DecisionTable:
        """A decision table. Raises Wrong."""
        policy, aggregation = node.get("hitPolicy", "UNIQUE"), node.get("aggregation")
        if policy not in POLICIES or (aggregation and (policy != "COLLECT" or aggregation not in AGGREGATIONS)):
            raise Wrong(node, "policy", policy=f"{policy} {aggregation or ''}".strip())
        columns = tuple(self._column(each) for each in children(node, "input"))
        found = children(node, "output")
        outputs = tuple(self._output(node, each, len(found)) for each in found)
        if not outputs:
            raise Wrong(node, "output")
        rows = tuple(self._row(number, each) for number, each in enumerate(children(node, "rule"), start=1))
        for row in rows:
            if len(row.entries) != len(columns) or len(row.outputs) != len(outputs):
                raise Wrong(node, "incomplete", number=row.rule.number)
        if not self.lenient:
            asked = [frozenset[str]().union(*(row.entries[at].kinds for row in rows)) for at in range(len(columns))]
            told = [frozenset[str]().union(*(row.kinds[at] for row in rows)) for at in range(len(outputs))]
            columns = tuple(replace(each, type=agreed(each.type, of)) for each, of in zip(columns, asked, strict=True))
            outputs = tuple(replace(each, type=agreed(each.type, of)) for each, of in zip(outputs, told, strict=True))
        defaults = tuple(self._optional(child(each, "defaultOutputEntry")) for each in found)
        order = tuple(self._ranks(child(each, "outputValues")) for each in found)
        if not any(order) and policy in ("PRIORITY", "OUTPUT ORDER"):
            order = tuple(self._ranks_of(each) for each in found)
        return DecisionTable(self.owner, self.title, policy, aggregation, columns, outputs, rows, defaults, order)

    def _output(self, table: etree._Element, node: etree._Element, count: int) -> Output:
        name = (node.get("name") or (node.get("label") if not self.lenient else "") or "").strip()
        if not name and count > 1:
            raise Wrong(table, "output")
        name = name or ("" if self.lenient else self.owner)
        return Output(name, self.types.asked(node.get("typeRef")), self._listed(child(node, "outputValues")))

    def _listed(self, node: etree._Element | None) -> Callable[[FeelScope, Value], bool | None] | None:
        """Whether a value is among those that a column lists; None where it lists none."""
        return self._test(node).test if node is not None and text_of(node) else None

    def _column(self, node: etree._Element) -> TableColumn:
        given = child(node, "inputExpression")
        text = text_of(given) if given is not None else ""
        if given is None or not text:
            raise Wrong(node, "input", column=node.get("label") or node.get("id"))
        allows = self._listed(child(node, "inputValues"))
        named = [node.get(key) for key in node.keys() if str(key).endswith("}inputVariable")]  # noqa: SIM118
        names = [str(each) for each in named if each] or ([] if self.lenient else ["cellInput"])
        label = node.get("label") or text
        return TableColumn(label, self.text(given, text), self.types.asked(given.get("typeRef")), allows, tuple(names))

    def _row(self, number: int, node: etree._Element) -> TableRow:
        entries = tuple(self._test(each) for each in children(node, "inputEntry"))
        outputs = children(node, "outputEntry")
        said = child(node, "description")
        notes = [text_of(each) for each in children(node, "annotationEntry")]
        says = text_of(said) if said is not None else "; ".join(note for note in notes if note)
        texts = tuple(text_of(each) for each in outputs)
        logic = tuple(map(self._optional, outputs))
        tests = tuple("" if each.text == "-" else each.text for each in entries)
        return TableRow(
            RuleFired(number, node.get("id", ""), says, tests), entries, logic, texts, tuple(map(self._kinds, texts))
        )

    def _kinds(self, text: str) -> frozenset[str]:
        try:
            return kinds_of(expression(text, self.names, self.types).tree) if text and not self.lenient else frozenset()
        except FeelRefused:
            return frozenset()

    def _optional(self, node: etree._Element | None) -> Logic | None:
        text = text_of(node) if node is not None else ""
        return None if node is None or not text or (text == "-" and self.lenient) else self.text(node, text)

    def _test(self, node: etree._Element) -> Cell:
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

    def _ranks(self, node: etree._Element | None) -> Logic | None:
        """The values of a list, the first highest."""
        text = text_of(node) if node is not None else ""
        return None if node is None or not text else self.text(node, f"[{text}]")

    def _ranks_of(self, output: etree._Element) -> Logic | None:
        """The ranks of the output's type, when the column lists none."""
        name = output.get("typeRef") or ""
        definition = self.types.nodes.get(name)
        return None if definition is None else self._ranks(child(definition, "allowedValues"))


def _known(test: Test, name: str, scope: FeelScope, value: Value) -> bool | None:
    """What nobody set fits nothing, not even what is missing too."""
    if not scope.knows(name):
        scope.run.hint("there is no variable %(name)s", name=name)
        return None
    return test.within(scope, value)


def _language(name: str) -> str:
    low = name.lower()
    return FEEL if "feel" in low else "juel" if "juel" in low else low


def _nothing(scope: FeelScope) -> Value:
    return None


def _made_fit(logic: Logic, type_: FeelType, scope: FeelScope) -> Value:
    return fitted(scope.run, logic(scope), type_)


def _context_of(entries: list[tuple[str | None, FeelType | None, Logic]], scope: FeelScope) -> Value:
    found: dict[str, Value] = {}
    inside = scope.inside(found)
    for name, type_, logic in entries:
        if name is None:
            return logic(inside)
        found[name] = fitted(scope.run, logic(inside), type_)
    return found
