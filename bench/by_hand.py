"""The same work by hand: Flask and psycopg alone, no layer between, which store what a click of Komek has to store.

Each click reads a signed cookie and the person of its session with their roles, compares the form's token, checks ten
fields, reads the step with all around it, locks the case, runs SpiffWorkflow, and writes in one transaction: the
answers with a salt, the case's version, the state, the step that ends, the one that opens, a paper at most steps, a
job at some, and two chained lines of the journal with digests of what they attest. In Komek's own tables, with all
their indexes, under an office that nobody works at. What it does not have: rules of the act, plugins, languages,
messages between pools, incidents, deputies, decisions. Written for the comparison only.
"""

import hashlib
import hmac
import json
import os
import secrets
import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, cast

import psycopg
from flask import Flask, abort, flash, jsonify, redirect, request, session
from psycopg.types.json import Jsonb
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.serializer import DEFAULT_CONFIG, BpmnWorkflowSerializer
from SpiffWorkflow.util.task import TaskState

from bench.floor import STEPS, diagram

OFFICE = "BENCH"
PAPERS = frozenset(["register", "resolution", "draft", "sign"])
JOBS = frozenset(["resolution", "review", "deliver"])
FIELDS = {
    "surname": "text", "given_name": "text", "address": "text", "language": "text", "papers": "text",
    "income": "number", "expenses": "number", "amount": "number", "period_months": "number", "since": "day",
}  # fmt: skip
SIGN_IN = """
    INSERT INTO staff_session (key_hash, staff_id, version, ends_at)
    SELECT %s, id, session_version, now() + interval '12 hours' FROM staff WHERE login = %s
"""
PERSON = """
    SELECT staff.id, staff.full_name, appointment.role, office.key
    FROM staff_session JOIN staff ON staff.id = staff_session.staff_id
    JOIN appointment ON appointment.staff_id = staff.id JOIN office ON office.key = appointment.office_key
    WHERE staff_session.key_hash = %s AND staff_session.ends_at > now() AND staff.active
"""
WORK = """
    SELECT task.*, "case".version, "case".number, process_instance.state, applicant.surname, answer.draft,
        (SELECT jsonb_object_agg(given.form, given.answers) FROM answer AS given
         WHERE given.case_id = task.case_id AND given.given_at IS NOT NULL)
    FROM task JOIN "case" ON "case".id = task.case_id JOIN process_instance ON process_instance.id = task.instance_id
    LEFT JOIN applicant ON applicant.case_id = task.case_id LEFT JOIN answer ON answer.task_id = task.id
    WHERE task.id = %s
"""
TASK = """
    INSERT INTO task (id, case_id, instance_id, stop_id, process, element, name, waits_for, step, code, clause,
        office_key, role, form, inputs, named, opened_at, clock_started_at, rule, due_at, due_default, urgent_at, round,
        outputs, delay_reason, calendar, done_order, conflict_reason)
    VALUES (%(id)s, %(case)s, %(instance)s, %(step)s, 'floor', %(step)s, %(step)s, 'person', %(step)s, '', '',
        %(office)s, 'head', %(step)s, '{}', false, %(at)s, %(at)s, '', %(due)s, false, %(due)s, 1, '{}', '', '', '', '')
"""
ANSWER = """
    INSERT INTO answer (task_id, case_id, form, answers, given_at, salt) VALUES (%s, %s, %s, %s, %s, %s)
    ON CONFLICT (task_id) DO UPDATE SET answers = excluded.answers, given_at = excluded.given_at,
        salt = excluded.salt, draft = NULL, draft_at = NULL
"""
STATE = "UPDATE process_instance SET state = %s, salt = %s, passed = passed || %s WHERE id = %s"
DONE = """
    UPDATE task SET closed_at = %s, done_at = %s, done_by_id = %s, assignee_id = %s, outcome = 'done', submit_key = %s,
        worked_s = %s, term_s = %s WHERE id = %s
"""
PAPER = """
    INSERT INTO paper (case_id, office_key, item, number, content, made_at, made_by, salt)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING id
"""
JOB = """
    INSERT INTO job (kind, key, case_id, planned_at, due_at, args, attempts) VALUES ('bench', %s, %s, %s, %s, '{}', 0)
"""
LINE = """
    INSERT INTO journal_entry (stream, position, at, actor, event, details, hash) VALUES (%s, %s, %s, %s, %s, %s, %s)
"""
Row = tuple[object, ...]


