"""Two regions of other laws behind one door, each a whole Komek of its own, for real: cases of both end there, and
nothing of the one is seen from the other, whichever way one looks.
"""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from flask import Flask, Response, request
from pypdf import PdfReader

from komek.testing.filling import filled, refused
from komek.testing.surfer import NoSuchForm, Surfer
from services.config import PLUGINS, ROOT, Config
from services.tables import rows_of
from tests import the_region
from tests.ports import free_port

pytestmark = [pytest.mark.processes, pytest.mark.soak]

#: key -> its package, the language it speaks first, and a surname that no other region has
REGIONS: Mapping[str, tuple[str, str, str]] = {
    "first": (the_region.REGION, "kk", "Біріншінов"), "second": ("north_kazakhstan", "ru", "Екіншінов"),
}  # fmt: skip
#: until both are there, and until what a worker does is done
LONGEST_START_S, LONGEST_STEP_S, MOST_STEPS = 600.0, 120.0, 40
KEPT_BACK = ("host", "content-length", "connection", "transfer-encoding", "content-encoding")


@dataclass
class Street:
    """What runs behind the door: each region as an application that asks it over HTTP, as its browser would."""

    port: int
    apps: Mapping[str, Flask]

    def app(self, key: str) -> Flask:
        return self.apps[key]


def through(port: int, host: str) -> Flask:
    """The region of that name behind the door, for whoever browses an application."""
    app = Flask(host)

    def go(path: str = "") -> Response:
        line = HTTPConnection("127.0.0.1", port, timeout=LONGEST_STEP_S)
        sent = {name: said for name, said in request.headers if name.lower() not in KEPT_BACK}
        line.request(request.method, request.full_path.rstrip("?"), request.get_data(), {**sent, "Host": host})
        answer = line.getresponse()
        content = answer.read()
        line.close()
        heads = [(name, said) for name, said in answer.getheaders() if name.lower() not in KEPT_BACK]
        return Response(content, answer.status, heads)

    app.add_url_rule("/", "root", go, methods=["GET", "POST"])
    app.add_url_rule("/<path:path>", "below", go, methods=["GET", "POST", "PUT", "DELETE"])
    return app


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    home, port = tmp_path_factory.mktemp("street"), free_port()
    others = [each for each in PLUGINS if each != the_region.REGION]
    tables = [
        f"[regions.{key}]\nplugins = {[*others, package]}\nport = {free_port()}\n"
        for key, (package, *_) in REGIONS.items()
    ]
    (home / "regions.toml").write_text('address = "http://komek.test"\n' + "".join(tables), encoding="utf-8")
    with (home / "log.txt").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "webapp.cli", "--demo", "serve", "--port", str(port), "--workers", "1"], cwd=ROOT,
            env={**os.environ, "KOMEK_REGIONS": str(home / "regions.toml"), "KOMEK_VAR": str(home / "var"),
                 "KOMEK_DEMO_CASES": "0"},
            stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    try:
        apps = {key: through(port, f"{key}.komek.test") for key in REGIONS}
        _wait_until_there(apps, process, home)
        yield Street(port, apps)
    finally:
        _end(process)


def _wait_until_there(apps: Mapping[str, Flask], process: "subprocess.Popen[bytes]", home: Path) -> None:
    until = time.monotonic() + LONGEST_START_S
    for key, app in apps.items():
        while Surfer(app).get("/readyz").status_code != 200:
            said = (home / "log.txt").read_text(encoding="utf-8")
            assert process.poll() is None and time.monotonic() < until, f"{key} is not there: {said}"
            time.sleep(0.5)


def _end(process: "subprocess.Popen[bytes]") -> None:
    below = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    process.send_signal(signal.SIGINT)
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=90)
    for each in below:
        with suppress(psutil.NoSuchProcess):
            each.kill()
    process.kill()
    process.wait(timeout=30)


# ---------------------------------------------------------------- people and cases over the door


def staff(street: Street, key: str) -> list[str]:
    """Logins of everybody on the door of a demo, office by office."""
    door = Surfer(street.app(key))
    door.get("/sign-in")
    return [str(each) for each in door.tree.xpath("//button[@name='login']/@value")]


def of_one_office(logins: list[str], opener: str) -> list[str]:
    """The first opener's colleagues, and the opener first."""
    first = next(each for each in logins if each.startswith(f"{opener}."))
    return [first, *(each for each in logins if each.endswith(first.partition(".")[2]) and each != first)]


def played(street: Street, key: str) -> tuple[int, list[str], str]:
    """A case of the region's first route, from the counter to its end over the pages: its id, who did it, its page."""
    people = {each: Surfer(street.app(key)).sign_in(each) for each in of_one_office(staff(street, key), "clerk")}
    opener = next(iter(people.values()))
    opener.get("/")
    opened = opener.submit("/cases", {"route": "direct"})
    case_id = int(re.search(r"/cases/(\d+)", opened.request.path)[1])  # type: ignore[index]
    did: list[str] = []
    until = time.monotonic() + LONGEST_START_S
    while not _ended(page := opener.get(f"/cases/{case_id}").text):
        assert time.monotonic() < until and len(did) < MOST_STEPS, f"it does not end: {did}"
        worked = [login for login, each in people.items() if _works(each, case_id, REGIONS[key][2])]
        did += worked
        if not worked:
            time.sleep(0.5)  # a worker asks a register meanwhile, and goes on without it
    return case_id, did, page


def _ended(page: str) -> bool:
    return "clock closed" in page


