"""What became true of a paper, for whoever must know: values, no rows."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class NewPaper:
    """A paper that gets its barcode in this click; with a destination, it waits for the courier at once."""

    kind: str
    code: str
    office_key: str
    destination_key: str | None = None
    originals: tuple[str, ...] = ()
    signer_id: int | None = None  #: whose signature it awaits; None for what nobody signs


@dataclass(frozen=True)
class HeldBefore:
    """A paper that was under way before Komek, as a file says it is."""

    paper: NewPaper
    since: datetime  #: when it came to where it is
    on_the_way: bool  #: a courier has it, on a registry that was kept on paper
    signed: bool  #: by ink, when it is one that somebody signs


@dataclass(frozen=True)
class PaperLies:
    """Where a paper is, seen from one office."""

    lies: str  #: here, elsewhere, on_the_way, missing or gone (out of both offices for good)
    office_key: str  #: where it was last scanned
    signed: bool


@dataclass(frozen=True)
class Moved:
    """A paper went out of one office's hands or came into another's, by a scan."""

    case_id: int
    code: str
    kind: str  #: folder or result
    what: str  #: handed_over or arrived
    point: str  #: OUT-PSC, IN-BODY, OUT-BODY or IN-PSC
    office_key: str  #: where it was scanned
    #: it came without having been scanned out, or was missing on the way: an act of discrepancy goes with it
    irregular: bool = False

    @property
    def message(self) -> str:
        """What a diagram calls it: "folder.arrived"."""
        return f"{self.kind}.{self.what}"
