"""Every invariant holds over weeks of work, and each one notices what breaks it."""

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import text

from komek.testing.owner import owner
from komek.testing.rows import as_replica
from services import invariants
from services.postgres import Server
from tests.unbroken import assert_unbroken
from webapp.cli import komek

_OPEN = "(SELECT min(id) FROM task WHERE closed_at IS NULL AND waits_for = 'person')"
_DONE = "(SELECT min(id) FROM task WHERE done_at IS NOT NULL AND waits_for = 'person')"
_OPEN_CASE = '(SELECT min(id) FROM "case" WHERE closed_at IS NULL)'
_CLOSED_CASE = '(SELECT min(id) FROM "case" WHERE closed_at IS NOT NULL)'
_LISTED = "(SELECT min(code) FROM consignment_line WHERE state = 'received')"
#: key -> the harm that it is there to notice
HARM = {
    "case_goes_on": f"UPDATE task SET closed_at = now() WHERE case_id = {_OPEN_CASE}",
    "pool_goes_on": f"UPDATE task SET closed_at = now() WHERE case_id = {_OPEN_CASE}",
    "open_case_runs": f"UPDATE process_instance SET finished_at = now() WHERE case_id = {_OPEN_CASE}",
    "end_is_the_end": f"UPDATE process_instance SET finished_at = now() WHERE case_id = {_OPEN_CASE}",
    "closed_by_its_process": "UPDATE \"case\" SET closed_at = now(), outcome = 'x' WHERE id = "
    '(SELECT max(id) FROM "case")',
    "closed_has_outcome": f'UPDATE "case" SET outcome = NULL WHERE id = {_CLOSED_CASE}',
    "task_in_its_case": f"UPDATE task SET case_id = case_id + 1 WHERE id = {_DONE}",
    "stop_once": f"UPDATE task SET stop_id = '' WHERE instance_id = (SELECT instance_id FROM task WHERE id = {_DONE})",
    "done_by_somebody": f"UPDATE task SET done_by_id = NULL WHERE id = {_DONE}",
    "done_once": f"UPDATE task SET done_at = NULL, closed_at = NULL WHERE id = {_DONE}",
    "kept_messages": f'UPDATE "case" SET kept = 7 WHERE id = {_OPEN_CASE}',
    "places_at_the_body": f'UPDATE "case" SET at_body = 7 WHERE id = {_OPEN_CASE}',
    "kept_figures": "INSERT INTO figure_day VALUES ('2026-11-10', '2026-11-01', '2026-12-01', 1, now(), ''); "
    "INSERT INTO figure_office VALUES ('TALDYKORGAN', 'body')",
    "due_is_said": "UPDATE task SET due_at = NULL WHERE id = (SELECT min(id) FROM task WHERE rule <> '')",
    "order_of_lists": f"UPDATE task SET urgent_at = now() WHERE id = {_OPEN}",
    "calendar_is_kept": "DELETE FROM timetable",
    "timer_has_a_job": f"DELETE FROM job WHERE kind = 'timer'; UPDATE task SET waits_for = 'timer' WHERE id = {_OPEN}",
    "operation_has_a_job": f"UPDATE task SET waits_for = 'operation' WHERE id = {_OPEN}",
    "fetched_is_open": f"INSERT INTO external_task (task_id, topic, rehearsal, created_at) SELECT {_DONE}, 'x', "
    "false, now()",
    "job_of_a_case": "UPDATE job SET case_id = 0 WHERE id = (SELECT min(id) FROM job WHERE case_id IS NOT NULL)",
    "told_of_a_case": "INSERT INTO notice (fact, kind, clock, case_id, code, title, number, office_key, due_default, "
    "at, told_at) VALUES ('f', 'warned', 'step', 0, '', '', '', 'X', false, now(), now())",
    "withdrawn_is_told_no_more": "INSERT INTO telling_agreement VALUES (1, '', '', 'kk', now(), 1, '2000-01-01');"
    "INSERT INTO telling_message (handle, case_id, fact, occasion, channel, office_key, state, at, sent_at, theirs, "
    "parts) VALUES ('h', 1, 'f', 'o', 'sms', 'X', 'sent', now(), now(), '', 1)",
    "numbers_gapless": "UPDATE number_series SET last = last + 1 WHERE series = 'out'",
    "numbers_of_the_book": "UPDATE number_series SET last = last - 1 WHERE series = 'registry' AND last > 1",
    "number_once": "UPDATE paper SET content = jsonb_set(content, '{outgoing_number}', '\"19-X2026-00001\"') "
    "WHERE content ->> 'outgoing_number' IS NOT NULL",
    "case_number": f"UPDATE \"case\" SET number = '19-2026-09999' WHERE id = {_CLOSED_CASE}",
    "paper_of_a_case": "UPDATE paper SET case_id = 0 WHERE id = (SELECT min(id) FROM paper)",
    "papers_are_there": "DELETE FROM paper WHERE id = (SELECT min(id) FROM paper)",
    "answers_are_kept": "UPDATE answer SET answers = NULL WHERE task_id = (SELECT min(task_id) FROM answer)",
    "files_of_a_step": "INSERT INTO attachment (case_id, task_id, name, media_type, size, content, added_at, "
    f"added_by_id) VALUES (0, {_DONE}, 'a', 'b', 1, 'c', now(), 1)",
    "signed_result": "UPDATE custody_item SET signature = 'awaited' WHERE state = 'gone'",
    "custody_unbroken": "DELETE FROM custody_event WHERE event = 'listed'",
    "custody_says_where": f"UPDATE custody_item SET office_key = 'ELSEWHERE' WHERE code = {_LISTED}",
    "custody_begins": f"DELETE FROM custody_event WHERE code = {_LISTED}",
    "registry_and_papers": f"UPDATE consignment_line SET state = 'sent' WHERE code = {_LISTED}",
    "registry_is_numbered": "UPDATE consignment SET number = NULL WHERE id = 1",
    "archive_is_whole": f'UPDATE "case" SET archived_at = now(), archived_years = 1 WHERE id = {_CLOSED_CASE}',
    "destroyed_is_gone": f"INSERT INTO destroyed VALUES ({_CLOSED_CASE}, 1)",
    "rehearsal_leaves_nothing": f"UPDATE \"case\" SET plays = 'TALDYKORGAN' WHERE id = {_CLOSED_CASE}",
    "journal_counts": "DELETE FROM journal_entry WHERE stream = 'case:3' AND position = 2",
    "history_of_each": "DELETE FROM journal_stream WHERE name = 'case:3'",
    "version_in_force": "INSERT INTO process_in_force (key, definition_id, enactment_id, since, until) SELECT key, "
    "definition_id, enactment_id, since, now() FROM process_in_force",
    "known_people": f"UPDATE task SET done_by_id = 999999 WHERE id = {_DONE}",
}


