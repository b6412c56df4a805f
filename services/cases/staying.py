"""What the engine cannot go on with stays: it is kept, an incident names where and why, and it goes on later.

A click, a scan or a worker's result that the diagram cannot follow is not refused: the verb's transaction is rolled
back and run once more, and where the engine refused, the place counts as answered and what was said is kept with the
incident. Nothing of it costs the good path a statement. When the diagram or a variable was set right, the very same
answers go on, in the name of whoever gave them.
"""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import asdict, dataclass, field
from functools import wraps
from typing import Any, Literal, ParamSpec, TypeVar

import orjson

from services import bpmn, deadlines, engine, expressions, jobs
from services.cases.carrying_on import ANSWERS, carry_on
from services.cases.decided import MOST_KEPT
from services.cases.models import Task
from services.cases.move import Move
from services.db import db
from services.errors import KomekError
from services.guarded import PluginFault
from services.inputs import WrongInput
from services.registry import UnknownForm

#: the diagram, its tables, a plugin or the region do not fit what was said; all else is the matter of whoever said it
REFUSALS = (
    expressions.ExpressionError,
    bpmn.UnknownDecision,
    engine.NoBoundary,
    WrongInput,
    deadlines.UnknownStep,
    PluginFault,
    UnknownForm,
)

P = ParamSpec("P")
T = TypeVar("T")


class Stays(Exception):
    """The verb is to be run once more: what was said at that place stays there."""

    def __init__(self, task_id: str, refusal: KomekError) -> None:
        self.task_id, self.refusal = task_id, refusal
        super().__init__(task_id)


#: in the verb that runs: places where the engine refused before
_known: ContextVar[dict[str, KomekError] | None] = ContextVar("stays", default=None)


@dataclass(frozen=True)
class WayOn:
    """How the engine goes on from a place."""

    verb: Literal["complete", "receive", "fail", "begin"]
    values: Mapping[str, object] = field(default_factory=dict)
    local: Mapping[str, object] = field(default_factory=dict)
    code: str = ""  #: of the error, to `fail`
    claimed_by: int | None = None
    brings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def go(self, move: Move, stop_id: str) -> engine.Step:
        """One move of the engine; `begin` at that start event. Raises StopGone, ExpressionError, NoBoundary."""
        definition, state, world = move.definition, move.instance.state, move.world()
        if self.verb == "begin":
            return engine.start(definition, self.values, world, at=stop_id)
        if self.verb == "receive":
            return engine.receive(definition, state, stop_id, self.values, world)
        if self.verb == "fail":
            return engine.fail(definition, state, stop_id, self.code, world, self.values)
        return engine.complete(definition, state, stop_id, self.values, world, local=self.local)


def keeps(verb: Callable[P, T]) -> Callable[P, T]:
    """A verb, which is one transaction: run once more when the engine refuses, with what was said kept there.

    Inside another transaction it is a part of that one, and refused with it.
    """

    @wraps(verb)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        if _known.get() is not None or db.session().info.get("depth"):
            return verb(*args, **kwargs)
        known: dict[str, KomekError] = {}
        token = _known.set(known)
        try:
            while True:
                try:
                    return verb(*args, **kwargs)
                except Stays as stays:
                    if stays.task_id in known:
                        raise stays.refusal from None
                    known[stays.task_id] = stays.refusal
        finally:
            _known.reset(token)

    return run


def attempt(move: Move, task: Task, way: WayOn) -> list[engine.Thrown]:
    """Let this pool go on from that place, which is stamped already; what it tells the others.

    Raises Stays inside of a verb that keeps, else what the engine raises; NoBoundary for an error that nothing treats.
    """
    known = _known.get()
    if known is not None and task.id in known:
        _stay(move, task, way, known[task.id])
        return []
    try:
        step = way.go(move, task.stop_id)
    except expressions.ExpressionError as refusal:
        raise (refusal if known is None else Stays(task.id, refusal)) from None
    try:
        return carry_on(move, step, task, claimed_by=way.claimed_by)
    except REFUSALS as refusal:
        raise (refusal if known is None else Stays(task.id, refusal)) from None


def _stay(move: Move, task: Task, way: WayOn, refusal: KomekError) -> None:
    task.outputs = list(dict.fromkeys([*task.outputs, *move.outputs]))
    if move.decided:
        move.instance.decided = [*move.instance.decided, *move.decided][-MOST_KEPT:]
        move.attested.pool(move.instance)
    job = jobs.NewJob(ANSWERS, task.id, move.now, case_id=move.case.id, args=_plain(asdict(way)))
    db.session.flush()
    jobs.give_up(job, refusal.message, _plain(refusal.details))
    move.note("case.incident", task=task.id, kind=ANSWERS, step=task.step)
    move.stays = True


def _plain(details: Mapping[str, object]) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(orjson.dumps(dict(details), default=str))
    return found
