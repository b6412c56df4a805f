"""What Komek promises, the attack that tries to break each promise, and the tests that carry it out.

As a program it runs them and writes the sheet docs/promises.md with what came of it: `python -m tests.promises` (an
hour, everything), `python -m tests.promises minutes` (without the long trials). A test tells a figure of its own by
pytest's `record_property`.
"""

import platform
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from services.config import ROOT

SHEET = ROOT / "docs" / "promises.md"
BEGIN, END = "<!-- sheet -->", "<!-- /sheet -->"


@dataclass(frozen=True)
class Promise:
    """One promise: what is so, who tries to break it, and by which tests (files, or tests of a file)."""

    says: str
    attack: str
    tests: tuple[str, ...]


PROMISES = (
    Promise(
        "A step is completed once; of two who press at once one wins and the other is told who.",
        "Two people and two nodes press at the same moment, in every interleaving; the same form is sent twice; "
        "processes are killed between any two commits.",
        ("tests/services/cases/test_two_at_once.py", "tests/webapp/inbox/test_one_click.py",
         "tests/services/custody/test_paper_walks.py"),
    ),
    Promise(
        "A timer fires once, at its moment and not before; within five seconds also when its worker was killed.",
        "Workers are killed, stopped and resumed while timers are due; clocks of workers run an hour behind and half "
        "an hour ahead; the database goes away and comes back.",
        ("tests/services/cases/test_late_timers.py", "tests/services/cases/test_worker_trials.py",
         "tests/services/cases/test_later.py", "tests/services/jobs/test_jobs.py"),
    ),
    Promise(
        "An operation outside is carried out at least once, each time with the same key; an applicant is told once.",
        "The worker dies between the world's answer and its own note of it; the gateway is silent, slow, or reports "
        "twice.",
        ("tests/services/cases/test_worker_trials.py", "tests/webapp/told/test_told.py",
         "tests/webapp/rest/test_external_tasks.py"),
    ),
    Promise(
        "Books of numbers have no gap and no number twice.",
        "Transactions are rolled back after they took a number; offices take numbers at once; processes are killed.",
        ("tests/services/documents/test_numbers.py", "tests/services/custody/test_paper_walks.py",
         "tests/services/test_invariants.py"),
    ),
    Promise(
        "The rows agree with each other, whatever happened: some forty invariants (`komek doctor --data`).",
        "They are asked after every worked case, every walk, every killed worker; and each is broken by hand once, "
        "to see that it notices.",
        ("tests/services/test_invariants.py", "tests/webapp/case/test_worked_cases.py",
         "tests/services/custody/test_paper_walks.py"),
    ),
    Promise(
        "Every state of a case has a way to an end.",
        "The doctor plays every diagram through; whatever comes, whatever five do at once, is brought to its end.",
        ("tests/bpmn/test_diagrams.py", "tests/services/processes/doctor/test_behaviour.py",
         "tests/services/custody/test_paper_walks.py"),
    ),
    Promise(
        "What an earlier release saved goes on in this one.",
        "Each migration is taken back and forward over rows in every table; states of the engine that were saved by "
        "earlier ones are opened and go on.",
        ("tests/webapp/case/test_revisions.py", "tests/services/engine/test_saved_states.py"),
    ),
    Promise(
        "A changed, removed, added or reordered line of the journal is found, and so is a value that it attests.",
        "The owner of the database rewrites lines, hashes, answers, amounts and outcomes, and cuts tails off.",
        ("tests/services/journal", "tests/services/cases/test_attested.py"),
    ),
    Promise(
        "The application cannot change history: its role owns nothing and may only add.",
        "Every test works as that role; the role tries to update, delete, truncate, and to switch triggers off.",
        ("tests/services/test_roles.py",),
    ),
    Promise(
        "Whoever may not is refused, at every address there is.",
        "Every address of the application is asked by every role of the own office, of another, of the control level, "
        "and by nobody; what they are answered is held against one table.",
        ("tests/webapp/test_rights_of_everybody.py", "tests/webapp/case/test_strangers.py",
         "tests/services/cases/test_rights.py"),
    ),
    Promise(
        "Nothing that is sent is a fault of ours: an answer, in words, and never a 500.",
        "A fuzzer sends hostile forms, files, scans, addresses and calls to every address; diagrams, decisions, "
        "tables and forms are mutilated.",
        ("tests/webapp/test_fuzzed.py", "tests/webapp/test_hostile_input.py",
         "tests/services/processes/doctor/test_any_file.py", "tests/services/attachments/test_checks.py"),
    ),
    Promise(
        "Whatever process is killed comes back by itself, and nothing is lost.",
        "kill -9 of pages, workers, PostgreSQL and the supervisor, one by one and all at once; SIGSTOP of each.",
        ("tests/webapp/serve/test_supervisor.py", "tests/webapp/serve/test_standing_still.py",
         "tests/webapp/serve/test_fork.py"),
    ),
    Promise(
        "With a full disk Komek says so, stays, and works again when there is room.",
        "The disk under the database is filled to the last byte.",
        ("tests/webapp/serve/test_standing_still.py",),
    ),
    Promise(
        "Whatever is wrong with the database, people read one page in their language, and all is well by itself after.",
        "It is away, silent, out of connections, read-only for a while, restarted; the line to it is slow, "
        "swallows what is sent, and is cut at any piece of a click, before or after the database carried it out.",
        ("tests/webapp/serve/test_database_away.py", "tests/webapp/serve/test_bad_lines.py",
         "tests/webapp/test_hostile_input.py"),
    ),
    Promise(
        "A clock that is wrong does no harm that a right one does not mend.",
        "Web nodes begin with clocks five hours ahead and behind, in the middle of a case; workers' stand an hour back "
        "and half an hour ahead of the database's.",
        ("tests/services/test_clock.py", "tests/services/cases/test_worker_trials.py",
         "tests/services/cases/test_later.py"),
    ),
    Promise(
        "Slow and silent clients cost a socket, not the service.",
        "Hundreds of sockets that send a byte a second, or nothing, with and without a proxy in front.",
        ("tests/webapp/serve/test_slow_clients.py", "tests/webapp/serve/test_behind_nginx.py"),
    ),
    Promise(
        "The desk works without the server: nothing scanned or taken in is lost or done twice.",
        "Browser and server are killed at any moment of a merge; the network comes and goes.",
        ("tests/services/desk/test_offline.py", "tests/webapp/desk/test_offline_merge.py",
         "tests/webapp/desk/test_offline_desk.py", "tests/webapp/desk/test_offline_intake.py"),
    ),
    Promise(
        "No log holds a name, an IIN or an address.",
        "Every log of the whole suite, PostgreSQL's among them, is searched for what the tests typed.",
        ("tests/webapp/serve/test_logs.py",),
    ),
)  # fmt: skip


