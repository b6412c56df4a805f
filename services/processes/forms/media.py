"""Pictures and documents of a form, which are only looked at, and the files that are attached in it."""

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial

from services import filekinds, pictures
from services.plugin import AttachedFile, Choice, Field, file_choices
from services.processes.forms.component import Component
from services.processes.forms.drawn_form import Question
from services.processes.forms.plain_words import said

#: of a picture that stands in a form
LONGEST_SOURCE, LONGEST_SIDE, MOST_PIXELS = 700_000, 1200, 4_000_000
_DATA = re.compile(r"data:image/(?:png|jpeg|jpg|webp);base64,(?P<data>[A-Za-z0-9+/=\s]+)", re.ASCII | re.I)


def picture(part: Component, name: str) -> Question | None:
    """`image`: drawn into the form, or reckoned; nothing is ever fetched from another place."""
    source = part.raw.get("source")
    question = _looked_at(Field(name, "picture", part.words("alt", filled=True)))
    if isinstance(source, str) and source.startswith("="):
        part.expression("source", "picture", shows=lambda value: bool(shown(value, ())))
        return replace(question, by=dict(part.by))
    if not (data := as_data(source) if isinstance(source, str) else ""):
        part.fault("form-picture", source=said(source))
        return None
    return replace(question, field=replace(question.field, choices=(Choice(data, ""),)))


def documents(part: Component, name: str) -> Question | None:
    """`documentPreview`: files of this case that an expression names, as the viewer takes them."""
    if not part.expression("dataSource", "documents", shows=lambda value: False):
        part.fault("form-shape", property="dataSource", value=said(part.raw.get("dataSource")))
        return None
    label = part.words("label", filled=True) or part.words("title", filled=True)
    return replace(_looked_at(Field(name, "documents", label)), by=dict(part.by))


def _looked_at(field: Field) -> Question:
    return Question(replace(field, disabled=True, readonly=True), disabled=True)


def attached(field: Field, files: Sequence[AttachedFile]) -> Field:
    """The question with the files that were chosen for it; expressions and the diagram see them as documents."""
    return replace(field, choices=file_choices(files), seen=partial(_seen, {str(each.id): each for each in files}))


def _seen(files: Mapping[str, AttachedFile], answer: object) -> object:
    ids = [str(each) for each in answer] if isinstance(answer, list) else []
    return [files[each].document(at) for at, each in enumerate(ids, 1) if each in files]


def named(value: object, files: Sequence[AttachedFile]) -> list[AttachedFile]:
    """Which of the case's files that a document, or a list of documents, names; what lies elsewhere is none."""
    each = value if isinstance(value, list) else [value]
    ids = {str(one.get("documentId")) for one in each if isinstance(one, Mapping)}
    return [file for file in files if str(file.id) in ids]


def shown(value: object, files: Sequence[AttachedFile]) -> tuple[Choice, ...]:
    """The picture that a variable holds: its data, or a file of the case; nothing for all else."""
    if isinstance(value, str):
        return (Choice(data, ""),) if (data := as_data(value)) else ()
    held = [each for each in named(value, files) if each.media_type == filekinds.JPEG]
    return (Choice(f"/attachments/{held[0].id}", ""),) if held else ()


@lru_cache(maxsize=16)
def as_data(source: str) -> str:
    """A picture that was written into a form or a variable, drawn anew; "" for what is none."""
    found = _DATA.fullmatch(source) if len(source) <= LONGEST_SOURCE else None
    try:
        sent = base64.b64decode(re.sub(r"\s", "", found["data"]), validate=True) if found else b""
        drawn = pictures.redraw(sent, LONGEST_SIDE, most_pixels=MOST_PIXELS, clear=True)
    except (binascii.Error, pictures.NoPicture):
        return ""
    kind = "png" if drawn.startswith(b"\x89PNG") else "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(drawn).decode()}"
