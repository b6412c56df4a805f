"""Files attached in a form: held at once, whatever becomes of the page; read by whoever reads the case."""

import base64
import io
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
import typst
from flask import Flask
from sqlalchemy import select

from komek.testing.surfer import Surfer
from services import attachments, cases, directory, engine, processes, registry
from services.attachments import Attachment
from services.cases.models import Answer, Instance, Task
from services.config import ROOT
from services.db import db
from services.plugin import Answers, Checked, Field, Form, FormCall, Plugin, file_choices
from tests.services.cases.small_cases import task_at, waits
from tests.services.engine.drawings import node
from tests.services.processes.drawn_forms import begin, clerk, visit
from tests.webapp.case.attaching import DRAWN, PAGE, scan
from tests.webapp.rest.programs import Program


def fields(call: FormCall) -> list[Field]:
    return [
        Field("remark", "text", "Remark", required=True),
        Field("scans", "files", "Scans", required=True, maximum=3, choices=file_choices(call.files("scans"))),
        Field("act", "files", "Act", accept=".pdf", maximum=1, choices=file_choices(call.files("act"))),
    ]


def check(call: FormCall, answers: Answers) -> Checked:
    return Checked("done", variables={"count": len(answers["scans"])})  # type: ignore[arg-type]


@pytest.fixture
def papers(house: Flask, tmp_path: Path) -> Iterator[Flask]:
    """A plugin whose form asks for scans and an act."""
    before = registry.current()
    plugin = Plugin(tmp_path / "papers", "Papers.", forms={"hand_in": Form("Hand in", "Hand in", fields, check)})
    registry.use(registry.Registry([*before.plugins, plugin], ROOT))
    yield house
    registry.use(before)


class HandIn:
    """A case that waits for the scans, and the clerk before its page."""

    def __init__(self, app: Flask, key: str = "one") -> None:
        nodes = "".join(
            node("userTask", each, camunda__candidateGroups="clerk", camunda__formKey="papers.hand_in")
            for each in ("First", "Second")
        )
        self.case_id = begin(nodes, "start>First First>Second Second>end", key=key)
        self.task = task_at(self.case_id, "First").id
        self.surfer = Surfer(app).sign_in(clerk().login)
        self.look()

    def look(self) -> str:
        return self.surfer.get(f"/cases/{self.case_id}").text

    def send(self, **said: object) -> int:
        return self.surfer.submit(f"/inbox/{self.task}/complete", said).status_code

    def listed(self) -> list[str]:
        return [each.text_content().strip() for each in self.surfer.tree.xpath("//fieldset[@data-files]//ul//a")]

    def rows(self) -> list[Attachment]:
        db.session.rollback()
        return list(db.session.scalars(select(Attachment).filter_by(case_id=self.case_id).order_by(Attachment.id)))


@pytest.fixture
def asked(papers: Flask) -> HandIn:
    return HandIn(papers)


def png(name: str = "скан 1.png", colour: str = "red") -> tuple[io.BytesIO, str]:
    return io.BytesIO(scan(colour)), name


def test_a_file_is_held_as_soon_as_it_is_sent_and_outlives_every_other_fault(asked: HandIn) -> None:
    assert asked.send(scans=png(), _attach="scans", remark="жазып жатырмын") == 200
    assert asked.listed() == ["скан 1.jpg"]
    assert asked.send(remark="") == 422, "a remark is missing"
    assert asked.listed() == ["скан 1.jpg"], "the file stays where it is"
    asked.surfer._ask("POST", f"/inbox/{asked.task}/draft", data=dict(asked.surfer.form("/complete").form_values()))
    asked.look()
    assert asked.listed() == ["скан 1.jpg"]
    assert asked.send(remark="жақсы") == 200
    assert waits(asked.case_id) == ["Second"]
    (row,) = asked.rows()
    assert (row.name, row.media_type, row.field, row.given_at is not None) == (
        "скан 1.jpg",
        "image/jpeg",
        "scans",
        True,
    )


def test_files_go_with_the_very_click_that_completes_the_step(asked: HandIn) -> None:
    assert asked.send(scans=png(), act=(io.BytesIO(PAGE), "акт.pdf"), remark="бірден") == 200
    assert waits(asked.case_id) == ["Second"]
    kept = db.session.scalars(select(Answer.answers).filter_by(task_id=asked.task)).one() or {}
    assert kept["scans"] == [str(asked.rows()[0].id)]
    facts = asked.look().partition('id="facts"')[2]
    assert "скан 1.jpg" in facts and "акт.pdf" in facts


