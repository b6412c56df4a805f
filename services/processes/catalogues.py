"""Translations of names as a `.po` file, for translators and their tools."""

import io
from collections.abc import Iterable, Mapping

from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po, write_po

from services.errors import Invalid
from services.letters import tidy
from services.processes.texts import TextDrawn

#: a translator's tool may add its own lines at the head; these differ at every run
DATES = ("POT-Creation-Date", "PO-Revision-Date", "Generated-By")
LARGEST = 1024 * 1024
COMMENT = """\
# Names of the diagrams' elements: msgid is the Kazakh name as drawn, msgctxt the diagram it stands in."""


class BadCatalogue(Invalid):
    """This is not a .po file of names that can be read: %(why)s"""


def write_catalogue(texts: Iterable[tuple[TextDrawn, str]], language: str) -> bytes:
    """Each text and its translation, in that order; the same bytes for the same names."""
    catalogue = Catalog(
        locale=language, project="Komek", version="0.1", msgid_bugs_address="Komek", last_translator="Komek",
        language_team=language, header_comment=COMMENT, fuzzy=False,
    )  # fmt: skip
    for text, said in texts:
        catalogue.add(text.msgid, said, auto_comments=text.elements, context=text.context)
    out = io.BytesIO()
    write_po(out, catalogue, width=120)
    lines = out.getvalue().decode().splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(tuple(f'"{each}' for each in DATES))]
    return ("".join(kept).rstrip("\n") + "\n").encode()


def read_catalogue(content: bytes, language: str) -> Mapping[tuple[str, str], str]:
    """Context and msgid -> translation, of a file that anybody may have sent. Raises BadCatalogue."""
    if len(content) > LARGEST:
        raise BadCatalogue(why="larger than 1 MB")
    try:
        plain = io.BytesIO(content.decode("utf-8-sig").encode())
        catalogue = read_po(plain, locale=language, abort_invalid=True, charset="utf-8")
    except (PoFileError, ValueError, LookupError, TypeError, AttributeError) as fault:  # it raises whatever comes along
        raise BadCatalogue(why=str(fault)[:200]) from None
    return {
        (str(each.context or ""), each.id): tidy(each.string)
        for each in catalogue
        if isinstance(each.id, str) and each.id and isinstance(each.string, str) and not each.fuzzy
    }
