"""Before anything is served or carried out: the tables have to be those that this code was written for, and hold the
region whose law is switched on."""

import logging

from flask import Flask
from flask_babel import force_locale
from sqlalchemy.exc import SQLAlchemyError

from services import directory, law, migrations, registry, soundness
from services.db import let_go

logger = logging.getLogger(__name__)


def need_tables(app: Flask) -> bool:
    """Whether they are; SystemExit with what to do when they are older or newer, or another region's, or when
    the tables of the region that is switched on cannot be used.

    False when the database cannot be asked now: then `/readyz` tells, and whoever starts may ask again.
    """
    with app.app_context(), force_locale("en"):
        try:
            soundness.check_start(registry.shipped())
            migrations.check_tables()
            directory.check_region(registry.current())
            law.read()
            _warn_of_editions()
            if migrations.application_owns():
                logger.warning("the application works as the owner of the tables: docs/administrators.md, Two roles")
            return True
        except (soundness.BadRegion, migrations.OtherRevision, directory.OtherRegion) as fault:
            raise SystemExit(str(fault)) from None
        except SQLAlchemyError as fault:
            logger.warning("the tables' revision is not known: %s", type(fault).__name__)
            return False
        finally:
            let_go()


def _warn_of_editions() -> None:
    """An edition was examined by the code that it was deployed to: what this code cannot use of it is said at once.

    It is no reason to stand still: what is kept is mended by another edition, and that is put in force on the pages.
    """
    for edition in sorted({each.edition for each in law.BOOK.held()}):
        plugins = law.registry_under(edition)
        if faults := soundness.standing(plugins):
            name = plugins.act.get("number") or plugins.act.get("key") or plugins.region
            logger.warning("act %s, edition %s: %s", name, edition, soundness.RegionFaults(faults))
