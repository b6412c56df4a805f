"""Of which request something is: one id from the proxy to each line of the log, to what is done later because of it
(`services.jobs`) and to what the journal tells of it; and what took too long, by name.

No person, no value and no address with its query stands in any of it: statements are shown without what fills them.
"""

import logging
import re
import secrets
import time
from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any

from sqlalchemy import Connection, Engine, event

logger = logging.getLogger("komek.slow")

#: what a proxy may call a request
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{7,63}")
LONGEST_STATEMENT = 300
NO_REQUEST = "-"
_request: ContextVar[str] = ContextVar("request", default=NO_REQUEST)
#: of statements and plugins, in seconds; nothing is told when it is 0
_limit_s = 0.0


def begin(said: str, *, believed: bool) -> str:
    """The id of the request that begins: the proxy's, where it is believed and fits, else a new one."""
    made = said if believed and ID.fullmatch(said) else secrets.token_hex(8)
    _request.set(made)
    return made


def go_on(request: str | None) -> None:
    """What follows is done because of that request, or of none."""
    _request.set(request or NO_REQUEST)


def request_id() -> str:
    """Of the request that runs here, or because of which something is done here; "-" where there is none."""
    return _request.get()


def known_request() -> str | None:
    """What `request_id` says, None where there is none."""
    found = _request.get()
    return None if found == NO_REQUEST else found


def tell_slow(limit_ms: int) -> None:
    """From now on this process tells of statements and plugins that take longer; of none when it is 0."""
    global _limit_s
    _limit_s = limit_ms / 1000


def took(what: str, name: str, seconds: float) -> None:
    """Told when it was too long."""
    if _limit_s and seconds > _limit_s:
        logger.warning("slow %s, %.2f s, request %s: %s", what, seconds, request_id(), name)


@event.listens_for(Engine, "before_cursor_execute")
def _begins(connection: Connection, *_: Any) -> None:
    connection.info["began_s"] = time.perf_counter()


@event.listens_for(Engine, "after_cursor_execute")
def _ends(connection: Connection, cursor: Any, statement: str, *_: Any) -> None:
    seconds = time.perf_counter() - connection.info.pop("began_s", time.perf_counter())
    statements_took([statement], seconds)


def statements_took(statements: Iterable[str], seconds: float) -> None:
    """Told when it was too long: of one, or of several that were sent together."""
    if _limit_s and seconds > _limit_s:
        took("statement", " ".join(" ; ".join(statements).split())[:LONGEST_STATEMENT], seconds)
