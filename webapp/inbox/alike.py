"""What the rows of a list have in common is said once a page: words, and addresses that differ in a key."""

import re
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from flask import url_for
from markupsafe import Markup, escape

#: stands where rows differ: a number that every kind of address takes, and which is nobody's
DIFFERS = "8712345678901234567"
#: what an address may say without an escape, beside letters and digits
_PLAIN = "!$&'()*+,:;=@"


@dataclass(frozen=True)
class AlikeCell:
    """What stands in a cell, and the same without its tags."""

    html: Markup
    said: str

    def leading(self, address: str) -> Markup:
        """What was said as leading to `DIFFERS`, leading to that address."""
        return Markup(self.html.replace(Markup(DIFFERS), escape(address)))


@dataclass
class SaidOnce:
    """Cells of one page: `said(row)` is asked once for all rows of the same `key`, which holds all that it looks at."""

    known: dict[Hashable, AlikeCell] = field(default_factory=dict)

    def __call__(self, said: Callable[[object], Markup], row: object, *key: Hashable) -> AlikeCell:
        found = self.known.get((id(said), key))
        if found is None:
            html = said(row)
            found = self.known[id(said), key] = AlikeCell(html, html.striptags())
        return found


def told_apart(names: Iterable[str], say: Callable[[str], str]) -> dict[str, str]:
    """How each name is said, without the words before a colon with which all of them begin: a column is narrow, and
    they differ in what would be cut off at its end. One name alone stays whole."""
    said = {name: say(name) for name in dict.fromkeys(names)}
    heads = [found.end() for found in re.finditer(": ", min(said.values(), default=""))] if len(said) > 1 else []
    begins = max((at for at in heads if len({each[:at] for each in said.values()}) == 1), default=0)
    return {name: each[begins : begins + 1].upper() + each[begins + 1 :] for name, each in said.items()}


def addresses(endpoint: str, name: str, **asked: Any) -> Callable[[object], str]:
    """Addresses that differ in `name` alone: what the router says of one of them."""
    before, _, after = url_for(endpoint, **{**asked, name: DIFFERS}).partition(DIFFERS)
    return lambda key: f"{before}{quote(str(key), safe=_PLAIN)}{after}"
