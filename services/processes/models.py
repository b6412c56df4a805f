"""What was deployed: every file as it came, and the process definitions found in it. Never changed afterwards."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.db import Base, Id


class Deployment(Base):
    """One act of deploying: a set of files that belong together."""

    __tablename__ = "deployment"

    id: Mapped[Id]
    name: Mapped[str]
    #: over the names and bytes of all its files: the same files are not deployed twice
    sha256: Mapped[str] = mapped_column(unique=True)
    deployed_at: Mapped[datetime]
    deployed_by: Mapped[str]


class Resource(Base):
    """A file of a deployment, byte for byte."""

    __tablename__ = "deployment_resource"

    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployment.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes]


class ProcessDefinition(Base):
    """An executable process of a deployment. A case ends in the version it began under."""

    __tablename__ = "process_definition"
    __table_args__ = (UniqueConstraint("key", "version"), Index(None, "deployment_id"))

    id: Mapped[Id]
    key: Mapped[str]  #: the process's id in the diagram
    version: Mapped[int]
    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployment.id"))
    name: Mapped[str]
