"""Lists with many rows: what one case brought is copied in the database, under long names and numbers of their own."""

from sqlalchemy import Connection, text

from komek.testing.owner import owner
from services.db import db

#: how far the ids of one copy lie behind those of the copy before
APART = 10_000
LONG = "Нұрмұхаммед-Әбдірахманұлының Ұзынаталғанатаулықызы"


def _next(column: str) -> str:
    """The number of a copy: the hundredth, two-hundredth … after that of its original."""
    return f"left({column}, -5) || lpad((right({column}, 5)::int + 100 * k)::text, 5, '0')"


#: table -> what a copy of a row of a case has of its own
OWN = {
    "case": f"'id', id + :apart * k, 'number', {_next('number')}, 'open_key', open_key || k",
    "applicant": "'case_id', case_id + :apart * k, 'surname', CAST(:long AS text) || k",
    "process_instance": f"'id', id + :apart * k, 'case_id', case_id + :apart * k, 'number', {_next('number')}",
    "task": "'id', id || '-' || k, 'seq', seq + :apart * k, 'case_id', case_id + :apart * k, "
    "'instance_id', instance_id + :apart * k, 'submit_key', null",
    "paper": "'id', id + :apart * k, 'case_id', case_id + :apart * k",
    "consignment": f"'id', id + :apart * k, 'number', {_next('number')}",
    "custody_item": f"'code', {_next('code')}, 'case_id', case_id + :apart * k, "
    "'consignment_id', consignment_id + :apart * k",
    "consignment_line": f"'consignment_id', consignment_id + :apart * k, 'code', {_next('code')}, "
    "'seq', seq + :apart * k",
    "notice": "'id', id + :apart * k, 'fact', fact || k, 'case_id', case_id + :apart * k",
    "job": "'id', id + :apart * k, 'key', key || '-' || k, 'lane', null, 'case_id', case_id + :apart * k",
    "staff": "'id', id + :apart * k, 'login', login || '.' || k, 'full_name', CAST(:long AS text) || k",
    "absence": "'id', id + :apart * k",
}
#: how the originals are told from copies, where it is not by a small id
ORIGINAL = {"task": "id !~ '-'", "custody_item": "right(code, 5)::int < 100", "applicant": "case_id < :apart",
            "consignment_line": "consignment_id < :apart", "job": "id < :apart AND incident_at IS NOT NULL",
            "staff": "login = 'clerk.taldykorgan'"}  # fmt: skip


def copy_rows(line: Connection, table: str, first: int, last: int) -> None:
    """Copies `first` to `last` of every row of that table that was not copied itself."""
    made = f"jsonb_populate_record(one, jsonb_build_object({OWN[table]}))"
    copies = "generate_series(CAST(:first AS int), CAST(:last AS int)) k"
    copied = f'INSERT INTO "{table}" SELECT ({made}).* FROM "{table}" one, {copies} WHERE '
    given = {"apart": APART, "long": LONG, "first": first, "last": last}
    wanted = text(copied + ORIGINAL.get(table, "id < :apart"))
    line.execute(wanted, {name: value for name, value in given.items() if f":{name}" in wanted.text})


def copy_everything(first: int, last: int) -> None:
    """Copies of every case with all that hangs on it, of notices, of consignments, of people and of incidents."""
    db.session.commit()
    with owner().begin() as line:
        line.execute(text("SET LOCAL session_replication_role = replica"))
        for table in OWN:
            copy_rows(line, table, first, last)
