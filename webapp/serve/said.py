"""What a process tells whoever watches it: where it cannot be written, nothing else is harmed.

Komek's own disk is full, or the program that kept its words has gone: then it works on without a word.
"""

import sys
from contextlib import suppress
from typing import Any, NoReturn

#: with which a process of gunicorn's says that it can never begin; after any other it is begun again without end
NEVER_BEGINS = 3


def tell(line: str) -> None:
    """One line, at once."""
    with suppress(OSError):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


def cannot_begin(why: str) -> NoReturn:
    """Say why these pages cannot be as they are set, and end gunicorn with them."""
    with suppress(OSError):
        sys.stderr.write(f"{why}\n")
        sys.stderr.flush()
    raise SystemExit(NEVER_BEGINS)


class SaidLines:
    """A logger of structlog's: a line for whatever is said, in one go."""

    def __init__(self, *told: Any) -> None:
        """`told`: what structlog says of who logs; each line says it itself."""

    def msg(self, message: str) -> None:
        tell(message)

    log = debug = info = warn = warning = msg
    fatal = failure = err = error = critical = exception = msg
