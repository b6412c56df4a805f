"""Pages that are the same for everybody: made once, kept while they stay true, and told to proxies for so long.

A page says what is true until an office opens or closes, or a day begins: no copy of it lives longer.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from threading import Lock

from flask import Response, current_app, request

from services import clock, public, registry
from services.config import Config
from services.deadlines import RegionTime
from webapp.language.i18n import language
from webapp.public import doorstep

#: how long a copy lives at most, how long one made while the database is away
LONGEST, WHILE_AWAY = timedelta(minutes=5), timedelta(seconds=30)
_MOST_KEPT = 400


@dataclass(frozen=True)
class PageFacts:
    """What a page is made of."""

    told: public.PublicFacts
    region: RegionTime
    offices: tuple[public.PublicOffice, ...]
    now: datetime


@dataclass(frozen=True)
class _KeptPage:
    body: bytes
    etag: str
    told: str
    made_at: datetime
    until: datetime


_pages: OrderedDict[tuple[str, str], _KeptPage] = OrderedDict()
_lock = Lock()


def facts() -> PageFacts:
    """Raises Unavailable when nothing was ever told."""
    told = _told()
    region = public.region_told(registry.current(), told)
    return PageFacts(told, region, tuple(public.offices_told(region)), clock.now())


def answer(make: Callable[[PageFacts], str], *, mimetype: str = "text/html", keep: bool = True) -> Response:
    """The page at this address, made anew when it is no longer true; 304 to whoever has it already."""
    told = _told()
    key, now = (root(), request.path), clock.now()
    said = f"{id(registry.current())} {told.fingerprint}"  # another edition of the act is another registry
    page = _pages.get(key) if keep else None
    if page is None or page.told != said or not page.made_at <= now < page.until:
        page = _made(make, said)
        if keep:
            _keep(key, page)
    response = Response(page.body, mimetype=mimetype)
    response.headers["Content-Language"] = language()
    response.set_etag(page.etag)
    response.cache_control.public = response.cache_control.must_revalidate = True
    # a moment, not an age: a proxy that says no age would lengthen it to twice as long
    response.expires = clock.real() + (page.until - now)
    if keep and not current_app.config["KOMEK"].demo:  # a demo's clock is read with each page
        request.environ[doorstep.SAME_FOR_S] = (page.until - now).total_seconds()
    response.make_conditional(request)
    return response


def _told() -> public.PublicFacts:
    config: Config = current_app.config["KOMEK"]
    return public.told(registry.current(), keep=None if config.testing else config.var / "public.json")


def root() -> str:
    """Where people find these pages: "https://komek.example.kz"."""
    config: Config = current_app.config["KOMEK"]
    return (config.public_url or request.host_url).rstrip("/")


def forget() -> None:
    """As a process that has just started."""
    public.forget()
    doorstep.forget()
    _pages.clear()


def _made(make: Callable[[PageFacts], str], said: str) -> _KeptPage:
    known = facts()
    body = make(known).encode()
    until = known.now + (WHILE_AWAY if known.told.stale else LONGEST)
    changes = public.next_change((each.calendar for each in known.offices), known.now)
    until = min(until, changes) if changes else until
    return _KeptPage(body, sha256(body).hexdigest()[:20], said, known.now, until)


def _keep(key: tuple[str, str], page: _KeptPage) -> None:
    with _lock:
        _pages[key] = page
        _pages.move_to_end(key)
        while len(_pages) > _MOST_KEPT:
            _pages.popitem(last=False)
