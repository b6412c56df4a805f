"""Changes in sentences of the reader's language."""

from flask_babel import gettext

from services.processes.changes import Change, Detail, Keys, NameDrawn, RowDrawn, sentences
from webapp.language import drawings, words

#: details that are words themselves
WORDS = frozenset({sentences.NOTHING, sentences.NOBODY, sentences.ONCE, sentences.ANYTHING})


def sentence(change: Change) -> str:
    """What changed, as people say it."""
    said = {name: _said(detail) for name, detail in change.details.items()}
    if change.text == sentences.CELL_CHANGED:
        said |= {name: _cell(str(change.details[name])) for name in ("before", "after")}
    return str(gettext(change.text)) % said


def _said(detail: Detail) -> str:
    if isinstance(detail, NameDrawn):
        return _name(detail)
    if isinstance(detail, Keys):
        return ", ".join(_key(detail.of, key) for key in detail.keys)
    if isinstance(detail, RowDrawn):
        return _row(detail)
    return str(gettext(detail)) if detail in WORDS else detail


def _name(name: NameDrawn) -> str:
    return words.names_here().of(name.context, name.text) or (words.word("bpmn", name.kind) if name.kind else "—")


def _key(of: str, key: str) -> str:
    return drawings.step_title(key) if of == "step" else words.word(of, key)


def _cell(text: str) -> str:
    """What stands in a table, in words as far as there are any."""
    return str(gettext(text)) if text in WORDS else words.in_words(text) or text


def _row(row: RowDrawn) -> str:
    asked, answered = (
        "; ".join(f"{_name(name)}: {_cell(text) or '—'}" for name, text in pairs)
        for pairs in (row.conditions, row.answers)
    )
    if not asked:
        return str(gettext("always: %(answers)s", answers=answered))
    return str(gettext("if %(conditions)s, then: %(answers)s", conditions=asked, answers=answered))
