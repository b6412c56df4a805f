"""What happened, line by line: only ever added to, chained by hashes, sealed every day."""

from services.journal.chain import BadLine, NewLine
from services.journal.proof import JournalFault, verify
from services.journal.seals import BadSeal, export_seals, seal
from services.journal.service import Recorded, append, append_each, held_head, know_head, of_request, read
from services.journal.values import HOLDS, digest, new_salt

__all__ = [
    "HOLDS",
    "BadLine",
    "BadSeal",
    "JournalFault",
    "NewLine",
    "Recorded",
    "append",
    "append_each",
    "digest",
    "export_seals",
    "held_head",
    "know_head",
    "new_salt",
    "of_request",
    "read",
    "seal",
    "verify",
]
