"""From what a paper says to a PDF: a form in Typst, its words handed over as data and never as code.

The forms are found by place, `documents/*.typ`, the region's first, and are gathered into one folder of their own: a
form sees the other forms and nothing else of the machine.
"""

import atexit
import json
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, Literal
from zoneinfo import ZoneInfo

import typst

from services.documents.barcodes import Misread, barcode_payload, barcode_svg, payload_svg, qr_svg, square_svg
from services.documents.days_in_words import day_words, local_day, moment_words
from services.errors import Unavailable
from services.registry import Registry

#: what Typst says of a letter that PDF/UA does not let it leave out
UNKNOWN_LETTER = "could not be displayed"
#: they would turn the words around them
_TURNS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
#: hardly any word of Kazakh or Russian is as long: a line may end anywhere in it, so that it never leaves its column
#: (a double surname is two words: its line ends at the hyphen)
_ENDLESS = re.compile(r"[^\s-]{22,}")
#: where Typst's diagnostic says that something stands
_PLACE = re.compile(r"┌─ (?:.*[\\/])?([^\\/:]+\.typ):(\d+):\d+")
_one_at_a_time = Lock()

Facts = Mapping[str, object]
#: by which of the numbers that a paper says its barcode calls it: the first one that it has
CODED = ("barcode", "outgoing_number", "number")
#: what a sheet says of itself: nothing, that it is printed anew, or that it was made to be looked at
Mark = Literal["", "copy", "view"]


class NoSuchPrintedForm(Unavailable):
    """The plugin that prints %(item)s is not switched on. What the paper says is kept; please tell an administrator."""


@dataclass(frozen=True)
class Beside:
    """What one print says beside what the paper says, and no other print of it: the applicant's secret code."""

    groups: Sequence[str]  #: of the code, as they are read aloud
    site: str  #: where it is asked with: "https://komek.example.kz/status"
    link: str  #: the same with number and code, for whoever scans it


def print_form(
    item: str, content: Facts, registry: Registry, *, at: datetime, mark: Mark, beside: Beside | None = None
) -> bytes:
    """The paper as a tagged PDF (PDF/UA-1). Raises NoSuchPrintedForm.

    A letter that the font lacks is shown as an empty box, and the PDF is then tagged but does not call itself PDF/UA.
    """
    form, data = _form(item, content, registry, at, mark, beside)
    try:
        return _compile(form, data, "ua-1", at)
    except typst.TypstError as error:
        if UNKNOWN_LETTER not in str(error):
            raise
        return _compile(form, data, "1.7", at)


@dataclass(frozen=True)
class FormRefused:
    """Why a form cannot be printed, and where it says so."""

    file: str  #: "talon.typ", or one that it takes over; empty where nothing says
    line: int  #: nought where nothing says
    why: str  #: Typst's own words, which are English
    unread: bool = False  #: it is printed, and not as a screen reader needs it


def try_form(form: str, content: Facts, registry: Registry, *, at: datetime) -> FormRefused | None:
    """Prints a form by its name with that content, secret code and all; what refuses it, or nothing."""
    beside = Beside(("0000", "0000"), "komek.example.kz/status", "https://komek.example.kz/status#0/0")
    data = form_data(content, registry, at) | {"tracking": _drawn(beside)}
    return _tried(form_folder(registry) / f"{form}.typ", json.dumps(data, ensure_ascii=False).translate(_TURNS), at)


@lru_cache(maxsize=256)
def _tried(form: Path, data: str, at: datetime) -> FormRefused | None:
    """A region's forms are tried whenever one of its files is looked at, and most of them stay as they were."""
    try:
        _compile(form, data, "ua-1", at)
    except typst.TypstError as error:
        place = _PLACE.search(error.diagnostic or "")
        name, line = (Path(place[1]).name, int(place[2])) if place else ("", 0)
        return FormRefused(name, line, str(error), UNKNOWN_LETTER in str(error))
    return None


def draw_form(item: str, content: Facts, registry: Registry, *, at: datetime) -> bytes:
    """The paper's first page as SVG. Raises NoSuchPrintedForm."""
    return _pictured(*_form(item, content, registry, at, "view"))


@lru_cache(maxsize=32)
def _pictured(form: Path, data: str) -> bytes:
    """Drawn once a minute at most, which stands on it; whoever signs one of ten sees the other nine again."""
    with _one_at_a_time:
        drawn = _compiler(form.parent).compile(form, format="svg", sys_inputs={"data": data})
    return _smaller(drawn[0] if isinstance(drawn, list) else drawn or b"")


#: a letter's outline in Typst's picture, by a long name; where things lie, closer than anybody sees (1/100 pt)
_GLYPH = re.compile(rb'g[0-9A-F]{32}(?=")')
_PLACES = re.compile(rb'(?<= [dx]=")[^"]+(?=")')
_LONG_NUMBER = re.compile(rb"-?\d+\.\d{3,}")


def _smaller(picture: bytes) -> bytes:
    """A picture that looks the same and is a third smaller when it is compressed."""
    short: dict[bytes, bytes] = {}
    named = _GLYPH.sub(lambda found: short.setdefault(found[0], b"g%x" % len(short)), picture)
    return _PLACES.sub(lambda places: _LONG_NUMBER.sub(_rounded, places[0]), named)


def _rounded(number: re.Match[bytes]) -> bytes:
    return (b"%.2f" % float(number[0])).rstrip(b"0").rstrip(b".")


