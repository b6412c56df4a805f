"""The editions of a region's act: what each says, since when it holds, and what one changes of another."""

from datetime import date, datetime

from services import clock, registry
from services.law.clauses import Clause, NamingRow, clauses_of, naming_papers, naming_rows, narrowest
from services.law.differences import CITES, ColumnChange, FileChange, Kind, RowChange, changed_files, changed_rows
from services.law.kept import (
    Book,
    NoSuchEdition,
    NotCarriedOut,
    NothingInForce,
    NotYetInForce,
    files_of,
    folder_of,
    laid_out,
    read_held,
    version_of,
)
from services.law.known import HeldFrom, once_saved
from services.law.models import Edition, EditionFile, EditionInForce
from services.law.shipped import BadEditions, Shipped, day_of, read_editions, shipped_editions

BOOK = Book()
once_saved(BOOK.publish)


def notice(version: str) -> None:
    """What says which editions hold was read along with something else (`Book.notice`)."""
    BOOK.notice(version)


def read() -> None:
    """Know which editions hold, for whoever begins: afterwards it is read along with the calendar."""
    BOOK.read()


def forget() -> None:
    """Know of no edition, as a process that has just begun."""
    BOOK.forget()


def check_carried_out() -> None:
    """Raises NotCarriedOut while the edition of today's law waits for a worker: tables of one edition, diagrams of
    another would be the law of what begins."""
    BOOK.check_carried_out(registry.shipped(), clock.now())


def goes_on(after_repeal: bool) -> None:
    """Say whether cases begin on this system under an act that is repealed: called once, of a demo it is so."""
    BOOK.goes_on = after_repeal


def check_begins(plugins: registry.Registry) -> None:
    """Raises NothingInForce or NotYetInForce when no case may begin today under the act that this is."""
    BOOK.check_begins(plugins, clock.now())


def begins(plugins: registry.Registry) -> bool:
    """Whether cases may begin today under the act that this is."""
    try:
        check_begins(plugins)
    except (NothingInForce, NotYetInForce):
        return False
    return True


def repealed(plugins: registry.Registry) -> date | None:
    """The day on which the act ended, when that is past."""
    return BOOK.repealed(plugins, clock.now())


def registry_under(edition: int) -> registry.Registry:
    """The region under that edition of its act, in force or not. Raises NoSuchEdition."""
    return BOOK.under(registry.shipped(), edition)


def registry_on(moment: datetime) -> registry.Registry:
    """The region under the edition of its act that held at that moment."""
    return BOOK.at(registry.shipped(), moment)


def registry_of_open(accepted: datetime) -> registry.Registry:
    """The region under the edition under which a case lives now that was accepted then and is still open: that of its
    day, or a later one whose transitional clause took open cases over."""
    return BOOK.of_open(registry.shipped(), accepted, clock.now())


__all__ = [
    "BOOK",
    "CITES",
    "BadEditions",
    "Clause",
    "ColumnChange",
    "Edition",
    "EditionFile",
    "EditionInForce",
    "FileChange",
    "HeldFrom",
    "Kind",
    "NamingRow",
    "NoSuchEdition",
    "NotCarriedOut",
    "NothingInForce",
    "RowChange",
    "Shipped",
    "begins",
    "changed_files",
    "changed_rows",
    "check_begins",
    "check_carried_out",
    "clauses_of",
    "day_of",
    "files_of",
    "folder_of",
    "forget",
    "goes_on",
    "laid_out",
    "naming_papers",
    "naming_rows",
    "narrowest",
    "notice",
    "read",
    "read_editions",
    "read_held",
    "registry_of_open",
    "registry_on",
    "registry_under",
    "repealed",
    "shipped_editions",
    "version_of",
]
