"""At how many places each open case waits at its body, counted anew: a click keeps it, nobody else has to."""

from sqlalchemy import BigInteger, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from services.cases.models import OPEN, Case
from services.cases.reading import lock_cases
from services.db import db, transaction

#: cases locked at a time
BATCH = 500


def recount_places() -> int:
    """Put right what is otherwise than the steps say; of how many cases. A transaction for each batch of cases."""
    after, other = 0, 0
    while True:
        with transaction():
            wanted = select(Case.id).where(OPEN, Case.id > after).order_by(Case.id).limit(BATCH)
            ids = db.session.scalars(wanted).all()
            if not ids:
                return other
            found = db.session.scalars(_OTHERWISE, {"ids": ids}).all()
            if found:
                lock_cases(found)
                other += len(db.session.scalars(_PUT_RIGHT, {"ids": found}).all())
                db.session.expire_all()
            after = ids[-1]


_COUNTED = """(SELECT count(*) FROM ONLY task t
               WHERE t.case_id = c.id AND t.office_key = c.body_key AND t.closed_at IS NULL)"""
_OTHERWISE = text(f"""
    SELECT c.id FROM "case" c WHERE c.id = ANY(:ids) AND c.closed_at IS NULL AND c.at_body <> {_COUNTED} ORDER BY c.id
""").bindparams(bindparam("ids", type_=ARRAY(BigInteger)))
#: looked at again, now that nobody moves them
_PUT_RIGHT = text(f"""
    UPDATE "case" c SET at_body = {_COUNTED} WHERE c.id = ANY(:ids) AND c.at_body <> {_COUNTED} RETURNING c.id
""").bindparams(bindparam("ids", type_=ARRAY(BigInteger)))
