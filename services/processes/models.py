"""What was deployed: every file as it came, the processes in it, and which of them are the law since when."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services import engine
from services.db import Base, Id, MayBeWithdrawn


class Deployment(MayBeWithdrawn, Base):
    """One act of deploying: a set of files that stands alone. A candidate, until somebody puts it in force."""

    __tablename__ = "deployment"

    id: Mapped[Id]
    name: Mapped[str]
    source: Mapped[str] = mapped_column(default="", server_default="")  #: what sent it: "Camunda Modeler"
    deployed_at: Mapped[datetime]
    deployed_by: Mapped[str]
    #: how its files are read (engine.READING): what was deployed before keeps what it meant then
    reading: Mapped[int] = mapped_column(default=engine.READING)
    #: process -> the definition in force when it was deployed, of every process that it brings
    base: Mapped[dict[str, int]] = mapped_column(JSONB, default=dict, server_default="{}")


class Resource(Base):
    """A file of a deployment, byte for byte."""

    __tablename__ = "deployment_resource"

    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployment.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes]
    #: sent with the deployment; else it was in force already and stands here because the others need it
    sent: Mapped[bool] = mapped_column(default=True, server_default=text("true"))


class ProcessDefinition(Base):
    """An executable process of a deployment. A case ends in the version it began under."""

    __tablename__ = "process_definition"
    __table_args__ = (
        UniqueConstraint("key", "version"),
        Index(None, "deployment_id"),
        Index("ix_process_definition_same", "key", "sha256"),
    )

    id: Mapped[Id]
    key: Mapped[str]  #: the process's id in the diagram
    version: Mapped[int]
    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployment.id"))
    name: Mapped[str]
    resource: Mapped[str] = mapped_column(default="", server_default="")  #: the file that draws it
    #: over that file and every one it hangs on: the same files are no new version
    sha256: Mapped[str] = mapped_column(default="", server_default="")


class Enactment(Base):
    """Somebody put a deployment in force: by which act, and why."""

    __tablename__ = "enactment"

    id: Mapped[Id]
    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployment.id"))
    keys: Mapped[list[str]] = mapped_column(ARRAY(Text))
    enacted_at: Mapped[datetime]
    enacted_by: Mapped[str]
    act_number: Mapped[str]
    act_on: Mapped[date | None]
    why: Mapped[str]


class InForce(Base):
    """Which definition of a process new cases begin under, since when; one without an end is in force now."""

    __tablename__ = "process_in_force"
    __table_args__ = (
        Index("ix_process_in_force_now", "key", unique=True, postgresql_where=text("until IS NULL")),
        Index(None, "definition_id"),
    )

    id: Mapped[Id]
    key: Mapped[str]
    definition_id: Mapped[int] = mapped_column(ForeignKey("process_definition.id"))
    enactment_id: Mapped[int] = mapped_column(ForeignKey("enactment.id"))
    since: Mapped[datetime]
    until: Mapped[datetime | None]


class DiagramText(Base):
    """A name of a diagram, a decision or a form as somebody translated it over the web: laid over the catalogues."""

    __tablename__ = "diagram_text"
    __table_args__ = (Index(None, "revision"),)

    key: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)  #: of context and msgid together
    language: Mapped[str] = mapped_column(primary_key=True)
    context: Mapped[str]  #: "bpmn:direct"
    msgid: Mapped[str]  #: as drawn, in Kazakh
    text: Mapped[str]  #: empty: as the catalogue says
    #: of the save that wrote it; the highest one says whether anything changed
    revision: Mapped[int]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]


class PluginWord(Base):
    """What a plugin called something when it was deployed: said on cases that used it after the plugin is gone."""

    __tablename__ = "plugin_word"

    kind: Mapped[str] = mapped_column(primary_key=True)  #: "outcome", "paper", "event", "job", "field", "choice"
    key: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
