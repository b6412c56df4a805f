"""Which list somebody looks at: read from an address, written into one, and said in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import g
from flask_babel import gettext

from services import cases
from webapp.asked import number_in
from webapp.language import words

#: what an address may ask for beside the list and its order
WISHES = tuple(cases.Only.__dataclass_fields__)


@dataclass(frozen=True)
class Listing:
    """A list of the inbox, in an order, narrowed or not; `saved` when it is kept under a name."""

    list: str = "mine"
    order: str = "due"
    only: cases.Only = field(default_factory=cases.Only)
    saved: cases.KeptList | None = None

    @property
    def query(self) -> dict[str, Any]:
        """What its address says."""
        if self.saved is not None:
            return {"saved": self.saved.id}
        return {"list": self.list, **({"by": self.order} if self.order != "due" else {}), **self.only.asked}

    @property
    def said(self) -> str:
        """A list's address in one word, for the addresses and forms of the cases that are opened from it."""
        return urlencode(self.query).removeprefix("list=")

    def asking(self, **wishes: str) -> dict[str, Any]:
        """The address of the same list, asked for otherwise."""
        order = wishes.pop("by", self.order)
        only = cases.Only(**{**self.only.asked, **wishes})
        return replace(self, order=order, only=only, saved=None).query


def read(asked: Mapping[str, str]) -> Listing:
    """What an address asks for, at this person's office. Raises UnknownWish, NoSuchList."""
    if (list_id := number_in(asked.get("saved", ""))) is not None:
        saved = cases.saved_list(list_id, g.person, g.office_key or "")
        return Listing(saved.list, saved.order, saved.only, saved)
    if "&" in (said := asked.get("list", "")) or said.startswith("saved="):
        return read_said(said)
    wishes = {name: asked[name].strip() for name in WISHES if asked.get(name, "").strip()}
    return Listing(asked.get("list") or "mine", asked.get("by") or "due", cases.Only.of(wishes))


def read_said(said: str) -> Listing:
    """What `said` wrote. Raises UnknownWish, NoSuchList."""
    return read(dict(parse_qsl(said if said.startswith("saved=") else f"list={said}")))


def in_words(only: cases.Only, offers: cases.Offers) -> Sequence[tuple[str, str]]:
    """Name and words of each thing that is asked for: overdue; at the step …; with …."""
    named = {name: {each.value: each for each in values} for name, values in offers.items()}
    return [(name, _say(name, value, named.get(name, {}).get(value))) for name, value in only.asked.items()]


def _say(name: str, value: str, offered: cases.Offered | None) -> str:
    if name == "due":
        return words.word("due", value)
    if name == "person" and value == cases.NOBODY:
        return str(gettext("with nobody"))
    said = offered_in_words(name, offered) if offered is not None else value
    if name == "step":
        return str(gettext("step: %(step)s", step=said))
    if name == "person":
        return str(gettext("with: %(name)s", name=said))
    if name == "route":
        return str(gettext("route: %(route)s", route=said))
    return str(gettext("taken in at: %(place)s", place=said))


def offered_in_words(name: str, each: cases.Offered) -> str:
    """What a value is called where it is chosen."""
    if name == "step":
        return " ".join([words.t(each.said), *([f"({', '.join(each.codes)})"] if each.codes else [])])
    if name == "person":
        return each.said or str(gettext("nobody"))
    return words.route(each.value) if name == "route" else words.office_short(each.value)
