"""Boxed expressions, from XML to closures (DMN 1.5, chapters 7 and 10.2)."""

from functools import partial

from lxml import etree

from services.dmn.elements import child, children, elements, local, text_of
from services.dmn.requirements import Logic
from services.dmn.table_reading import read_table
from services.dmn.texts import Texts, Wrong
from services.feel.applying import NoTurns, filtered, fitted, invoked
from services.feel.applying import elements as turns_of
from services.feel.run import FeelScope, Run
from services.feel.types import FeelType
from services.feel.values import Function, Value, kind

KINDS = frozenset({
    "literalExpression", "decisionTable", "context", "list", "relation", "invocation", "functionDefinition",
    "conditional", "for", "some", "every", "filter",
})  # fmt: skip


class Builder(Texts):
    """Reads the logic of one element."""

    def logic(self, node: etree._Element) -> Logic:
        """The closure of a boxed expression. Raises Wrong."""
        made = getattr(self, "_" + local(node)) if local(node) in KINDS else None
        if made is None:
            raise Wrong(node, "empty")
        literal = local(node) == "literalExpression"
        typed = self.manner.literals_have_types or not literal
        type_ = self.types.asked(node.get("typeRef")) if typed else None
        found: Logic = made(node)
        if type_ is None or local(node) == "functionDefinition":
            return found
        return partial(_of_its_type if literal else _made_fit, found, type_)

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
        self.check_names(node, [name for name, _, _ in entries if name])
        return partial(_context_of, entries)

    def _list(self, node: etree._Element) -> Logic:
        parts = [self.logic(each) for each in elements(node) if local(each) in KINDS]
        return lambda scope: [part(scope) for part in parts]

    def _relation(self, node: etree._Element) -> Logic:
        names = [each.get("name", "").strip() for each in children(node, "column")]
        self.check_names(node, names)
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
        self.check_names(node, [each.get("name", "").strip() for each in found])
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
        return read_table(self, node).decide


def _nothing(scope: FeelScope) -> Value:
    return None


def _made_fit(logic: Logic, type_: FeelType, scope: FeelScope) -> Value:
    return fitted(scope.run, logic(scope), type_)


def _of_its_type(logic: Logic, type_: FeelType, scope: FeelScope) -> Value:
    """Of a literal expression: over a case's variables as those are made to fit; a text says nothing there."""
    fits = getattr(scope.run, "fits", None)
    value = logic(scope)
    if fits is None or value is None:
        return fitted(scope.run, value, type_)
    return value if type_.kind == "string" and type_.allows is None else fits(value, type_, str(type_))


def _context_of(entries: list[tuple[str | None, FeelType | None, Logic]], scope: FeelScope) -> Value:
    found: dict[str, Value] = {}
    inside = scope.inside(found)
    for name, type_, logic in entries:
        if name is None:
            return logic(inside)
        found[name] = fitted(scope.run, logic(inside), type_)
    return found
