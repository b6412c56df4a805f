"""Operations: what a service task does, what it is called with, and what of it is declared to designers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Literal, Protocol, TypeVar

from services.errors import KomekError
from services.plugin.told import CaseFacts, Outputs, PersonFacts


class TemporaryFailure(KomekError):
    """This could not be done just now; trying again later may help."""


class BusinessError(KomekError):
    """A failure that the diagram knows how to treat, by a boundary error event with the same code."""

    def __init__(self, error_code: str, message: str | None = None, **details: object) -> None:
        super().__init__(message, **details)
        self.error_code = error_code


@dataclass(frozen=True)
class Call:
    """A service task that waits to be carried out."""

    operation: str  #: "courier_handover.hand_over", as the diagram names it
    inputs: Mapping[str, object]  #: those that the operation declares, checked: the plugin can rely on them
    case: CaseFacts
    key: str  #: the same at every attempt: hand it on, so that nothing happens twice
    person: PersonFacts | None = None  #: whose click led here; None when a job did


class House(Protocol):
    """What an in-step operation may do, inside the click's transaction and never after it."""

    @property
    def now(self) -> datetime: ...

    def number(self, series: str) -> str:
        """The next number of that series, of the case's office and year: no gaps. Ask late: it is a lock.

        The first number a case gets is its own from then on (its business key).
        """

    def output(self, key: str) -> None:
        """Say what the step brought: "doc.talon", "fact.executor" …"""

    def due(self, key: str, start: datetime | None = None) -> datetime:
        """When the step with that key would be due if it began at `start` (now). Raises NotFound."""

    def titles(self, table: str) -> Mapping[str, str]:
        """Key -> Kazakh title of the rows of a region's table ("documents", "grounds" …)."""

    def paper(self, item: str, **content: object) -> None:
        """Make a paper ("doc.talon"): what it says is kept as given, and printed from that whenever asked."""

    def call_back(self, paper: str) -> None:
        """The folder or the result goes nowhere: off the open registry, to lie here. A result not signed is annulled.

        Nothing where the case has none. Raises Conflict when it has left already.
        """

    def again(self, item: str, **content: object) -> None:
        """Make the case's newest paper of that item again, with these words in place of the former.

        The former one stays in the file. Nothing where the case has none.
        """

    def record(self, event: str, **details: object) -> None:
        """Write a line in the case's history. Ids and keys only, no personal data."""

    def track(self, paper: str, code: str, *, signer: int | None = None) -> None:
        """Put the case's "folder", "result" or "appeal" under barcode control, at the office that acts now.

        With `signer`, whose name stands under it, it awaits that person's signature and goes nowhere before. Its paper
        is the one whose `outgoing_number` is the code; signed with a key, that paper says whose it is in `signature`
        (name, serial, issuer, until), and its PDF is kept.
        """

    def send(self, paper: str, *, originals: Sequence[str] = ()) -> None:
        """From now on that paper waits for the next courier: a folder to the body, a result to the intake office."""


InStep = Callable[[Call, House], Outputs]
Outbound = Callable[[Call], Outputs]


# ---------------------------------------------------------------- what is declared to designers and checked for them


@dataclass(frozen=True)
class Choice:
    """One of the things that can be chosen: its key, which is kept, and its words."""

    key: str
    label: str
    help: str = ""
    wanted: bool = False  #: of `counts`: one is expected, and its absence is said


@dataclass(frozen=True)
class Input:
    """What a diagram tells an operation: an input parameter of its service task. Words are English msgids."""

    name: str
    #: an `expression` is anything that the diagram reckons: `${…}` or `=…`; the others may be typed as they are
    kind: Literal["text", "choice", "yes", "number", "expression"]
    label: str
    help: str = ""
    required: bool = False
    default: object = None  #: taken where the diagram says nothing
    choices: tuple[Choice, ...] = ()  #: of `choice`


@dataclass(frozen=True)
class Variable:
    """What a form or an operation puts before the diagram's conditions."""

    name: str
    kind: Literal["text", "choice", "yes", "number", "list", "context"]
    label: str
    choices: tuple[Choice, ...] = ()  #: the possible values of a `choice`
    always: bool = True  #: whether it is there whenever the form was filled in, or the operation done


@dataclass(frozen=True)
class ErrorCode:
    """A BusinessError that the operation may raise: the code of a boundary error event that treats it."""

    code: str
    label: str


Run = TypeVar("Run", bound=Callable[..., Outputs], covariant=True)


@dataclass(frozen=True)
class Operation(Generic[Run]):
    """What a service task with its name as topic does, and what a designer has to know of it."""

    run: Run
    title: str
    inputs: tuple[Input, ...] = ()
    outputs: tuple[Variable, ...] = ()
    errors: tuple[ErrorCode, ...] = ()
    help: str = ""


Made = TypeVar("Made", bound=Callable[..., Outputs])


def operation(
    title: str,
    *,
    inputs: tuple[Input, ...] = (),
    outputs: tuple[Variable, ...] = (),
    errors: tuple[ErrorCode, ...] = (),
    help: str = "",
) -> Callable[[Made], Operation[Made]]:
    """Makes the function under it an `Operation`, declared with these words."""
    return lambda run: Operation(run, title, inputs, outputs, errors, help)
