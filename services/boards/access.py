"""Who looks at which board. Nobody's board shows more of a case than its figures and its number, but the head's own."""

from services import directory, processes, registry
from services.cases import NotYours


def _holds(person: directory.Person, *columns: str) -> bool:
    """Whether a role of this person leads an office (N421/18), or controls them all: `roles.csv` says."""
    return any(registry.current().roles_that(column) & person.roles() for column in columns)


def may_lead(person: directory.Person, office_key: str) -> bool:
    """Whether today's board of that office is this person's."""
    return bool(registry.current().roles_that("leads") & person.roles_at(office_key))


def may_compare(person: directory.Person) -> bool:
    """Whether this person looks at all offices side by side."""
    return _holds(person, "controls")


def may_look_everywhere(person: directory.Person) -> bool:
    """Whether the heat map of every office is this person's to see."""
    return processes.DESIGNER in person.roles() or _holds(person, "controls")


def may_measure(person: directory.Person) -> bool:
    """Whether this person looks at time on the diagram, of some office at least."""
    return may_look_everywhere(person) or _holds(person, "leads")


def check_may_lead(person: directory.Person, office_key: str) -> None:
    """Raises NotYours for everybody but the head of that office."""
    if not may_lead(person, office_key):
        raise NotYours(role=registry.current().role_that("leads", office_key), office=office_key)


def check_may_look(person: directory.Person, office_key: str | None, *, measure: bool = False) -> None:
    """Raises NotYours unless the figures of that office (None: of all) are this person's to see, NotFound."""
    if office_key is not None:
        registry.current().row("offices", office_key)
        if may_lead(person, office_key):
            return
    if may_compare(person) or (measure and may_look_everywhere(person)):
        return
    plugins = registry.current()
    raise NotYours(role=plugins.role_that("controls"), office=office_key or str(plugins.facts()["control_office"]))


def offices_compared() -> list[str]:
    """Keys of the offices that stand side by side: kind by kind, bodies first, as the region lists them."""
    plugins = registry.current()
    return [row["key"] for kind in plugins.kinds() for row in plugins.table("offices") if row["kind"] == kind]
