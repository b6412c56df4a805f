"""The plugin of docs/plugin-authors.md as its author would make it: a package, in an environment of its own."""

import re
import subprocess
import sys
import venv
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

from babel.messages.pofile import read_po, write_po
from click.testing import CliRunner
from flask import Flask, Response, request
from lxml import etree

from services.config import PLUGINS, ROOT
from webapp.cli import komek

PAGE = ROOT / "docs/plugin-authors.md"
FILES = re.compile(r"^`([\w./]+)`[^\n]*\n\n```\w+\n(.*?)^```", re.S | re.M)
B = "http://www.omg.org/spec/BPMN/20100524/MODEL"
VISIT = f"""<x xmlns="{B}" xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
<userTask id="Task_Visit" name="Үйге бару" camunda:formKey="home_visit.visit" camunda:candidateGroups="executor">
 <extensionElements><camunda:properties><camunda:property name="step" value="visit"/></camunda:properties>
 </extensionElements>
 <incoming>Flow_ToReview</incoming><outgoing>Flow_ToRecord</outgoing></userTask>
<serviceTask id="Service_Record" name="Акт жасау" camunda:type="external" camunda:topic="home_visit.record">
 <incoming>Flow_ToRecord</incoming><outgoing>Flow_Visited</outgoing></serviceTask>
<sequenceFlow id="Flow_ToRecord" sourceRef="Task_Visit" targetRef="Service_Record"/>
<sequenceFlow id="Flow_Visited" sourceRef="Service_Record" targetRef="Task_Review"/></x>"""
#: whatever else the machine does meanwhile
PATIENCE_S = 300
#: what the plugin's translators write; what Komek says already is filled in
WORDS = {
    "Visit to the dwelling": ("Тұрғын үйге бару", "Посещение жилища"),
    "Write the record": ("Акт жасау", "Составить акт"),
    "Day of the visit": ("Барған күн", "День посещения"),
    "What was found": ("Анықталғаны", "Что установлено"),
    "The family lives there": ("Отбасы сонда тұрады", "Семья там живёт"),
    "Nobody lives there": ("Онда ешкім тұрмайды", "Там никто не живёт"),
    "Remark": ("Ескертпе", "Примечание"),
    "Rooms": ("Бөлме саны", "Число комнат"),
    "This day has not come yet.": ("Бұл күн әлі келген жоқ.", "Этот день ещё не наступил."),
    "Whether the family lives there": ("Отбасы сонда тұра ма", "Живёт ли там семья"),
    "Record of the visit": ("Үйге бару актісі", "Акт посещения"),
    "How many copies": ("Қанша данасы керек", "Сколько экземпляров"),
    "Whether the record was made": ("Акт жасалды ма", "Составлен ли акт"),
    "dwelling visited": ("үйге барылды", "жилище посещено"),
    "record of the visit made": ("үйге бару актісі жасалды", "акт посещения составлен"),
}


def written(home: Path) -> Path:
    """The package's folder, with every file that the docs show, and the route's diagram with a visit in it."""
    package = home / "home_visit"
    for name, text in FILES.findall(PAGE.read_text(encoding="utf-8")):
        file = home / name if name == "pyproject.toml" else package / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (package / "bpmn").mkdir()
    (package / "bpmn/direct.bpmn").write_bytes(with_a_visit((ROOT / "bpmn/direct.bpmn").read_bytes()))
    return package


def with_a_visit(content: bytes) -> bytes:
    """The diagram with a visit before the review of the papers."""
    root = etree.fromstring(content)
    (process,) = [each for each in root.iter(f"{{{B}}}process") if each.find(f"{{{B}}}userTask") is not None]
    review = next(each for each in process if each.get("id") == "Task_Review")
    at = process.index(review)
    for each in reversed(etree.fromstring(VISIT)):
        process.insert(at, each)
    review.find(f"{{{B}}}incoming").text = "Flow_Visited"  # type: ignore[union-attr]
    next(each for each in process if each.get("id") == "Flow_ToReview").set("targetRef", "Task_Visit")
    lane = next(each for each in root.iter(f"{{{B}}}flowNodeRef") if each.text == "Task_Review")
    for name in ("Task_Visit", "Service_Record"):
        (node := etree.Element(lane.tag)).text = name
        lane.addprevious(node)
    return etree.tostring(root)


