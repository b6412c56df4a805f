"""What a database's tables are, as PostgreSQL itself says it: columns, constraints, indexes, triggers, functions.

Alembic compares models with tables, and says nothing of checks, triggers and functions; here two databases are.
"""

from importlib import import_module
from pathlib import Path

from sqlalchemy import Connection, MetaData, text

from services.db import Base

_COLUMNS = """
SELECT format('column %s.%s', c.oid::regclass, a.attname),
       concat_ws(' ', format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'not null' END,
                 CASE WHEN l.collname <> 'default' THEN 'collate ' || l.collname END,
                 CASE WHEN a.attidentity <> '' THEN 'identity ' || a.attidentity::text END,
                 'default ' || pg_get_expr(d.adbin, d.adrelid))
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_collation l ON l.oid = a.attcollation
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE c.relkind = 'r' AND c.relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN ('public', 'archive'))
AND a.attnum > 0 AND NOT a.attisdropped
"""
#: a column that must be filled is told with the column, by every version of PostgreSQL
_CONSTRAINTS = """
SELECT format('constraint %s.%s', conrelid::regclass, conname), pg_get_constraintdef(oid)
FROM pg_constraint
WHERE connamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN ('public', 'archive'))
AND conrelid <> 0 AND contype <> 'n'
"""
_INDEXES = """
SELECT format('index %s', CASE schemaname WHEN 'archive' THEN 'archive.' ELSE '' END || indexname), indexdef
FROM pg_indexes WHERE schemaname IN ('public', 'archive')
"""
_TRIGGERS = """
SELECT format('trigger %s.%s', tgrelid::regclass, tgname), pg_get_triggerdef(oid)
FROM pg_trigger WHERE NOT tgisinternal
"""
_FUNCTIONS = """
SELECT format('function %s', proname), pg_get_functiondef(oid)
FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'
"""


def every_table() -> MetaData:
    """The tables as the models of all subjects declare them: each `models.py` below `services/` is loaded."""
    services = Path(__file__).parent.parent
    for models in sorted(services.rglob("models.py")):
        import_module(".".join(("services", *models.relative_to(services).with_suffix("").parts)))
    return Base.metadata


def shape(connection: Connection) -> dict[str, str]:
    """What `public` and `archive` hold: `column case.number` and so on, with its definition; not what is alembic's."""
    asked = (_COLUMNS, _CONSTRAINTS, _INDEXES, _TRIGGERS, _FUNCTIONS)
    found = {name: " ".join(said.split()) for question in asked for name, said in connection.execute(text(question))}
    return {name: said for name, said in found.items() if "alembic_version" not in name}


def differences(one: dict[str, str], other: dict[str, str]) -> list[str]:
    """A line for each thing that the second holds otherwise than the first, which is as it should be; by name."""
    lines = []
    for name in sorted(one.keys() | other.keys()):
        if name not in other:
            lines.append(f"{name}: missing")
        elif name not in one:
            lines.append(f"{name}: too much: {other[name]}")
        elif one[name] != other[name]:
            lines.append(f"{name}: {other[name]}, not {one[name]}")
    return lines
