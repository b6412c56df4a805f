"""The stand's sheet (N421/8): printed for an office's wall; its edition is the digest of what it says."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from services import clock, directory, documents, journal
from services.db import db, transaction
from services.errors import Forbidden, Invalid
from services.public.models import StandSheet
from services.registry import Registry

#: of paper
SIZES = ("a4", "a3")
ITEM = "doc.stand"


class NotYourStand(Forbidden):
    """The sheet of another office's stand is printed by its head, or by an administrator."""


class NoSuchSize(Invalid):
    """The stand's sheet is printed on A4 or A3."""


@dataclass(frozen=True)
class PrintedStand:
    """The sheet of one office in one language, as it was printed last."""

    office_key: str
    language: str
    size: str
    edition: str
    printed_at: datetime
    printed_by_id: int


def may_print_stand(person: directory.Person, office_key: str, registry: Registry) -> bool:
    """Whether this person looks after that office's stand: an administrator, or whoever leads there."""
    leads = person.roles_at(office_key) & registry.roles_that("leads")
    return directory.ADMIN in person.roles() or bool(leads)


def edition_of(content: Mapping[str, object]) -> str:
    """Eight letters: another one as soon as the sheet says anything else. Size and day of printing do not count."""
    said = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()[:8]


def print_stand(
    office_key: str, content: Mapping[str, object], *, size: str, language: str, day: str, person: directory.Person,
    registry: Registry,
) -> documents.Printed:  # fmt: skip
    """The sheet as a PDF; that it was printed is kept, with its edition, and written into the journal.

    `content` is what it says, in that language, and `day` today's date in it. Raises NotYourStand, NoSuchSize,
    NoSuchPrintedForm.
    """
    if not may_print_stand(person, office_key, registry):
        raise NotYourStand
    if size not in SIZES:
        raise NoSuchSize
    edition, at = edition_of(content), clock.now()
    told = {**content, "size": size, "edition": edition, "day": day}
    pdf = documents.print_form(ITEM, told, registry, at=at, mark="")
    with transaction():
        row = {"office_key": office_key, "language": language, "size": size, "edition": edition}
        db.session.add(StandSheet(**row, printed_at=at, printed_by_id=person.id))
        journal.append("stands", [journal.NewLine("stand.printed", f"staff:{person.id}", row)], at=at)
    return documents.Printed(pdf, f"stand-{office_key}-{size}-{language}-{edition}.pdf")


def stands_printed(office_keys: Sequence[str]) -> dict[str, list[PrintedStand]]:
    """Office -> its sheets as they were printed last, one of each language. One statement."""
    columns = [getattr(StandSheet, name) for name in PrintedStand.__dataclass_fields__]
    wanted = select(*columns).where(StandSheet.office_key.in_(list(office_keys)))
    order = (StandSheet.office_key, StandSheet.language, StandSheet.id.desc())
    found: dict[str, list[PrintedStand]] = {}
    for row in db.session.execute(wanted.ext(distinct_on(*order[:2])).order_by(*order)):
        found.setdefault(row[0], []).append(PrintedStand(*row))
    return found
