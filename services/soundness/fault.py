"""What is wrong with a region's package: one thing a fault, where it stands and what to do about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from services.errors import Invalid
from services.msgids import _
from services.shown import Shown, Translate, fill

AT_LINE, OF_FILE = _("%(file)s, line %(line)s: %(said)s"), _("%(file)s: %(said)s")


@dataclass(frozen=True)
class RegionFault(Shown):
    """What is wrong, and where."""

    file: str  #: its place in the package: "steps.csv", "documents/talon.typ"
    line: int  #: 0: the file as a whole
    text: str  #: what is wrong: an English msgid
    details: Mapping[str, object] = field(default_factory=dict)
    advice: str = ""  #: what to do: likewise, filled from the same details
    #: an error refuses the deployment and the start; a warning is told
    severity: Literal["error", "warning"] = "error"

    def said(self, translate: Translate) -> str:
        """Where and what, in one line."""
        where = {"file": self.file, "line": self.line, "said": self.what(translate)}
        return fill(AT_LINE if self.line else OF_FILE, where, translate)

    def what(self, translate: Translate = str) -> str:
        """What is wrong, in the reader's language."""
        return fill(self.text, self.details, translate)

    def what_to_do(self, translate: Translate = str) -> str:
        """What to do about it, in the reader's language."""
        return fill(self.advice, self.details, translate) if self.advice else ""

    def as_dict(self, translate: Translate = str) -> dict[str, Any]:
        """For programs; the sentences in the reader's language."""
        return {
            "file": self.file, "line": self.line or None, "severity": self.severity,
            "text": self.what(translate), "advice": self.what_to_do(translate),
        }  # fmt: skip

    __str__ = Shown.__str__


@dataclass(frozen=True)
class RegionFaults(Shown):
    """All of them, one a line, in the reader's language."""

    faults: Sequence[RegionFault]

    def said(self, translate: Translate) -> str:
        return "\n".join(each.said(translate) for each in self.faults)

    __str__ = Shown.__str__


class BadRegion(Invalid):
    """The region's package cannot be used:
    %(faults)s
    """


def errors(faults: Sequence[RegionFault]) -> list[RegionFault]:
    """Of these faults those that refuse a deployment and a start."""
    return [each for each in faults if each.severity == "error"]
