"""Laws that can be looked at: editions that are kept, and what packages of regions bring, of which no code is run."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

from services import directory, law, processes, registry, soundness
from services.editions.beside import TwoLaws, beside
from services.editions.service import find_edition
from services.errors import NotFound
from services.registry import Registry

#: parts a region and the key of one of its editions: `komek_atyrau@N388`
AT = "@"


class NoSuchLaw(NotFound):
    """There is no law called %(name)s here: an edition, or a region whose package is installed."""


@dataclass(frozen=True)
class LawsCompared:
    """Two laws, and what the second says otherwise."""

    before: Registry
    after: Registry
    beside: TwoLaws


def compared(before: str, after: str, person: directory.Person) -> LawsCompared:
    """Two laws by their names, for those who look after diagrams. Raises NotTheirs, NoSuchLaw, BadRegion."""
    processes.check_looks_after(person)
    one, other = law_named(before), law_named(after)
    return LawsCompared(one, other, beside(one, other))


def covered(name: str, person: directory.Person) -> tuple[Registry, soundness.ActCoverage]:
    """A law by its name, and which of its clauses something stands for. Raises NotTheirs, NoSuchLaw, BadRegion."""
    processes.check_looks_after(person)
    found = law_named(name)
    return found, soundness.coverage(found)


def law_named(name: str) -> Registry:
    """The law of a kept edition by its number, or of a region's package: `3`, `komek_atyrau`, `komek_atyrau@N388`.

    Nothing said: today's. Raises NoSuchLaw, BadRegion, BadDiagram.
    """
    if not name:
        return registry.current()
    if name.isascii() and name.isdigit() and len(name) < 19:
        return law.registry_under(find_edition(int(name)).id)
    region, _, key = name.partition(AT)
    folder = regions_at_hand().get(region)
    if folder is None:
        raise NoSuchLaw(name=name)
    return law_of_package(folder, key)


def law_of_package(folder: Path, key: str = "") -> Registry:
    """What a region's files say: the edition of that key or number, else the last. Raises NoSuchLaw, BadRegion."""
    region = registry.shipped().of_region(folder)
    _check_reads(region)
    found = [each for each in law.shipped_editions(region) if not key or key in (each.key, each.act.get("number"))]
    if not found:
        raise NoSuchLaw(name=f"{folder.name}{AT}{key}")
    chosen = region.under(law.folder_of(found[-1]))
    chosen.act = found[-1].act
    _check_reads(chosen)
    return chosen


def regions_at_hand() -> Mapping[str, Path]:
    """Every region whose package lies here, switched on or not: its name -> its folder. No code of theirs is run."""
    own = [file.parent for file in sorted((registry.shipped().base / "plugins").glob("*/region.toml"))]
    found = {folder.name: folder for folder in own}
    for point in entry_points(group="komek.plugins"):
        top, _, rest = point.module.partition(".")
        spec = find_spec(top) if top.isidentifier() else None
        for place in (spec.submodule_search_locations or ()) if spec is not None else ():
            folder = Path(place, *rest.split(".")) if rest else Path(place)
            if (folder / "region.toml").is_file():
                found.setdefault(point.name, folder)
    switched_on = registry.shipped().folders[0]
    return {**found, switched_on.name: switched_on}


def _check_reads(region: Registry) -> None:
    """Raises BadRegion with what of its tables cannot be read, or says what no table may say."""
    if wrong := soundness.errors(soundness.table_faults(region)):
        raise soundness.BadRegion(faults=soundness.RegionFaults(wrong))
