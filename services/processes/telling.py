"""Staff are told when a version comes into force: everybody whose role does something in a process that changes."""

from collections.abc import Iterator, Sequence

from services import bpmn, clock, directory, notices, registry
from services.bpmn import read_drawing
from services.processes.models import Enactment, ProcessDefinition


def tell_law(enactment: Enactment, rows: Sequence[ProcessDefinition], files: bpmn.FileSet) -> None:
    """One notice for each role at each office, for each process that is now carried out by other rules."""
    for row in rows:
        if row.key in enactment.keys:
            for office_key, role in _concerned(_roles(row, files)):
                notices.give(
                    notices.NewNotice(
                        fact=f"law:{enactment.id}:{row.key}:{office_key}:{role}",
                        kind="law",
                        clock="law",
                        case_id=None,
                        code=str(enactment.id),
                        title=row.name,
                        number=str(row.version),
                        office_key=office_key,
                        at=clock.now(),
                        to_office_key=office_key,
                        to_role=role,
                    )
                )


def _roles(row: ProcessDefinition, files: bpmn.FileSet) -> set[str]:
    """Who does anything in that process."""
    drawing = read_drawing(files.root(row.resource))
    return {role for pool in drawing.pools if pool.process == row.key for node in pool.nodes() for role in node.roles}


def _concerned(roles: set[str]) -> Iterator[tuple[str, str]]:
    """Offices where people work, and which of these roles they have there."""
    plugins = registry.current()
    kinds = {row["key"]: row["office"] for row in plugins.table("roles") if row["key"] in roles}
    for office_key in directory.staffed_offices():
        kind = plugins.row("offices", office_key)["kind"]
        yield from ((office_key, role) for role, of in sorted(kinds.items()) if of in (kind, "any"))
