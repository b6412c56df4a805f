"""An answer as it leaves Flask, to be given once more without Flask by a door: of `tracking`, or of `public`."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


@dataclass(frozen=True)
class KeptAnswer:
    """Nothing in it is one reader's own: whoever keeps it has seen to that."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes

    def give(self, start_response: "StartResponse") -> Iterable[bytes]:
        """Answer with it."""
        start_response(self.status, list(self.headers))
        return [self.body]


def whole(application: "WSGIApplication", environ: "WSGIEnvironment") -> KeptAnswer:
    """What the application answers, read to its end: for small pages, which are not streamed."""
    begun: list[tuple[str, list[tuple[str, str]]]] = []

    def begin(status: str, headers: list[tuple[str, str]], *wrong: Any) -> Any:
        begun.append((status, headers))

    pieces = application(environ, begin)
    try:
        body = b"".join(pieces)
    finally:
        if close := getattr(pieces, "close", None):
            close()
    return KeptAnswer(*begun[-1], body)
