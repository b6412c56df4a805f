"""What designers get from the server beside Camunda's API."""

import json

import pytest
from flask import Flask

from services import registry
from services.processes.templates import PLACE
from tests.webapp.rest.programs import ADMIN, CLERK, DESIGNER, Program


def test_a_designer_gets_the_templates_of_this_installation_in_the_language_asked_for(house: Flask) -> None:
    found = {
        said: Program(house, DESIGNER).get("/komek/element-templates", language=said) for said in ("kk", "ru", "en")
    }
    assert found["kk"] == json.loads(registry.current().file(PLACE).read_text(encoding="utf-8"))
    assert len({json.dumps(each) for each in found.values()}) == 3
    assert Program(house, ADMIN, language="ru").get("/komek/element-templates") == found["ru"]


@pytest.mark.parametrize("login", [CLERK, "worker"])
def test_nobody_else_does(house: Flask, login: str) -> None:
    assert Program(house, login).ask("GET", "/komek/element-templates").status_code == 403
