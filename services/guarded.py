"""A plugin's code at arm's length: what raises, hangs or gives nonsense harms its own step, and nobody's thread.

It runs in a thread beside the one that calls, which serves one call after another until one hangs. Whatever it asks of
Komek (a region's table, the staff, the verbs of `House`) is done in the thread that waits for it, which alone holds the
transaction: a plugin that is given up can touch nothing.
"""

import ctypes
import logging
from collections.abc import Callable, Mapping, Sequence
from contextvars import copy_context
from dataclasses import fields as fields_of
from dataclasses import replace
from functools import cache, partial
from queue import Empty, SimpleQueue
from threading import Thread, current_thread, local
from time import monotonic
from traceback import format_tb
from typing import Any, Generic, TypeVar, cast

import orjson

from services import last_calls, spans, trail
from services.errors import KomekError, Unavailable
from services.plugin import Call, Checked, Field, Form, FormCall, House, InStep, Operation, Outputs

#: of one call of a form, an operation or an import
LIMIT_S = 30.0
logger = logging.getLogger(__name__)

T = TypeVar("T")


class PluginFault(Unavailable):
    """The plugin %(plugin)s cannot be used at this step."""


class PluginFailed(PluginFault):
    """The plugin %(plugin)s failed at this step; the log says where."""


class PluginHangs(PluginFault):
    """The plugin %(plugin)s did not answer within %(seconds)s seconds at this step."""


class PluginNonsense(PluginFault):
    """The plugin %(plugin)s gave something at this step that cannot be used: %(what)s."""


class _GivenUp(BaseException):
    """Nobody waits for this any more."""


class _Asked(Generic[T]):
    """Something that is done by the thread that waits, for the one that asks."""

    def __init__(self, work: Callable[[], T]) -> None:
        self.work = work
        self.said: SimpleQueue[tuple[bool, Any]] = SimpleQueue()

    def do(self) -> BaseException | None:
        try:
            self.said.put((True, self.work()))
        except BaseException as error:
            self.said.put((False, error))
            return error
        return None


#: in the thread of a plugin: the call that runs there
_inside = local()
#: in a thread that calls plugins: the one that carries their calls out, while it has nothing to do
_beside = local()
IDLE = "beside"


