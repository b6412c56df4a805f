"""Which body decides is a question where another office takes applications in, whatever the route is called."""

from types import SimpleNamespace
from typing import cast

import pytest

from services import loading
from services.cases.completing import give_to_body
from services.cases.errors import WrongBody
from services.cases.move import Move
from services.config import PLUGINS, ROOT
from tests.services.soundness.mutants import REGION


@pytest.mark.parametrize("route", ["direct", "e_gov"])
def test_an_application_taken_in_by_a_body_is_given_to_no_other_body(route: str) -> None:
    rules = loading.load_folder(REGION, PLUGINS, ROOT)
    own, other = [row["key"] for row in rules.table("offices") if row["kind"] == "body"][:2]
    case = SimpleNamespace(route=route, office_key=own, body_key=own)
    with pytest.raises(WrongBody):
        give_to_body(cast(Move, SimpleNamespace(case=case, registry=rules)), other)
