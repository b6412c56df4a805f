"""What regions try themselves with ends where it cannot go on, and says why."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask

from komek.testing import Stuck
from komek.testing.played import worker_until
from komek.testing.slow import SlowTables, slow_due
from services import jobs
from services.db import transaction
from services.errors import Invalid
from services.jobs import Job, NewJob, running

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


class NoAnswer(Invalid):
    """The register of %(place)s gives no answer."""


@pytest.fixture
def kind(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Job, object], None]], None]:
    """Have the one kind of jobs that there is do this."""
    monkeypatch.setattr(running, "_handlers", {})
    return lambda does: jobs.handle("note", does)


def put(kind: str = "note") -> None:
    with transaction():
        jobs.enqueue([NewJob(kind, "asked:7", NOON)])


def test_a_job_that_became_an_incident_ends_the_waiting_with_its_own_words(
    kind: Callable[[Callable[[Job, object], None]], None],
) -> None:
    """Fault: a worker that is awake all the time looked at the incident for ever."""

    def fails(job: Job, result: object) -> None:
        raise NoAnswer(place="Талғар")

    kind(fails)
    put()
    with pytest.raises(Stuck, match=r"asked:7 .* became an incident .*: The register of Талғар gives no answer\."):
        worker_until(NOON)


def test_a_job_that_no_worker_takes_up_ends_it_too(kind: Callable[[Callable[[Job, object], None]], None]) -> None:
    kind(lambda job, result: None)
    put("of a plugin that is gone")
    with pytest.raises(Stuck, match=r"asked:7 .* 0 jobs were carried out"):
        worker_until(NOON)


def test_and_one_that_asks_for_another_like_itself_at_its_own_moment(
    kind: Callable[[Callable[[Job, object], None]], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("komek.testing.played.MOST_JOBS", 9)
    kind(lambda job, result: jobs.enqueue([NewJob("note", f"{job.key}.", NOON)]))
    put()
    with pytest.raises(Stuck, match="9 jobs were carried out then, and more are due"):
        worker_until(NOON)


@pytest.mark.parametrize("rule", ["R-MIN(15)", "R-WD(1)", "R-TOTAL(10)", "R-REG", "R-COUR"])
def test_where_nobody_ever_works_a_slow_count_says_so_instead_of_counting_for_ever(rule: str) -> None:
    rows = {
        "offices": [{"key": "A", "kind": "body"}],
        "hours": [],
        "parameters": [{"key": "registry_cutoff", "value": "15:30"}, {"key": "courier_runs", "value": "11:00"}],
    }
    tables = SlowTables(rows.__getitem__, "Asia/Almaty", {})
    with pytest.raises(AssertionError, match="nothing is due at A: nobody worked there between 2026"):
        slow_due(rule, NOON, "A", "A", tables)
