"""The editions of a region's act as its package brings them: pure, no database.

`editions.csv` lists them in the order in which they came into force. The region's folder is the first; a folder
`editions/<key>/` holds the files that the edition changes, each whole, as a consolidated text prints a law: a file that
is not there is the one of the edition before. A region without `editions.csv` has one edition, its folder.
"""

import csv
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from services.letters import tidy
from services.msgids import _
from services.registry import Registry
from services.shown import fill
from services.tables import BadTable, is_law

TABLE = "editions.csv"
#: which cases an edition takes over when its day comes: none, or all that are open
TRANSITIONAL = ("", "none", "open")
COLUMNS = (
    "key", "number", "adopted_on", "registered_on", "registered_number", "from_on", "until_on", "act_kk", "act_ru",
    "act_en", "clause", "transitional", "mark", "note",
)  # fmt: skip
COLUMN_UNKNOWN = _("Nothing reads the column %(column)s; one for readers begins with _.")
UNREADABLE = _("This cannot be read as UTF-8 text of that form: %(why)s.")
TWICE = _("The key %(key)s is there twice.")
EMPTY = _("%(column)s is empty.")
NOT_ONE_OF = _("%(column)s is «%(value)s», and none of: %(known)s.")
NO_KEY_OF_FOLDER = _("The key «%(value)s» is no name of a folder: Latin letters, digits, - and _.")
NO_DAY = _("«%(value)s» is no day of the form 2014-06-02.")
NOT_AFTER = _("%(column)s, %(value)s, is not after %(other)s.")
UNNAMED = _("No row but the first names the folder editions/%(value)s.")
NO_EDITION = _("It names no edition.")
_DAYS = ("adopted_on", "registered_on", "from_on", "until_on")


class BadEditions(BadTable):
    """`editions.csv` cannot be used: the line (nought: the whole file), an English msgid and what fills it."""

    def __init__(self, line: int, text: str, **details: object) -> None:
        super().__init__(f"{TABLE}, line {line}: {fill(text, details, str)}")
        self.line, self.text, self.details = line, text, details


@dataclass(frozen=True)
class Shipped:
    """An edition as files say it."""

    key: str
    act: Mapping[str, str]  #: the columns of its row
    files: Mapping[str, bytes]  #: place -> content

    @property
    def digest(self) -> str:
        """Equal files and an equal row, an equal digest."""
        told = hashlib.sha256()
        for place, content in sorted(self.files.items()):
            told.update(f"{place}\0{len(content)}\0".encode() + content)
        for column, value in sorted(self.act.items()):
            told.update(f"{column}\0{value}\0".encode())
        return told.hexdigest()

    @property
    def from_on(self) -> date | None:
        """The day from which it holds, as its row says; None when it says none."""
        return day_of(self.act, "from_on")


def day_of(act: Mapping[str, str], column: str) -> date | None:
    """A day of an edition's row; None when it is empty."""
    return date.fromisoformat(act[column]) if act.get(column) else None


def shipped_editions(registry: Registry) -> Sequence[Shipped]:
    """Every edition that the region's package brings, in their order. Raises BadEditions."""
    folder = registry.folders[0]
    files = {place: file for file in sorted(folder.rglob("*")) if is_law(place := file.relative_to(folder).as_posix())}
    found: list[Shipped] = []
    for row in read_editions(folder):
        own = folder / "editions" / row["key"]
        files |= {place: file for file in sorted(own.rglob("*")) if is_law(place := file.relative_to(own).as_posix())}
        contents = {place: file.read_bytes() for place, file in files.items() if file.is_file()}
        found.append(Shipped(row["key"], row, contents))
    return found


def read_editions(folder: Path) -> list[dict[str, str]]:
    """The rows of a region's `editions.csv`, each with every column; one empty row where there is no such file.

    Raises BadEditions with what is wrong first: a key twice or that is no folder's name, a day that is none, days that
    run backwards, a folder that no row names.
    """
    file = folder / TABLE
    if not file.is_file():
        return [dict.fromkeys(COLUMNS, "")]
    try:
        text = file.read_text(encoding="utf-8-sig")
        reader = csv.DictReader(map(tidy, text.splitlines(keepends=True)), strict=True)
        rows = [(reader.line_num, {str(name).rstrip("*"): value or "" for name, value in row.items()})
                for row in reader]  # fmt: skip
    except (UnicodeError, csv.Error) as error:
        raise BadEditions(0, UNREADABLE, why=str(error)) from None
    known: list[dict[str, str]] = []
    for line, row in rows:
        full = {name: row.get(name, "").strip() for name in COLUMNS}
        for column in row:
            if column not in COLUMNS and not column.startswith("_"):
                raise BadEditions(1, COLUMN_UNKNOWN, column=column)
        _check(line, full, known)
        known.append(full)
    own = folder / "editions"
    unnamed = {each.name for each in own.glob("*") if each.is_dir()} - {each["key"] for each in known[1:]}
    if not known or unnamed:
        raise BadEditions(0, UNNAMED if known else NO_EDITION, value=", ".join(sorted(unnamed)))
    return known


def _check(line: int, row: Mapping[str, str], before: Sequence[Mapping[str, str]]) -> None:
    """Raises BadEditions."""
    key = row["key"]
    if not key.isascii() or not key.replace("_", "").replace("-", "").isalnum():
        raise BadEditions(line, NO_KEY_OF_FOLDER, value=key)
    if key in {each["key"] for each in before}:
        raise BadEditions(line, TWICE, key=key)
    if not row["from_on"]:
        raise BadEditions(line, EMPTY, column="from_on")
    _check_days(line, row)
    if row["transitional"] not in TRANSITIONAL:
        told = {"column": "transitional", "value": row["transitional"], "known": "none, open"}
        raise BadEditions(line, NOT_ONE_OF, **told)
    if row["until_on"] and row["until_on"] <= row["from_on"]:
        raise BadEditions(line, NOT_AFTER, column="until_on", value=row["until_on"], other=row["from_on"])
    if before and row["from_on"] <= before[-1]["from_on"]:
        raise BadEditions(line, NOT_AFTER, column="from_on", value=row["from_on"], other=before[-1]["from_on"])


def _check_days(line: int, row: Mapping[str, str]) -> None:
    """Raises BadEditions."""
    for column in _DAYS:
        try:
            day = day_of(row, column)
        except ValueError:
            raise BadEditions(line, NO_DAY, value=row[column]) from None
        if day is not None and day.isoformat() != row[column]:  # without hyphens, or by the week
            raise BadEditions(line, NO_DAY, value=row[column])
    if row["adopted_on"] and "" < row["registered_on"] < row["adopted_on"]:
        told = {"column": "registered_on", "value": row["registered_on"], "other": row["adopted_on"]}
        raise BadEditions(line, NOT_AFTER, **told)
