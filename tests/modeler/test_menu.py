"""Our menu in Modeler's main process: templates from the server, a password asked once, faults in plain words."""

import json
import socket
import subprocess
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from services.config import ROOT
from tests.modeler.conftest import Server, our_templates

pytestmark = pytest.mark.modeler

MENU = Path(__file__).parent / "menu.mjs"
TEMPLATES = our_templates()
BASIC = "Basic " + b64encode("дизайнер:құпия сөз".encode()).decode()


class Modeler:
    """A user's folder of Modeler, and its main process, started anew at every press."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.templates = folder / "resources/element-templates/komek.json"
        self.settings = folder / "komek.json"

    def press(self, *entries: str, given: dict[str, str] | None = None, safe: bool = True) -> dict[str, Any]:
        told = {"folder": str(self.folder), "press": entries, "given": given, "safe": safe}
        done = subprocess.run(["node", MENU, json.dumps(told)], capture_output=True, text=True, timeout=60, cwd=ROOT)
        assert done.returncode == 0, done.stderr
        return dict(json.loads(done.stdout))


@pytest.fixture
def modeler(tmp_path: Path) -> Modeler:
    return Modeler(tmp_path)


def typed(url: str, **other: str) -> dict[str, str]:
    return {"url": url, "username": "дизайнер", "password": "құпия сөз", "language": "kk", **other}


def test_templates_come_from_the_server_with_credentials_asked_once(modeler: Modeler, komek_server: Server) -> None:
    komek_server.answer = lambda asked: (200, TEMPLATES)
    first = modeler.press("update", given=typed(f" {komek_server.url}/ "))
    assert len(first["asked"]) == 1
    assert json.loads(modeler.templates.read_text(encoding="utf-8")) == TEMPLATES
    assert ["elementTemplates.reload", None] in first["emitted"]
    assert first["told"] == [["info", f"Элемент үлгілері: {len(TEMPLATES)}"]]
    (asked,) = komek_server.asked
    assert asked.path == "/engine-rest/komek/element-templates?language=kk"
    assert asked.headers["authorization"] == BASIC
    again = modeler.press("update")
    assert again["asked"] == [] and len(komek_server.asked) == 2
    assert komek_server.asked[1].headers["authorization"] == BASIC


def test_the_password_never_lies_on_the_disk_as_it_is(modeler: Modeler, komek_server: Server) -> None:
    komek_server.answer = lambda asked: (200, TEMPLATES)
    modeler.press("update", given=typed(komek_server.url))
    assert "құпия" not in modeler.settings.read_text(encoding="utf-8")
    assert modeler.settings.stat().st_mode & 0o077 == 0


def test_where_nothing_keeps_keys_the_password_is_asked_again_at_the_next_start(
    modeler: Modeler, komek_server: Server
) -> None:
    komek_server.answer = lambda asked: (200, TEMPLATES)
    first = modeler.press("update", "update", given=typed(komek_server.url), safe=False)
    assert len(first["asked"]) == 1 and len(komek_server.asked) == 2
    assert json.loads(modeler.settings.read_text(encoding="utf-8"))["password"] == ""
    again = modeler.press("update", given=typed(komek_server.url), safe=False)
    assert [(each["url"], each["username"]) for each in again["asked"]] == [(komek_server.url, "дизайнер")]


def test_the_window_is_told_the_server_when_it_is_ready_and_when_it_changes(
    modeler: Modeler, komek_server: Server
) -> None:
    first = modeler.press("connect", given=typed(komek_server.url, language="ru"))
    told = {"type": "komek.connection", "payload": {"url": komek_server.url, "language": "ru", "authorization": BASIC}}
    assert first["emitted"] == [
        ["emit-event", {"type": "komek.connection", "payload": None}],
        ["emit-event", told],
    ]
    assert modeler.press()["emitted"] == [["emit-event", told]]
    checked = modeler.press("check")["emitted"][-1]
    assert checked[1]["type"] == "komek.check"
    assert checked[1]["payload"]["title"] == "Сервер нашёл: %(count)s"


def test_the_address_of_modelers_own_deploy_dialog_is_offered(modeler: Modeler) -> None:
    endpoints = [{"id": "1", "url": "https://komek.example.kz/engine-rest/", "authType": "basic"}]
    (modeler.folder / "config.json").write_text(json.dumps({"camundaEngineEndpoints": endpoints}))
    (asked,) = modeler.press("update")["asked"]
    assert asked["url"] == "https://komek.example.kz/engine-rest"
    assert asked["label"].startswith("Сервердің мекенжайы")


def test_who_closes_the_window_gives_nothing_and_nothing_is_asked_or_kept(
    modeler: Modeler, komek_server: Server
) -> None:
    done = modeler.press("update", "check", given=None)
    assert len(done["asked"]) == 2 and done["told"] == [] and komek_server.asked == []
    assert not modeler.settings.exists() and not modeler.templates.exists()


def test_a_refused_password_is_told_and_asked_again(modeler: Modeler, komek_server: Server) -> None:
    komek_server.answer = lambda asked: (401, {})
    first = modeler.press("update", given=typed(komek_server.url))
    assert first["told"] == [["error", "Сервер бұл логин мен құпиясөзді қабылдамайды."]]
    komek_server.answer = lambda asked: (200, TEMPLATES)
    again = modeler.press("update", given=typed(komek_server.url))
    assert len(again["asked"]) == 1
    assert modeler.templates.exists()


REDIRECT = b"<html>sign in</html>"
FAULTS: dict[str, tuple[int, object, str]] = {
    "no designer": (403, {}, "Бұл адам процестерді жобалаушы емес."),
    "overloaded": (503, {}, "Сервер жауап бермейді: 503"),
    "another server": (404, {}, "Сервер күтілгеннен басқаша жауап береді (404)"),
    "a page": (200, REDIRECT, "Сервер күтілгеннен басқаша жауап береді (JSON)"),
    "nothing": (200, [], "Сервер күтілгеннен басқаша жауап береді (JSON)"),
    "an object": (200, {"templates": []}, "Сервер күтілгеннен басқаша жауап береді (JSON)"),
    "something else": (200, [{"id": "x"}], "Сервер күтілгеннен басқаша жауап береді (JSON)"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_in_words_and_the_templates_stay_as_they_were(
    modeler: Modeler, komek_server: Server, fault: str
) -> None:
    komek_server.answer = lambda asked: (200, TEMPLATES)
    modeler.press("update", given=typed(komek_server.url))
    before = modeler.templates.read_bytes()
    status, content, words = FAULTS[fault]
    komek_server.answer = lambda asked: (status, content)
    done = modeler.press("update")
    ((kind, text),) = done["told"]
    assert kind == "error" and text.startswith(words)
    assert modeler.templates.read_bytes() == before
    assert [each.name for each in modeler.templates.parent.iterdir()] == ["komek.json"]
    assert "elementTemplates.reload" not in [each[0] for each in done["emitted"]]


def test_a_server_that_is_not_there_is_told(modeler: Modeler) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    done = modeler.press("update", given=typed(f"http://127.0.0.1:{port}/engine-rest"))
    assert done["told"] == [["error", "Сервер жауап бермейді: ECONNREFUSED"]]


def test_a_broken_file_of_settings_is_as_none(modeler: Modeler) -> None:
    for text in ("{", "null", "[1]", '{"language": "xx", "password": 7}'):
        modeler.settings.write_text(text)
        done = modeler.press()
        assert done["labels"][0] == "Элемент үлгілерін серверден жаңарту", text


def test_modeler_reads_the_plugin_as_it_reads_any() -> None:
    read = (
        "const p = require('./modeler/index.js'); console.log(JSON.stringify([p, typeof require('./modeler/menu.js')]))"
    )
    done = subprocess.run(["node", "-e", read], capture_output=True, text=True, timeout=60, cwd=ROOT)
    described, kind = json.loads(done.stdout)
    assert (described, kind) == ({"name": "Komek", "script": "./dist/client.js", "menu": "./menu.js"}, "function")
