"""Pages, or as a program a worker, of whichever Komek stands in the current folder: for the trials of two releases.

It imports nothing of the tests: the code is the former release's. What that asks at its start, whether the tables are
its own, is passed over, for releases that could not know yet; that it can read each table is asked instead.
"""

import sys

from sqlalchemy import select

from services.config import Config
from services.db import db
from services.migrations.shape import every_table
from webapp import create_app
from webapp.serve import worker

app = create_app(Config.from_env())
with app.app_context():
    for table in every_table().sorted_tables:
        db.session.execute(select(table).limit(1)).all()
    db.session.remove()

if __name__ == "__main__":
    worker.need_tables = lambda _: True
    sys.exit(worker.work(app, "warning"))
