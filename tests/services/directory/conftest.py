"""The region's offices, and the settings the tests sign in with."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from services import directory, registry
from services.config import Config
from services.db import db
from services.directory.demo import DEMO_PASSWORD
from services.registry import Registry


@pytest.fixture
def config() -> Config:
    return Config(testing=True, sign_in_attempts=3, sign_in_window_s=300)


@pytest.fixture(autouse=True)
def rules(app: Flask) -> Iterator[Registry]:
    """The registry in use, with its offices in the database."""
    with app.app_context():
        directory.import_offices(registry.current())
        yield registry.current()
        db.session.rollback()


@pytest.fixture
def hire(config: Config) -> Callable[..., directory.Person]:
    """Add somebody with roles: `hire("clerk.one", TALGAR="clerk")`."""

    def hire(login: str, full_name: str = "Үлгібаев Мысал Сынақұлы", **roles: str) -> directory.Person:
        staff_id = directory.add_staff(login, full_name, DEMO_PASSWORD, actor="console", config=config)
        for office_key, role in roles.items():
            directory.appoint(staff_id, office_key, role, actor="console")
        person = directory.person(staff_id)
        assert person is not None
        return person

    return hire


@pytest.fixture
def admin(hire: Callable[..., directory.Person]) -> directory.Person:
    return hire("chief", OBLAST="admin")
