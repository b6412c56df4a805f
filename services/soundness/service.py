"""Everything that is wrong with a region's package, in one list: of its tables, files, code, drawings and papers."""

from collections.abc import Sequence
from functools import lru_cache

from services import law
from services.processes.element_templates import place_of, stale_templates
from services.registry import Registry
from services.soundness import sentences as say
from services.soundness.cells import cell_faults, unread_columns
from services.soundness.code import code_faults
from services.soundness.drawn import drawn_faults, undrawn_faults
from services.soundness.duties import duty_faults
from services.soundness.fault import BadRegion, RegionFault, RegionFaults, errors
from services.soundness.files import file_faults
from services.soundness.measures import measure_faults
from services.soundness.papers import paper_faults
from services.soundness.reading import read_package
from services.soundness.region import region_faults
from services.soundness.senses import sense_faults
from services.soundness.sentences import fault
from services.soundness.telling import told_faults
from services.soundness.worded import wording_faults
from services.soundness.worked import case_faults


def table_faults(registry: Registry) -> list[RegionFault]:
    """Of the tables and the facts alone, in the order of the files and their lines: a matter of milliseconds."""
    package = read_package(registry)
    if package.unreadable:  # what cannot be read cannot be held against the rest
        return package.unreadable
    told = told_faults(registry, package)
    found = [*cell_faults(package), *region_faults(package), *sense_faults(package)]
    found += [*measure_faults(package), *duty_faults(package), *wording_faults(package)]
    return [*found, *told, *unread_columns(registry)]


def faults_of(registry: Registry) -> list[RegionFault]:
    """All that is wrong with the region that is switched on, errors first; with every edition of its act."""
    found: list[RegionFault] = []
    for each in _under_each_edition(registry):
        found += [one for one in _of_edition(each) if one not in found]
    found += code_of(registry)
    found += file_faults(registry)
    found += templates_of(registry)
    if not errors(found):  # what is reckoned over broken tables says nothing
        found += case_faults(registry)
    return [*errors(found), *(each for each in found if each.severity != "error")]


def check_edition(registry: Registry) -> None:
    """Raises BadRegion with what is wrong with one edition of the act, before it becomes law.

    Of diagrams only the region's own are looked through: whoever deploys them has the doctor look through all.
    """
    _check(_of_edition(registry, only_own=True))


def check_start(registry: Registry) -> None:
    """Raises BadRegion with what is wrong with tables, files and code of the region: before anything is served.

    Drawings and papers were looked through when they were deployed.
    """
    _check([*table_faults(registry), *code_of(registry), *file_faults(registry)])


@lru_cache(maxsize=8)
def standing(registry: Registry) -> tuple[RegionFault, ...]:
    """What `check_start` looks at, of a registry in use: reckoned once."""
    return tuple(errors(table_faults(registry)))


def code_of(registry: Registry) -> list[RegionFault]:
    """Of the region's package, and of what of it could not be loaded."""
    folder = registry.folders[0]
    away = [each.reason for each in registry.rejected if each.name == folder.name]
    return [*(fault("__init__.py", 0, say.NOT_LOADED, {"why": each}) for each in away), *code_faults(folder)]


def templates_of(registry: Registry) -> list[RegionFault]:
    """Whether a designer is offered the region's own operations and forms as its package declares them."""
    name = registry.plugins[0].name
    try:
        stale = stale_templates(registry, name)
    except ValueError:  # no JSON
        stale = [name]
    told = {"ids": ", ".join(stale)}
    return [fault(place_of(name), 0, say.TEMPLATES_STALE, told)] if stale else []


def _check(found: Sequence[RegionFault]) -> None:
    if wrong := errors(found):
        raise BadRegion(faults=RegionFaults(wrong))


def _of_edition(registry: Registry, *, only_own: bool = False) -> list[RegionFault]:
    """Of one edition: drawings and papers only where its tables can be read."""
    found = table_faults(registry)
    if errors(found):
        return found
    found += undrawn_faults(registry, read_package(registry))
    found += drawn_faults(registry, only_own=only_own)
    return [*found, *paper_faults(registry)]


def _under_each_edition(registry: Registry) -> list[Registry]:
    """The region as each edition of its act says it; as its files say it where the editions cannot be read."""
    try:
        return [registry.under(law.laid_out(each.files)) for each in law.shipped_editions(registry)]
    except law.BadEditions:
        return [registry]
