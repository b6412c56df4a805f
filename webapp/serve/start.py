"""Before anything is served or carried out: the tables have to be those that this code was written for."""

import logging

from flask import Flask
from flask_babel import force_locale
from sqlalchemy.exc import SQLAlchemyError

from services import migrations
from services.db import let_go

logger = logging.getLogger(__name__)


def need_tables(app: Flask) -> bool:
    """Whether they are; SystemExit with what to do when they are older or newer.

    False when the database cannot be asked now: then `/readyz` tells, and whoever starts may ask again.
    """
    with app.app_context(), force_locale("en"):
        try:
            migrations.check_tables()
            return True
        except migrations.OtherRevision as fault:
            raise SystemExit(str(fault)) from None
        except SQLAlchemyError as fault:
            logger.warning("the tables' revision is not known: %s", type(fault).__name__)
            return False
        finally:
            let_go()