def test_what_is_missing_wrong_or_too_much_is_said_beside_its_question(asked: HandIn) -> None:
    assert asked.send(remark="жоқ") == 422
    assert "Файл тіркеңіз." in asked.surfer.page.text  # type: ignore[union-attr]
    for act, why in (
        ((io.BytesIO(b"MZ\x90\0evil"), "\u202efdp.акт.exe"), "Бұл сурет те (JPEG, PNG, WebP), PDF те емес."),
        (png("акт.pdf"), "Мұнда мұндай файл сұралмайды."),
    ):
        assert asked.send(act=act, remark="жоқ") == 422
        assert why in asked.surfer.page.text  # type: ignore[union-attr]
        assert 'value="жоқ"' in asked.surfer.page.text, "what was typed stays"  # type: ignore[union-attr]
    for colour in ("red", "green", "blue"):
        assert asked.send(scans=png(colour=colour), _attach="scans") == 200
    assert asked.send(scans=png(colour="red"), _attach="scans") in (200, 422)
    assert len(asked.rows()) == 3, "three at most"


def test_one_file_takes_the_place_of_another_and_the_same_twice_is_once(asked: HandIn) -> None:
    other = typst.compile("Басқа акт".encode())
    for content, name in ((PAGE, "бірінші.pdf"), (other, "екінші.pdf")):
        asked.send(act=(io.BytesIO(content), name), _attach="act")
    assert asked.listed() == ["PDF екінші.pdf"]
    asked.send(scans=png(), _attach="scans")
    asked.send(scans=png(), _attach="scans")
    assert len(asked.rows()) == 2


def test_a_file_that_is_only_chosen_may_be_taken_away_and_one_that_is_given_stays(papers: Flask, asked: HandIn) -> None:
    asked.send(scans=png(), _attach="scans")
    first = asked.rows()[0].id
    asked.send(_detach=str(first))
    assert asked.rows() == []
    asked.send(scans=png(), remark="берілді")
    given = asked.rows()[0].id
    with pytest.raises(cases.TaskAlreadyDone):
        cases.detach(given, clerk())
    again = HandIn(papers, "two")
    assert again.send(_detach=str(given)) in (403, 409), "nor through another task"
    assert [row.id for row in asked.rows()] == [given]


def test_it_is_read_by_whoever_reads_the_case_and_never_run(papers: Flask, asked: HandIn) -> None:
    asked.send(scans=png(), _attach="scans")
    chosen = f"/attachments/{asked.rows()[0].id}"
    colleague = Surfer(papers).sign_in(directory.staff_at("TALDYKORGAN", "head")[0].login)
    assert colleague.get(chosen).status_code == 403, "what is only chosen is the form's own"
    asked.send(act=(io.BytesIO(PAGE), "а\u202eкт.pdf"), remark="берілді")
    picture, act = (asked.surfer.get(f"/attachments/{row.id}") for row in asked.rows())
    assert picture.mimetype == "image/jpeg" and picture.data[:2] == b"\xff\xd8"
    assert act.data == PAGE and act.headers["Content-Disposition"].startswith("attachment; filename")
    for answer, name in ((picture, "скан 1.jpg"), (act, "акт.pdf")):
        told = answer.headers["Content-Disposition"]
        assert told.isascii(), "a header has no letters beyond ASCII"
        assert unquote(told).endswith(f"filename*=UTF-8''{name}")
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert colleague.get(chosen).status_code == 200
    other = Surfer(papers).sign_in(directory.staff_at("BALKHASH", "clerk")[0].login)
    assert other.get(chosen).status_code == 403
    assert other.get("/attachments/999999999").status_code == 404
    assert Surfer(papers).client.get(chosen).status_code in (302, 303, 401)


def test_a_question_that_is_none_takes_no_file(asked: HandIn) -> None:
    for name in ("remark", "nothing", "scans-0"):
        with pytest.raises(attachments.NoFileAsked):
            cases.attach(asked.task, name, [attachments.Sent("a.png", scan())], clerk())
    assert asked.rows() == []


def test_nobody_else_attaches_and_after_the_step_is_done_nobody_does(asked: HandIn) -> None:
    head = directory.staff_at("TALDYKORGAN", "head")[0]
    with pytest.raises(cases.NotYours):
        cases.attach(asked.task, "scans", [attachments.Sent("a.png", scan())], head)
    asked.send(scans=png(), remark="бітті")
    with pytest.raises(cases.TaskAlreadyDone):
        cases.attach(asked.task, "scans", [attachments.Sent("a.png", scan())], clerk())
    assert db.session.get(Task, asked.task).outcome == "done"


def test_files_of_an_application_opened_by_mistake_are_erased_with_it(asked: HandIn) -> None:
    asked.send(scans=png(), _attach="scans")
    cases.discard_case(asked.case_id, clerk())
    assert asked.rows() == []


