"""Papers as the plugins make them, for a family that cannot exist: what each printed form is tried with."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from services import loading
from services.config import PLUGINS, ROOT

#: form -> the paper that is printed with it, where that has another name
OTHERWISE = {"notice": "doc.notice_signed", "refusal": "doc.refusal_signed"}
#: what is no paper of a case: without the foot and the code that these tests ask for
NO_PAPERS = {"stand", "code_slip"}


@cache
def read() -> Mapping[str, tuple[str, dict[str, Any]]]:
    """Name of the sample -> the paper, and what it says."""
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    for file in loading.load(PLUGINS, ROOT).matching("documents/samples/*.json").values():
        for name, content in json.loads(file.read_text(encoding="utf-8")).items():
            if file.stem not in NO_PAPERS:
                found[name] = (OTHERWISE.get(file.stem, f"doc.{file.stem}"), content)
    return found


SAMPLES: Mapping[str, tuple[str, Mapping[str, Any]]] = read()
#: when they are printed
AT = datetime(2013, 3, 4, 4, 15, tzinfo=UTC)
#: no sheets: nothing but what the post or a scanner needs
BARE = ("envelope", "label", "label_sheet", "badge")
NUMBER, NAME, PSC_NUMBER = "03-2013-00042", "Үлгіұлы Мысалбек Сынақұлы", "P7-2013-00042"
TALON, NOTICE, REFUSAL, DRAFT, DRAFT_REFUSAL, CALCULATION = (
    SAMPLES[name][1] for name in ("talon", "notice", "refusal", "draft", "draft_refusal", "calculation")
)
