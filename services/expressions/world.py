"""What expressions may know of the world of the move that runs: its moment, its zone, due dates."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from services.expressions.errors import ExpressionError
from services.feel.library import BUILTINS
from services.feel.run import Limits, NoResult, Run
from services.feel.times import DateTime, from_python, to_python
from services.feel.values import Function, Value


@dataclass(frozen=True)
class World:
    """What a diagram may know of the world outside it."""

    now: datetime
    #: (step key, start) -> due moment, for `${due("review")}`; raises ExpressionError for an unknown key
    due: Callable[[str, datetime], datetime]
    #: of the office: where a date and time without an offset is meant, and what day it is
    zone: tzinfo = UTC


LIMITS = Limits(steps=200_000)
_world: ContextVar[World | None] = ContextVar("world", default=None)


@contextmanager
def in_world(world: World) -> Iterator[None]:
    """Inside, `now()`, `today()` and `due(…)` answer from this world."""
    token = _world.set(world)
    try:
        yield
    finally:
        _world.reset(token)


def current_world() -> World:
    """The world of the move that runs. Raises ExpressionError outside of one."""
    world = _world.get()
    if world is None:
        raise ExpressionError("now()", "the time is not known here")
    return world


def no_due(step: str, start: datetime) -> datetime:
    """Due dates in a world beside a diagram. Raises ExpressionError."""
    raise ExpressionError("due()", "due dates are not known in a form")


def clock() -> datetime:
    """The moment on the clock of the world's place. Raises NoResult outside of one."""
    world = _world.get()
    if world is None:
        raise NoResult("the time is not known here")
    return world.now.astimezone(world.zone)


def new_run() -> Run:
    """An evaluation that knows FEEL's functions and those of the world."""
    return Run(clock, LIMITS, HOST)


def _given(values: Sequence[Value], names: Sequence[str], wanted: Sequence[str], least: int) -> list[Value]:
    """The arguments of a call in their order. Raises NoResult for other ones."""
    if names:
        given = dict(zip(names, values, strict=True))
        if not given.keys() <= set(wanted):
            raise NoResult("%(function)s() is not called like that", function="due")
        values = [given.get(name) for name in wanted]
    if not least <= len(values) <= len(wanted):
        raise NoResult("%(function)s() is not called like that", function="due")
    return [*values, *[None] * (len(wanted) - len(values))]


def _due(run: Run, values: Sequence[Value], names: Sequence[str] = ()) -> Value:
    """`due(step)`, `due(step, start)`: when a step is due that begins now, or then."""
    try:
        step, start = _given(values, names, ("step", "start"), 1)
        world = _world.get()
        if world is None:
            raise NoResult("the time is not known here")
        if not isinstance(step, str):
            raise NoResult("%(function)s() is not called like that", function="due")
        begun = world.now if start is None else _moment(start)
        return from_python(world.due(step, begun))
    except NoResult as fault:
        run.add(fault.note)
        return None


def _moment(value: Value) -> datetime:
    found = read_moment(value) if isinstance(value, str) else value
    if not isinstance(found, DateTime):
        raise NoResult("%(text)s is no date and time", text=repr(value)[:40])
    return to_python(_placed(found))


def _placed(moment: DateTime) -> DateTime:
    """A moment that names no place is one at the world's."""
    world = _world.get()
    if world is None or moment.time.is_somewhere:
        return moment
    found = from_python(to_python(moment).replace(tzinfo=world.zone))
    return found if isinstance(found, DateTime) else moment


def read_moment(text: str) -> DateTime | None:
    """A moment as forms and services write it: without seconds, or with a blank, too; None for another text."""
    if len(text) <= 10 or (found := DateTime.read(text)):
        return found if len(text) > 10 else None
    try:
        made = from_python(datetime.fromisoformat(text))
    except ValueError:
        return None
    return made if isinstance(made, DateTime) else None


def _lenient(name: str) -> Function:
    """FEEL's `date` and `date and time`, which take the texts that forms and services write, too."""
    by_the_book = BUILTINS[name]

    def call(run: Run, values: Sequence[Value], names: Sequence[str] = ()) -> Value:
        if len(values) == 1 and isinstance(values[0], str):
            found = read_moment(values[0])
            if found is not None:
                return found.date if name == "date" else _placed(found)
        return by_the_book.call(run, values, names)

    return Function(name, by_the_book.parameters, call, builtin=True)


HOST: Mapping[str, Function] = {
    **BUILTINS, "date": _lenient("date"), "date and time": _lenient("date and time"),
    "due": Function("due", ("step", "start"), _due, builtin=True),
}  # fmt: skip
