"""Where somebody is signed in, in words: which browser, on what, and from which network."""

import ipaddress
from dataclasses import dataclass
from datetime import datetime

from flask import g
from flask_babel import gettext

from services import directory

#: a browser says of itself what others say, too: the first that fits is what it is
BROWSERS = {
    "YaBrowser/": "Yandex",
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser/": "Samsung",
    "Firefox/": "Firefox",
    "FxiOS/": "Firefox",
    "CriOS/": "Chrome",
    "Chrome/": "Chrome",
    "Chromium/": "Chromium",
    "Safari/": "Safari",
}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Macintosh": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


@dataclass(frozen=True)
class SessionInWords:
    """A session as its owner sees it."""

    id: int
    browser: str
    place: str
    began_at: datetime
    seen_at: datetime
    here: bool


def sessions_of(staff_id: int, key: str = "") -> list[SessionInWords]:
    """Where that person is signed in; `key` is that of the session that asks. Raises NotAdministrator."""
    found = directory.sessions_of(staff_id, actor=g.person, key=key)
    return [
        SessionInWords(
            each.id, browser_said(each.browser), place_said(each.place), each.began_at, each.seen_at, each.here
        )
        for each in found
    ]


def browser_said(agent: str) -> str:
    """«Windows жүйесіндегі Firefox», "Firefox on Windows": as far as the browser says it."""
    browser = next((name for mark, name in BROWSERS.items() if mark in agent), "")
    system = next((name for mark, name in SYSTEMS.items() if mark in agent), "")
    if browser and system:
        return str(gettext("%(browser)s on %(system)s", browser=browser, system=system))
    return browser or system or str(gettext("a browser that does not say its name"))


def place_said(address: str) -> str:
    """From which network: the server itself, inside, or outside, with the address."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return str(gettext("it is not known from where"))
    if found.is_loopback:
        return str(gettext("on the server itself"))
    if found.is_private:
        return str(gettext("from an internal network, %(address)s", address=address))
    return str(gettext("from outside, %(address)s", address=address))
