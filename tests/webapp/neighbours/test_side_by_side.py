"""A control level sees across regions what each tells of itself: figures, and nothing else."""

import time

from flask import Flask
from itsdangerous import URLSafeSerializer
from lxml import html

from komek.testing.surfer import Surfer
from services import directory, registry
from tests.people.office import Office
from tests.webapp.serve.streets import serving


def controller(app: Flask) -> Surfer:
    role = registry.current().role_that("controls")
    with app.app_context():
        login = next(p.login for p in directory.everybody() if role in p.roles())
    return Surfer(app).sign_in(login)


def rows(page: str, table: int = 1) -> dict[str, list[str]]:
    """Head of each row -> what stands beside it, in that table of the page."""
    tree = html.fromstring(page)
    return {row[0].text_content().strip(): [cell.text_content().strip() for cell in row[1:]]
            for row in tree.xpath(f"(//table)[{table}]//tr")}  # fmt: skip


def test_figures_of_a_region_are_told_to_those_it_names_and_name_nobody(street: tuple[Flask, Flask]) -> None:
    north, south = street
    office = Office(north)
    case_id = office.run(until=1)
    watching = controller(south)
    with serving(north, north.config["KOMEK_NEIGHBOURHOOD"].region("north").port):
        page = watching.get("/regions/")
        told = rows(page.text)
        figures = {name: said[:2] for name, said in told.items()}
        assert figures["Солтүстік"] == ["1", "0"] and figures["Оңтүстік"] == ["0", "0"]
        assert figures["Барлық өңірлер"] == ["1", "0"]
        assert all(":" in told[each][2] for each in ("Солтүстік", "Оңтүстік")), "each says of which moment it speaks"
        assert rows(page.text, 2)["D2 Бұрыштама қою, жауапты орындаушыны белгілеу"] == ["1", "0"]
        assert f"/cases/{case_id}" not in page.text
        assert 'href="/regions/"' in watching.get("/boards/region").text
    alone = rows(watching.get("/regions/").text)
    assert alone["Солтүстік"] == ["қазір жауап бермейді"]
    assert alone["Жауап берген өңірлер"][:2] == ["0", "0"] and "Барлық өңірлер" not in alone, "a sum says whose it is"
    assert "Оңтүстік" not in rows(controller(north).get("/regions/").text), "south shows its figures to nobody"
    assert 'href="/regions/"' not in controller(north).get("/boards/region").text
    assert Surfer(south).sign_in("clerk.taldykorgan").get("/regions/").status_code == 403


def test_a_region_tells_its_figures_by_a_fresh_word_of_a_neighbour_it_names_alone(street: tuple[Flask, Flask]) -> None:
    north, south = street
    key, now = north.config["KOMEK_NEIGHBOURHOOD"].key, int(time.time())

    def asks(app: Flask, sender: str, pair: str, said: object, key: str = key) -> int:
        ticket = URLSafeSerializer(key, salt=f"komek.figures:{pair}").dumps(said)
        return Surfer(app).get("/regions/figures", **{"X-Komek-Region": f"{sender} {ticket}"}).status_code

    assert asks(north, "south", "south>north", now) == 200
    refused = [
        asks(north, "south", "south>north", now - 61), asks(north, "south", "south>north", now, key="1" * 64),
        asks(north, "north", "north>north", now), asks(north, "south", "south>north", "now"),
        asks(south, "north", "north>south", now), Surfer(north).get("/regions/figures").status_code,
    ]  # fmt: skip
    assert refused == [403] * 6
    ticket = URLSafeSerializer(key, salt="komek.figures:south>north").dumps(now)
    said = Surfer(north)._ask("GET", "/regions/figures", headers={"X-Komek-Region": f"south {ticket}"}).get_json()
    assert set(said) == {"open", "late", "steps", "at"}
