"""Whether the code of before goes on over changed tables: what it reads is there, and what it writes is taken.

Both are told from what PostgreSQL says of the tables (`services/migrations/shape.py`), whatever the code names. What
is only seen by a person to do no harm, a migration says itself: `harmless = {"constraint case.ck_case_x": "why"}`.
"""

import re
from collections.abc import Iterator, Mapping

_UNIQUE = re.compile(r"CREATE UNIQUE INDEX \S+ ON (?:ONLY )?(?:public\.)?(\S+) USING \w+ (.*)")
_WORD = re.compile(r'"[^"]+"|\w+')
#: what a column says that the code of before, which does not name it, need not fill
FILLED = ("default ", "identity ")


def what_breaks(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    """What of the tables the code of before cannot work with, by its name in `shape`; and why."""
    columns = {name.removeprefix("column ") for name in before if name.startswith("column ")}
    tables = {name.rpartition(".")[0] for name in columns}
    found: dict[str, str] = {}
    for name in sorted(before.keys() | after.keys()):
        kind, _, thing = name.partition(" ")
        rule = {"column": _column, "constraint": _constraint, "index": _index, "trigger": _trigger}.get(kind, _function)
        why = rule(thing, (before.get(name), after.get(name)), tables, columns)
        if why:
            found[name] = why
    return found


Change = tuple[str | None, str | None]


def _column(thing: str, change: Change, tables: set[str], columns: set[str]) -> str:
    was, now = change
    if was is None:
        must = now is not None and "not null" in now and not any(filled in now for filled in FILLED)
        return (
            "the code of before does not fill it: it needs a server default" if must and _table(thing) in tables else ""
        )
    if now is None:
        return "the code of before reads it"
    return "" if was == now else f"the code of before knows it as: {was}"


def _constraint(thing: str, change: Change, tables: set[str], columns: set[str]) -> str:
    was, now = change
    if now is None or now == was or _table(thing) not in tables:
        return ""
    own = now.partition(" REFERENCES ")[0]
    return "it may refuse what the code of before writes" if _named(own, _table(thing), columns) else ""


def _index(thing: str, change: Change, tables: set[str], columns: set[str]) -> str:
    was, now = change
    unique = _UNIQUE.fullmatch(now or "")
    if was == now or unique is None or unique[1] not in tables:
        return ""
    return "it may refuse what the code of before writes" if _named(unique[2], unique[1], columns) else ""


def _trigger(thing: str, change: Change, tables: set[str], columns: set[str]) -> str:
    was, now = change
    return "it changes what becomes of the rows of before" if was != now and _table(thing) in tables else ""


def _function(thing: str, change: Change, tables: set[str], columns: set[str]) -> str:
    was, now = change
    return "a trigger or a statement of before calls it" if was is not None and was != now else ""


def _table(thing: str) -> str:
    return thing.rpartition(".")[0]


def _named(words: str, table: str, columns: set[str]) -> list[str]:
    """The columns of before that the words name; what concerns new ones alone concerns no code of before."""
    return list(_of_before(words, table, columns))


def _of_before(words: str, table: str, columns: set[str]) -> Iterator[str]:
    for word in _WORD.findall(words):
        if f"{table}.{word.strip(chr(34))}" in columns:
            yield word
