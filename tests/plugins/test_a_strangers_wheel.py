"""Adding a plugin changes nobody else's code: the docs' example as a wheel, in a fresh environment, over HTTP."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask

from komek.testing.surfer import Surfer
from services import directory
from services.config import ROOT
from tests.people.office import APPLICATION, FIGURES
from tests.plugins.stranger import Environment, far_away, run_komek, translated, wheel, written
from tests.webapp.rest.served import served

VISIT = {"visited_on": "2026-01-15", "lives": "yes", "rooms": "2"}


def of_the_core() -> dict[Path, tuple[int, int]]:
    """Every file of Komek, and when it was changed."""
    found = [file for name in ("services", "webapp", "plugins", "bpmn") for file in (ROOT / name).rglob("*.*")]
    kept = [file for file in found if file.suffix in (".py", ".html", ".csv", ".po", ".bpmn", ".typ", ".toml")]
    return {file: (file.stat().st_mtime_ns, file.stat().st_size) for file in kept}


class Staff:
    """The people of one body, at their browsers, wherever the pages come from."""

    def __init__(self, address: str) -> None:
        app = far_away(address)
        self.people = {each: Surfer(app).sign_in(f"{each}.taldykorgan") for each in ("clerk", "head", "executor")}

    def read_in(self, language: str) -> None:
        self.people["executor"].get("/inbox")
        self.people["executor"].submit("/language", {"language": language})

    def open(self) -> str:
        """A new application, registered and passed to an executor."""
        clerk = self.people["clerk"]
        clerk.get("/")
        path = clerk.submit("/cases", {"route": "direct"}).request.path
        self.work(path, "clerk", dict(APPLICATION))
        executor = directory.id_of("executor.taldykorgan")
        self.work(path, "head", {"executor": executor, "text": "Қараңыз."})
        return path

    def take(self, path: str, who: str) -> str:
        """Take what is open there into work; the page with its form."""
        surfer = self.people[who]
        page = surfer.get(path)
        if claim := re.search(r'action="(/inbox/[^"]+/claim)"', page.text):
            surfer.submit(claim[1])
            page = surfer.get(path)
        return page.text

    def work(self, path: str, who: str, answers: dict[str, object]) -> str:
        """Fill in the form of what is open there, send it; the page that follows."""
        surfer, page = self.people[who], self.take(path, who)
        form = re.search(r'action="(/inbox/[^"]+/complete)"', page)
        assert form, page
        answer = surfer.submit(form[1], answers)
        assert answer.status_code == 200, answer.text
        return surfer.get(path).text


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that its author hands on."""
    home = tmp_path_factory.mktemp("author")
    package = written(home)
    assert run_komek("plugin", "check", str(package)) == (0, "plugins: within the contract\n")
    translated(package)
    return wheel(home)


@contextmanager
def at_work(environment: Environment, database_url: str) -> Iterator[tuple[Staff, Surfer]]:
    """Komek as it runs there: its staff, and somebody who only looks."""
    with served(database_url, python=environment.python, **environment.settings) as address:
        yield Staff(address), Surfer(far_away(address))


@pytest.mark.slow
def test_a_plugin_from_the_docs_is_installed_used_removed_and_installed_again_without_touching_the_core(
    house: Flask, database_url: str, made: Path, tmp_path: Path
) -> None:
    before, environment = of_the_core(), Environment(tmp_path / "fresh")
    environment.install(made)
    environment.deploy(database_url)
    with at_work(environment, database_url) as (staff, anybody):
        assert "home_visit" not in anybody.get("/readyz").text
        played, waiting, beside = staff.open(), staff.open(), staff.open()
        for language, asked, found in (
            ("ru", "День посещения", "Семья там живёт"),
            ("en", "Day of the visit", "The family lives there"),
            ("kk", "Барған күн", "Отбасы сонда тұрады"),
        ):
            staff.read_in(language)
            page = staff.take(played, "executor")
            assert asked in page and found in page
        after = staff.work(played, "executor", dict(VISIT))
        assert "үйге барылды" in after and "Үйге бару актісі" in after and "үйге бару актісі жасалды" in after
        pdf = re.search(r'action="(/papers/\d+\.pdf)"[^>]*>(?:(?!</form>).)*Үйге бару актісі', after, re.S)
        assert pdf and staff.people["executor"].get(pdf[1]).get_data().startswith(b"%PDF-")
        staff.work(beside, "executor", dict(VISIT))
    environment.remove()
    with at_work(environment, database_url) as (staff, anybody):
        assert "home_visit" in anybody.get("/readyz").text
        page = staff.people["executor"].get(waiting)
        assert page.status_code == 200 and "home_visit.visit" in page.text and "flash alarm" in page.text
        assert "/complete" not in page.text
        staff.work(beside, "executor", dict(FIGURES))  # nobody else is disturbed
        assert staff.people["executor"].get(played).status_code == 200
        assert Surfer(anybody.client.application).sign_in("admin").get("/admin/incidents/").status_code == 200
    environment.install(made)
    with at_work(environment, database_url) as (staff, _):
        assert "flash alarm" not in staff.people["executor"].get(waiting).text
        assert "үйге барылды" in staff.work(waiting, "executor", dict(VISIT))
    assert of_the_core() == before
