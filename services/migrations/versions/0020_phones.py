"""Applicants' phones stand in E.164 beside what was typed, and are found by it; what is no number stays as typed.

Revision ID: 0020_phones
Revises: 0019_withdrawn
"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from services import phones

revision = "0020_phones"
down_revision = "0019_withdrawn"
branch_labels = None
depends_on = None

AT_ONCE = 1000
KEPT = """
UPDATE applicant SET phone_raw = coalesce(nullif(phone_raw, ''), phone),
    phone = coalesce(told.e164, '')
FROM {told} WHERE coalesce(nullif(phone_raw, ''), phone) = told.typed
"""
#: answers of the forms in which somebody asks for a phone by that name, until today text as it was typed
ANSWERED = """
UPDATE answer
SET answers = jsonb_build_object('phone_raw', told.typed) || answers || jsonb_build_object('phone', told.e164)
FROM {told} WHERE answers ->> 'phone' = told.typed AND told.e164 IS NOT NULL
"""
TOLD = "unnest(CAST(:typed AS text[]), CAST(:e164 AS text[])) AS told (typed, e164)"
#: by the parts of the number, beside those of the digits as they were typed
FOUND = """
UPDATE applicant SET found_by = (
    SELECT array_to_tsvector(array_agg(DISTINCT key)) FROM (
        SELECT unnest(tsvector_to_array(found_by)) UNION
        SELECT office || ':' || substr(digits, at)
        FROM unnest(ARRAY[office_key, body_key]) office, ltrim(regexp_replace(phone, '^[+]7', ''), '+') digits,
             generate_series(1, length(digits) - 3) at
    ) AS known (key)
) WHERE phone <> ''
"""


def upgrade() -> None:
    found = op.get_bind()
    typed = set(found.scalars(sa.text("SELECT DISTINCT coalesce(nullif(phone_raw, ''), phone) FROM applicant")))
    typed |= set(found.scalars(sa.text("SELECT DISTINCT answers ->> 'phone' FROM answer WHERE answers ? 'phone'")))
    for some in _parts(sorted(each for each in typed if each)):
        told = {"typed": some, "e164": [phones.e164_or_none(each) for each in some]}
        for change in (KEPT, ANSWERED):
            found.execute(sa.text(change.format(told=TOLD)), told)
    op.execute(FOUND)


def downgrade() -> None:
    """As it was typed, in both columns."""
    op.execute("UPDATE applicant SET phone = coalesce(nullif(phone_raw, ''), phone)")
    op.execute(
        "UPDATE answer SET answers = answers - 'phone_raw' || jsonb_build_object('phone', answers -> 'phone_raw')"
        " WHERE answers ? 'phone_raw'"
    )


def _parts(all_of_it: list[str]) -> Iterator[list[str]]:
    for at in range(0, len(all_of_it), AT_ONCE):
        yield all_of_it[at : at + AT_ONCE]
