"""The act is amended while cases are open: another edition is received and put in force for a day."""

import csv
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

from services import directory, editions, law, registry
from services.law import read_editions, shipped_editions
from services.registry import Registry

KEY = "TRIAL"


def amended_copy(rules: Registry, folder: Path, from_on: date) -> Registry:
    """The region's package in that folder with one edition more: every term of days or minutes is longer."""
    shutil.copytree(rules.folders[0], folder, ignore=shutil.ignore_patterns("__pycache__"))
    known = read_editions(folder)
    first = {**known[0], "key": known[0]["key"] or "FIRST", "from_on": known[0]["from_on"] or "2012-01-01"}
    last = {**dict.fromkeys(first, ""), "key": KEY, "number": "1", "from_on": from_on.isoformat(),
            "transitional": "none", "mark": "default"}  # fmt: skip
    ended = [{**each, "until_on": each["until_on"] if each is not known[-1] else ""} for each in (first, *known[1:])]
    with (folder / "editions.csv").open("w", encoding="utf-8", newline="") as table:
        writer = csv.writer(table, lineterminator="\n")
        writer.writerow([f"{name}*" if name == "key" else name for name in first])
        writer.writerows([[*each.values()] for each in (*ended, last)])
    newest = shipped_editions(rules)[-1].files["steps.csv"].decode("utf-8-sig")
    own = folder / "editions" / KEY
    own.mkdir(parents=True)
    (own / "steps.csv").write_text(longer(newest), encoding="utf-8")
    region, *others = sorted(rules.plugins, key=lambda each: not each.region)
    return Registry([replace(region, folder=folder), *others], rules.base, rules.rejected, rules.names)


def longer(steps: str) -> str:
    """The table of steps with a day or five minutes more for each."""
    days = re.sub(r"R-WD\((\d+)\)", lambda found: f"R-WD({int(found[1]) + 1})", steps)
    return re.sub(r"R-MIN\((\d+)\)", lambda found: f"R-MIN({int(found[1]) + 5})", days)


@contextmanager
def in_force(rules: Registry, from_on: date) -> Iterator[int]:
    """That package in use, its last edition put in force for that day by an administrator; the edition's id."""
    before = registry.shipped()
    registry.use(rules)
    try:
        received = editions.receive(rules)[-1]
        offices = [row["key"] for row in rules.table("offices")]
        admin = next(each for office in offices for each in directory.staff_at(office, directory.ADMIN))
        editions.enact(received.edition.id, admin, from_on=from_on, act_number="1", act_on=from_on)
        law.read()
        yield received.edition.id
    finally:
        law.forget()
        registry.use(before)
