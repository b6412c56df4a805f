"""What happened, line by line: only ever added to, chained by hashes, sealed every day."""

from services.journal.chain import BadLine, NewLine
from services.journal.proof import verify
from services.journal.seals import BadSeal, export_seals, seal
from services.journal.service import Recorded, append, append_each, read

__all__ = [
    "BadLine",
    "BadSeal",
    "NewLine",
    "Recorded",
    "append",
    "append_each",
    "export_seals",
    "read",
    "seal",
    "verify",
]
