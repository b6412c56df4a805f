"""Words of a region that nobody could have meant so: in another language's column, of no letters, said twice."""

import re
from collections.abc import Iterator, Mapping

from services.languages import LANGUAGES
from services.soundness import sentences as say
from services.soundness.fault import RegionFault
from services.soundness.reading import Package, TableLine

CYRILLIC = re.compile("[Ѐ-ӿ]")
LETTER = re.compile(r"[^\W\d_]")
MARKUP = re.compile(r"</?[a-zA-Z][^>]*>|&[a-z]{2,8};|\{\{|\{%")
CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")
#: of a name or a title: what is longer does not stand on a button, in a list or on a label
LONGEST = 250
#: tables in which two rows of one name cannot be told apart by whoever chooses
APART = {"documents": "title", "grounds": "title", "offices": "name", "settlements": "name"}


def wording_faults(package: Package) -> Iterator[RegionFault]:
    """Of a package that can be read."""
    for dotted, said in _leaves(package.facts.said):
        for text, details in _of_fact(dotted, said):
            yield package.facts.fault(dotted, text, key=dotted, column=dotted, **details)
    for name, lines in package.tables.items():
        for line in lines:
            yield from _cells(line)
            yield from _languages(line)
        if name in APART:
            for language in LANGUAGES:
                yield from _twice(lines, f"{APART[name]}_{language}")


def _leaves(said: Mapping[str, object], before: str = "") -> Iterator[tuple[str, object]]:
    """Dotted key -> what stands there; of lists, such as the patterns of clauses, nothing."""
    for name, value in said.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{before}{name}.")
        elif not isinstance(value, list) or name.endswith(tuple(f"_{each}" for each in LANGUAGES)):
            yield f"{before}{name}", value


def _of_fact(dotted: str, said: object) -> Iterator[tuple[str, dict[str, object]]]:
    if not isinstance(said, str):
        yield say.NO_TEXT, {"value": said}
    else:
        yield from _of_words(dotted.rpartition(".")[2], said)


def _cells(line: TableLine) -> Iterator[RegionFault]:
    for column, said in line.row.items():
        if not column.startswith("_"):
            for text, details in _of_words(column, said):
                yield line.fault(text, column=column, **details)


def _of_words(column: str, said: str) -> Iterator[tuple[str, dict[str, object]]]:
    """What is wrong with the words of a column, or of a fact, by the language that its name says."""
    if CONTROL.search(said):
        yield say.LINE_BREAK, {}
    stem, _, language = column.rpartition("_")
    if not said or not stem or language not in LANGUAGES:
        return
    if (marked := MARKUP.search(said)) is not None:
        yield say.MARKUP, {"value": marked[0]}
    elif not LETTER.search(said):
        yield say.NO_WORDS, {"value": said}
    elif bool(CYRILLIC.search(said)) != (language != "en"):
        yield say.OTHER_LANGUAGE, {"value": said[:60]}
    if len(said) > LONGEST and stem in ("title", "name", "short"):
        yield say.TOO_MANY_LETTERS, {"letters": len(said), "most": LONGEST}


def _languages(line: TableLine) -> Iterator[RegionFault]:
    """What is said in one language is said in all: who reads another would be told nothing.

    Columns that every row fills are asked for by themselves.
    """
    for column in [each for each in line.row if each.endswith("_kk") and not each.startswith("_")]:
        said = {each: line.row.get(f"{column[:-2]}{each}") for each in LANGUAGES if f"{column[:-2]}{each}" in line.row}
        missing = [each for each, words in said.items() if not words]
        if missing and len(missing) < len(said):
            yield line.fault(say.NOT_IN_ALL, column=column[:-3], languages=", ".join(missing))


def _twice(lines: list[TableLine], column: str) -> Iterator[RegionFault]:
    seen: dict[str, TableLine] = {}
    for line in lines:
        if said := line.row.get(column, ""):
            other = seen.setdefault(said.casefold(), line)
            if other is not line:
                yield line.fault(say.SAID_TWICE, column=column, value=said[:60], other=other.row["key"])
