"""What Komek promises, the attack that tries to break each promise, and the tests that carry it out.

As a program it runs them and writes the sheet docs/promises.md with what came of it: `python -m tests.promises` (an
hour, everything), `… minutes` (without the long trials), `… long` (these alone), each with files to run no others. What
came of each file stands in docs/promises.json with its day and commit until it is run again, so that the long trials
may be run by and by. A test tells a figure of its own by pytest's `record_property`.
"""

import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from services.config import ROOT

SHEET, KEPT = ROOT / "docs" / "promises.md", ROOT / "docs" / "promises.json"
#: the trials of every run, and those of an hour
SHORT, LONG = "short", "long"
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
        "Two people and two nodes press at the same moment, in every interleaving; by each of the main verbs, and by "
        "two that contradict each other, one stands still before it changes anything, and before it commits, while "
        "another does all they can; every form that stands on a page is sent twice; "
        "processes are killed between any two commits; between looking and pressing somebody is dismissed or loses a "
        "role, the row is gone, the task becomes another's, or the act, the version, the year or the plugin another; "
        "a consignment comes apart.",
        ("tests/services/cases/test_two_at_once.py", "tests/webapp/inbox/test_one_click.py",
         "tests/webapp/case/test_meanwhile.py", "tests/services/custody/test_paper_walks.py",
         "tests/services/cases/test_side_by_side.py", "tests/services/test_pairs_at_once.py",
         "tests/services/law/test_decided_at_once.py", "tests/services/custody/test_last_papers.py",
         "tests/services/custody/test_torn.py", "tests/webapp/case/test_drawn_before.py",
         "tests/webapp/test_forms_of_every_page.py"),
    ),
    Promise(
        "A verb is done whole or not at all; broken off, the same press again does it.",
        "Between any two statements of 23 verbs, from opening a case to the first day of an edition of the act, "
        "something raises, or the line to the database is cut (before three of them in every run, before each in the "
        "long form); another thread reads the law between the statements of those that change it.",
        ("tests/services/cases/test_broken_off.py", "tests/services/law/test_whose_law.py"),
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
        "Each migration is taken back and forward over rows in every table; databases that earlier releases left, with "
        "a case after every act of every route, are brought to this one and their cases ended; states of the engine "
        "that were saved by earlier ones are opened and go on.",
        ("tests/plugins/test_releases.py", "tests/webapp/case/test_revisions.py",
         "tests/services/engine/test_saved_states.py", "tests/webapp/serve/test_former_release.py"),
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
         "tests/webapp/serve/test_fork.py", "tests/webapp/serve/test_pauses.py"),
    ),
    Promise(
        "With a full disk Komek says so, stays, and works again when there is room.",
        "The disk under the database is filled to the last byte.",
        ("tests/webapp/serve/test_standing_still.py",),
    ),
    Promise(
        "Whatever is wrong with the database, people read one page in their language, and all is well by itself after.",
        "It is away, silent, out of connections, read-only for a while, restarted; the line to it is slow, "
        "swallows what is sent, parts node and database for good, and is cut at any piece of a click, before or after "
        "the database carried it out; a standby that is read falls behind, stands still, and dies.",
        ("tests/webapp/serve/test_database_away.py", "tests/webapp/serve/test_bad_lines.py",
         "tests/webapp/serve/test_parted.py", "tests/webapp/test_standby.py",
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
    """What came of the tests of one file, short or long, when they were run last."""

    day: str = ""
    commit: str = ""
    passed: int = 0
    skipped: int = 0
    failed: list[str] = field(default_factory=list)
    seconds: float = 0.0
    figures: dict[str, float] = field(default_factory=dict)


#: what a promise names -> short or long -> what came of it
Record = dict[str, dict[str, Came]]


def tests() -> list[str]:
    """All that promises name."""
    return sorted({test for each in PROMISES for test in each.tests})


def belongs(test: str, promised: str) -> bool:
    """Whether a test, `tests/a/test_b.py::test_c`, is one of those that a promise names."""
    return test == promised or test.startswith((f"{promised}::", f"{promised}/", f"{promised}["))


def read(report: Path, day: str, commit: str) -> dict[str, Came]:
    """What a promise names -> what came of it, by pytest's report in JUnit's form."""
    came: dict[str, Came] = {}
    for told in ET.parse(report).iter("testcase"):
        test = f"{told.get('classname', '').replace('.', '/')}.py::{told.get('name')}"
        for promised in (each for each in tests() if belongs(test, each)):
            _count(came.setdefault(promised, Came(day, commit)), test, told)
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
        came.figures = _with(came.figures, {str(each.get("name")): float(each.get("value") or 0)})


def _with(figures: dict[str, float], more: dict[str, float]) -> dict[str, float]:
    """Both together: what is counted is added up, of what is measured (`latest …`) the worst remains."""
    both = dict(figures)
    for name, value in more.items():
        both[name] = max(both.get(name, 0), value) if name.startswith("latest") else both.get(name, 0) + value
    return both


def sheet(record: Record) -> str:
    """The table of promises, attacks and what came of them."""
    lines = ["| promise | attack | last run | tests |", "|---|---|---|---|"]
    for each in PROMISES:
        named = ", ".join(f"`{test.removeprefix('tests/')}`" for test in each.tests)
        lines.append(f"| {each.says} | {each.attack} | {_ran(each, record)} | {named} |")
    return "\n".join(lines)


def _ran(promise: Promise, record: Record) -> str:
    """Whether it was kept, and the day, the commit and the figures of its tests."""
    runs = {form: [record[test][form] for test in promise.tests if form in record.get(test, {})]
            for form in (SHORT, LONG)}  # fmt: skip
    failed = [test for came in runs.values() for each in came for test in each.failed]
    missing = [test for test in promise.tests if not any(each.passed for each in record.get(test, {}).values())]
    is_tried = any(each.passed for came in runs.values() for each in came)
    verdict = "BROKEN" if failed else "kept" if not missing else "tried in part" if is_tried else "not tried"
    said = [f"**{verdict}**", *(part for form, came in runs.items() for part in _figures(form, came))]
    said += [f"FAILED `{test}`" for test in failed]
    said += [f"not run: `{test.removeprefix('tests/')}`" for test in missing]
    return "; ".join(said)


def _figures(form: str, came: list[Came]) -> Iterator[str]:
    tried = sum(each.passed + len(each.failed) for each in came)
    if not tried:
        return
    skipped, figures = sum(each.skipped for each in came), dict[str, float]()
    for each in came:
        figures = _with(figures, each.figures)
    when = sorted({f"{each.day} at {each.commit}" for each in came})
    passed, seconds = sum(each.passed for each in came), sum(each.seconds for each in came)
    left_out = f", {skipped} skipped" if skipped else ""
    yield f"{form}: {passed} of {tried} passed{left_out}, {seconds:.0f} s ({', '.join(when)})"
    yield from (f"{name} {value:g}" for name, value in sorted(figures.items()))


def kept() -> Record:
    """What came of earlier runs."""
    told = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    named = tests()
    return {test: {form: Came(**came) for form, came in forms.items()} for test, forms in told.items() if test in named}


def write(page: Path, table: str) -> None:
    """The sheet into the page, in the place of the former one."""
    text = page.read_text(encoding="utf-8")
    page.write_text(re.sub(f"{BEGIN}.*{END}", lambda _: f"{BEGIN}\n{table}\n{END}", text, flags=re.S), encoding="utf-8")


def keep(record: Record) -> None:
    """For the next run, and for people."""
    told = {
        test: {form: asdict(came) for form, came in sorted(forms.items())} for test, forms in sorted(record.items())
    }
    KEPT.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    write(SHEET, sheet(record))


def take_in(record: Record, form: str, report: Path, commit: str) -> bool:
    """Put what a report says in the place of what was known of those tests; whether all was as promised."""
    came = read(report, f"{datetime.now(UTC):%d.%m.%Y}", commit)
    for test, each in came.items():
        record.setdefault(test, {})[form] = each
    return not any(each.failed for each in came.values())


def run(arguments: Sequence[str]) -> int:
    """Carry out the attacks, and write the sheet; the exit code: 1 when a promise was broken."""
    forms = [SHORT] if "minutes" in arguments else [LONG] if LONG in arguments else [SHORT, LONG]
    wanted = [each for each in arguments if each.startswith("tests/")] or tests()
    told = [each for each in arguments if each.startswith("-")]
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    record, report, well = kept(), ROOT / ".promises.xml", True
    for form in forms:
        command = [sys.executable, "-m", "pytest", "-o", "junit_family=xunit1", f"--junitxml={report}",
                   "-m", "soak" if form == LONG else "not soak", *wanted, *told]  # fmt: skip
        subprocess.run(command, cwd=ROOT)
        well &= take_in(record, form, report, commit.stdout.strip() or "no commit")
        report.unlink()
        keep(record)
    sys.stdout.write(sheet(record) + "\n")
    return int(not well)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
