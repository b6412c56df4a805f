"""From a tree back to text: every part in brackets, so that it is read as the same tree again."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from services.feel import nodes as n
from services.feel.values import Value, text_of

_WORD = re.compile(r"[^\W\d]\w*")


def written(node: n.Tree) -> str:
    """The expression as text."""
    return _WRITERS[type(node)](node)


def _all(parts: tuple[n.Tree, ...]) -> str:
    return ", ".join(map(written, parts))


_SIGNS = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _quoted(text: str) -> str:
    return '"' + "".join(_SIGNS.get(sign, sign) for sign in text) + '"'


def _value(value: Value) -> str:
    if isinstance(value, str):
        return _quoted(value)
    return f"({value:f})" if isinstance(value, Decimal) and value < 0 else text_of(value)


def _type(node: n.Type) -> str:
    if node.name == "function" and node.result is not None:
        return f"function<{', '.join(map(_type, node.parts_of))}> -> {_type(node.result)}"
    if node.name == "context" and node.parts_of:
        return f"context<{', '.join(f'{a}: {_type(b)}' for a, b in zip(node.names, node.parts_of, strict=True))}>"
    return f"{node.name}<{', '.join(map(_type, node.parts_of))}>" if node.parts_of else node.name


def _call(node: n.Invocation) -> str:
    said = [written(each) for each in node.arguments]
    if node.names:
        said = [f"{name}: {each}" for name, each in zip(node.names, said, strict=True)]
    function = written(node.function)
    return f"{function if isinstance(node.function, n.NameOf | n.Path) else f'({function})'}({', '.join(said)})"


def _range(node: n.RangeOf) -> str:
    low, high = "[" if node.with_low else "(", "]" if node.with_high else ")"
    return f"{low}{written(node.low)}..{written(node.high)}{high}"


def _turns(iterations: tuple[n.Iteration, ...]) -> str:
    return ", ".join(f"{each.name} in {written(each.values)}" + (f"..{written(each.last)}" if each.last else "")
                     for each in iterations)  # fmt: skip


def _context(node: n.ContextOf) -> str:
    named = (name if _WORD.fullmatch(name) else _quoted(name) for name in node.names)
    return "{" + ", ".join(f"{a}: {written(b)}" for a, b in zip(named, node.values, strict=True)) + "}"


def _function(node: n.FunctionOf) -> str:
    said = (name + (f": {_type(of)}" if of else "") for name, of in zip(node.parameters, node.types, strict=True))
    return f"(function({', '.join(said)}){' external' if node.external else ''} {written(node.body)})"


def _test(node: n.Tree) -> str:
    return f"{node.operator} {written(node.value)}" if isinstance(node, n.Comparison) else written(node)


def _tests(node: n.Tests) -> str:
    said = ", ".join(map(_test, node.tests))
    return f"not({said})" if node.negated else said


def _in(node: n.In) -> str:
    tests = f"({', '.join(map(_test, node.tests))})" if node.bracketed else written(node.tests[0])
    return f"({written(node.value)} in {tests})"


_WRITERS: Mapping[type[n.Tree], Callable[[Any], str]] = {
    n.Literal: lambda node: _value(node.value), n.AtLiteral: lambda node: "@" + _quoted(node.text),
    n.NameOf: lambda node: node.name, n.Path: lambda node: f"{_base(node.base)}.{node.name}",
    n.Filter: lambda node: f"{_base(node.base)}[{written(node.condition)}]", n.Invocation: _call,
    n.Negative: lambda node: f"(-{written(node.value)})",
    n.Operated: lambda node: f"({written(node.left)} {node.operator} {written(node.right)})",
    n.Between: lambda node: f"({written(node.value)} between {written(node.low)} and {written(node.high)})", n.In: _in,
    n.Comparison: lambda node: f"({node.operator} {written(node.value)})", n.Tests: _tests, n.Type: _type,
    n.InstanceOf: lambda node: f"({written(node.value)} instance of {_type(node.type)})",
    n.If: lambda node: f"(if {written(node.condition)} then {written(node.yes)} else {written(node.no)})",
    n.For: lambda node: f"(for {_turns(node.iterations)} return {written(node.result)})",
    n.Quantified: lambda node: f"({node.word} {_turns(node.iterations)} satisfies {written(node.condition)})",
    n.ListOf: lambda node: f"[{_all(node.elements)}]", n.ContextOf: _context, n.RangeOf: _range,
    n.FunctionOf: _function,
}  # fmt: skip


def _base(node: n.Tree) -> str:
    simple = isinstance(node, n.NameOf | n.Path | n.Invocation | n.Filter | n.ListOf | n.ContextOf)
    return written(node) if simple else f"({written(node)})"
