"""Diagrams, decisions and forms that an edition of the region's act has otherwise than another: which, and deployed."""

from services import law
from services.db import db
from services.processes.service import deploy


def drawn_otherwise(edition: int, before: int | None) -> dict[str, bytes]:
    """File name -> its content under the edition, where that is another than under the one before it.

    A file that the other edition brings, and this one does not, is the common one under this.
    """
    was = law.files_of(before) if before is not None else {}
    ours, plugins = law.files_of(edition), law.registry_under(edition)
    found = {}
    for place in sorted({*ours, *was}):
        common = [] if place in ours else plugins.files(place)
        content = ours.get(place) or (common[0].read_bytes() if common else None)
        if place.startswith("bpmn/") and content is not None and was.get(place) != content:
            found[place.rpartition("/")[2]] = content
    return found


def bring_diagrams(edition: law.Edition, *, before: int | None, name: str, actor: str) -> dict[str, int]:
    """Deploys what the edition has otherwise than the one before it, as a candidate; what is known already is found.

    Process that they change -> its definition. In the caller's transaction. Raises NotDeployable.
    """
    drawn = drawn_otherwise(edition.id, before)
    if not drawn:
        return {}
    done = deploy(drawn, law.registry_under(edition.id), name=name, actor=actor)
    if edition.deployment_id is None:
        edition.deployment_id = done.deployment.id
        db.session.flush()
    return {each.key: each.id for each in done.definitions}
