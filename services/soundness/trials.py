"""What `komek.testing` tries of a region, and the record that its pytest plugin keeps of it in the region's package.

The record stands for the files as they were then: with a file of the package changed that a trial reads, or another
version of Komek, it is of something else. Its seal finds a slip of the hand; whoever wants a proof has the trials run
again.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

from services.continued import former_of, package_of
from services.msgids import _
from services.packages import CORE_VERSION
from services.shown import Words
from services.soundness import sentences as say
from services.soundness.fault import RegionFault
from services.soundness.sentences import fault

#: what is tried -> what it is called
TRIALS: Mapping[str, str] = {
    "ways": _("every way through every diagram comes to an end"),
    "terms": _("every due date is what a slow count says"),
    "papers": _("every paper prints, and its code is scanned back"),
    "cases": _("the worked cases, played over the pages, come out as they say"),
    "deputies": _("whoever is away by an order is deputised at every step"),
    "killed": _("killed in the middle, nothing is lost or done twice"),
    "amended": _("cases that are open when the act changes end as they began"),
    "readers": _("every form of its steps can be used without seeing it"),
}
PLACE = "conformance.json"
PASSED = "passed"
#: what of a package nobody wrote, or is made from what somebody wrote
LEFT_OUT = ("__pycache__", PLACE, ".camunda")
#: what no trial reads: invented cases, and what the public is told
UNREAD = ("demo.toml", "public.csv", "public_words.csv", "settlements.csv")
MADE = (".pyc", ".mo")


@dataclass(frozen=True)
class Record:
    """What was tried of a package, when, and how it came out."""

    digest: str  #: of its files
    core: str
    on: str  #: ISO day
    trials: Mapping[str, str]  #: trial -> passed, skipped, failed

    def said(self) -> dict[str, object]:
        return {"digest": self.digest, "core": self.core, "on": self.on, "trials": dict(sorted(self.trials.items()))}

    def seal(self) -> str:
        return sha256(json.dumps(self.said(), sort_keys=True).encode()).hexdigest()


def digest_of(folder: Path) -> str:
    """Of every file of a package that somebody wrote and a trial reads: its place and its content.

    Of a package that goes on with another's, also of that one's.
    """
    whole, folder = sha256(), package_of(folder)
    if (former := former_of(folder)) is not None:
        whole.update(f"{digest_of(former)}\n".encode())
    for file in sorted(each for each in folder.rglob("*") if each.is_file()):
        place = file.relative_to(folder)
        if file.suffix not in MADE and place.name not in UNREAD and not set(place.parts) & set(LEFT_OUT):
            whole.update(f"{place.as_posix()}\n{sha256(file.read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()


def read_record(folder: Path) -> Record | None:
    """What stands in the package; None where there is none, or it is not as it was written."""
    try:
        told = json.loads((folder / PLACE).read_text(encoding="utf-8"))
        date.fromisoformat(told["on"])
        found = Record(str(told["digest"]), str(told["core"]), str(told["on"]), dict(told["trials"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if told.get("seal") == found.seal() else None


def keep_record(folder: Path, digest: str, trials: Mapping[str, str], on: date) -> Record:
    """Write what was tried of the files of that digest; beside what was tried before of the very same files."""
    before = read_record(folder)
    known = before.trials if before is not None and (before.digest, before.core) == (digest, CORE_VERSION) else {}
    record = Record(digest, CORE_VERSION, on.isoformat(), {**known, **trials})
    text = json.dumps({**record.said(), "seal": record.seal()}, indent=1, sort_keys=True)
    (folder / PLACE).write_text(f"{text}\n", encoding="utf-8")
    return record


def untried(folder: Path) -> Iterator[RegionFault]:
    """What of the trials did not pass for the package as it is now."""
    folder = package_of(folder)
    record = read_record(folder)
    if record is None:
        yield fault(PLACE, 0, say.NOT_SEALED if (folder / PLACE).exists() else say.NOT_TRIED)
        return
    day = f"{date.fromisoformat(record.on):%d.%m.%Y}"
    if record.digest != digest_of(folder):
        yield fault(PLACE, 0, say.TRIED_BEFORE, {"day": day})
    elif record.core != CORE_VERSION:
        yield fault(PLACE, 0, say.TRIED_WITH, {"day": day, "then": record.core, "now": CORE_VERSION})
    for trial, called in TRIALS.items():
        if record.trials.get(trial) != PASSED:
            yield fault(PLACE, 0, say.NOT_PASSED, {"trial": Words(called)})
