"""Reckoned components of a form that need their own result, over others or at once, in lines of lists too."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from services import expressions
from services.feel import FeelRefused
from services.feel.paths import Path, Read, paths_read
from services.processes.forms.drawn_form import Question


@dataclass(frozen=True)
class _Placed:
    """A question, and where it stands: its whole path, and those of the lines around it, the nearest first."""

    question: Question
    path: Path
    lines: tuple[Path, ...]  #: the form itself, which is (), at the end


def circle(questions: Sequence[Question]) -> Question | None:
    """A reckoned question that cannot be reckoned before itself; None when there is none."""
    placed = list(_placed(questions, ((),)))
    reckoned = {each.path: each for each in placed if "value" in each.question.by}
    lists = {each.path for each in placed if each.question.columns}
    paths = {each.path for each in placed}
    needs = {
        path: {other for read in _reads(each) for other in _met(_found(read, each, paths), reckoned, lists)}
        for path, each in reckoned.items()
    }
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        return min((reckoned[path] for path in error.args[1]), key=placed.index).question
    return None


def _placed(questions: Sequence[Question], lines: tuple[Path, ...]) -> Iterator[_Placed]:
    for question in questions:
        path = (*lines[0], *question.field.name.split("."))
        yield _Placed(question, path, lines)
        yield from _placed(question.columns, (path, *lines))


def _reads(each: _Placed) -> frozenset[Read]:
    text = each.question.by["value"]
    try:
        return paths_read(text.removeprefix("="))
    except FeelRefused:  # JUEL: it is seen which names it reads, and no more
        return frozenset(((name,),) for name in expressions.all_names_in(text))


def _found(read: Read, reader: _Placed, paths: set[Path]) -> Path:
    """Where what is read stands in the form: the first place that there is, else the last that was looked at."""
    found: Path = ()
    for looked in read:
        found = _from_line(looked, reader.lines)
        if any(_within(path, found) or _within(found, path) for path in paths):
            break
    return found


def _from_line(looked: Path, lines: tuple[Path, ...]) -> Path:
    """`this.x` stands in the line, `parent.x` in what is around it, `x` in the form: a whole path of the form."""
    first, *rest = looked
    if first.strip("_") == "this" and rest:
        return (*lines[0], *rest)
    if first.strip("_") == "parent" and rest and len(lines) > 1:
        return _from_line(("this", *rest), lines[1:]) if rest[0] != "parent" else _from_line(tuple(rest), lines[1:])
    return looked


def _met(read: Path, reckoned: Mapping[Path, _Placed], lists: set[Path]) -> Iterator[Path]:
    """What is reckoned before that can be read; a list as a whole may be counted before its lines are reckoned."""
    for path in reckoned:
        through = {path[:length] for length in range(len(read), len(path))}
        if _within(path, read) or (_within(read, path) and not through & lists):
            yield path


def _within(outer: Path, inner: Path) -> bool:
    return inner[: len(outer)] == outer
