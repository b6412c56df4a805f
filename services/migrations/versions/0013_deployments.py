"""Deployments are candidates until an act puts them in force; rehearsals.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services import db
from services.processes.whole import gather

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

#: what was deployed before this was in force at once, the newest version of each process
ENACTED = """
    INSERT INTO enactment (deployment_id, keys, enacted_at, enacted_by, act_number, why)
    SELECT deployment.id, array_agg(definition.key ORDER BY definition.id), deployed_at, deployed_by, '', ''
    FROM deployment JOIN process_definition AS definition ON definition.deployment_id = deployment.id
    GROUP BY deployment.id ORDER BY deployment.id
"""
IN_FORCE = """
    INSERT INTO process_in_force (key, definition_id, enactment_id, since, until)
    SELECT definition.key, definition.id, enactment.id, enacted_at,
        lead(enacted_at) OVER (PARTITION BY definition.key ORDER BY definition.version)
    FROM process_definition AS definition JOIN enactment ON enactment.deployment_id = definition.deployment_id
"""

FILES = "SELECT deployment_id, name, content FROM deployment_resource ORDER BY deployment_id, name"
KNOWN = "UPDATE process_definition SET resource = :resource, sha256 = :sha256 WHERE deployment_id = :of AND key = :key"


def upgrade() -> None:
    op.add_column("deployment", sa.Column("source", sa.String(), server_default="", nullable=False))
    op.add_column("deployment", sa.Column("base", JSONB(), server_default="{}", nullable=False))
    op.drop_constraint("uq_deployment_sha256", "deployment", type_="unique")
    op.drop_column("deployment", "sha256")
    sent: sa.Column[bool] = sa.Column("sent", sa.Boolean(), server_default=sa.text("true"), nullable=False)
    op.add_column("deployment_resource", sent)
    for name in ("resource", "sha256"):
        op.add_column("process_definition", sa.Column(name, sa.String(), server_default="", nullable=False))
    op.create_index("ix_process_definition_same", "process_definition", ["key", "sha256"])
    op.create_table(
        "enactment",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("deployment_id", sa.BigInteger(), nullable=False),
        sa.Column("keys", ARRAY(sa.Text()), nullable=False),
        sa.Column("enacted_at", db.Moment(timezone=True), nullable=False),
        sa.Column("enacted_by", sa.String(), nullable=False),
        sa.Column("act_number", sa.String(), nullable=False),
        sa.Column("act_on", sa.Date(), nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["deployment_id"], ["deployment.id"], name=op.f("fk_enactment_deployment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enactment")),
    )
    op.create_table(
        "process_in_force",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("definition_id", sa.BigInteger(), nullable=False),
        sa.Column("enactment_id", sa.BigInteger(), nullable=False),
        sa.Column("since", db.Moment(timezone=True), nullable=False),
        sa.Column("until", db.Moment(timezone=True), nullable=True),
        *(
            sa.ForeignKeyConstraint([f"{of}_id"], [f"{table}.id"], name=op.f(f"fk_process_in_force_{of}_id"))
            for of, table in (("definition", "process_definition"), ("enactment", "enactment"))
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_in_force")),
    )
    now = sa.text("until IS NULL")
    op.create_index("ix_process_in_force_now", "process_in_force", ["key"], unique=True, postgresql_where=now)
    op.create_index(op.f("ix_process_in_force_definition_id"), "process_in_force", ["definition_id"])
    op.execute(ENACTED)
    op.execute(IN_FORCE)
    _know_files()
    op.add_column("case", sa.Column("plays", sa.String(), nullable=True))
    op.add_column("process_instance", sa.Column("plays", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("process_instance", "plays")
    op.drop_column("case", "plays")
    op.drop_table("process_in_force")
    op.drop_table("enactment")
    op.drop_index("ix_process_definition_same", "process_definition")
    for name in ("resource", "sha256"):
        op.drop_column("process_definition", name)
    op.drop_column("deployment_resource", "sent")
    op.add_column("deployment", sa.Column("sha256", sa.String(), nullable=True))
    op.execute("UPDATE deployment SET sha256 = id::text")
    op.alter_column("deployment", "sha256", nullable=False)
    op.create_unique_constraint("uq_deployment_sha256", "deployment", ["sha256"])
    op.drop_column("deployment", "base")
    op.drop_column("deployment", "source")


def _know_files() -> None:
    """Which file draws a process that was deployed before, and what it hangs on: so that it is known again."""
    files: dict[int, dict[str, bytes]] = {}
    for deployment_id, name, content in op.get_bind().execute(sa.text(FILES)):
        files.setdefault(deployment_id, {})[name] = bytes(content)
    for deployment_id, sent in files.items():
        whole = gather(sent, {})
        for key, digest in whole.processes.items():
            known = {"of": deployment_id, "key": key, "resource": whole.resources[key], "sha256": digest}
            op.execute(sa.text(KNOWN).bindparams(**known))
