"""The offices as the public knows them: where they are, when they work, whom they serve, and how one finds them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services import kazakh
from services.deadlines import SETTLED, Calendar, RegionTime, SpecialDay
from services.errors import NotFound
from services.phones import e164_or_none


class NoSuchPublicOffice(NotFound):
    """There is no office %(office)s that takes applications."""


@dataclass(frozen=True)
class Settlement:
    """A settlement, and where on earth it lies, if the region's table knows."""

    key: str
    names: tuple[str, str, str]  #: kk, ru, en
    at: tuple[float, float] | None  #: latitude and longitude in degrees
    default: bool  #: where it lies is not in the act
    source: str


@dataclass(frozen=True)
class PublicOffice:
    """A body or a PSC."""

    key: str
    kind: str
    names: tuple[str, str, str]  #: kk, ru, en
    shorts: tuple[str, str, str]
    address: str  #: as the act prints it, in Kazakh
    phones: tuple[tuple[str, str], ...]  #: E.164, and as the act prints it
    email: str
    place: Settlement | None
    serves: str  #: key of the body that decides on what is taken in here; its own for a body
    served_by: tuple[str, ...]  #: of a body: keys of the PSCs that take in for it
    clause: str
    note_default: bool  #: which body it serves is a default
    calendar: Calendar
    found_by: str  #: what typing is compared with

    def name(self, language: str) -> str:
        return self.names[_AT[language]]

    def short(self, language: str) -> str:
        return self.shorts[_AT[language]]

    def days_ahead(self, today: date, count: int) -> list[SpecialDay]:
        """The coming days that differ here from their weekday, the nearest first."""
        until = today + timedelta(days=count)
        days = self.calendar.days
        return [days[on] for on in sorted(days) if today <= on <= until and self._differs(on)]

    def _differs(self, on: date) -> bool:
        return self.calendar.works_on(on) != bool(self.calendar.week[on.weekday()])


_AT = {"kk": 0, "ru": 1, "en": 2}


def place_name(place: Settlement, language: str) -> str:
    """«Есік қаласы», «город Есик»."""
    return place.names[_AT[language]]


def offices_told(region: RegionTime) -> Sequence[PublicOffice]:
    """Every office that takes applications: bodies first, each kind in the order of the region's table."""
    rows = [row for row in region.table("offices") if row["kind"] != "control"]
    places = {row["key"]: row for row in region.table("settlements")}
    told = [_told(region, row, rows, places) for row in rows]
    return sorted(told, key=lambda each: each.kind != "body")


def find_offices(offices: Sequence[PublicOffice], words: str) -> Sequence[PublicOffice]:
    """The offices in whose names, address or settlement every word that was typed begins one; with look-alikes, without
    a Kazakh layout, or in the Russian or English name. All of them when nothing was typed.
    """
    typed = kazakh.plain_key(words).split()
    return [each for each in offices if all(f" {word}" in each.found_by for word in typed)]


Row = Mapping[str, str]


def _told(region: RegionTime, row: Row, rows: Sequence[Row], places: Mapping[str, Row]) -> PublicOffice:
    key, is_body = row["key"], row["kind"] == "body"
    place = places.get(row.get("settlement", ""))
    serves = key if is_body else row["parent"]
    body = next((each for each in rows if each["key"] == serves), row)
    names, shorts = _three(row, "name"), _three(row, "short")
    words = (*names, *shorts, row["address_kk"], row["place"], *_three(body, "short"))
    also = (*_three(place, "name"), place.get("also", "")) if place else ()
    return PublicOffice(
        key=key, kind=row["kind"], names=names, shorts=shorts, address=row["address_kk"],
        phones=phones_of(row), email=_mail(row), place=_place(place) if place else None,
        serves=serves, served_by=tuple(each["key"] for each in rows if is_body and each["parent"] == key),
        clause=row.get("source", ""), note_default="default" in row.get("note", ""),
        calendar=region.calendar(key), found_by=_found_by((*words, *also)),
    )  # fmt: skip


def phones_of(row: Row) -> tuple[tuple[str, str], ...]:
    """The numbers of an office's row that can be dialled: in E.164, and as the act prints them."""
    numbers = [each for each in row["phone"].split(";") if each]
    printed = row.get("phone_raw", "").split(";")
    said = [" ".join(each.split()) for each in printed] if len(printed) == len(numbers) else numbers
    return tuple((number, words) for one, words in zip(numbers, said, strict=True) if (number := e164_or_none(one)))


def _three(row: Row, what: str) -> tuple[str, str, str]:
    return row[f"{what}_kk"], row[f"{what}_ru"], row[f"{what}_en"]


def _found_by(words: Sequence[str]) -> str:
    """Each word once, behind a blank."""
    said = dict.fromkeys(word for each in words for word in kazakh.plain_key(each).split())
    return "".join(f" {word}" for word in said)


def _mail(row: Row) -> str:
    """One that can be written to, else none: what the act misprints is not handed on."""
    said = row.get("email", "")
    return said if said.isascii() and said.count("@") == 1 and " " not in said else ""


def _place(row: Row) -> Settlement:
    where = (float(row["latitude"]), float(row["longitude"])) if row["latitude"] and row["longitude"] else None
    return Settlement(row["key"], _three(row, "name"), where, row["mark"] not in SETTLED, row.get("source", ""))
