"""Names in three languages. Drawn in Kazakh; Russian and English stand in catalogues beside the diagrams, and what
people translate over the web is laid over these. No diagram is touched.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from gettext import GNUTranslations
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert

from services import clock, directory, journal
from services.db import db, transaction
from services.errors import InvalidAnswers, NotFound
from services.kinds import NO_CONTROL
from services.msgids import _
from services.processes.in_force import check_looks_after, resources
from services.processes.models import DiagramText, ProcessDefinition
from services.processes.texts import TextDrawn, texts_of
from services.processes.whole import closure
from services.registry import Registry

#: into which names are translated
LANGUAGES = ("ru", "en")
LONGEST = 2000
TOO_LONG = _("At most 2,000 letters.")
#: a Latin letter that touches a Cyrillic one
MIXED = re.compile(r"[а-яёәғқңөұүһі][a-z]|[a-z][а-яёәғқңөұүһі]", re.IGNORECASE)
_LOCK = 4210004


class Translations:
    """Every name in one language, as it stands at one moment; the same one as long as nothing changes."""

    def __init__(
        self, language: str, catalogues: Sequence[GNUTranslations], laid_over: Mapping[tuple[str, str], str]
    ) -> None:
        self.language = language
        self._catalogues, self.laid_over = catalogues, laid_over

    def find(self, context: str, msgid: str) -> str:
        """The translation; empty when nobody translated it."""
        over = self.laid_over.get((context, msgid))
        if over:
            return over
        found = (_entries(each).get(f"{context}\x04{msgid}") for each in self._catalogues)
        return next((each for each in found if each), "")

    def of(self, context: str, msgid: str) -> str:
        """The translation, or the name as drawn."""
        return self.find(context, msgid) or msgid if msgid else ""

    def all(self) -> dict[str, str]:
        """Kazakh -> this language, whatever the context."""
        found = {msgid: said for (_, msgid), said in self.laid_over.items() if said}
        for catalogue in self._catalogues:
            for key, said in _entries(catalogue).items():
                if isinstance(key, str) and key and said:
                    found.setdefault(key.rpartition("\x04")[2], said)
        return found


def _entries(catalogue: GNUTranslations) -> dict[str, str]:
    """What it holds: pgettext does not tell a name that is the same in both languages from one that is missing."""
    entries: dict[str, str] = catalogue._catalog  # type: ignore[attr-defined]
    return entries


def translations(language: str, registry: Registry) -> Translations:
    """What stands now: one statement that looks at one line of an index, none for Kazakh."""
    if language not in LANGUAGES:
        return _AS_DRAWN
    revision = db.session.scalar(select(func.max(DiagramText.revision)))
    return _laid_over(language, registry, revision) if revision else _of_files(language, registry)


def translations_of_files(language: str, registry: Registry) -> Translations:
    """What the packages bring, with nothing that was translated on the pages: for whoever has no database."""
    return _of_files(language, registry) if language in LANGUAGES else _AS_DRAWN


_AS_DRAWN = Translations("kk", (), {})


def all_translations(registry: Registry) -> Mapping[str, Translations]:
    """What stands now in every language into which names are translated."""
    return {language: translations(language, registry) for language in LANGUAGES}


@lru_cache(maxsize=8)
def _of_files(language: str, registry: Registry) -> Translations:
    place = f"bpmn/translations/{language}/LC_MESSAGES/diagrams.mo"
    return Translations(language, [_read(file) for file in registry.files(place)], {})


@lru_cache(maxsize=8)
def _laid_over(language: str, registry: Registry, revision: int) -> Translations:
    rows = select(DiagramText).where(DiagramText.language == language, DiagramText.text != "")
    laid_over = {(row.context, row.msgid): row.text for row in db.session.scalars(rows)}
    return Translations(language, _of_files(language, registry)._catalogues, laid_over)


def _read(file: Path) -> GNUTranslations:
    with file.open("rb") as stream:
        return GNUTranslations(stream)


# ---------------------------------------------------------------- translating over the web


@dataclass(frozen=True)
class Named:
    """A text of a process with its translations."""

    key: str  #: short, for the fields of a page
    text: TextDrawn
    said: Mapping[str, str]  #: language -> translation, empty when it is missing

    @property
    def missing(self) -> bool:
        return not all(self.said[language] for language in LANGUAGES)


def names_of(process: str, person: directory.Person, registry: Registry) -> list[Named]:
    """Every text of the newest version of that process and of all it uses; what is missing first.

    Raises NotTheirs, NotFound.
    """
    check_looks_after(person)
    newest = select(ProcessDefinition).filter_by(key=process).order_by(ProcessDefinition.version.desc()).limit(1)
    row = db.session.scalars(newest).one_or_none()
    if row is None:
        raise NotFound("There is no process %(process)s.", process=process)
    texts = texts_of(closure(row.resource, resources(row.deployment_id)))
    return sorted(named(texts, registry), key=lambda each: not each.missing)


def named(texts: Iterable[TextDrawn], registry: Registry) -> list[Named]:
    """Texts with their translations."""
    known = all_translations(registry)
    return [
        Named(
            key_of(each.context, each.msgid),
            each,
            {language: known[language].find(each.context, each.msgid) for language in LANGUAGES},
        )
        for each in texts
    ]


def translate(process: str, said: Mapping[tuple[str, str], str], person: directory.Person, registry: Registry) -> int:
    """Keep translations of that process's texts, (key of the text, language) -> translation; how many changed.

    An empty one falls back to the catalogue. Texts of other processes are left alone.
    Raises NotTheirs, NotFound, InvalidAnswers({"<language>-<key>": …}).
    """
    check_looks_after(person)
    known = {each.key: each for each in names_of(process, person, registry)}
    wanted = {at: " ".join(each.split()) if "\n" not in each else each.strip() for at, each in said.items()}
    changed = {
        (key, language): words
        for (key, language), words in wanted.items()
        if key in known and language in LANGUAGES and known[key].said[language] != words
    }
    _check(changed)
    if changed:
        _keep(process, {(known[key].text, language): words for (key, language), words in changed.items()}, person)
    return len(changed)


def _check(said: Mapping[tuple[str, str], str]) -> None:
    errors = {}
    for (key, language), words in said.items():
        if len(words) > LONGEST:
            errors[f"{language}-{key}"] = TOO_LONG
        elif any(not each.isprintable() for each in words.splitlines()):
            errors[f"{language}-{key}"] = NO_CONTROL
        elif MIXED.search(words):
            errors[f"{language}-{key}"] = _("Latin and Cyrillic letters stand in one word.")
    if errors:
        raise InvalidAnswers(errors)


def _keep(process: str, said: Mapping[tuple[TextDrawn, str], str], person: directory.Person) -> None:
    """One save at a time, so that whoever sees a revision sees everything up to it."""
    with transaction():
        db.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        revision = (db.session.scalar(select(func.max(DiagramText.revision))) or 0) + 1
        now, by = clock.now(), f"staff:{person.id}"
        rows = [
            {"key": key_of(each.context, each.msgid), "language": language, "context": each.context,
             "msgid": each.msgid, "text": words, "revision": revision, "changed_at": now, "changed_by": by}
            for (each, language), words in said.items()
        ]  # fmt: skip
        added = insert(DiagramText)
        again = {name: added.excluded[name] for name in ("text", "revision", "changed_at", "changed_by")}
        db.session.execute(added.on_conflict_do_update(index_elements=["key", "language"], set_=again), rows)
        counts = {language: sum(1 for _, each in said if each == language) for language in LANGUAGES}
        told = {"process": process, "revision": revision, "texts": counts}
        line = journal.NewLine("deployment.names_changed", by, told)
        journal.append("deployment", [line], at=now)


def key_of(context: str, msgid: str) -> str:
    """A text's own short key, the same everywhere."""
    return hashlib.sha256(f"{context}\0{msgid}".encode()).hexdigest()[:24]