def _works(surfer: Surfer, case_id: int, surname: str) -> bool:
    """Whether that person had a form of the case to fill in, and it was taken."""
    if surfer.get(f"/cases/{case_id}").status_code != 200:
        return False
    for form in surfer.tree.forms:
        if urlsplit(form.action or "").path.endswith("/claim"):
            surfer.submit(urlsplit(form.action).path, follow=False)
            surfer.get(f"/cases/{case_id}")
            break
    at = next((urlsplit(form.action or "").path for form in surfer.tree.forms
               if urlsplit(form.action or "").path.endswith("/complete")), "")  # fmt: skip
    if not at:
        return False
    said = {"surname": surname} if "surname" in surfer.form(at).fields else {}
    if "code" in surfer.form(at).fields:
        said["code"] = _code(surfer, case_id)
    for _ in range(3):  # what was chosen may ask for more
        answers = filled(surfer.form(at), said)
        if surfer.send(at, answers).status_code == 303:
            return True
    raise AssertionError(f"{at}, {answers}: {'; '.join(refused(surfer.form(at)))}")


def _code(surfer: Surfer, case_id: int) -> str:
    """What stands under the bars of the answer that is to be signed."""
    for address in dict.fromkeys(surfer.tree.xpath("//a[contains(@href, '/papers/')]/@href")):
        answer = surfer.get(urlsplit(str(address)).path)
        surfer.get(f"/cases/{case_id}")
        if answer.mimetype == "application/pdf":
            said = "".join(each.extract_text() for each in PdfReader(BytesIO(answer.data)).pages)
            if found := re.search(r"\b\d{2}-X\d{4}-\d{5}-\w\b", said):
                return found[0]
    raise NoSuchForm("no paper with an outgoing number")


@pytest.fixture(scope="module")
def both(street: Street) -> Mapping[str, tuple[int, list[str], str]]:
    """A case of each region, at its end."""
    return {key: played(street, key) for key in REGIONS}


def test_a_case_of_each_ends_over_the_pages_behind_one_door(both: Mapping[str, tuple[int, list[str], str]]) -> None:
    for key, (_, did, page) in both.items():
        assert len(did) > 5 and _ended(page) and REGIONS[key][2] in page, (key, did)
    assert len(both["second"][1]) > len(both["first"][1]), "a commission visits there"


def test_each_speaks_its_own_first_language_to_whoever_chose_none(street: Street) -> None:
    for key, (_, language, _) in REGIONS.items():
        for path in ("/sign-in", "/service", "/status"):
            page = Surfer(street.app(key)).get(path)
            assert re.search(r'<html[^>]* lang="(\w\w)"', page.text)[1] == language, (key, path)  # type: ignore[index]


def marks(street: Street, key: str) -> list[str]:
    """What of a region stands on no page of another: its applicant, and the towns where its offices stand."""
    folder = ROOT / "plugins" / REGIONS[key][0]
    places = [row["place"] for row in rows_of(folder / "offices.csv").values() if row["kind"] == "body"]
    return [REGIONS[key][2], *(each for each in places if len(each) > 6)]


def addresses(case_id: int) -> Iterator[str]:
    """Every address that is asked with GET, the case's own where it names one."""
    from webapp import create_app

    app = create_app(Config(secret_key="k", plugins=PLUGINS, testing=True))
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.endpoint != "static":
            values = {each: "kk" if each == "language" else str(case_id) for each in rule.arguments}
            yield app.url_map.bind("localhost").build(rule.endpoint, values, method="GET")


@pytest.mark.parametrize(("here", "there"), [("first", "second"), ("second", "first")])
def test_nothing_of_one_is_seen_from_the_other_at_any_address_with_any_role(
    street: Street, both: Mapping[str, tuple[int, list[str], str]], here: str, there: str
) -> None:
    asked, foreign = 0, marks(street, there)
    logins = staff(street, here)
    insiders = [next(each for each in logins if each.startswith(role))
                for role in ("clerk.", "head.", "control", "designer", "admin", "operator")]  # fmt: skip
    for login in insiders:
        insider, spy = Surfer(street.app(here)).sign_in(login), Surfer(street.app(there))
        insider.get("/")
        for each in insider.cookies():  # sent to the other region, they open nothing
            spy.client.set_cookie(each.key, each.value)
        assert spy.get("/account").request.path == "/sign-in"
        for path in addresses(both[there][0]):
            seen = insider._ask("GET", path, follow_redirects=False)
            assert seen.status_code < 500, (login, path, seen.status_code)
            said = seen.get_data(as_text=True) if (seen.mimetype or "").startswith(("text/", "application/j")) else ""
            assert not [each for each in foreign if each in said], (login, path)
            asked += 1
    assert asked > 600


def test_whoever_is_tied_to_both_goes_over_and_back(street: Street) -> None:
    login = {key: of_one_office(staff(street, key), "clerk")[0] for key in REGIONS}
    for here, there in (("first", "second"), ("second", "first")):
        chief = Surfer(street.app(here)).sign_in("admin")
        chief.get("/staff/?q=" + login[here])
        chief.get(chief.tree.xpath(f'//tr[.//*[text()="{login[here]}"]]//a/@href')[0])
        chief.submit("/ties", {"region": there, "login_there": login[there], "order": "17-к"})
    clerk, over = Surfer(street.app("first")).sign_in(login["first"]), Surfer(street.app("second"))
    clerk.get("/")
    way = urlsplit(clerk.submit("/regions/go", {"region": "second"}, follow=False).location)
    assert way.hostname == "second.komek.test"
    assert over.get(f"{way.path}?{way.query}").status_code == 200 and login["second"] in over.get("/account").text
    over.get("/")
    back = urlsplit(over.submit("/regions/go", {"region": "first"}, follow=False).location)
    again = Surfer(street.app("first"))
    assert again.get(f"{back.path}?{back.query}").status_code == 200 and login["first"] in again.get("/account").text
