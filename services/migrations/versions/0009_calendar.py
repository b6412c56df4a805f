"""Every version of a region's calendar, as one timetable; which version a date was counted in; lawful stops.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services import clock, db
from services.journal.models import APPEND_ONLY_TABLE

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

#: the days as they stood become each region's first version
KEEP_DAYS = """
    INSERT INTO timetable (region, version, number, at, actor, reason, content)
    SELECT region, '1.' || left(md5(string_agg("on"::text || kind, ',' ORDER BY "on")), 8), 1, :at, 'upgrade', '',
           jsonb_build_object('hours', '{}'::jsonb, 'values', '{}'::jsonb, 'days', jsonb_agg(jsonb_build_object(
               'on', "on", 'working', kind = 'working', 'name_kk', name_kk, 'name_ru', name_ru, 'name_en', name_en,
               'source', source, 'confirmed', confirmed, 'decree', '', 'filled', filled) ORDER BY "on"))
    FROM calendar_day GROUP BY region
"""
#: and back: the days of the version that a region has now; the hours and values it had changed are lost
KEEP_DAYS_OF_NOW = """
    INSERT INTO calendar_day (region, "on", kind, name_kk, name_ru, name_en, source, confirmed, filled)
    SELECT region, day."on", CASE WHEN day.working THEN 'working' ELSE 'off' END, day.name_kk, day.name_ru,
           day.name_en, left(day.source, 300), day.confirmed, day.filled
    FROM timetable JOIN calendar_version USING (region, version), jsonb_to_recordset(content -> 'days') AS day(
        "on" date, working boolean, name_kk text, name_ru text, name_en text, source text, confirmed boolean,
        filled boolean)
"""
POINT_THERE = """
    UPDATE calendar_version SET version = timetable.version FROM timetable
    WHERE timetable.region = calendar_version.region
"""


def upgrade() -> None:
    op.create_table(
        "timetable",
        sa.Column("region", sa.String(60), nullable=False),
        sa.Column("version", sa.String(16), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", db.Moment(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("region", "version", name=op.f("pk_timetable")),
    )
    op.get_bind().execute(sa.text(KEEP_DAYS).bindparams(sa.bindparam("at", clock.now(), db.Moment())))
    op.execute(POINT_THERE)
    op.execute(APPEND_ONLY_TABLE.format(table="timetable"))
    op.drop_table("calendar_day")
    op.add_column("task", sa.Column("calendar", sa.String(), nullable=False, server_default=""))
    op.add_column("case", sa.Column("outer_calendar", sa.String(), nullable=False, server_default=""))
    op.add_column("case", sa.Column("stops", postgresql.JSONB(), nullable=False, server_default="[]"))
    op.add_column("case", sa.Column("stopped_since", db.Moment(timezone=True), nullable=True))
    for table, column in (("task", "calendar"), ("case", "outer_calendar"), ("case", "stops")):
        op.alter_column(table, column, server_default=None)
    open_only = sa.text("closed_at IS NULL")
    op.create_index("ix_case_running", "case", ["region", "id"], postgresql_where=open_only)
    op.create_index("ix_task_case_open", "task", ["case_id"], postgresql_where=open_only)


def downgrade() -> None:
    op.drop_index("ix_task_case_open", "task")
    op.drop_index("ix_case_running", "case")
    for table, column in (
        ("case", "stopped_since"),
        ("case", "stops"),
        ("case", "outer_calendar"),
        ("task", "calendar"),
    ):
        op.drop_column(table, column)
    op.create_table(
        "calendar_day",
        sa.Column("region", sa.String(60), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("name_kk", sa.String(200), nullable=False),
        sa.Column("name_ru", sa.String(200), nullable=False),
        sa.Column("name_en", sa.String(200), nullable=False),
        sa.Column("source", sa.String(300), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("filled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("region", "on", name=op.f("pk_calendar_day")),
    )
    op.execute(KEEP_DAYS_OF_NOW)
    op.drop_table("timetable")
