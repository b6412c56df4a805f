"""Every printed form of a region, printed dry: with the papers of a family that cannot exist, for an office of its own.

What a form is printed with stands in `documents/samples/<form>.json`, name -> content, of whoever makes the paper.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from services import documents
from services.registry import Registry
from services.soundness import sentences as say
from services.soundness.fault import RegionFault
from services.soundness.sentences import fault

#: the day on which the samples are printed
AT = datetime(2013, 3, 4, 4, 15, tzinfo=UTC)
ASKED = re.compile(r'\b(?:said|says|day|day-ru)\("([a-z_0-9]+)"\)')
#: what a form may say of the office, and the column that says it
OF_OFFICES = {"office_name": "name_kk", "body_name": "name_kk", "psc_name": "name_kk", "office_address": "address_kk"}

Samples = Mapping[str, Mapping[str, Any]]


def paper_faults(registry: Registry, forms: frozenset[str] | None = None) -> Iterator[RegionFault]:
    """Of these forms, or of all: those that are missing, ask for what no paper says, or cannot be printed."""
    there = {Path(place).stem: file for place, file in registry.matching("documents/*.typ").items()}
    needed = {documents.form_name(item, registry): item for item in documents.declared_papers(registry)}
    for form, item in needed.items():
        if form not in there:
            yield fault(f"documents/{form}.typ", 0, say.NO_FORM, {"form": form, "paper": item})
    for form, file in there.items():
        if not form.startswith("_") and (forms is None or form in forms):
            samples = samples_of(registry, form, needed.get(form, ""))
            yield from _unsaid(form, file, samples)
            yield from _printed(registry, form, samples)


def samples_of(registry: Registry, form: str, item: str) -> Samples:
    """What the form is printed with: samples, at an office of the region; of a stranger's form what it must say."""
    files = registry.files(f"documents/samples/{form}.json")
    told = json.loads(files[0].read_text(encoding="utf-8")) if files else {form: _made_up(registry, item)}
    bodies = [row for row in registry.table("offices") if row["kind"] == "body"]
    if not bodies:
        return told
    longest = max(bodies, key=lambda row: len(row["name_kk"]))
    ours = {name: longest[column] for name, column in OF_OFFICES.items() if longest[column]}
    if longest["place_kind"] != "oblast":
        ours |= {name: longest[name] for name in ("place", "place_kind")}
    return {name: {**said, **{key: ours[key] for key in ours if key in said}} for name, said in told.items()}


def _made_up(registry: Registry, item: str) -> dict[str, object]:
    """Something under each name that the paper must have: a day where the name says so."""
    names = documents.declared_papers(registry).get(item, ())
    return {name: "2013-03-04" if name.endswith("_on") else "Үлгі" for name in names}


def _unsaid(form: str, file: Path, samples: Samples) -> Iterator[RegionFault]:
    """Names that the form asks for and that are like one that papers say: such a place stays empty for ever."""
    known = {key for content in samples.values() for key in content}
    for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        for name in ASKED.findall(line):
            if name not in known and (near := get_close_matches(name, known, 1, 0.9)):
                yield fault(f"documents/{form}.typ", number, say.NOT_SAID, {"name": name, "near": near[0]})


def _printed(registry: Registry, form: str, samples: Samples) -> Iterator[RegionFault]:
    for content in samples.values():
        if refused := documents.try_form(form, content, registry, at=AT):
            text = say.NOT_FOR_READERS if refused.unread else say.NOT_PRINTED
            place = refused.file or f"{form}.typ"
            yield fault(f"documents/{place}", refused.line, text, {"why": refused.why})
            return
