"""The next migration, written from the difference between the models and what all migrations so far make.

It is for developers, and touches no database that anybody works with: a server of its own is made and thrown away.
"""

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from importlib.util import find_spec
from io import StringIO
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Engine, create_engine

from services.migrations import FOLDER, configured
from services.migrations.shape import differences, every_table, shape
from services.postgres import Server

#: alembic keeps a revision's name in a column of this many characters
LONGEST_NAME = 32
#: alembic's hooks: names that are not used are taken out, and the file is written as all the others
TIDY = {"unused": "check -q --fix --select F401,I001", "written": "format -q"}
#: a column that must be filled, added without a value for the rows that are there
_UNFILLED = re.compile(r"^\s+(op\.add_column\((?!.*server_default).*nullable=False.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Made:
    """A migration that was written."""

    file: Path | None  #: None: models and migrations agree, and nothing was written
    by_hand: list[str]  #: what has to be written or looked at by hand, a line each


def make(message: str, topic: str = "", folder: Path = FOLDER) -> Made:
    """Write the next migration into the folder, named by its topic: by default the message's first words.

    Alembic sees tables, columns, indexes and foreign keys. What the tables then still lack beside the models (checks,
    triggers, names of constraints) is listed. Raises CannotStart.
    """
    with _two_databases() as (tables, models):
        config = configured(tables, folder=folder)
        command.upgrade(config, "head")
        every_table().create_all(models)
        if not _left(models, tables):
            return Made(None, [])
        file = _write(config, message, _next_name(topic or message, folder))
        command.upgrade(config, "head")
        unfilled = _UNFILLED.findall(file.read_text(encoding="utf-8"))
        return Made(
            file, [f"the rows that are there need a value: {each}" for each in unfilled] + _left(models, tables)
        )


def _left(models: Engine, tables: Engine) -> list[str]:
    """What the tables hold otherwise than the models."""
    with models.connect() as right, tables.connect() as found:
        return differences(shape(right), shape(found))


def _next_name(words: str, folder: Path) -> str:
    """`0029_colour_of_a_case`: the number after the newest, and what of the words is ASCII, within alembic's length."""
    newest = ScriptDirectory(str(folder)).get_current_head() or "0000"
    slug = re.sub(r"[^a-z0-9]+", "_", words.lower())
    return f"{int(newest[:4]) + 1:04}_{slug}"[:LONGEST_NAME].rstrip("_")


def _write(config: Config, message: str, name: str) -> Path:
    config.set_main_option("file_template", "%%(rev)s")
    if find_spec("ruff") is not None:
        config.set_section_option("post_write_hooks", "hooks", ", ".join(TIDY))
        for hook, options in TIDY.items():
            told = {"type": "module", "module": "ruff", "options": f"{options} REVISION_SCRIPT_FILENAME"}
            for key, value in told.items():
                config.set_section_option("post_write_hooks", f"{hook}.{key}", value)
    with redirect_stdout(StringIO()):
        written = command.revision(config, message.rstrip("."), autogenerate=True, rev_id=name)
    assert isinstance(written, Script)
    file = Path(written.path)
    said = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(line for line in said if not line.lstrip().startswith("# ###")), encoding="utf-8")
    return file


@contextmanager
def _two_databases() -> Iterator[tuple[Engine, Engine]]:
    """Two empty databases of a server that is gone afterwards: for the migrations, and for the models."""
    home = Path(tempfile.mkdtemp(prefix="komek-make-"))
    home.chmod(0o755)  # as root the server runs under another user
    server = Server(home / "v", durable=False)
    engines = []
    try:
        server.start()
        for name in ("tables", "models"):
            server.create_database(name)
            engines.append(create_engine(server.address_of(name)))
        yield engines[0], engines[1]
    finally:
        for engine in engines:
            engine.dispose()
        server.stop()
        shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(server.sockets, ignore_errors=True)
