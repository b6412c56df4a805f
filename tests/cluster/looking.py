"""What must be so when all was killed: nothing answered is lost, nothing is doubled, numbers, journal, three copies."""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

import psycopg

from services.config import ROOT
from tests.cluster.clients import Ledger
from tests.cluster.cluster import BASES, Cluster

#: what was put off is done, and the standbys have caught up, within this time
LONGEST_CALM_S = 60.0
DUE = "SELECT count(*) FROM job WHERE due_at < now() AND incident_at IS NULL"
DONE = "SELECT t.id, s.login FROM task t LEFT JOIN staff s ON s.id = t.done_by_id WHERE t.done_at IS NOT NULL"
TOLD = """SELECT details::jsonb ->> 'task' FROM journal_entry WHERE event = 'case.task_completed'"""
NUMBERS = "SELECT number FROM process_instance WHERE number IS NOT NULL"
SERIES = "SELECT office_number, year, last FROM number_series WHERE series = 'in'"
COPY = """SELECT (SELECT md5(string_agg(name || head || count, ' ' ORDER BY name)) FROM journal_stream),
    (SELECT md5(string_agg(id || coalesce(done_at::text, '') , ' ' ORDER BY id)) FROM task)"""


def found_wrong(cluster: Cluster, ledger: Ledger) -> dict[str, list[str]]:
    """Under each promise what breaks it: nothing."""
    calm = _calmed(cluster)
    return {
        "people who could not go on": ledger.faults,
        "clicks answered as done and lost": _lost(cluster, ledger),
        "clicks doubled": _doubled(cluster),
        "cases opened and lost or doubled": _cases(cluster, ledger),
        "numbers with a gap": _gaps(cluster),
        "jobs left or given up": calm,
        "the journal against its seals": _command(cluster, "journal", "verify", "--seals", _seals(cluster)),
        "the invariants": _command(cluster, "doctor", "--data"),
        "standbys that hold something else": _copies(cluster),
    }


def _calmed(cluster: Cluster) -> list[str]:
    """What is still due when nobody clicks any more."""
    end = time.monotonic() + LONGEST_CALM_S
    while (left := cluster.read(DUE)[0][0]) and time.monotonic() < end:
        time.sleep(1.0)
    given_up = cluster.read("SELECT kind, error || ' ' || coalesce(error_details::text, '') FROM job"
                            " WHERE incident_at IS NOT NULL")  # fmt: skip
    undone = [f"{left} jobs are due and nobody does them"] if left else []
    return undone + [f"{kind}: {error}" for kind, error in given_up]


def _lost(cluster: Cluster, ledger: Ledger) -> list[str]:
    done = {str(task): login for task, login in cluster.read(DONE)}
    told = {str(task) for (task,) in cluster.read(TOLD)}
    lost = []
    for task, who in {**ledger.taken, **ledger.found}.items():
        if task not in done:
            lost.append(f"{task}: {who} was answered that it is done")
        elif task not in told:
            lost.append(f"{task}: the history does not tell of it")
        elif done[task] != who:
            lost.append(f"{task}: {who} did it, and {done[task]} stands there")
    return lost


def _doubled(cluster: Cluster) -> list[str]:
    told = Counter(str(task) for (task,) in cluster.read(TOLD))
    rounds = cluster.read("SELECT case_id, step, round, count(*) FROM task WHERE done_at IS NOT NULL AND step <> ''"
                          " GROUP BY 1, 2, 3 HAVING count(*) > 1")  # fmt: skip
    return [f"{task}: told {times} times" for task, times in told.items() if times > 1] + [
        f"case {case}: {step} was done {times} times in round {number}" for case, step, number, times in rounds
    ]


def _cases(cluster: Cluster, ledger: Ledger) -> list[str]:
    """Every case whose opening was answered is there, once; no other is, but one a client in the middle of opening."""
    there = {int(case) for (case,) in cluster.read('SELECT id FROM "case"')}
    lost = [f"case {each} is gone" for each in ledger.opened if each not in there]
    more = there - set(ledger.opened)
    return lost + ([f"{len(more)} cases that nobody opened: {sorted(more)[:5]}"] if more else [])


def _gaps(cluster: Cluster) -> list[str]:
    given: dict[tuple[str, int], list[int]] = {}
    for (number,) in cluster.read(NUMBERS):
        office, year, count = str(number).split("-")
        given.setdefault((office.lstrip("0"), int(year)), []).append(int(count))
    return [
        f"{office} in {year}: of {last} {sorted(given.get((str(office).lstrip('0'), year), []))}"
        for office, year, last in cluster.read(SERIES)
        if sorted(given.get((str(office).lstrip("0"), year), [])) != list(range(1, last + 1))
    ]


def _seals(cluster: Cluster) -> str:
    return str(cluster.folder / "seals.jsonl")


def seal(cluster: Cluster) -> None:
    """The seals of now are kept outside of the database, as every day."""
    done = _komek(cluster, "journal", "seal")
    assert done.returncode == 0, done.stderr
    with (cluster.folder / "seals.jsonl").open("a", encoding="utf-8") as file:
        file.write(done.stdout)


def _command(cluster: Cluster, *words: str) -> list[str]:
    done = _komek(cluster, *words)
    return [] if done.returncode == 0 else [(done.stdout + done.stderr).strip()[-800:]]


def _komek(cluster: Cluster, *words: str) -> "subprocess.CompletedProcess[str]":
    told: Mapping[str, str] = cluster["web1"].services["komek-web"].told
    command = [sys.executable, "-m", "webapp.cli", *words]
    return subprocess.run(command, cwd=ROOT, env=told, check=False, capture_output=True, text=True, timeout=300)


def _copies(cluster: Cluster) -> list[str]:
    """Standbys on which the journal or the steps are others than on the primary, once they have caught up."""
    end = time.monotonic() + LONGEST_CALM_S
    while len(set((found := {name: _copy(cluster, name) for name in BASES}).values())) != 1:
        if time.monotonic() > end:
            return [f"{name}: {each}" for name, each in found.items()]
        time.sleep(1.0)
    return []


def _copy(cluster: Cluster, name: str) -> Any:
    try:
        with psycopg.connect(cluster.address(name), connect_timeout=5) as line:
            return line.execute(COPY).fetchone()
    except psycopg.Error as fault:
        return str(fault)
