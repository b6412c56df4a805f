"""A list costs what it shows, however much lies in the database."""

from flask import Flask
from sqlalchemy import text
from sqlalchemy.dialects import postgresql

from services import cases, directory
from services.cases.pages import lists as queries
from services.db import db
from tests.counting import rows_read

OFFICE = "TALDYKORGAN"
MANY = 4000
SHOWN = 50


def fill(clerk: directory.Person) -> None:
    """Thousands of open tasks of every role, copied from one; half are in the hands of somebody who has that role."""
    cases.open_case("direct", OFFICE, clerk, key="one")
    columns = (
        "case_id, instance_id, stop_id, process, element, name, waits_for, step, code, clause, office_key, form, "
        "operation, inputs, named, opened_at, clock_started_at, rule, due_at, due_default, calendar, round, outputs, "
        "delay_reason, done_order, conflict_reason"
    )
    db.session.execute(
        text(
            f"INSERT INTO task (id, role, assignee_id, urgent_at, {columns}) "
            "SELECT 't' || n, (ARRAY['clerk','head','executor'])[n % 3 + 1], "
            "CASE WHEN n % 2 = 0 THEN NULL WHEN n % 3 = 0 THEN :me ELSE :me + 1 END, "
            f"now() + n * interval '1 minute', {columns} FROM task, generate_series(1, {MANY}) n"
        ),
        {"me": clerk.id},
    )
    db.session.execute(text("ANALYZE task"))
    db.session.commit()


def test_no_list_of_the_inbox_reads_more_rows_than_it_shows(house: Flask) -> None:
    clerk = directory.staff_at(OFFICE, "clerk")[0]
    fill(clerk)
    for name in ("mine", "role", "waiting", "record"):
        wanted = queries._ids(clerk, OFFICE, name, None, SHOWN + 1)
        assert wanted is not None
        statement = wanted.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})  # type: ignore[no-untyped-call]
        plan = db.session.scalar(text("EXPLAIN (ANALYZE, FORMAT JSON) " + str(statement).replace(":", "\\:")))
        arms = str(statement).count("UNION ALL") + 1
        assert rows_read(plan[0]["Plan"]) <= (SHOWN + 1) * arms, name


def test_pages_follow_each_other_without_gap_or_double(house: Flask) -> None:
    clerk = directory.staff_at(OFFICE, "clerk")[0]
    fill(clerk)
    seen: list[str] = []
    cursor = None
    for _ in range(5):
        page = cases.inbox(clerk, OFFICE, "mine", cursor=cursor, limit=SHOWN)
        seen += [row.task_id for row in page.rows]
        cursor = page.next
    assert len(seen) == len(set(seen)) == 5 * SHOWN
    assert page.counts["mine"].more
    assert page.counts["mine"].value == queries.CAP
