"""PDFs as answers: at once, or with how far a long one is while it is made."""

import json
from collections import deque
from collections.abc import Callable, Iterator

from flask import Response, stream_with_context

from services import cases, documents, registry
from webapp import asked
from webapp.errors import sentences_of
from webapp.language.i18n import reading_in
from webapp.language.words import word

#: asked for by a page that shows how far a long list is
PROGRESS = "application/x-komek-progress"


def as_pdf(printed: documents.Printed) -> Response:
    """A PDF, to be opened where it is."""
    answer = Response(printed.pdf, mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "inline", filename=printed.file_name)
    return answer


def words_on_paper() -> cases.PrintWords:
    """The list in front lies with the papers, and speaks the region's first language as they do."""
    return cases.PrintWords(
        lambda item: _as_papers(lambda: word("paper", item)),
        lambda error: _as_papers(lambda: sentences_of(error)),
        asked.site(),
    )


def _as_papers(say: Callable[[], str]) -> str:
    with reading_in(registry.first_language()):
        return say()


def as_made(parts: Iterator[int | documents.Printed], lines: int) -> Response:
    """The PDF that comes last; or, with its progress, a JSON line for each part and one before it."""
    if asked.header("Accept") != PROGRESS:
        made = deque(parts, 1)[0]
        assert isinstance(made, documents.Printed)
        return as_pdf(made)
    told = stream_with_context(_told(parts, lines))
    return Response(told, mimetype=PROGRESS, headers={"X-Accel-Buffering": "no"})


def _told(parts: Iterator[int | documents.Printed], lines: int) -> Iterator[bytes]:
    for part in parts:
        if isinstance(part, int):
            yield json.dumps({"done": part, "of": lines}).encode() + b"\n"
        else:
            yield json.dumps({"name": part.file_name, "bytes": len(part.pdf)}).encode() + b"\n" + part.pdf
