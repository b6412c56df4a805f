"""The floor: about sixty lines of Flask, SpiffWorkflow and one PostgreSQL row. No rights, no journal, no forms.

The same six people's steps as they would run on stock SpiffWorkflow: the state is its own JSON, whole, in one column.
Written for the comparison only.
"""

import os
import threading
import uuid
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import psycopg
from flask import Flask, jsonify, render_template_string, request
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.serializer import DEFAULT_CONFIG, BpmnWorkflowSerializer
from SpiffWorkflow.util.task import TaskState

NAMESPACE = 'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
#: what a list of Komek's inbox shows of its first fifty rows
ROWS = """
    SELECT "case".number, applicant.surname, applicant.given_name, task.code, task.name, task.due_at, staff.full_name
    FROM task JOIN "case" ON "case".id = task.case_id JOIN applicant ON applicant.case_id = "case".id
    LEFT JOIN staff ON staff.id = task.assignee_id
    WHERE task.office_key = %s AND task.role = 'head' AND task.closed_at IS NULL AND task.assignee_id IS NULL
    ORDER BY task.urgent_at, task.id LIMIT 50
"""
PAGE = """<!doctype html><title>Rows</title><table>
{% for row in rows %}<tr>{% for each in row %}<td>{{ each }}</td>{% endfor %}</tr>
{% endfor %}</table>"""
#: the same rows with what stands in a row of Komek's: the tick, links, the words of its term, a form with its token
SAID_ROWS = ROWS.replace("SELECT", 'SELECT task.id, "case".id,', 1)
SAID_PAGE = """<!doctype html><title>Rows</title><table>
{% for task, case, number, surname, given_name, code, name, due_at, holder in rows %}
<tr data-row="{{ task }}"><td class="tick"><label><input type="checkbox" form="several" name="task" value="{{ task }}">
<span class="unseen">Белгілеу: {{ number }}</span></label></td>
<td class="number"><a href="/cases/{{ case }}?list=role">{{ number }}</a></td>
<td class="applicant" title="{{ surname }} {{ given_name }}">{{ surname }} {{ given_name }}</td>
<td class="step" title="{{ code }} {{ name }}"><span class="code">{{ code }}</span> {{ name }}</td>
<td class="when" title="{{ due(due_at) }}"><a href="/why/{{ task }}">{{ due(due_at) }}</a></td>
<td class="act"><form method="post" action="/inbox/{{ task }}/claim">
<input type="hidden" name="csrf_token" value="{{ token }}"><input type="hidden" name="_list" value="role">
<button class="secondary small" data-claim>Жұмысқа алу</button></form></td></tr>
{% endfor %}</table>"""
MONTHS = ("қаңтар", "ақпан", "наурыз", "сәуір", "мамыр", "маусым", "шілде", "тамыз", "қыркүйек", "қазан", "қараша",
          "желтоқсан")  # fmt: skip
STEPS = ("register", "resolution", "review", "draft", "sign", "deliver")


def diagram() -> bytes:
    """The six people's steps of the direct route, one after the other, with a way back from the signature."""
    tasks = "".join(f'<userTask id="{step}" name="{step}"/>' for step in STEPS)
    ways = [("start", "register"), *pairwise(STEPS[:5]), ("sign", "signed"), ("deliver", "end")]
    flows = "".join(f'<sequenceFlow id="f{n}" sourceRef="{a}" targetRef="{b}"/>' for n, (a, b) in enumerate(ways))
    condition = "<conditionExpression>returned</conditionExpression>"
    flows += f'<sequenceFlow id="back" sourceRef="signed" targetRef="draft">{condition}</sequenceFlow>'
    flows += '<sequenceFlow id="on" sourceRef="signed" targetRef="deliver"/>'
    nodes = f'<startEvent id="start"/>{tasks}<exclusiveGateway id="signed" default="on"/><endEvent id="end"/>'
    process = f'<process id="floor" isExecutable="true">{nodes}{flows}</process>'
    return f'<definitions {NAMESPACE} id="d">{process}</definitions>'.encode()


def due_said(at: datetime | None) -> str:
    """A term in words, at the offices' hour."""
    if at is None:
        return ""
    there = at.astimezone(ZoneInfo("Asia/Almaty"))
    return f"{there.day} {MONTHS[there.month - 1]} {there:%H:%M} дейін"


def create_floor() -> Flask:
    """The application, over DATABASE_URL (a libpq address)."""
    app = Flask(__name__)
    kept = threading.local()

    def connected() -> psycopg.Connection:
        if not hasattr(kept, "connection"):
            kept.connection = psycopg.connect(os.environ["FLOOR_DATABASE"])
        return kept.connection

    parser = BpmnParser()
    parser.add_bpmn_str(diagram())
    spec, parts = parser.get_spec("floor"), parser.get_subprocess_specs("floor")
    serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(DEFAULT_CONFIG))

    @app.post("/cases")
    def begin():  # type: ignore[no-untyped-def]
        workflow = BpmnWorkflow(spec, parts)
        workflow.do_engine_steps()
        case = str(uuid.uuid4())
        connection = connected()
        with connection.transaction():
            connection.execute("INSERT INTO floor VALUES (%s, %s)", [case, serializer.serialize_json(workflow)])
        return jsonify(id=case)

    @app.post("/cases/<case>/complete")
    def complete(case: str):  # type: ignore[no-untyped-def]
        connection = connected()
        with connection.transaction():
            found = connection.execute("SELECT state FROM floor WHERE id = %s FOR UPDATE", [case]).fetchone()
            assert found is not None
            workflow = serializer.deserialize_json(found[0])
            task = workflow.get_next_task(state=TaskState.READY, manual=True)
            task.data.update(request.get_json())
            task.run()
            workflow.do_engine_steps()
            connection.execute("UPDATE floor SET state = %s WHERE id = %s", [serializer.serialize_json(workflow), case])
        return jsonify(finished=workflow.is_completed())

    @app.get("/rows/<office>")
    def rows(office: str) -> str:
        return render_template_string(PAGE, rows=connected().execute(ROWS, [office]).fetchall())

    @app.get("/said-rows/<office>")
    def said_rows(office: str) -> str:
        found = connected().execute(SAID_ROWS, [office]).fetchall()
        return render_template_string(
            SAID_PAGE, rows=found, due=due_said, token="a token of forty letters, as long as ours"
        )

    return app


def prepare(address: str) -> None:
    """Its one table."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS floor (id text PRIMARY KEY, state text NOT NULL)")
