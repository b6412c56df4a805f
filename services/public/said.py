"""What a region tells the public in plain words: `public.csv`, each sentence with its clause and its mark.

`part` says where it stands: `about`, `who`, `gives`, `cost`, `bring`, `term`, `complain`, `ask`; `document` and
`ground` explain a row of those tables, and a route's name one of its steps. A region without the table has none.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from services.deadlines import SETTLED, RegionTime


@dataclass(frozen=True)
class PublicSentence:
    """A sentence or two."""

    key: str
    text: str
    clause: str  #: "N421/5"; empty when the act says nothing
    default: bool  #: it is not in the act


@dataclass(frozen=True)
class PublicStep:
    """A step that the citizen can follow, with its term."""

    key: str
    text: str
    rule: str  #: "R-WD(8)"; empty when it has no term
    clause: str
    default: bool  #: the term is not in the act


def parts_said(region: RegionTime, language: str) -> dict[str, list[PublicSentence]]:
    """Part -> what is said there, in the order of the table."""
    found: dict[str, list[PublicSentence]] = {}
    for row in region.table("public"):
        said = PublicSentence(row["key"], row[f"text_{language}"], row["clause"], row["mark"] not in SETTLED)
        found.setdefault(row["part"], []).append(said)
    return found


def steps_said(region: RegionTime, route: str, language: str) -> Sequence[PublicStep]:
    """The steps of that route that the public is told of, with the terms and clauses that hold for staff too."""
    found = []
    for row in region.table("public"):
        if row["part"] == route:
            step = region.step(route, row["key"])
            clause = step.clause or step.table_ref
            found.append(PublicStep(step.key, row[f"text_{language}"], step.rule, clause, step.default))
    return found
