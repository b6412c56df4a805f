"""The tables, version by version (alembic, without Flask-Migrate)."""

from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig

from services.db import db

FOLDER = Path(__file__).parent
#: one migration at a time, over all nodes
MIGRATE_LOCK = 4210002


def upgrade(revision: str = "head") -> None:
    """Bring the tables of the current application's database to that revision."""
    command.upgrade(_config(), revision)


def downgrade(revision: str) -> None:
    """Take the tables back to an earlier revision ("base": none)."""
    command.downgrade(_config(), revision)


def make(message: str) -> None:
    """Write the next migration from the difference between models and database."""
    command.revision(_config(), message, autogenerate=True)


def _config() -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["engine"] = db.engine
    return config
