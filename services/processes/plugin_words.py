"""Words of plugins, kept when they are deployed: cases that used one read the same after the plugin is gone.

What a plugin that is switched on says itself always comes first; these are asked for what nobody says any more.
"""

from collections.abc import Callable, Iterator, Mapping
from threading import Lock

from sqlalchemy import ARRAY, Text, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError

from services.db import db, transaction
from services.languages import LANGUAGES
from services.plugin import Plugin
from services.processes.form_words import words_of_forms
from services.processes.models import PluginWord
from services.registry import Registry

#: of the table of words; by the first three it is found
COLUMNS = ("kind", "key", "language", "text")
#: kind, key, language
Word = tuple[str, str, str]

_lock = Lock()
#: address of the database -> its words: plugins change when a process begins, and what is kept with them
_known: dict[str, Mapping[Word, str]] = {}


def keep_words(registry: Registry, said: Callable[[str, str], str]) -> None:
    """Keep what the switched-on plugins call outcomes, papers, events and operations, and what their forms ask:
    `said(msgid, language)`.
    """
    titles = {
        (kind, key): title
        for plugin in registry.plugins
        for kind, key, title in (*words_of(plugin), *words_of_forms(plugin, registry))
    }
    if not titles:
        return
    # a form is asked for each language of papers, and many questions share their words: each costs a statement
    texts = {(title, language): said(title, language) for title in {*titles.values()} for language in LANGUAGES}
    rows = [
        (kind, key, language, texts[title, language]) for (kind, key), title in titles.items() for language in LANGUAGES
    ]
    # a list a column: with a value a row, a statement of thousands would be built each time
    given = (func.unnest(literal(list(column), ARRAY(Text))) for column in zip(*rows, strict=True))
    made = insert(PluginWord).from_select(COLUMNS, select(*given))
    changed = made.on_conflict_do_update(index_elements=COLUMNS[:3], set_={"text": made.excluded.text})
    with transaction():
        db.session.execute(changed)
    forget_words()


def words_of(plugin: Plugin) -> Iterator[tuple[str, str, str]]:
    """Kind, key and msgid of everything that it names."""
    yield from (("outcome", key, each.title) for key, each in plugin.outcomes.items())
    yield from (("paper", key, each.title) for key, each in plugin.papers.items())
    yield from (("event", f"{plugin.name}.{key}", title) for key, title in plugin.events.items())
    yield from (("job", f"{plugin.name}.{verb}", each.title) for verb, each in plugin.in_step.items())
    yield from (("job", f"{plugin.name}.{verb}", each.title) for verb, each in plugin.outbound.items())


def kept_word(kind: str, key: str, language: str) -> str:
    """What a plugin called it when it was deployed; empty when none did, or while the database is away."""
    plugin, _, rest = key.partition(".")
    named = f"{plugin}.{rest.rpartition('.')[2]}" if kind == "event" else key
    return _words().get((kind, named, language), "")


def forget_words() -> None:
    """Read them anew when somebody asks."""
    with _lock:
        _known.clear()


def _words() -> Mapping[Word, str]:
    """One statement of a process, on a line of its own: who asks may stand in a transaction that failed."""
    address = str(db.engine.url)
    if (known := _known.get(address)) is None:
        columns = PluginWord.kind, PluginWord.key, PluginWord.language, PluginWord.text
        try:
            with db.engine.connect() as line:
                found = {(kind, key, language): text for kind, key, language, text in line.execute(select(*columns))}
        except SQLAlchemyError:
            return {}
        with _lock:
            known = _known[address] = found
    return known
