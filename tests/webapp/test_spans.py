"""Traces go to a collector as OpenTelemetry has them, read here by its own protocol; and hold nobody's name."""

import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"  # the example of W3C's Trace Context

#: a process that sends spans: it signs in, opens a case, works off what is due, asks for what is not there, and fails
SENDS = """
import sys
from dataclasses import replace
from sqlalchemy import text
from services import jobs
from services.db import db, transaction
from services.jobs import queue
from services import clock
from komek.testing.surfer import Surfer
from tests.conftest import config_for
from webapp import create_app

app = create_app(replace(config_for(sys.argv[1]), traces_url=sys.argv[2], proxies=1))
jobs.handle("trial", lambda job, result: None)
with app.app_context():
    clerk = Surfer(app)
    answer = clerk.client.get("/readyz?next=850101300123", headers={"traceparent": sys.argv[3]})
    print(answer.headers["X-Request-ID"])
    with transaction():
        queue.enqueue([queue.NewJob("trial", "trial", clock.now())])
    jobs.work_off()
    try:
        db.session.execute(text("SELECT 1 / :nought, :who"), {"nought": 0, "who": "850101300123"})
    except Exception:
        db.session.rollback()
"""


class Collector(HTTPServer):
    """Takes spans in, and keeps the bytes."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Takes)
        self.bodies: list[bytes] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1/traces"

    def spans(self) -> list[Any]:
        read = [ExportTraceServiceRequest.FromString(each) for each in self.bodies]
        return [span for each in read for of in each.resource_spans for scope in of.scope_spans for span in scope.spans]


class Takes(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Collector)
        self.server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def collector() -> Iterator[Collector]:
    collector = Collector()
    Thread(target=collector.serve_forever, daemon=True).start()
    yield collector
    collector.shutdown()
    collector.server_close()


def told(span: Any) -> dict[str, Any]:
    return {each.key: each.value.string_value or each.value.int_value for each in span.attributes}


def sent(database_url: str, url: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-c", SENDS, database_url, url, PARENT], capture_output=True, text=True,
        env={**os.environ, "OTEL_BSP_SCHEDULE_DELAY": "100", "OTEL_EXPORTER_OTLP_COMPRESSION": "none"},
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.split()[0]


def test_a_request_a_statement_and_a_job_are_spans_of_the_proxys_trace_and_hold_nobodys_name(
    house: Any, database_url: str, collector: Collector
) -> None:
    request = sent(database_url, collector.url)
    spans = {span.name: span for span in collector.spans()}
    asked = spans["GET health.readyz"]
    assert asked.trace_id.hex() == PARENT.split("-")[1] and asked.parent_span_id.hex() == PARENT.split("-")[2]
    assert told(asked)["komek.request"] == request
    within = [span for span in collector.spans() if span.parent_span_id == asked.span_id]
    assert within and all(told(span)["db.system.name"] == "postgresql" for span in within)
    assert told(spans["job trial"])["komek.attempt"] == 1
    (failed,) = [span for span in collector.spans() if span.status.code == 2]
    assert failed.status.message == "22012" and "1 / " in told(failed)["db.query.text"]
    assert not any(b"850101300123" in body for body in collector.bodies)


def test_a_collector_that_is_away_keeps_nobody_waiting_for_it(house: Any, database_url: str) -> None:
    assert sent(database_url, "http://127.0.0.1:9/v1/traces")
