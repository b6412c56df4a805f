"""Komek begins where acts have followed each other already: each is deployed, in the order of their days.

A case that is taken over from paper lives under the edition of its day, with that edition's diagrams and decisions: so
they are versions of their processes, each in force from its edition's first day until the next one's.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from services import clock, directory, law, processes, registry
from services.db import transaction
from services.editions.service import called, find_edition, morning
from services.processes.models import ProcessDefinition


def import_offices(*, actor: str = "console") -> None:
    """Keep the offices of the edition that holds; the first time those of the editions before it, too, in their order.

    Raises BadTable, OtherRegion.
    """
    law.read()
    former = [registry.under(each.edition) for each in _former()]
    for each in (*former, registry.current()):
        directory.import_offices(each, actor=actor)


def install(*, actor: str) -> processes.Deployed:
    """Diagrams and decisions of every edition that has begun, the first time; later those of today's.

    Raises NotDeployable.
    """
    law.read()
    former = _former()
    if not former:
        return processes.install_registry(registry.current(), actor=actor)
    holds = law.BOOK.holder(directory.today())
    assert holds is not None
    with transaction():
        first = registry.under(former[0].edition)
        done = processes.install_registry(first, actor=actor, held_from=morning(former[0].from_on))
        latest = {each.key: each for each in done.definitions}
        for before, each in pairwise((*former, holds)):
            latest |= _go_on(before.edition, each, actor)
        return replace(done, definitions=[*latest.values()], law=processes.versions_in_force())


def _former() -> Sequence[law.HeldFrom]:
    """What held before today's edition, by its day, of the same day the last word; none where Komek has begun."""
    if processes.in_force_now():
        return []
    today = directory.today()
    return [each for each in law.BOOK.held() if each.from_on <= today and law.BOOK.holder(each.from_on) == each][:-1]


def _go_on(before: int, held: law.HeldFrom, actor: str) -> dict[str, ProcessDefinition]:
    """Process -> its version, of what the edition has otherwise than the one before it: in force from its day."""
    drawn, name = processes.drawn_otherwise(held.edition, before), called(find_edition(held.edition))
    if not drawn:
        return {}
    since = {"since": clock.now(), "held_from": morning(held.from_on)}
    rules = registry.under(held.edition)
    done = processes.enact_files(drawn, rules, actor=actor, name=name, act_number="", act_on=None, **since)
    return {each.key: each for each in done.definitions}
