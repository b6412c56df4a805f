"""Which paths an expression reads: `sum(members.share)` reads `members.share`. What it binds itself is followed."""

from collections.abc import Iterator, Mapping

from services.feel import nodes
from services.feel.expressions import expression

Path = tuple[str, ...]
#: one thing that is read: where it stands, or where it is looked for next when nothing stands there
Read = tuple[Path, ...]
#: names that the expression binds -> what they stand for; None where only reckoning shows it
Bound = Mapping[str, Path | None]


def paths_read(text: str) -> frozenset[Read]:
    """Each thing that a FEEL text reads from outside. Raises FeelRefused for what cannot be read."""
    return frozenset(_reads(expression(text).tree, {}))


def _path(node: nodes.Tree, bound: Bound) -> Path | None:
    """Where it stands, when it is a name or a path from one; lines that a filter keeps stand where the list does."""
    if isinstance(node, nodes.NameOf):
        return bound.get(node.name, (node.name,))
    if isinstance(node, nodes.Filter):
        return _path(node.base, bound)
    if isinstance(node, nodes.Path) and (base := _path(node.base, bound)) is not None:
        return (*base, node.name)
    return None


def _reads(node: nodes.Tree, bound: Bound) -> Iterator[Read]:
    if isinstance(node, nodes.NameOf | nodes.Path | nodes.Filter):
        yield from _of_path(node, bound)
    elif isinstance(node, nodes.Invocation):
        parts = node.arguments if isinstance(node.function, nodes.NameOf) else (node.function, *node.arguments)
        for each in parts:
            yield from _reads(each, bound)
    elif isinstance(node, nodes.For | nodes.Quantified):
        yield from _over(node, bound)
    elif isinstance(node, nodes.FunctionOf):
        yield from _reads(node.body, {**bound, **dict.fromkeys(node.parameters)})
    else:
        for each in node.parts():
            yield from _reads(each, bound)


def _of_path(node: nodes.Tree, bound: Bound) -> Iterator[Read]:
    if (whole := _path(node, bound)) is not None:
        yield (whole,)
    while isinstance(node, nodes.Path | nodes.Filter):
        if isinstance(node, nodes.Filter):
            base = _path(node.base, bound)
            for read in _reads(node.condition, {**bound, "item": base}):
                yield read if base is None else ((*base, *read[0]), *read)
        node = node.base
    if not isinstance(node, nodes.NameOf):
        yield from _reads(node, bound)


def _over(node: nodes.For | nodes.Quantified, bound: Bound) -> Iterator[Read]:
    for each in node.iterations:
        for part in each.parts():
            yield from _reads(part, bound)
        bound = {**bound, each.name: _path(each.values, bound) if each.last is None else None}
    yield from _reads(node.result if isinstance(node, nodes.For) else node.condition, bound)