def test_files_of_a_rehearsal_are_erased_at_its_end(asked: HandIn) -> None:
    designer = directory.staff_at(str(registry.current().facts()["control_office"]), "designer")[0]
    task = db.session.get(Task, asked.task)
    definition = db.session.execute(select(Instance.definition_id).filter_by(case_id=task.case_id)).scalar_one()
    case_id = cases.rehearse(definition, designer)
    for element in ("First", "Second"):
        step = task_at(case_id, element).id
        cases.attach(step, "scans", [attachments.Sent("a.png", scan())], designer)
        assert db.session.scalar(select(Attachment.id).filter_by(task_id=step))
        cases.complete_task(step, {"remark": "x"}, cases.Click(designer, element))
    assert db.session.scalar(select(Attachment.id).filter_by(case_id=case_id)) is None


def sent(content: bytes, name: str) -> dict[str, object]:
    value = base64.b64encode(content).decode()
    return {"value": value, "type": "File", "valueInfo": {"filename": name, "mimeType": "x/y"}}


def test_a_program_sends_and_reads_files_as_camunda_7_writes_them(papers: Flask, asked: HandIn) -> None:
    program, task = Program(papers, clerk().login), f"/task/{asked.task}"
    asked.send(act=(io.BytesIO(PAGE), "акт.pdf"), _attach="act")
    assert program.get(f"{task}/form-variables")["act"] == {
        "value": None, "type": "File", "valueInfo": {"filename": "акт.pdf", "mimeType": "application/pdf"},
    }  # fmt: skip
    for variables, error in (
        ({"scans": sent(b"MZ evil", "a.exe")}, "FileRefused"),
        ({"remark": sent(PAGE, "a.pdf")}, "NoFileAsked"),
        ({"scans": {**sent(PAGE, "a.pdf"), "value": "?"}}, "WrongValue"),
        ({"scans": sent(PAGE, "")}, "WrongValue"),
    ):
        assert program.post(f"{task}/complete", {"variables": variables}, 400)["error"] == error
    variables = {**program.get(f"{task}/form-variables"), "remark": {"value": "x"}, "scans": sent(scan(), "скан.png")}
    for _ in range(2):
        answer = program.ask(
            "POST", f"{task}/complete", json={"variables": variables}, headers={"Idempotency-Key": "k"}
        )
        assert answer.status_code == 204, answer.text
    act, picture = program.get(f"{task}/attachment")
    assert (act["name"], act["description"], act["type"]) == ("акт.pdf", "act", "application/pdf")
    assert program.ask("GET", f"{task}/variables/act/data").data == PAGE
    assert program.ask("GET", f"{task}/attachment/{picture['id']}/data").data[:2] == b"\xff\xd8"
    other = Program(papers, "clerk.talgar")
    for path in ("attachment", f"attachment/{act['id']}/data", "variables/act/data"):
        assert other.ask("GET", f"{task}/{path}").status_code == 403
    assert program.ask("GET", f"{task}/variables/nothing/data").status_code == 404


AFTER = node("userTask", "Small", camunda__candidateGroups="clerk")


def test_a_form_from_modeler_asks_for_files_and_the_next_step_shows_them(house: Flask) -> None:
    case_id = begin(visit() + AFTER, "start>Visit Visit>Small Small>end", home_visit=DRAWN)
    surfer, task = Surfer(house).sign_in(clerk().login), task_at(case_id, "Visit").id
    text = surfer.get(f"/cases/{case_id}").text
    assert "data:image/jpeg;base64," in text and "Әзірге құжат жоқ." in text
    send = f"/inbox/{task}/complete"
    assert surfer.submit(send, {}).status_code == 422
    surfer.submit(send, {"scans": png(), "_attach": "scans"})
    assert len(surfer.tree.xpath("//ul[@class='attached']/li")) == 2, "in the list, and in the preview"
    assert surfer.tree.xpath("//*[@data-asked='why'][@hidden]")
    surfer.submit(send, {"scans": (io.BytesIO(PAGE), "акт.pdf"), "_attach": "scans"})
    assert not surfer.tree.xpath("//*[@data-asked='why'][@hidden]"), "conditions count them"
    assert surfer.submit(send, {"why": "екі бет"}).status_code == 200
    assert waits(case_id) == ["Small"]
    instance = db.session.scalars(select(Instance).filter_by(case_id=case_id)).one()
    known = engine.variables(
        processes.definition(instance.definition_id), instance.state, task_at(case_id, "Small").stop_id
    )
    documents: list[dict[str, dict[str, str]]] = known["scans"]  # type: ignore[assignment]
    assert [each["metadata"]["fileName"] for each in documents] == ["scans-1.jpg", "scans-2.pdf"]
    facts = surfer.get(f"/cases/{case_id}").text.partition('id="facts"')[2]
    assert "скан 1.jpg" in facts and "акт.pdf" in facts, "people read their own names"
