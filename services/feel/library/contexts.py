"""Functions of contexts (DMN 1.5, table 81), and Camunda's own for what may be missing."""

from collections.abc import Sequence

from services.feel.library.calls import LIBRARY
from services.feel.run import NoResult, Run
from services.feel.values import Value

Entries = dict[str, Value]


@LIBRARY.declare("get value(m: context, key: string)", "get value(context: context, key: string)")
def _get(context: Entries, key: str) -> Value:
    if key not in context:
        raise NoResult("there is no entry %(name)s", name=repr(key[:40]))
    return context[key]


@LIBRARY.declare("get value(m: context, keys: list)", "get value(context: context, keys: list)")
def _get_deep(context: Entries, keys: Sequence[Value]) -> Value:
    found: Value = context
    for key in keys:
        if not isinstance(found, dict) or key not in found:
            raise NoResult("there is no entry %(name)s", name=repr(key)[:40])
        found = found[key]
    return found


@LIBRARY.declare("get entries(m: context)", "get entries(context: context)")
def _entries(context: Entries) -> list[Value]:
    return [{"key": key, "value": value} for key, value in context.items()]


@LIBRARY.declare("context(entries: list)")
def _context(entries: list[Value]) -> Entries:
    found: Entries = {}
    for entry in entries:
        if not isinstance(entry, dict) or not isinstance(entry.get("key"), str) or "value" not in entry:
            raise NoResult("an entry has a key and a value")
        if entry["key"] in found:
            raise NoResult("the key %(name)s stands there twice", name=entry["key"][:40])
        found[entry["key"]] = entry["value"]
    return found


@LIBRARY.declare("context put(context: context, key: string, value: any)")
def _put(context: Entries, key: str, value: Value) -> Entries:
    return context | {key: value}


@LIBRARY.declare("context put(context: context, keys: list, value: any)")
def _put_deep(context: Entries, keys: list[Value], value: Value) -> Entries:
    if not keys or not all(isinstance(key, str) for key in keys):
        raise NoResult("keys are texts")
    if len(keys) > 100:
        raise NoResult("it is nested too deeply")
    first, *rest = keys
    if not rest:
        return context | {first: value}
    inner = context.get(first)
    if inner is not None and not isinstance(inner, dict):
        raise NoResult("%(name)s is no context", name=repr(first[:40]))
    return context | {first: _put_deep(inner or {}, rest, value)}


@LIBRARY.declare("context merge(contexts: list)", knows_run=True)
def _merge(run: Run, contexts: list[Value]) -> Entries:
    found: Entries = {}
    for each in contexts:
        if not isinstance(each, dict):
            raise NoResult("not all of them are contexts")
        run.spend(len(each))
        found |= each
    return found


LIBRARY.declare("is defined(value: any)")(lambda value: value is not None)
LIBRARY.declare("get or else(value: any, default: any)")(lambda value, default: default if value is None else value)
LIBRARY.declare("is empty(context: context)")(lambda context: not context)


@LIBRARY.declare("assert(value: any, condition: any, cause: string?)")
def _assert(value: Value, condition: Value, cause: str | None) -> Value:
    if condition is not True:
        raise NoResult("%(cause)s", cause=cause or "the condition is not true")
    return value


@LIBRARY.declare("not(negand: any)")
def _not(value: Value) -> bool | None:
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if value is not None and not isinstance(value, bool):
        raise NoResult("only true and false have an opposite")
    return None if value is None else not value
