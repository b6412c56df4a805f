"""Every address, asked by every role of one's own office and of another's: who is let in stands in one table."""

import os
import random
import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from services import registry
from services.config import ROOT
from tests.examples import SOAK
from tests.webapp import rights
from tests.webapp.rights import Asker, World
from tests.webapp.rights_samples import CLOSED

SEED = 421


@pytest.fixture
def world(region: Flask, done_anew: None) -> Iterator[World]:
    yield World(region)
    region.config["WTF_CSRF_ENABLED"] = True


def test_the_table_of_rights_names_every_address_and_no_other(session_app: Flask) -> None:
    there = {(method, rule.rule) for method, rule in rights.rules(session_app)}
    assert there == set(rights.read()), "read what is new, and write the table anew: RIGHTS=write"


def test_at_each_address_somebody_is_let_in_or_it_is_said_why_nobody_is() -> None:
    shut = {where for where, let_in in rights.read().items() if not let_in}
    assert shut == set(CLOSED)


def test_whoever_is_let_in_where_the_world_of_the_table_lets_nobody_is_asked_elsewhere() -> None:
    named = {place for why in CLOSED.values() for place in re.findall(r"tests/[\w/]+(?:\.py)?", why)}
    assert {place for place in named if not (ROOT / place).exists()} == set()


def test_nobody_of_another_office_is_let_in_where_those_of_the_own_are_not() -> None:
    """Of what belongs to an office: whoever may not at home may not elsewhere, in whatever role."""
    odd = []
    for where, found in rights.read().items():
        own, foreign = ({role for role, at in found if at == side} for side in (rights.OWN, rights.FOREIGN))
        odd += [where] if foreign - own else []
    assert odd == []


def tried(world: World, chance: random.Random, let_in: set[tuple[str, str]]) -> list[Asker]:
    """Who asks at an address: everybody in the soak, else one of those who are let in and one of those who are not."""
    if SOAK:
        return world.askers
    sides: tuple[list[Asker], list[Asker]] = ([], [])
    for each in world.askers:
        sides[(each.role, each.where) not in let_in].append(each)
    return [chance.choice(side) for side in sides if side]


@pytest.mark.slow
def test_whoever_asks_wherever_is_let_in_as_the_table_says_and_nobody_else(
    world: World, record_property: Callable[[str, object], None]
) -> None:
    chance, said, wrong, asked = random.Random(SEED), rights.read(world.there), [], 0
    for method, rule in rights.rules(world.app):
        let_in = said.get((method, rule.rule), set())
        for asker in tried(world, chance, let_in):
            is_in, asked = world.is_let_in(asker, rule, method), asked + 1
            if is_in != ((asker.role, asker.where) in let_in):
                wrong.append(f"{method} {rule.rule} {asker.role} {asker.where}: {'let in' if is_in else 'refused'}")
    record_property("addresses asked", asked)
    assert not wrong, "\n".join(wrong)


@pytest.mark.skipif(
    not os.environ.get("RIGHTS"), reason="RIGHTS=write: addresses that are new, or let nobody in; anew: all"
)
def test_the_table_is_written(world: World) -> None:
    before = rights.read(world.there) if os.environ["RIGHTS"] == "write" else {}
    found = {}
    for method, rule in rights.rules(world.app):
        shut = (method, rule.rule) in CLOSED
        every = ((each.role, each.where) for each in world.askers if not shut and world.is_let_in(each, rule, method))
        known = before.get((method, rule.rule))
        found[method, rule.rule] = known or set(every)
    table = rights.written(found, list(registry.current().by_key("roles")), world.there)
    rights.TABLE.write_text(table, encoding="utf-8")
