"""Whose database this is: the region whose offices, cases and calendars it keeps. Another one's law never enters it."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Insert

from services import clock
from services.db import db
from services.directory.models import Installation
from services.errors import Conflict
from services.registry import Registry


class OtherRegion(Conflict):
    """This database is of the region %(kept)s, and the plugins that are switched on are of %(named)s.
    Name the region's own plugins in KOMEK_PLUGINS, or another database in DATABASE_URL. Nothing was changed.
    """


def kept_region() -> str:
    """Key of the region that was deployed here; empty before."""
    return db.session.scalar(select(Installation.region)) or ""


def check_region(registry: Registry) -> None:
    """Raises OtherRegion when these plugins are not of the region that was deployed here."""
    kept = kept_region()
    if kept and kept != registry.region:
        raise OtherRegion(kept=kept, named=registry.region)


def keep_region(registry: Registry) -> None:
    """From now on the database is that region's, unless it is one's already. In a transaction. Raises OtherRegion."""
    row = Insert(Installation).values(id=1, region=registry.region, since=clock.now())
    db.session.execute(row.on_conflict_do_nothing())
    check_region(registry)
