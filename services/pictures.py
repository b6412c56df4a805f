"""Pictures that strangers sent, drawn anew: only what is seen is kept, without place, camera or anything hidden."""

import io
import warnings

from PIL import Image, ImageOps

#: of what a phone sends
MOST_BYTES = 12 * 1024 * 1024
MOST_PIXELS = 50_000_000
#: of what can only be drawn whole, and not smaller from the start: the memory it takes is seven bytes a pixel
MOST_WHOLE = 16_000_000
FORMATS = ("JPEG", "PNG", "WEBP")
PAPER = (255, 255, 255)  #: what shows through


class NoPicture(ValueError):
    """The bytes are no picture that is read here."""


def redraw(file: bytes, longest_side: int, *, most_pixels: int = MOST_PIXELS, clear: bool = False) -> bytes:
    """The picture as a JPEG of at most so many pixels a side, turned upright; as a PNG, where what is `clear` stays so.

    Raises NoPicture.
    """
    if not file or len(file) > MOST_BYTES:
        raise NoPicture
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(io.BytesIO(file), formats=FORMATS) as opened:
                if opened.width * opened.height > min(most_pixels, _most_pixels(opened)):
                    raise NoPicture
                opened.thumbnail((longest_side, longest_side))
                upright = ImageOps.exif_transpose(opened).convert("RGBA" if _is_clear(opened) else "RGB")
        drawn = io.BytesIO()
        if clear and upright.mode == "RGBA":
            upright.save(drawn, "PNG", optimize=True)
        else:
            _on_paper(upright).save(drawn, "JPEG", quality=80, optimize=True)
    except NoPicture:
        raise
    except Exception:  # a hostile or broken file, whichever way
        raise NoPicture from None
    return drawn.getvalue()


def _is_clear(opened: Image.Image) -> bool:
    return opened.mode in ("RGBA", "LA", "PA") or "transparency" in opened.info


def _on_paper(upright: Image.Image) -> Image.Image:
    if upright.mode != "RGBA":
        return upright
    paper = Image.new("RGB", upright.size, PAPER)
    paper.paste(upright, mask=upright.getchannel("A"))
    return paper


def _most_pixels(opened: Image.Image) -> int:
    """As its header says, before anything of it is drawn."""
    whole = opened.format != "JPEG" or opened.info.get("progressive")
    return MOST_WHOLE if whole else MOST_PIXELS
