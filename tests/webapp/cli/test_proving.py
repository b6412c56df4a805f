"""What is said of a database that was brought back: here the tests' own stands for it."""

from pathlib import Path

from flask import Flask

from komek.testing.owner import owner_address
from komek.testing.rows import as_replica
from services import backups
from tests.conftest import config_for
from webapp.cli.proving import prove


def faults_of_what_came_back() -> list[str]:
    base = backups.WholeCopy("one", "", "", "", 1, 15, "", 0, "", "", "komek", "")
    back = backups.Restored(base, owner_address(), Path())
    return prove(config_for(owner_address()), back, None).faults


def test_rows_that_contradict_each_other_are_told_of_a_database_that_was_brought_back(region: Flask) -> None:
    assert faults_of_what_came_back() == []
    as_replica("UPDATE job SET case_id = 0 WHERE id = (SELECT min(id) FROM job WHERE case_id IS NOT NULL)")
    (told,) = faults_of_what_came_back()
    assert "[job_of_a_case]\n  1: " in told
