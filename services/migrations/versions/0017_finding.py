"""Cases are found by any word of a name, part of a phone and every number, at the offices they belong to.

Revision ID: 0017_finding
Revises: 0016_sessions
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017_finding"
down_revision = "0016_sessions"
branch_labels = None
depends_on = None

#: words of the name without Kazakh letters, parts of the phone of four digits and more, the IIN
OF_PERSONS = """
UPDATE applicant SET found_by = coalesce((
    SELECT array_to_tsvector(array_agg(DISTINCT office || ':' || key))
    FROM unnest(ARRAY[office_key, body_key]) office, (
        SELECT unnest(string_to_array(translate(search_key, 'әғқңөұүһіё', 'агкноуухие'), ' '))
        UNION SELECT substr(digits, at)
        FROM regexp_replace(regexp_replace(coalesce(nullif(phone_raw, ''), phone), '[^0-9]', '', 'g'),
                            '^[78]([0-9]{10})$', '\\1') digits,
             generate_series(1, length(digits) - 3) at
        UNION SELECT '=' || iin
    ) AS known (key)
    WHERE key NOT IN ('', '=')
), '')
"""
#: each number as it is printed, without its office, and its count
OF_CASES = """
UPDATE "case" SET found_by = made.keys FROM (
    SELECT "case".id, array_to_tsvector(array_agg(DISTINCT office || ':' || key)) keys
    FROM "case", unnest(ARRAY[office_key, body_key]) office, LATERAL (
        SELECT unnest(ARRAY[said, substr(said, strpos(said, '-') + 1), '=' || ltrim(substring(said, '[0-9]+$'), '0')])
        FROM (SELECT number UNION SELECT number FROM process_instance WHERE case_id = "case".id
              UNION SELECT code FROM custody_item WHERE case_id = "case".id
              UNION SELECT content ->> 'outgoing_number' FROM paper WHERE case_id = "case".id) AS given (said)
        UNION SELECT upper(regexp_replace(answers ->> 'postal_number', '[^[:alnum:]]', '', 'g'))
        FROM answer WHERE case_id = "case".id
    ) AS known (key)
    WHERE key <> '' AND plays IS NULL GROUP BY "case".id
) AS made WHERE made.id = "case".id
"""
#: as it was: the name in small letters, look-alikes folded
BACK = """
UPDATE applicant SET search_key = lower(concat_ws(' ', surname, given_name, nullif(patronymic, '')))
"""
OLD = [
    (f"ix_applicant_{office}_{key}_case_id", [office, key, "case_id"])
    for office in ("office_key", "body_key")
    for key in ("search_key", "phone", "iin")
]


def upgrade() -> None:
    for table, fill in (("applicant", OF_PERSONS), ("case", OF_CASES)):
        op.add_column(table, sa.Column("found_by", postgresql.TSVECTOR(), nullable=False, server_default=sa.text("''")))
        op.execute(fill)
        op.create_index(op.f(f"ix_{table}_found_by"), table, ["found_by"], postgresql_using="gin")
    op.alter_column("applicant", "found_by", server_default=None)
    for name, _ in OLD:
        op.drop_index(op.f(name), "applicant")
    op.drop_column("applicant", "search_key")
    op.create_index(
        "ix_paper_outgoing", "paper", [sa.text("(content ->> 'outgoing_number')")],
        postgresql_where=sa.text("(content ->> 'outgoing_number') IS NOT NULL"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_paper_outgoing", "paper")
    op.add_column(
        "applicant", sa.Column("search_key", sa.Text(collation="C"), nullable=False, server_default=sa.text("''"))
    )
    op.execute(BACK)
    op.alter_column("applicant", "search_key", server_default=None)
    for name, columns in OLD:
        op.create_index(op.f(name), "applicant", columns)
    for table in ("case", "applicant"):
        op.drop_index(op.f(f"ix_{table}_found_by"), table)
        op.drop_column(table, "found_by")