def canonical(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str).encode()


def digest(salt: bytes, thing: str, value: object) -> str:
    return hmac.digest(salt, canonical([thing, value]), hashlib.sha256).hex()


def checked(form: dict[str, str]) -> dict[str, object]:
    """The ten fields, read. Raises ValueError."""
    found: dict[str, object] = {}
    for name, kind in FIELDS.items():
        said = form.get(name, "").strip()
        if not said or len(said) > 200:
            raise ValueError(name)
        if kind == "number":
            try:
                found[name] = str(Decimal(said.replace(",", ".")))
            except InvalidOperation as fault:
                raise ValueError(name) from fault
        else:
            found[name] = date.fromisoformat(said).isoformat() if kind == "day" else said
    return found


class Hand:
    """The application's lines to the database, one a thread, and its engine."""

    def __init__(self) -> None:
        self._kept = threading.local()
        parser = BpmnParser()
        parser.add_bpmn_str(diagram())
        self.specs = parser.get_spec("floor"), parser.get_subprocess_specs("floor")
        self.serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(DEFAULT_CONFIG))

    @property
    def line(self) -> psycopg.Connection[Row]:
        if not hasattr(self._kept, "line"):
            self._kept.line = psycopg.connect(os.environ["FLOOR_DATABASE"], prepare_threshold=1)
        line: psycopg.Connection[Row] = self._kept.line
        return line

    def one(self, statement: str, values: list[object]) -> Row:
        found = self.line.execute(statement, values).fetchone()
        assert found is not None
        return found

    def state_of(self, workflow: BpmnWorkflow) -> bytes:
        return str(self.serializer.serialize_json(workflow)).encode()

    def begin(self) -> str:
        """A case at its first step; the step's id."""
        workflow = BpmnWorkflow(*self.specs)
        workflow.do_engine_steps()
        now = datetime.now(UTC)
        with self.line.transaction():
            (case,) = self.one(
                'INSERT INTO "case" (route, region, office_key, body_key, opened_at, opened_by_id, open_key,'
                " outer_due_at, outer_default, rounds, version, kept, outer_calendar, stops)"
                " VALUES ('bench', 'bench', %s, %s, %s, 1, %s, %s, false, 0, 1, 0, '', '[]') RETURNING id",
                [OFFICE, OFFICE, now, secrets.token_hex(8), now],
            )
            (instance,) = self.one(
                "INSERT INTO process_instance (case_id, definition_id, office_key, state, started_at, passed)"
                " SELECT %s, min(id), %s, %s, %s, '{}' FROM process_definition RETURNING id",
                [case, OFFICE, self.state_of(workflow), now],
            )
            task = self.open_step(case, instance, STEPS[0], now)
            self.line.execute("INSERT INTO journal_stream VALUES (%s, %s, 0)", [f"case:{case}", bytes(32)])
        return task

    def open_step(self, case: object, instance: object, step: str, at: datetime) -> str:
        task = f"{instance}.{secrets.token_urlsafe(12)}"
        due = at + timedelta(days=3)
        told = {"id": task, "case": case, "instance": instance, "step": step, "office": OFFICE, "at": at, "due": due}
        self.line.execute(TASK, told)
        return task

    def complete(self, task: str, answers: dict[str, object], person: Row, key: str) -> str | None:
        """The id of the step that opens; None at the end."""
        work, now = self.read(task), datetime.now(UTC)
        case, instance, step = work["case_id"], work["instance_id"], str(work["step"])
        (version,) = self.one('SELECT version FROM "case" WHERE id = %s FOR UPDATE', [case])
        if work["closed_at"] is not None or version != work["version"]:
            abort(409)
        state, waits = self.run(bytes(work["state"]), answers)
        salt = secrets.token_bytes(16)
        holds = {
            f"answer:{task}": digest(salt, f"answer:{task}", [step, answers]),
            "case": digest(b"", "case", [work["number"], None]),
            f"task:{task}": digest(b"", f"task:{task}", ["done", person[0]]),
            f"process:{instance}": digest(salt, "process", hashlib.sha256(state).hexdigest()),
        }
        write = self.line.execute
        write(ANSWER, [task, case, step, Jsonb(answers), now, salt])
        write('UPDATE "case" SET version = version + 1 WHERE id = %s', [case])
        write(STATE, [state, salt, [f"floor/{step}"], instance])
        write(DONE, [now, now, person[0], person[0], key, 60, 3600, task])
        if step in PAPERS:
            said = [case, OFFICE, f"doc.{step}", "", Jsonb(answers), now, person[1], salt]
            (paper,) = self.one(PAPER, said)
            holds[f"paper:{paper}"] = digest(salt, f"paper:{paper}", [*said[2:4], answers])
        after = self.open_step(case, instance, waits, now) if waits else None
        if step in JOBS:
            write(JOB, [task, case, now, now + timedelta(days=900)])
        told = {"task": task, "step": step, "late": False, "holds": holds}
        lines: list[tuple[str, dict[str, object]]] = [("case.task_completed", told), ("paper.made", {"item": step})]
        self.write_lines(f"case:{case}", now, f"staff:{person[0]}", lines)
        return after

    def read(self, task: str) -> dict[str, Any]:
        """The step and all around it."""
        cursor = self.line.execute(WORK, [task])
        found = cursor.fetchone()
        assert cursor.description is not None and found is not None
        return dict(zip([each.name for each in cursor.description], found, strict=True))

    def run(self, state: bytes, answers: dict[str, object]) -> tuple[bytes, str]:
        """The state when that step is done, and the step that is next; empty at the end."""
        workflow = self.serializer.deserialize_json(state.decode())
        ready = workflow.get_next_task(state=TaskState.READY, manual=True)
        ready.data.update(answers, returned=False)
        ready.run()
        workflow.do_engine_steps()
        waits = workflow.get_next_task(state=TaskState.READY, manual=True)
        return self.state_of(workflow), waits.task_spec.name if waits is not None else ""

    def write_lines(self, stream: str, at: datetime, actor: str, lines: list[tuple[str, dict[str, object]]]) -> None:
        found = self.one("SELECT head, count FROM journal_stream WHERE name = %s FOR UPDATE", [stream])
        head, count = cast(bytes, found[0]), cast(int, found[1])
        rows = []
        for event, details in lines:
            told = canonical(details).decode()
            count += 1
            head = hashlib.sha256(canonical([head.hex(), stream, count, at, actor, event, told])).digest()
            rows.append([stream, count, at, actor, event, told, head])
        with self.line.cursor() as cursor:
            cursor.executemany(LINE, rows)
        self.line.execute("UPDATE journal_stream SET head = %s, count = %s WHERE name = %s", [head, count, stream])


