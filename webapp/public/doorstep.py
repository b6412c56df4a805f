"""Before Flask: a public page that has just gone out goes out once more as it was, for some seconds.

Whoever comes through gets it of `kept`, which asks whether it is true still; a copy here ends with that truth, too.
"""

import time
from collections import OrderedDict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from werkzeug.http import parse_etags

from webapp import compressed
from webapp.doorstep import KeptAnswer, whole

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: under which a view says for how many seconds everybody may get the very same
SAME_FOR_S = "komek.same_for_s"
LONGEST_S, MOST_KEPT = 5.0, 400
#: what 304 says nothing of
_OF_THE_BODY = frozenset({"content-type", "content-length", "content-encoding", "content-language"})


_kept: OrderedDict[tuple[str, ...], tuple[float, KeptAnswer]] = OrderedDict()


class PublicDoorstep:
    """The middleware: only for addresses without a question, which are few."""

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        asked = environ["REQUEST_METHOD"], environ.get("QUERY_STRING", "")
        of_ours = path.startswith("/service/") and asked == ("GET", "")
        if not of_ours:
            return self._application(environ, start_response)
        host, packed = environ.get("HTTP_HOST", ""), compressed.reads_gzip(environ.get("HTTP_ACCEPT_ENCODING", ""))
        key = (environ["wsgi.url_scheme"], host, path, str(packed))
        until, kept = _kept.get(key, (0.0, None))
        if kept is None or time.monotonic() >= until:
            kept = whole(self._application, environ)
            if (seconds := environ.get(SAME_FOR_S)) and kept.status.startswith("200 "):
                _keep(key, time.monotonic() + min(seconds, LONGEST_S), kept)
        elif said := environ.get("HTTP_IF_NONE_MATCH"):
            kept = _unless_known(kept, said)
        return kept.give(start_response)


def forget() -> None:
    """As a process that has just started."""
    _kept.clear()


def _keep(key: tuple[str, ...], until: float, answer: KeptAnswer) -> None:
    _kept[key] = until, answer
    while len(_kept) > MOST_KEPT:
        _kept.popitem(last=False)


def _unless_known(answer: KeptAnswer, said: str) -> KeptAnswer:
    """304 to whoever has it already."""
    tag = dict(answer.headers)["ETag"].removeprefix("W/").strip('"')
    if not parse_etags(said).contains_weak(tag):
        return answer
    return KeptAnswer("304 NOT MODIFIED", [each for each in answer.headers if each[0].lower() not in _OF_THE_BODY], b"")
