"""Two roles: one owns the tables and changes them, the other works with them and may only add to the journal.

Whoever takes over the application, or finds a hole in it, has the second one. A role is known by its address: that of
`DATABASE_URL` works, that of `KOMEK_DATABASE_OWNER_URL` owns. Where the second is not given, one role does both.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import URL, Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from services.config import Config
from services.db import db
from services.errors import Conflict

#: one migration at a time, over all nodes
MIGRATE_LOCK = 4210002
#: what belongs to the schema, beside the sequences of identity columns, which follow their tables
_FOREIGN = text("""
    SELECT 'SCHEMA' AS kind, quote_ident(nspname) AS name, pg_get_userbyid(nspowner) AS owner
    FROM pg_namespace WHERE nspname = 'archive' AND nspowner <> :me
    UNION ALL
    SELECT CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END,
           format('%I.%I', n.nspname, c.relname), pg_get_userbyid(c.relowner)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('public', 'archive') AND c.relkind IN ('r', 'p', 'v', 'S') AND c.relowner <> :me
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('i', 'a', 'e'))
    UNION ALL
    SELECT 'FUNCTION', p.oid::regprocedure::text, pg_get_userbyid(p.proowner)
    FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.proowner <> :me
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
""")
#: tables that PostgreSQL refuses to change rows of
_ADDED_TO = text("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'append_only' AND NOT tgisinternal")
_OWNS = text("""
    SELECT EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
                   AND pg_has_role(relowner, 'USAGE'))
""")


class CannotOwn(Conflict):
    """The role %(owner)s may not own what is of %(other)s, or not make the role %(application)s. Nothing changed."""


@contextmanager
def as_owner() -> Iterator[Engine]:
    """Who may change the tables, for as long as the block lasts; afterwards the application may work with them.

    Raises CannotOwn.
    """
    config: Config = current_app.config["KOMEK"]
    if not config.database_owner_url:
        yield db.engine
        return
    owner = make_url(config.database_owner_url).set(drivername="postgresql+psycopg")
    engine = create_engine(owner)
    try:
        _settle(engine, owner, db.engine.url)
        yield engine
        _settle(engine, owner, db.engine.url)
    finally:
        engine.dispose()


def application_owns() -> bool:
    """Whether the application works as the owner of its tables, and could rewrite the journal. One statement."""
    return bool(db.session.scalar(_OWNS))


def _settle(engine: Engine, owner: URL, application: URL) -> None:
    """All that there is belongs to the owner, and the application may do with it what it needs. Raises CannotOwn."""
    name = application.username or ""
    if not name or name == owner.username:
        return
    told = {"owner": owner.username, "application": name, "other": name}
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATE_LOCK})
            _make(connection, name, application.password)
            me = connection.scalar(text("SELECT oid FROM pg_roles WHERE rolname = current_user"))
            for kind, thing, other in connection.execute(_FOREIGN, {"me": me}).all():
                told["other"] = other
                connection.exec_driver_sql(f"ALTER {kind} {thing} OWNER TO CURRENT_USER")
            _grant(connection, _quoted(connection, name))
    except DBAPIError as fault:
        if isinstance(fault.orig, InsufficientPrivilege):
            raise CannotOwn(**told) from None
        raise


def _make(connection: Connection, name: str, password: str | None) -> None:
    """The application's role, where it is missing."""
    if connection.scalar(text("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = :name)"), {"name": name}):
        return
    quoted = connection.scalar(text("SELECT quote_literal(:said)"), {"said": password or ""})
    secret = f" PASSWORD {quoted}" if password else ""
    connection.exec_driver_sql(f"CREATE ROLE {_quoted(connection, name)} LOGIN{secret}".replace("%", "%%"))


def _grant(connection: Connection, role: str) -> None:
    """Rows of every table; of those that are only ever added to, and of the tables' revision, what is needed."""
    said = [
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        f"REVOKE TRUNCATE, REFERENCES, TRIGGER ON ALL TABLES IN SCHEMA public FROM {role}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
        *(f"REVOKE UPDATE, DELETE ON {table} FROM {role}" for table in connection.scalars(_ADDED_TO)),
    ]
    if connection.scalar(text("SELECT to_regclass('public.journal_stream') IS NOT NULL")):
        said.append(f"REVOKE DELETE ON journal_stream FROM {role}")
    if connection.scalar(text("SELECT to_regnamespace('archive') IS NOT NULL")):
        said += [
            f"GRANT USAGE ON SCHEMA archive TO {role}",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA archive TO {role}",
        ]
    if connection.scalar(text("SELECT to_regclass('public.alembic_version') IS NOT NULL")):
        # a row that is looked at FOR KEY SHARE asks for the right to change it
        said.append(f"REVOKE INSERT, DELETE ON alembic_version FROM {role}")
    for each in said:
        connection.exec_driver_sql(each.replace("%", "%%"))


def _quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote_identifier(name)
