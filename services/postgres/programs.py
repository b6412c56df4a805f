"""PostgreSQL's own programs on this machine: `pg_basebackup`, `pg_receivewal`, `pg_waldump`, `postgres`."""

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import Conninfo

from services.postgres.errors import CannotStart
from services.postgres.places import MAJOR, clean_environment, packed

#: where Debian, Red Hat and PostgreSQL's own packages put them
USUAL = ("/usr/lib/postgresql/{major}/bin", "/usr/pgsql-{major}/bin", "/usr/local/pgsql/bin")


def programs_of(major: int, named: str = "", *needed: str) -> Path | None:
    """The folder of those of that version; None where there is none. `named`: where the administrator says they lie."""
    return next((each for each in _folders(major, named) if _version(each, needed) == major), None)


def programs_for(major: int, named: str = "", *needed: str) -> Path | None:
    """The folder of those that speak with a server of that version: its own, or newer ones."""
    same = programs_of(major, named, *needed)
    return same or next((each for each in _folders(MAJOR, named) if _version(each, needed) > major), None)


def connection_environment(address: str, **more: str) -> dict[str, str]:
    """How those programs are told where the server is, SQLAlchemy's address or libpq's: no password in a list of
    processes. `more` are words of libpq that hold beside it."""
    said = conninfo_to_dict(plain(address))
    known = {each.keyword.decode(): each.envvar.decode() for each in Conninfo.get_defaults() if each.envvar}
    told: Mapping[str, object] = {**said, **more}
    return {**clean_environment(), **{known[word]: str(value) for word, value in told.items() if word in known}}


def plain(address: str) -> str:
    """SQLAlchemy's address as libpq reads it."""
    scheme, found, rest = address.partition("://")
    return f"postgresql://{rest}" if found and "+" in scheme else address


def _folders(major: int, named: str) -> Iterator[Path]:
    if named:
        yield Path(named)
    with suppress(CannotStart):
        yield packed()
    yield from (Path(each.format(major=major)) for each in USUAL)
    if found := shutil.which("pg_basebackup"):
        yield Path(found).resolve().parent


def _version(folder: Path, needed: tuple[str, ...]) -> int:
    """0 where they are not all there, or do not run."""
    wanted = needed or ("pg_basebackup",)
    if not all((folder / each).is_file() for each in wanted):
        return 0
    try:
        said = subprocess.run(
            [folder / wanted[0], "--version"], check=False, capture_output=True, text=True, env=clean_environment()
        ).stdout
    except OSError:
        return 0
    found = re.search(r"\(PostgreSQL\) (\d+)", said)
    return int(found[1]) if found else 0