def test_every_invariant_holds_over_weeks_of_work(region: Flask) -> None:
    assert_unbroken()


def test_every_invariant_notices_what_breaks_it(region: Flask, record_property: Callable[[str, object], None]) -> None:
    record_property("invariants broken by hand", len(HARM))
    assert {each.key for each in invariants.INVARIANTS} == set(HARM)
    blind = []
    for each in invariants.INVARIANTS:
        with owner().connect() as line:
            line.execute(text("SET LOCAL session_replication_role = replica"))
            line.exec_driver_sql(HARM[each.key].replace("%", "%%"))
            found = invariants.look(each, line)
            line.rollback()
        if found is None or not found.count or not found.places:
            blind.append(each.key)
    assert not blind


@pytest.mark.parametrize(("language", "said"), [("kk", "Әрбір"), ("ru", "У каждого"), ("en", "Every closed case")])
def test_the_command_says_what_does_not_hold_where_and_in_the_readers_language(
    region: Flask, server: Server, language: str, said: str
) -> None:
    env = {"DATABASE_URL": server.application_address, "LC_ALL": language}
    whole = CliRunner().invoke(komek, ["doctor", "--data"], env=env)
    assert whole.exit_code == 0 and f": {len(invariants.INVARIANTS)};" in whole.output, whole.output
    as_replica(HARM["closed_has_outcome"])
    broken = CliRunner().invoke(komek, ["doctor", "--data"], env=env)
    assert broken.exit_code == 1 and said in broken.output and "case " in broken.output
    told = json.loads(CliRunner().invoke(komek, ["doctor", "--data", "--json"], env=env).output)
    assert (told["key"], told["count"]) == ("closed_has_outcome", 1)


def test_a_version_that_ended_before_it_began_is_told_and_one_that_held_no_moment_is_no_breach(region: Flask) -> None:
    harm = "INSERT INTO process_in_force (key, definition_id, enactment_id, since, until) SELECT key, definition_id, \
            enactment_id, since, since - interval '%s hour' FROM process_in_force LIMIT 1"
    law = next(each for each in invariants.INVARIANTS if each.key == "version_in_force")
    for hours, breaches in ((1, 1), (0, 0)):
        with owner().connect() as line:
            line.execute(text("SET LOCAL session_replication_role = replica"))
            line.exec_driver_sql(harm % hours)
            found = invariants.look(law, line)
            line.rollback()
        assert (found.count if found else 0) == breaches
