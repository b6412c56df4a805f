"""Photos of damaged papers: whatever was sent is drawn anew, smaller, so that only the picture is kept."""

import io
import warnings
from collections.abc import Sequence

from PIL import Image, ImageOps
from sqlalchemy import select

from services import clock, directory
from services.custody.errors import NoSuchPhoto, NotAPicture
from services.custody.models import Photo
from services.db import db

#: of what a phone sends
MOST_BYTES = 12 * 1024 * 1024
MOST_PIXELS = 50_000_000
#: of what can only be drawn whole, and not smaller from the start: the memory it takes is seven bytes a pixel
MOST_WHOLE = 16_000_000
LONGEST_SIDE = 1600
FORMATS = ("JPEG", "PNG", "WEBP")


def add_photo(consignment_id: int, code: str, file: bytes, person: directory.Person) -> None:
    """Keep a picture of that paper; the caller has checked that it is on that registry. Raises NotAPicture."""
    jpeg = shrink(file)
    row = {"consignment_id": consignment_id, "code": code, "jpeg": jpeg}
    db.session.add(Photo(**row, added_at=clock.now(), added_by_id=person.id))


def photo(photo_id: int) -> Photo:
    """That photo. Raises NoSuchPhoto."""
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
    """The picture as a JPEG of at most 1600 pixels a side, turned upright, without place and camera.

    Raises NotAPicture.
    """
    if not file or len(file) > MOST_BYTES:
        raise NotAPicture
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(io.BytesIO(file), formats=FORMATS) as opened:
                if opened.width * opened.height > _most_pixels(opened):
                    raise NotAPicture
                opened.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
                upright = ImageOps.exif_transpose(opened).convert("RGB")
    except NotAPicture:
        raise
    except Exception:  # a hostile or broken file, whichever way
        raise NotAPicture from None
    drawn = io.BytesIO()
    upright.save(drawn, "JPEG", quality=80, optimize=True)
    return drawn.getvalue()


def _most_pixels(opened: Image.Image) -> int:
    """As its header says, before anything of it is drawn."""
    whole = opened.format != "JPEG" or opened.info.get("progressive")
    return MOST_WHOLE if whole else MOST_PIXELS
