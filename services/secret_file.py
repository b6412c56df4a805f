"""A secret that nobody chose, kept in a file: made once, readable by its owner only, whole or not there."""

import os
import secrets
import tempfile
from pathlib import Path


def kept_secret(file: Path) -> str:
    """The secret of that file, which is made when it is not there. Raises OSError."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor, new = tempfile.mkstemp(prefix=f"{file.name}-", dir=file.parent)  # 0600
        with os.fdopen(descriptor, "w") as stream:
            stream.write(secrets.token_hex(32))
            stream.flush()
            os.fsync(stream.fileno())
        try:
            os.link(new, file)
        except FileExistsError:  # another process was quicker
            pass
        finally:
            os.unlink(new)
        file.chmod(0o600)
    return file.read_text(encoding="ascii").strip()
