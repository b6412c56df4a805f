"""Every step of the migrations, and how the tables stood after it."""

from sqlalchemy import Connection

from services.migrations.shape import shape


class Steps:
    """The tables after each step, as PostgreSQL says them."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[str, str]] = {}

    def __call__(self, revision: str, connection: Connection) -> None:
        self.tables[revision] = shape(connection)