@dataclass
class Came:
    """What came of one promise's tests."""

    passed: int = 0
    failed: list[str] = field(default_factory=list)
    skipped: int = 0
    seconds: float = 0.0
    figures: dict[str, str] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        return "BROKEN" if self.failed else "kept" if self.passed else "not tried"


def belongs(test: str, promised: str) -> bool:
    """Whether a test, `tests/a/test_b.py::test_c`, is one of those that a promise names."""
    return test == promised or test.startswith((f"{promised}::", f"{promised}/", f"{promised}["))


def read(report: Path) -> Mapping[str, Came]:
    """Promise -> what came of it, by pytest's report in JUnit's form."""
    came = {each.says: Came() for each in PROMISES}
    for told in ET.parse(report).iter("testcase"):
        test = f"{told.get('classname', '').replace('.', '/')}.py::{told.get('name')}"
        for each in PROMISES:
            if any(belongs(test, promised) for promised in each.tests):
                _count(came[each.says], test, told)
    return came


def _count(came: Came, test: str, told: ET.Element) -> None:
    came.seconds += float(told.get("time") or 0)
    if told.find("failure") is not None or told.find("error") is not None:
        came.failed.append(test)
    elif told.find("skipped") is not None:
        came.skipped += 1
    else:
        came.passed += 1
    for each in told.iter("property"):
        came.figures[str(each.get("name"))] = str(each.get("value"))


def sheet(came: Mapping[str, Came], said: str) -> str:
    """The table of promises, attacks and what came of them."""
    lines = [said, "", "| promise | attack | last run | tests |", "|---|---|---|---|"]
    for each in PROMISES:
        one = came.get(each.says, Came())
        figures = "".join(f"; {name} {value}" for name, value in sorted(one.figures.items()))
        skipped = f", {one.skipped} skipped" if one.skipped else ""
        ran = f"**{one.verdict}**: {one.passed} passed{skipped}, {one.seconds:.0f} s{figures}"
        ran += "".join(f"; FAILED `{test}`" for test in one.failed)
        tests = ", ".join(f"`{test.removeprefix('tests/')}`" for test in each.tests)
        lines.append(f"| {each.says} | {each.attack} | {ran} | {tests} |")
    return "\n".join(lines)


def write(page: Path, table: str) -> None:
    """The sheet into the page, in the place of the former one."""
    text = page.read_text(encoding="utf-8")
    page.write_text(re.sub(f"{BEGIN}.*{END}", lambda _: f"{BEGIN}\n{table}\n{END}", text, flags=re.S), encoding="utf-8")


def run(arguments: Sequence[str]) -> int:
    """Carry out every attack, print and write the sheet; the exit code: 1 when a promise was broken."""
    short = "minutes" in arguments
    tests = sorted({test for each in PROMISES for test in each.tests})
    report = ROOT / ".promises.xml"
    began = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-o", "junit_family=xunit1", f"--junitxml={report}",
               "-m", "not soak" if short else "soak or not soak", *tests]  # fmt: skip
    subprocess.run([*command, *(each for each in arguments if each.startswith("-"))], cwd=ROOT)
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    form = "without the long trials" if short else "with the long trials"
    said = (
        f"Last run: {datetime.now(UTC):%d.%m.%Y %H:%M} UTC, at {commit.stdout.strip() or 'no commit'}, {form}, "
        f"{(time.monotonic() - began) / 60:.0f} minutes, Python {platform.python_version()}."
    )
    try:
        came = read(report)
    finally:
        report.unlink(missing_ok=True)
    table = sheet(came, said)
    write(SHEET, table)
    sys.stdout.write(table + "\n")
    return int(any(each.failed or not each.passed for each in came.values()))


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