def _form(
    item: str, content: Facts, registry: Registry, at: datetime, mark: Mark, beside: Beside | None = None
) -> tuple[Path, str]:
    """The form's file and its words. Raises NoSuchPrintedForm."""
    form = form_folder(registry) / f"{form_name(item, registry)}.typ"
    if not form.is_file():
        raise NoSuchPrintedForm(item=item)
    data = form_data(content, registry, at, mark) | {"tracking": _drawn(beside) if beside else None}
    return form, json.dumps(data, ensure_ascii=False).translate(_TURNS)


def _drawn(beside: Beside) -> dict[str, object]:
    return {"groups": list(beside.groups), "site": beside.site, "square": square_svg(beside.link)}


def form_name(item: str, registry: Registry) -> str:
    """The name of its file without the ending, as its plugin says; else the paper's own."""
    paper = registry.papers.get(item)
    return (paper.form if paper else "") or item.removeprefix("doc.")


def form_data(content: Facts, registry: Registry, at: datetime, mark: Mark = "") -> dict[str, object]:
    """What a form reads: what the paper says, its days in words, its barcodes, the region's facts, the moment."""
    facts, first = registry.facts(), registry.first_language()
    zone = ZoneInfo(str(facts["time_zone"]))
    days = {key: day_words(local_day(str(value), zone)) for key, value in content.items() if key.endswith("_on")}
    office = str(content.get("office_name") or "")
    said = content if first == "kk" else _in_first(content, _titles(registry, first))
    return {
        "paper": _broken({**said, **days}),
        # an answer that goes out is known to every desk by its outgoing number, a complaint by its own
        "code": _code(next((str(said) for each in CODED if (said := content.get(each))), "")),
        "codes": _line_codes(content),
        "office_kk": office,
        "office_ru": _russian_office(office, registry),
        "region": json.loads(json.dumps({**facts, "first_language": first}, default=str)),
        "first_language": first,
        "printed_at": moment_words(at, zone),
        "mark": mark,
    }


def _broken(value: object) -> object:
    """The text, where a line may end between any two letters of an endless word."""
    if isinstance(value, str):
        return _ENDLESS.sub(lambda word: "\u200b".join(word[0]), value)
    if isinstance(value, Mapping):
        return {name: _broken(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_broken(each) for each in value]
    return value


#: tables whose names papers say, which keep them in Kazakh
_NAMED = (("offices", "name"), ("documents", "title"), ("grounds", "title"), ("roles", "title"))


@lru_cache(maxsize=8)
def _titles(registry: Registry, language: str) -> Mapping[str, str]:
    """Kazakh name of a row of the region's tables -> the same in that language."""
    rows = [(row, column) for table, column in _NAMED for row in registry.known(table)]
    return {row[f"{column}_kk"]: said for row, column in rows if (said := row.get(f"{column}_{language}"))}


def _in_first(value: Any, titles: Mapping[str, str]) -> Any:
    """What a paper says, with the names of the region's tables as that language has them; not what it says in both."""
    if isinstance(value, str):
        return titles.get(value, value)
    if isinstance(value, Mapping):
        return {name: each if f"{name}_ru" in value else _in_first(each, titles) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_in_first(each, titles) for each in value]
    return value


def _russian_office(name: str, registry: Registry) -> str:
    """The office's name for a translation; as it is when the region's table does not know it."""
    return next(
        (row["name_ru"] for row in registry.table("offices") if row["name_kk"] == name and row["name_ru"]), name
    )


def _code(number: str, *, square: bool = True) -> dict[str, str] | None:
    try:
        bars = {"payload": barcode_payload(number), "lines": barcode_svg(number)}
        return {**bars, "square": qr_svg(number)} if square else bars
    except Misread:
        return None


def _line_codes(content: Facts) -> dict[str, str]:
    """Number -> its bars, for every line of a list that has one; `link` -> the square of the address it leads to."""
    found = {number: code["lines"] for number in _numbers(content) if (code := _code(number, square=False)) is not None}
    if badge := str(content.get("badge") or ""):
        found[badge] = payload_svg(badge)
    if link := str(content.get("link") or ""):
        found["link"] = square_svg(link)
    return found


def _numbers(content: Facts) -> list[str]:
    lines = [line for value in content.values() if isinstance(value, list | tuple) for line in value]
    return sorted({str(line["number"]) for line in lines if isinstance(line, Mapping) and line.get("number")})


def draw_codes(content: Facts) -> Iterator[int]:
    """Draw the bars of a list's lines beforehand, saying time and again how many are done; `print_form` finds them."""
    for done, number in enumerate(_numbers(content)):
        if done % 50 == 0:
            yield done
        _code(number, square=False)


def _compile(form: Path, data: str, standard: Literal["ua-1", "1.7"], at: datetime) -> bytes:
    with _one_at_a_time:
        pdf = _compiler(form.parent).compile(
            form, format="pdf", sys_inputs={"data": data}, pdf_standards=standard, timestamp=at.replace(microsecond=0)
        )
    assert isinstance(pdf, bytes)
    return pdf


@lru_cache(maxsize=8)
def form_folder(registry: Registry) -> Path:
    """A folder with every form of the plugins that are switched on; gone when the process ends."""
    return _folder_of(
        tuple((Path(place).name, file.read_bytes()) for place, file in registry.matching("documents/*.typ").items())
    )


@lru_cache(maxsize=8)
def _folder_of(forms: tuple[tuple[str, bytes], ...]) -> Path:
    """A folder of these forms: equal ones share it, whichever edition they came with."""
    folder = Path(tempfile.mkdtemp(prefix="komek-forms-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for name, said in forms:
        (folder / name).write_bytes(said)
    return folder


@lru_cache(maxsize=8)
def _compiler(folder: Path) -> typst.Compiler:
    """Only Typst's own fonts: a paper looks the same on every machine."""
    return typst.Compiler(root=folder, ignore_system_fonts=True)
