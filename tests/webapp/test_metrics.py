"""What whoever watches Komek from outside is shown, and who is shown nothing."""

import json
import os
import re
import shutil
import subprocess
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from services import backups, cases, clock, jobs, metrics
from services import figures as figures_of_days
from services.backups.repository import DatabaseCluster
from services.config import ROOT, Config, WeakKey
from services.db import db, transaction
from services.jobs import queue
from tests.conftest import config_for
from tests.services.cases.small_cases import OFFICE, clerk
from webapp import create_app

DEPLOY = ROOT / "deploy"
PROMTOOL = shutil.which("promtool", path=os.pathsep.join((os.environ["PATH"], f"{ROOT}/.venv/prometheus/usr/bin")))
NAME = re.compile(r"komek_[a-z_]+")
TOKEN = "of-whoever-watches-4f1c9a72e0b85d36"
Figures = dict[str, dict[tuple[str, ...], float]]


@pytest.fixture
def watcher(house: Flask, database_url: str, tmp_path: Path) -> FlaskClient:
    config = replace(config_for(database_url), metrics_token=TOKEN, backups=str(tmp_path))
    return create_app(config).test_client()


def figures(client: FlaskClient) -> Figures:
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    found: Figures = {}
    for family in text_string_to_metric_families(answer.get_data(as_text=True)):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sample.labels.values())] = sample.value
    return found


def test_nobody_reads_the_figures_without_the_token_and_without_one_there_is_no_such_page(
    house: Flask, watcher: FlaskClient
) -> None:
    assert house.test_client().get("/metrics").status_code == 404
    for given in ({}, {"Authorization": "Bearer "}, {"Authorization": f"Bearer {TOKEN[:-1]}"}):
        assert watcher.get("/metrics", headers=given).status_code == 401
    with pytest.raises(WeakKey, match="KOMEK_METRICS_TOKEN is too weak: whoever guesses it reads the figures"):
        Config(metrics_token="short").check_keys()


def test_what_is_late_given_up_or_open_is_counted_and_no_person_is_named(
    house: Flask, watcher: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases.open_case("direct", OFFICE, clerk(), key="counted")
    kind = jobs.prompt_kinds()[0]
    with transaction():
        hour_ago = clock.now() - timedelta(hours=1)
        queue.enqueue([queue.NewJob(kind, f"late:{number}", hour_ago) for number in range(3)])
        db.session.execute(db.text("UPDATE job SET incident_at = now() WHERE key = 'late:0'"))
    unknown = figures(watcher)
    assert unknown["komek_open_steps_age_seconds"][()] == float("inf") and "komek_open_steps" not in unknown
    with transaction():
        figures_of_days.settle()  # the worker's look
    monkeypatch.setattr(metrics, "KEPT_S", -1)
    found = figures(watcher)
    assert 0 <= found["komek_open_steps_age_seconds"][()] < 60
    assert found["komek_database_up"][()] == 1
    assert found["komek_jobs_late"][(kind,)] == 2 and found["komek_incidents"][(kind,)] == 1
    assert 3600 <= found["komek_jobs_late_seconds"][(kind,)] < 3700
    assert sum(found["komek_open_steps"].values()) >= 1
    assert all("under a day" in labels for labels in found["komek_open_steps"])
    assert sum(found["komek_database_connections"].values()) >= 1


def test_requests_are_counted_by_what_was_asked_for_and_never_by_address(house: Flask, watcher: FlaskClient) -> None:
    watcher.get("/cases/4711?q=850101300123")
    watcher.get("/no/such/page/850101300123")
    watcher.get("/healthz")
    text = watcher.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).get_data(as_text=True)
    assert 'komek_request_seconds_count{endpoint="health.healthz",method="GET",status="2"}' in text
    assert 'komek_request_seconds_count{endpoint="none",method="",status="4"}' in text
    assert "4711" not in text and "850101300123" not in text


def test_how_old_the_newest_backup_is_and_whether_it_was_rehearsed(watcher: FlaskClient, tmp_path: Path) -> None:
    found = figures(watcher)
    assert found["komek_backup_age_seconds"][()] == float("inf") and found["komek_backup_rehearsed"][()] == 0
    kept = backups.Repository(tmp_path)
    line = kept.begin(DatabaseCluster("7", 1, 180001))
    hours_ago = (datetime.now(UTC) - timedelta(hours=3)).isoformat()
    base = backups.WholeCopy("1", hours_ago, hours_ago, "7", 1, 180001, "0" * 24, 1, "", "0", "komek", "")
    (line.folder / "base" / "1").mkdir()
    backups.write(line.folder / "base" / "1" / "komek.json", asdict(base))
    (tmp_path / "rehearsed.json").write_text(json.dumps({"base": "1", "at": hours_ago, "ok": True}))
    found = figures(create_app(watcher.application.config["KOMEK"]).test_client())
    assert 3 * 3600 <= found["komek_backup_age_seconds"][()] < 3 * 3600 + 300
    assert found["komek_backup_rehearsed"][()] == 1


def test_without_the_database_the_figures_say_so(house: Flask) -> None:
    nowhere = replace(config_for("postgresql+psycopg://postgres@127.0.0.1:1/komek"), metrics_token=TOKEN)
    assert figures(create_app(nowhere).test_client())["komek_database_up"] == {(): 0.0}


def test_dashboard_and_alerts_ask_for_figures_that_there_are(house: Flask, watcher: FlaskClient) -> None:
    cases.open_case("direct", OFFICE, clerk(), key="counted")
    with transaction():
        db.session.execute(db.text("INSERT INTO worker VALUES ('a', now(), now())"))
        figures_of_days.settle()
    watcher.get("/healthz")
    known = set(figures(watcher))
    for name in ("alerts.yml", "grafana.json"):
        asked_for = set(NAME.findall((DEPLOY / name).read_text(encoding="utf-8")))
        assert len(asked_for) > 4 and asked_for <= known, asked_for - known


#: an installation whose newest backup was three days old from the beginning, and is a minute old after an hour
OLD_BACKUP = """
rule_files: [{rules}]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - {{series: komek_backup_age_seconds, values: "259200x59 60x60"}}
    alert_rule_test:
      - {{eval_time: 5m, alertname: KomekBackupOld, exp_alerts: []}}
      - eval_time: 20m
        alertname: KomekBackupOld
        exp_alerts: [{{exp_labels: {{severity: page}}, exp_annotations: {{summary: "{summary}"}}}}]
      - {{eval_time: 90m, alertname: KomekBackupOld, exp_alerts: []}}
"""


@pytest.mark.skipif(PROMTOOL is None, reason="no promtool here: `make test` fetches Debian's, where there is one")
def test_prometheus_itself_takes_the_rules_and_tells_of_a_backup_that_is_old(tmp_path: Path) -> None:
    summary = "The newest backup is 3d 0h 0m 0s old: komek backup keep. docs/administrators.md, Backup"
    trial = tmp_path / "trial.yml"
    trial.write_text(OLD_BACKUP.format(rules=DEPLOY / "alerts.yml", summary=summary))
    for command in (["check", "rules", str(DEPLOY / "alerts.yml")], ["test", "rules", str(trial)]):
        done = subprocess.run([PROMTOOL, *command], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
