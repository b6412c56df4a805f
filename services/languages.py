"""The three languages, and which of them is a region's own: the one it speaks to whoever has chosen none."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from services.letters import tidy

LANGUAGES = ("kk", "ru", "en")
#: those in which a state body may do its work, and write its papers (the first one's the region's default)
OF_STATE = ("kk", "ru")


def first_of(facts: Mapping[str, Any]) -> str:
    """The first language that a region's facts declare; Kazakh where they declare none that a state body works in."""
    said = facts.get("first_language")
    return said if said in OF_STATE else OF_STATE[0]


def first_in(folder: Path) -> str:
    """The first language that the region in this folder declares; Kazakh where it says nothing."""
    file = folder / "region.toml"
    return first_of(tomllib.loads(tidy(file.read_text(encoding="utf-8-sig")))) if file.is_file() else OF_STATE[0]


def on_papers(first: str) -> tuple[str, ...]:
    """The two of papers, that one before the other."""
    return (first, *(each for each in OF_STATE if each != first))


def in_order(first: str) -> tuple[str, ...]:
    """All three, that one before the others."""
    return (first, *(each for each in LANGUAGES if each != first))
