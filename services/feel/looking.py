"""What can be seen in an expression without evaluating it: the kinds of its constants, functions that nobody has."""

from collections.abc import Container, Iterator, Mapping

from services.feel import nodes
from services.feel.run import FeelRefused
from services.feel.times import DaysTime, YearsMonths
from services.feel.values import kind

#: functions whose result is of one kind, whatever they are given
_GIVES: Mapping[str, str] = {
    "date": "date", "today": "date", "date and time": "date and time", "now": "date and time", "time": "time",
    "years and months duration": "years and months duration", "string": "string", "upper case": "string",
    "lower case": "string", "number": "number", "count": "number", "abs": "number", "floor": "number",
    "ceiling": "number", "decimal": "number", "sum": "number",
}  # fmt: skip


def kinds_of(tree: nodes.Tree | None) -> frozenset[str]:
    """The kinds of the constants that a value is tested against, or that an expression may give; none where only
    reckoning shows it."""
    return frozenset(_kinds(tree)) if tree is not None else frozenset()


def _kinds(node: nodes.Tree) -> Iterator[str]:
    if isinstance(node, nodes.Literal | nodes.AtLiteral):
        if node.value is not None:
            yield kind(node.value)
    elif isinstance(node, nodes.Tests | nodes.Comparison | nodes.Negative | nodes.RangeOf | nodes.ListOf):
        for each in node.parts():
            yield from _kinds(each)
    elif isinstance(node, nodes.If):
        for each in (node.yes, node.no):
            yield from _kinds(each)
    elif isinstance(node, nodes.Invocation) and isinstance(node.function, nodes.NameOf):
        yield from _given(node.function.name, node.arguments)
    elif isinstance(node, nodes.Operated):
        yield from _sum(node)


def _given(function: str, arguments: tuple[nodes.Tree, ...]) -> Iterator[str]:
    if function in _GIVES:
        yield _GIVES[function]
    elif function == "duration" and len(arguments) == 1 and isinstance(arguments[0], nodes.Literal):
        text = str(arguments[0].value)
        found = DaysTime.read(text) or YearsMonths.read(text)
        yield from [kind(found)] if found is not None else []


def _sum(node: nodes.Operated) -> Iterator[str]:
    """A day plus a duration is a day; products and quotients with a number in them are mostly numbers."""
    parts = {*_kinds(node.left), *_kinds(node.right)}
    moments = parts & {"date", "date and time", "time"}
    if node.operator in ("+", "-") and (moments or parts == {"string"}):
        yield from moments or parts
    elif node.operator in ("+", "-", "*", "/", "**") and parts == {"number"}:
        yield "number"


def bare_name(tree: nodes.Tests | None) -> str:
    """`VIP`: the one name that an entry of a table consists of; empty for any other entry."""
    only = tree.tests[0] if tree is not None and len(tree.tests) == 1 else None
    return only.name if isinstance(only, nodes.NameOf) else ""


def check_callable(tree: nodes.Tree, functions: Container[str], free: Container[str]) -> None:
    """Data holds no functions: what is called is one of these, or made in the expression. Raises FeelRefused."""
    for node in tree.walk():
        if isinstance(node, nodes.Invocation):
            root: nodes.Tree = node.function
            while isinstance(root, nodes.Path | nodes.Filter):
                root = root.base
            said = node.function.name if isinstance(node.function, nodes.NameOf | nodes.Path) else ""
            is_ours = isinstance(root, nodes.NameOf) and root.name in functions
            made = isinstance(root, nodes.FunctionOf | nodes.ContextOf | nodes.If | nodes.Invocation)
            if not is_ours and not made and (not isinstance(root, nodes.NameOf) or root.name in free):
                raise FeelRefused("there is no function %(name)s()", name=said)
