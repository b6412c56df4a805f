"""The ratios of one run in one table, each with that of the former release beside it.

`python -m bench --keep` writes this run's down as the former ones, with the machine and how busy it was.
"""

import json
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

FORMER = Path(__file__).with_name("former.json")
#: name -> milliseconds, or whatever both are measured in, of Komek and of its floor; in the order of measuring
_noted: dict[str, tuple[float, float]] = {}


def note(name: str, ours: float, floor: float) -> float:
    """A figure of this run and its floor's, both the shorter the better; how many times as long ours is."""
    _noted[name] = (ours, floor)
    return ours / floor


def machine() -> str:
    """Cores, and what they are."""
    model = next((line.partition(":")[2].strip() for line in _cpuinfo() if line.startswith("model name")), "")
    return f"{os.cpu_count()} cores, {model or platform.machine()}"


def _cpuinfo() -> list[str]:
    file = Path("/proc/cpuinfo")
    return file.read_text().splitlines() if file.exists() else []


def print_all(*, keep: bool = False) -> None:
    """The table; with `keep`, written down for the next release."""
    former = json.loads(FORMER.read_text()) if FORMER.exists() else {}
    load = round(os.getloadavg()[0], 1)
    say = sys.stdout.write
    say(f"\ntimes as long as the floor of the same run: {machine()}, load {load}; beside it what was kept of\n")
    say(f"{former.get('of', 'nothing')} ({former.get('machine', '')}, load {former.get('load', '')})\n")
    for name, (ours, floor) in _noted.items():
        before = former.get("ratios", {}).get(name)
        say(f"  {name:46}{ours / floor:8.2f}{f'{before:10.2f}' if before is not None else '         —'}\n")
    if keep:
        ratios = {name: round(ours / floor, 2) for name, (ours, floor) in _noted.items()}
        kept = {"of": f"{datetime.now(UTC):%Y-%m-%d}", "machine": machine(), "load": load, "ratios": ratios}
        FORMER.write_text(json.dumps(kept, ensure_ascii=False, indent=2) + "\n")
