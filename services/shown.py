"""Words that are translated when they are shown, to whoever reads them: sentences with details in their places."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Translate = Callable[[str], str]


def fill(text: str, details: Mapping[str, object], translate: Translate = str) -> str:
    """The msgid in the reader's language, with its details in their places; those that are words, too."""
    said = {key: value.said(translate) if isinstance(value, Shown) else value for key, value in details.items()}
    translated = translate(text)
    return translated % said if said and "%(" in translated else translated


class Shown:
    """What is translated when it is shown; as text it is English."""

    def said(self, translate: Translate) -> str:
        raise NotImplementedError

    def __str__(self) -> str:
        return self.said(str)


@dataclass(frozen=True)
class Words(Shown):
    """A sentence, or a part of one."""

    text: str  #: English msgid
    details: Mapping[str, object] = field(default_factory=dict)

    def said(self, translate: Translate) -> str:
        return fill(self.text, self.details, translate)

    __str__ = Shown.__str__


@dataclass(frozen=True)
class Seen(Shown):
    """The variables that were read, and of what kind each was: «sum: a text, rate: nothing»."""

    kinds: tuple[tuple[str, str], ...]  #: name -> FEEL's name of its type

    def said(self, translate: Translate) -> str:
        return ", ".join(f"{name}: {translate(kind)}" for name, kind in self.kinds)

    def told(self) -> Mapping[str, object]:
        """For the details of an error."""
        return {"values": self, "names": [name for name, _ in self.kinds]}

    __str__ = Shown.__str__


def revived(value: object) -> object:
    """Of an error's detail that was stored as JSON: the words that it was, to be said in the reader's language."""
    if isinstance(value, dict) and value.keys() == {"text", "details"}:
        return Words(str(value["text"]), {key: revived(each) for key, each in value["details"].items()})
    if isinstance(value, dict) and value.keys() == {"kinds"}:
        return Seen(tuple((str(name), str(kind)) for name, kind in value["kinds"]))
    return value
