"""What a route of a new region begins as: one of the two that Komek draws, under its own name and in its own words.

`direct` is all at the body; `psc` goes through another office. A route of any other name is a copy of one of them:
its processes, steps, roles, kind of office and worked case bear its name.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from services.config import ROOT

WORDS = Path(__file__).parent / "beginnings.toml"
NAME = re.compile(r"[a-z][a-z0-9_]{0,30}")
#: what a route may begin as -> the common diagrams that are drawn for it
DRAWN: Mapping[str, tuple[str, ...]] = {"direct": ("direct.bpmn",), "psc": ("via_psc.bpmn", "calling_back.bpmn")}
#: names of kinds of offices that every region has, and of what its offices are called by
TAKEN = frozenset({"any", "body", "control", "oblast"})


class NoBeginning(ValueError):
    """What was asked for is no list of routes."""


@dataclass(frozen=True)
class Route:
    """A route of the new region."""

    name: str
    like: str  #: of `DRAWN`: what it begins as

    @property
    def copied(self) -> bool:
        """Whether it is another one than Komek's own of that name."""
        return self.name != self.like

    @property
    def through(self) -> str:
        """The kind of office through which it goes; empty where all is at the body."""
        return self.name if self.like == "psc" else ""

    def key(self, text: str) -> str:
        """A key, or XML, in which routes, processes, roles and kinds of offices have this route's names."""
        if not self.copied:
            return text
        text = re.sub(rf"(?<![A-Za-z0-9.]){self.like}(?![A-Za-z0-9])", self.name, text)
        return re.sub(r"calling_back(?![A-Za-z0-9_])", f"calling_back_{self.name}", text)

    def office(self, key: str) -> str:
        """The key of the office through which it goes."""
        return re.sub(r"\bPSC\b", self.name.upper(), key) if self.through else key

    def said(self, text: str, *, begins: bool = True) -> str:
        """Sentences in any of the three languages, said of this route; `begins`: with a capital where one begins."""
        for pattern, words in self._words if self.copied else ():

            def put(found: re.Match[str], words: str = words) -> str:
                first = begins and (found.start() == 0 or found.string[found.start() - 1] == '"')
                said = found.expand(words)
                return said[0].upper() + said[1:] if first else said

            text = re.sub(pattern, put, text)
        return text

    @cached_property
    def many(self) -> dict[str, str]:
        """Language -> what its offices are called together."""
        return {language: words["many"] for language, words in self._of_office().items()}

    @cached_property
    def _words(self) -> list[tuple[str, str]]:
        if not self.through:
            return [
                (r"(тікелей (?:өтініш|жүгіну)\b|[Пп]рямое обращение)", rf"\1 («{self.name}»)"),
                (r"([Dd]irect application|\bDirect(?=,))", rf"\1 (“{self.name}”)"),
            ]
        kk, ru, en = (self._of_office()[language] for language in ("kk", "ru", "en"))
        return [
            (r"Халыққа қызмет көрсету орталығы(?: \(ХҚКО\))?", kk["is"]), ("ХҚКО-ға", kk["to"]),
            ("ХҚКО-дан", kk["from"]), ("ХҚКО-да", kk["at"]), ("ХҚКО бөлімінің", kk["of"]),
            (r"ХҚКО(?= инспектор| жинақтаушы)", kk["of"]), ("ХҚКО", kk["is"]),
            (r"Центр обслуживания населения(?: \(ЦОН\))?", ru["is"]), ("(?<=Возвращены в )ЦОН", ru["at"]),
            (r"(?<=руководитель )отдела ЦОН|(?<=\bиз )ЦОН|(?<=инспектор )ЦОН|(?<=инспектору )ЦОН", ru["of"]),
            (r"(?<=Инспектор )ЦОН|(?<=отдела )ЦОН", ru["of"]), ("ЦОН", ru["is"]),
            (r"Public [Ss]ervice [Cc]entre(?: \(PSC\))?|PSC(?: office)?", en["is"]),
        ]  # fmt: skip

    def _of_office(self) -> dict[str, dict[str, str]]:
        known = tomllib.loads(WORDS.read_text(encoding="utf-8").replace("@ROUTE@", self.name))
        found: dict[str, dict[str, str]] = known.get(self.name, known["*"])
        return found


def routes_of(typed: str) -> list[Route]:
    """`direct,psc,akim:psc,online`: each route and, after a colon, what it begins as. Raises NoBeginning."""
    found: dict[str, Route] = {}
    for each in filter(None, (part.strip() for part in typed.split(","))):
        name, _, like = each.partition(":")
        found.setdefault(name, Route(name, like or _usual(name)))
        if found[name].like not in DRAWN or (name in DRAWN and found[name].copied):
            raise NoBeginning(f"{each}: a route begins as {' or as '.join(DRAWN)}, and these two as themselves")
        if not NAME.fullmatch(name) or name in TAKEN:
            raise NoBeginning(
                f"{name}: a route is named by small Latin letters, digits and _, and not {_listed(TAKEN)}"
            )
    if not found:
        raise NoBeginning("name a route, or several parted by commas")
    _check_apart(list(found.values()))
    return list(found.values())


def _usual(name: str) -> str:
    """As themselves; through an office what has words for one; else at the body."""
    if name in DRAWN:
        return name
    return "psc" if name in tomllib.loads(WORDS.read_text(encoding="utf-8")) else "direct"


def _check_apart(routes: list[Route]) -> None:
    """Raises NoBeginning where a route would have the processes or the file of a common diagram, or of another."""
    common = {file.name: ids_in(file.read_text(encoding="utf-8")) for file in (ROOT / "bpmn").glob("*.bpmn")}
    own = {name for each in routes if not each.copied for name in DRAWN[each.like]}
    places, ids = set(common) - own, set().union(*(each for name, each in common.items() if name not in own))
    for route in routes:
        drawn = drawings(route)
        processes = set().union(*map(ids_in, drawn.values()))
        if clash := sorted((places & drawn.keys()) | (ids & processes)):
            raise NoBeginning(f"{route.name}: {', '.join(clash)} is drawn already; name the route otherwise")
        places, ids = places | drawn.keys(), ids | processes


def ids_in(text: str) -> set[str]:
    """Processes of a diagram."""
    return set(re.findall(r'<bpmn:process id="(\w+)"', text))


def drawings(route: Route) -> dict[str, str]:
    """File name -> diagram of the route: Komek's own under its names and in its words."""
    names = DRAWN[route.like] if route.copied else DRAWN[route.like][:1]
    return {route.key(name): route.said(route.key(_read(name))) for name in names}


def _read(name: str) -> str:
    return (ROOT / "bpmn" / name).read_text(encoding="utf-8")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
