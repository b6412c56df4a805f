"""Photos of damaged papers: whatever was sent is drawn anew, smaller, so that only the picture is kept."""

from collections.abc import Sequence

from sqlalchemy import delete, select, update

from services import clock, directory, pictures
from services.custody.errors import NoSuchPhoto, NotAPicture
from services.custody.models import ConsignmentLine, Item, Photo
from services.db import db

MOST_BYTES = pictures.MOST_BYTES
LONGEST_SIDE = 1600


def add_photo(consignment_id: int, code: str, file: bytes, person: directory.Person) -> None:
    """Keep a picture of that paper; the caller has checked that it is on that registry. Raises NotAPicture."""
    jpeg = shrink(file)
    row = {"consignment_id": consignment_id, "code": code, "jpeg": jpeg}
    db.session.add(Photo(**row, added_at=clock.now(), added_by_id=person.id))


def photo(photo_id: int) -> Photo:
    """The photo with that id. Raises NoSuchPhoto."""
    found = db.session.get(Photo, photo_id) if 0 < photo_id < 2**63 else None
    if found is None:
        raise NoSuchPhoto
    return found


def photos_of(consignment_id: int) -> dict[str, Sequence[int]]:
    """Code -> ids of its photos, the first first."""
    found: dict[str, list[int]] = {}
    wanted = select(Photo.code, Photo.id).filter_by(consignment_id=consignment_id).order_by(Photo.id)
    for code, photo_id in db.session.execute(wanted):
        found.setdefault(code, []).append(photo_id)
    return dict(found)


def shrink(file: bytes) -> bytes:
    """The picture as a JPEG of at most 1600 pixels a side. Raises NotAPicture."""
    try:
        return pictures.redraw(file, LONGEST_SIDE)
    except pictures.NoPicture:
        raise NotAPicture from None


def erase(case_ids: Sequence[int]) -> None:
    """No picture of those cases' papers is left, nor what was said of a damage; in the caller's transaction."""
    codes = select(Item.code).where(Item.case_id.in_(case_ids))
    db.session.execute(delete(Photo).where(Photo.code.in_(codes)))
    db.session.execute(update(ConsignmentLine).where(ConsignmentLine.code.in_(codes)).values(damage=""))
