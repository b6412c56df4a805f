"""What waits for one another in the database says so: no two things are locked under one number."""

import re
from collections import Counter

from services.config import ROOT

NAMED = re.compile(r"^_?[A-Z_]*LOCK = (\d+)$", re.MULTILINE)


def test_no_two_things_are_locked_under_one_number() -> None:
    code = [file for folder in ("services", "webapp", "plugins") for file in (ROOT / folder).rglob("*.py")]
    found = Counter(number for file in code for number in NAMED.findall(file.read_text(encoding="utf-8")))
    assert len(found) >= 5 and {number: times for number, times in found.items() if times > 1} == {}