def run_komek(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(komek, list(arguments))
    return done.exit_code, done.output


def translated(package: Path) -> None:
    """Its words in both languages, by the commands that ours are kept with."""
    assert run_komek("i18n", "update", str(package))[0] == 0
    code, said = run_komek("i18n", "check", str(package))
    assert code == 1 and "home_visit/kk: not translated: 'Day of the visit'" in said
    for number, language in enumerate(("kk", "ru")):
        file = package / f"translations/{language}/LC_MESSAGES/home_visit.po"
        with file.open("rb") as stream:
            catalogue = read_po(stream)
        for message in catalogue:
            if message.id and not message.string:
                message.string = WORDS[str(message.id)][number]
        with file.open("wb") as stream:
            write_po(stream, catalogue)
    assert run_komek("i18n", "check", str(package)) == (0, "translations: complete\n")
    assert run_komek("i18n", "compile", str(package))[0] == 0


def uv(*arguments: str) -> None:
    """Build and install as pip does, in a tenth of its time; nothing is asked of the network."""
    command = [sys.executable, "-m", "uv", "--quiet", "--offline", "--no-config", *arguments]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=PATIENCE_S)
    assert done.returncode == 0, done.stdout + done.stderr


def wheel(home: Path) -> Path:
    """The package as it is handed on."""
    uv("build", "--wheel", "--no-build-isolation", "--python", sys.executable, "-o", str(home / "dist"), str(home))
    (made,) = (home / "dist").glob("*.whl")
    return made


class Environment:
    """A fresh environment, which sees Komek and what Komek needs, and has what is installed into it."""

    def __init__(self, home: Path) -> None:
        venv.create(home, with_pip=False)
        self.python = str(home / "bin/python")
        (packages,) = home.glob("lib/python*/site-packages")
        seen = [str(ROOT), *(each for each in sys.path if each.endswith("site-packages"))]
        (packages / "komek.pth").write_text("\n".join(dict.fromkeys(seen)))
        self.settings = {"KOMEK_PLUGINS": ",".join((*PLUGINS, "home_visit"))}

    def install(self, made: Path) -> None:
        uv("pip", "install", "--python", self.python, "--no-deps", "--reinstall", str(made))

    def remove(self) -> None:
        uv("pip", "uninstall", "--python", self.python, "home-visit")

    def deploy(self, database_url: str) -> None:
        """Put its diagrams in force, as an administrator does."""
        command = [self.python, "-c", "from webapp.cli import komek; komek()", "--demo", "deploy"]
        env = {**self.settings, "DATABASE_URL": database_url, "KOMEK_SECRET_KEY": "", "PATH": ""}
        done = subprocess.run(
            command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=PATIENCE_S
        )
        assert done.returncode == 0, done.stdout + done.stderr


class _Stays(HTTPRedirectHandler):
    """A redirect is the browser's to follow."""

    def redirect_request(self, *args: object, **kwargs: object) -> None:  # type: ignore[override]
        return None


def far_away(address: str) -> Flask:
    """An application whose pages are fetched from that address: whoever surfs here surfs there."""
    app, opener = Flask("far away"), build_opener(_Stays())

    @app.route("/", defaults={"path": ""}, methods=["GET", "POST"])
    @app.route("/<path:path>", methods=["GET", "POST"])
    def fetch(path: str) -> Response:
        asked = {key: value for key, value in request.headers.items() if key not in ("Host", "Content-Length")}
        body = urlencode(list(request.form.items(multi=True))).encode() if request.method == "POST" else None
        if body is not None:
            asked["Content-Type"] = "application/x-www-form-urlencoded"
        query = f"?{request.query_string.decode()}" if request.query_string else ""
        wanted = Request(f"{address}/{path}{query}", data=body, headers=asked, method=request.method)
        try:
            answer = opener.open(wanted, timeout=60)
        except OSError as error:
            if not hasattr(error, "headers"):
                raise
            answer = error
        given = [each for each in answer.headers.items() if each[0].lower() not in ("transfer-encoding", "connection")]
        return Response(answer.read(), answer.status, given)

    return app
