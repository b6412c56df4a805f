"""Templates are compiled once, as modules are: what came of it lies where Python keeps what came of a module there."""

import os
import sys
from contextlib import suppress
from hashlib import sha256
from importlib.util import cache_from_source
from pathlib import Path
from pickle import UnpicklingError
from threading import get_ident

import jinja2
from jinja2.bccache import Bucket, BytecodeCache


class KeptTemplates(BytecodeCache):
    """A process that begins reads what another compiled; a template that was changed is compiled anew.

    Where nothing may be written, or Python was told to write nothing of the kind, each process compiles for itself.
    """

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """The file that keeps it; none for a template that is no file."""
        return cache_from_source(f"{filename}.py") if filename else ""

    def get_source_checksum(self, source: str) -> str:
        """Of the text, and of who compiles it."""
        return sha256(f"{jinja2.__version__}\n{source}".encode()).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        """What is kept, unless it is of another text; a file that was cut off is none."""
        with suppress(OSError, EOFError, UnpicklingError), Path(bucket.key).open("rb") as kept:
            bucket.load_bytecode(kept)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it: whole, or not at all."""
        if sys.dont_write_bytecode or not bucket.key:
            return
        kept = Path(bucket.key)
        fresh = kept.with_name(f"{kept.name}.{os.getpid()}.{get_ident()}")
        with suppress(OSError):
            kept.parent.mkdir(exist_ok=True)
            fresh.write_bytes(bucket.bytecode_to_string())
            fresh.replace(kept)