def create_by_hand() -> Flask:
    """The application, over FLOOR_DATABASE (a libpq address of a database with Komek's tables)."""
    app = Flask(__name__)
    app.secret_key = "a key of the bench, kept by nobody"
    hand = Hand()

    @app.post("/sign-in")
    def sign_in():  # type: ignore[no-untyped-def]
        session["key"], session["token"] = secrets.token_urlsafe(24), secrets.token_urlsafe(16)
        with hand.line.transaction():
            hand.line.execute(SIGN_IN, [hashlib.sha256(session["key"].encode()).digest(), request.form["login"]])
        return jsonify(token=session["token"])

    @app.post("/cases")
    def begin():  # type: ignore[no-untyped-def]
        return jsonify(task=hand.begin())

    @app.post("/tasks/<task>/complete")
    def complete(task: str):  # type: ignore[no-untyped-def]
        if not hmac.compare_digest(session.get("token", ""), request.form.get("csrf_token", "")):
            abort(400)
        with hand.line.transaction():
            held = hand.line.execute(PERSON, [hashlib.sha256(session["key"].encode()).digest()]).fetchall()
            if not held:
                abort(401)
            try:
                answers = checked(request.form.to_dict())
            except ValueError as fault:
                return f"{fault}?", 422
            after = hand.complete(task, answers, held[0], request.form["key"])
        flash(f"Recorded: {task}")
        return redirect(f"/tasks/{after}" if after else "/inbox", 303)

    @app.get("/inbox")
    def inbox() -> str:
        return str(session.pop("_flashes", []))

    return app