def outside(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, done by the thread that waits for the plugin that calls it."""

    def ask(*args: Any, **kwargs: Any) -> Any:
        run: _Run[Any] | None = getattr(_inside, "run", None)
        return function(*args, **kwargs) if run is None else run.ask(partial(function, *args, **kwargs))

    return ask


class _Arm:
    """A thread that carries calls of plugins out, one after another; it ends with its owner, and when one is given up.

    A thread a call would cost two turns more at the interpreter, which eight busy clients wait for.
    """

    def __init__(self) -> None:
        self.calls: SimpleQueue[_Run[Any] | None] = SimpleQueue()
        self.thread = Thread(target=_serve, args=(self.calls,), daemon=True, name=IDLE)
        self.thread.start()

    def __del__(self) -> None:
        self.calls.put(None)


def _serve(calls: "SimpleQueue[_Run[Any] | None]") -> None:
    while (run := calls.get()) is not None:
        current_thread().name = "plugin"
        run.carry_out()
        if run.given_up:
            return
        current_thread().name, run = IDLE, None


def _free_arm() -> _Arm:
    """The one beside this thread. None is there while a call waits, which may lead to another, nor after a fork."""
    arm: _Arm | None = _beside.__dict__.pop("arm", None)
    return arm if arm is not None and arm.thread.is_alive() else _Arm()


class _Run(Generic[T]):
    """One call of a plugin, and what it asks of the thread that waits."""

    def __init__(self, work: Callable[[], T]) -> None:
        self.asked: SimpleQueue[_Asked[Any] | tuple[bool, Any]] = SimpleQueue()
        self.given_up, self.ours = False, list[BaseException]()
        self.work, self.inside = work, copy_context()

    def carry_out(self) -> None:
        _inside.run = self
        try:
            self.asked.put((True, self.inside.run(self.work)))
        except BaseException as error:  # also what a plugin would end the process with
            self.asked.put((False, error))
        finally:
            _inside.run = None

    def ask(self, work: Callable[[], Any]) -> Any:
        """What the thread that waits says to it."""
        if self.given_up:
            raise _GivenUp
        wish = _Asked(work)
        self.asked.put(wish)
        well, said = wish.said.get()
        if well:
            return said
        raise said

    def wait(self, limit_s: float) -> T:
        """What it gave. Raises TimeoutError, and what it raised."""
        until, arm = monotonic() + limit_s, _free_arm()
        arm.calls.put(self)
        while True:
            try:
                told = self.asked.get(timeout=max(until - monotonic(), 0.001))
            except Empty:
                self._give_up(arm.thread)
                raise TimeoutError from None
            if isinstance(told, _Asked):
                if (error := told.do()) is not None:
                    self.ours.append(error)
                continue
            _beside.arm = arm
            well, said = told
            if well:
                return cast(T, said)
            raise said

    def _give_up(self, thread: Thread) -> None:
        """Nobody listens any more; a loop in it ends at its next line, a wait outside when that comes back."""
        self.given_up = True
        while not self.asked.empty():
            if isinstance(told := self.asked.get(), _Asked):
                told.said.put((False, _GivenUp()))
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(_GivenUp))


def call_plugin(name: str, work: Callable[[], T], *, raw: bool = False) -> T:
    """What the plugin's code gave; `name` begins with the plugin's. `raw`: what it did not foresee is raised as it is.

    What runs at arm's length already calls its next function there: each way to another thread is two turns at the
    interpreter, which eight busy clients wait for.

    Raises PluginHangs, PluginFailed, and the errors of `services.errors` that it raised.
    """
    began_s, inside = monotonic(), cast("_Run[Any] | None", getattr(_inside, "run", None))
    run, plugin = inside or _Run(work), name.partition(".")[0]
    try:
        if inside is not None:
            return work()
        with spans.span(f"plugin {name}"), last_calls.running(name):
            return cast(T, run.wait(LIMIT_S))
    except _GivenUp:
        raise
    except TimeoutError as error:
        if not run.given_up:
            raise (error if raw else PluginFailed(plugin=plugin, kind=type(error).__name__)) from None
        logger.error("the plugin hangs: %s", name)
        raise PluginHangs(plugin=plugin, seconds=round(LIMIT_S)) from None
    except KomekError:
        raise
    except BaseException as error:
        if (raw and isinstance(error, Exception)) or any(error is each for each in run.ours):
            raise
        # where, and of which kind; what an error says may hold what somebody entered
        where = "".join(format_tb(error.__traceback__)[-3:])
        logger.error("the plugin failed: %s: %s\n%s", name, type(error).__name__, where)
        raise PluginFailed(plugin=plugin, kind=type(error).__name__) from error
    finally:
        if inside is None:
            trail.took("plugin", name, monotonic() - began_s)


# ---------------------------------------------------------------- forms


def guarded_form(name: str, form: Form) -> Form:
    """The form of that name, whose functions are called at arm's length and give what the contract says."""

    def fields(call: FormCall) -> Sequence[Field]:
        found = call_plugin(name, lambda: list(form.fields(_seen(call))))
        _check_fits(name, all(isinstance(each, Field) for each in found), "fields")
        return [_guarded_field(name, each) for each in found]

    def initial(call: FormCall) -> Mapping[str, object]:
        return _mapping(name, call_plugin(name, lambda: form.initial(_seen(call))), "initial")

    def check(call: FormCall, answers: Mapping[str, object]) -> Checked:
        checked = call_plugin(name, lambda: form.check(_seen(call), answers))
        _check_fits(name, isinstance(checked, Checked), "check")
        _check_fits(name, isinstance(checked.outcome, str) and bool(checked.outcome), "outcome")
        for what in ("variables", "papers", "outputs", "becomes"):
            _check_plain(name, getattr(checked, what), what)
        return checked

    def preview(call: FormCall, answers: Mapping[str, object]) -> Mapping[str, object]:
        assert form.preview is not None
        own = form.preview
        return _mapping(name, call_plugin(name, lambda: own(_seen(call), answers)), "preview")

    shown = preview if form.preview is not None else None
    return replace(form, fields=fields, initial=initial, check=check, preview=shown)


#: whatever a form may look up beside the region's tables: what the contract gains is looked up at arm's length, too
_LOOKS = tuple(each.name for each in fields_of(FormCall) if "Callable" in str(each.type))
#: what stays the same while a form is asked is looked up once
_ONCE = ("table", "period", "former")


def _seen(call: FormCall) -> FormCall:
    """What a form may look up, looked up by the thread that waits."""
    looks = {each: outside(getattr(call, each)) for each in _LOOKS}
    once = {each: cache(outside(getattr(call, each))) for each in _ONCE}
    return replace(call, **{**looks, **once})  # type: ignore[arg-type]


#: the functions of a field that are its plugin's
_OF_A_FIELD = ("hide", "fault", "now", "reckon", "seen", "fill")


def _guarded_field(name: str, field: Field) -> Field:
    own = {each: function for each in _OF_A_FIELD if (function := getattr(field, each)) is not None}
    if not own and not field.columns:
        return field
    guarded: dict[str, Any] = {each: partial(_of_field, name, each, function) for each, function in own.items()}
    return replace(field, columns=tuple(_guarded_field(name, each) for each in field.columns), **guarded)


def _of_field(name: str, which: str, function: Callable[[Any], object], told: object) -> object:
    """What that function of a field gave, as the contract says it."""
    given = call_plugin(name, lambda: function(told))
    if which == "now":
        _check_fits(name, isinstance(given, Field), which)
        return _guarded_field(name, cast(Field, given))
    if which == "reckon":
        _check_plain(name, given, which)
    if which in ("fault", "fill"):
        return str(given or "")
    return bool(given) if which == "hide" else given


# ---------------------------------------------------------------- operations

_VERBS = ("number", "output", "due", "titles", "paper", "record", "track", "send", "call_back", "again")


class _HouseThere:
    """`House`, whose verbs are done by the thread that waits."""

    def __init__(self, house: House) -> None:
        self.now = house.now
        for verb in _VERBS:
            setattr(self, verb, outside(getattr(house, verb)))


def run_in_step(operation: Operation[InStep], call: Call, house: House) -> Outputs:
    """What an in-step operation gave. Raises PluginFault, and what it raised of `services.errors`."""
    name = call.operation
    outputs = call_plugin(name, lambda: operation.run(call, cast(House, _HouseThere(house))))
    _check_plain(name, _mapping(name, outputs, "outputs"), "outputs")
    return outputs


# ---------------------------------------------------------------- what it gave


def _check_fits(name: str, fits: bool, what: str) -> None:
    if not fits:
        raise PluginNonsense(plugin=name.partition(".")[0], what=what)


def _mapping(name: str, given: Any, what: str) -> Mapping[str, object]:
    _check_fits(name, isinstance(given, Mapping) and all(isinstance(each, str) for each in given), what)
    return cast("Mapping[str, object]", given)


def _check_plain(name: str, given: object, what: str) -> None:
    """What is kept with a case is plain JSON."""
    try:
        orjson.dumps(given, default=_as_plain)
    except (TypeError, ValueError):
        _check_fits(name, False, what)


def _as_plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): each for key, each in value.items()}
    if isinstance(value, tuple | list | set | frozenset):
        return list(value)
    raise TypeError
