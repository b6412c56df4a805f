"""What containers are told is what Komek has: commands, ports, addresses, variables, times of stopping, rights."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import click
import jsonschema_rs
import pytest
import yaml

from services.config import PLUGINS, ROOT, Config
from services.jobs.queue import EFFECT_LEASE_S
from webapp import create_app
from webapp.cli import komek
from webapp.serve.worker import LONGEST_JOB_S

CONTAINER, KUBERNETES = ROOT / "deploy" / "container", ROOT / "deploy" / "kubernetes"
SCHEMAS = ROOT / ".venv" / "schemas"
KUBECTL = shutil.which("kubectl")
IMAGE = (CONTAINER / "Containerfile").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((CONTAINER / "compose.yaml").read_text(encoding="utf-8"))
OBJECTS: list[dict[str, Any]] = [
    each
    for file in sorted(KUBERNETES.glob("*.yaml"))
    for each in yaml.safe_load_all(file.read_text(encoding="utf-8"))
    if each["kind"] != "Kustomization"
]
OURS = {name: each for name, each in COMPOSE["services"].items() if name != "database"}
needs_schemas = pytest.mark.skipif(not SCHEMAS.is_dir(), reason="no schemas here: `make test` fetches them")


def pods() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Each pod's name, what it is and its one container."""
    for each in OBJECTS:
        if each["kind"] in ("Deployment", "Job"):
            spec = each["spec"]["template"]["spec"]
            (container,) = spec["containers"]
            yield each["metadata"]["name"], spec, container


def commands() -> list[list[str]]:
    """Every command that is given anywhere, word by word."""
    given = [json.loads(found) for found in re.findall(r"^CMD (\[.*\])$", IMAGE, re.M)]
    given += [each["command"] for each in OURS.values() if "command" in each]
    given += [container["command"] for _, _, container in pods()]
    return [line.split() for each in given for line in (each[2].split(" && ") if each[0] == "sh" else [" ".join(each)])]


def test_every_command_is_one_of_komeks_or_gunicorn_as_it_knows_it() -> None:
    for words in commands():
        if words[0] == "gunicorn":
            assert words[1] == "wsgi:app" and (ROOT / "wsgi.py").is_file()
            known = subprocess.run([ROOT / ".venv/bin/gunicorn", "--help"], capture_output=True, text=True).stdout
            assert {word for word in words if word.startswith("--")} <= set(re.findall(r"--[a-z-]+", known))
            continue
        group: Any = komek
        assert words.pop(0) == "komek"
        while words and hasattr(group, "commands"):
            group = group.get_command(click.Context(group), words.pop(0))
        group.make_context("it", list(words), obj=Config(), resilient_parsing=False)


def test_pages_are_begun_in_one_way_everywhere() -> None:
    pages = [" ".join(words) for words in commands() if words[0] == "gunicorn"]
    assert len(pages) == 2 and len(set(pages)) == 1


def test_every_variable_is_a_setting_and_every_secret_a_file_that_is_laid_there() -> None:
    known = {"DATABASE_URL", *(f"KOMEK_{each.name.upper()}" for each in fields(Config))}
    of_compose = {name: value for each in OURS.values() for name, value in each["environment"].items()}
    (told,) = (each["data"] for each in OBJECTS if each["kind"] == "ConfigMap")
    of_pods = {**told, **{each["name"]: each["value"] for _, _, one in pods() for each in one.get("env", [])}}
    for variables in (of_compose, of_pods):
        assert {name.removesuffix("_FILE") for name in variables} <= known
        assert tuple(variables["KOMEK_PLUGINS"].split(",")) == PLUGINS
        secret = {name for name in variables if "SECRET" in name or "DATABASE" in name}
        assert secret == {"DATABASE_URL_FILE", "KOMEK_DATABASE_OWNER_URL_FILE", "KOMEK_SECRET_KEY_FILE"}
    for each in OURS.values():
        files = {value.rpartition("/")[2] for name, value in each["environment"].items() if name.endswith("_FILE")}
        assert files == set(each["secrets"]) <= COMPOSE["secrets"].keys()


def test_who_owns_the_tables_is_known_to_nobody_but_who_changes_them() -> None:
    knowing = [name for name, each in OURS.items() if "database_owner_url" in each["secrets"]]
    assert knowing == ["migrate"]
    assert [name for name, spec, _ in pods() if "komek-owner" in str(spec["volumes"])] == ["komek-migrate"]


def test_ports_and_addresses_that_are_asked_are_those_that_are_served() -> None:
    rules = {
        rule.rule for rule in create_app(Config(plugins=PLUGINS, secret_key="k" * 8, testing=True)).url_map.iter_rules()
    }
    (web,) = (container for name, _, container in pods() if name == "komek-web")
    (port,) = web["ports"]
    assert f"0.0.0.0:{port['containerPort']}" in web["command"] and f"EXPOSE {port['containerPort']}" in IMAGE
    asked = [web[probe]["httpGet"] for probe in ("startupProbe", "livenessProbe", "readinessProbe")]
    assert {each["port"] for each in asked} == {port["name"]} and {each["path"] for each in asked} <= rules
    assert web["readinessProbe"]["httpGet"]["path"] == "/readyz" != web["livenessProbe"]["httpGet"]["path"]
    assert f"http://127.0.0.1:{port['containerPort']}/healthz" in str(OURS["web"]["healthcheck"]["test"])
    assert OURS["web"]["ports"] == [f"127.0.0.1:{port['containerPort']}:{port['containerPort']}"]
    (service, ingress) = (next(each for each in OBJECTS if each["kind"] == kind) for kind in ("Service", "Ingress"))
    assert service["spec"]["ports"][0]["targetPort"] == port["name"]
    assert f"'name': '{service['metadata']['name']}'" in str(ingress["spec"]["rules"])


def test_what_was_begun_comes_to_its_end_before_a_container_is_killed() -> None:
    stops = {name: (spec["terminationGracePeriodSeconds"], container) for name, spec, container in pods()}
    grace_s, web = stops["komek-web"]
    own_s = int(web["command"][web["command"].index("--graceful-timeout") + 1])
    assert int(web["lifecycle"]["preStop"]["exec"]["command"][1]) + own_s < grace_s
    assert own_s < int(OURS["web"]["stop_grace_period"].removesuffix("s"))
    worker_s = {stops["komek-worker"][0], int(OURS["worker"]["stop_grace_period"].removesuffix("s"))}
    assert all(EFFECT_LEASE_S < each < LONGEST_JOB_S for each in worker_s)


def test_containers_are_nobodys_have_no_privileges_and_write_nowhere_but_in_memory() -> None:
    (user,) = set(re.findall(r"^USER (\d+)$", IMAGE, re.M))
    assert f"--uid {user} " in IMAGE
    for _, spec, container in pods():
        assert spec["securityContext"]["runAsNonRoot"] and spec["securityContext"]["runAsUser"] == int(user)
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]},
        }  # fmt: skip
        assert {each["mountPath"] for each in container["volumeMounts"] if not each.get("readOnly")} == {
            "/tmp", "/var/lib/komek"}  # fmt: skip
        assert not spec["automountServiceAccountToken"]
    for each in OURS.values():
        assert each["read_only"] and each["user"] == f"{user}:{user}" and each["cap_drop"] == ["ALL"]


def test_one_node_at_least_stays_while_machines_are_looked_after() -> None:
    counts = {each["metadata"]["name"]: each["spec"]["replicas"] for each in OBJECTS if each["kind"] == "Deployment"}
    budgets = {each["metadata"]["name"]: each["spec"]["minAvailable"] for each in OBJECTS if "Budget" in each["kind"]}
    assert budgets.keys() == counts.keys() and all(0 < budgets[name] < counts[name] for name in counts)


def test_the_image_is_built_of_what_there_is_by_what_make_knows() -> None:
    for words in re.findall(r"^COPY (?!--from)(.*)$", IMAGE, re.M):
        assert all((ROOT / each).exists() for each in words.split()[:-1]), words
    targets = re.search(r"&& make (.*?) &&", IMAGE)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert targets and "VENDOR := webapp/static/vendor/manifest.json" in makefile
    assert targets[1].split() == ["webapp/static/vendor/manifest.json", "translations"]
    left_out = (CONTAINER / "Containerfile.containerignore").read_text(encoding="utf-8").split()
    assert not {"services", "webapp", "plugins", "bpmn", "docs", "documents", "komek", "modeler"} & set(left_out)


@needs_schemas
def test_the_compose_file_is_of_the_form_that_its_public_schema_asks() -> None:
    schema = json.loads((SCHEMAS / "compose_spec.json").read_text(encoding="utf-8"))
    assert [str(each) for each in jsonschema_rs.validator_for(schema).iter_errors(COMPOSE)] == []


@needs_schemas
@pytest.mark.parametrize("it", OBJECTS, ids=lambda it: f"{it['kind']} {it['metadata']['name']}")
def test_every_manifest_is_of_the_form_that_kubernetes_asks(it: dict[str, Any]) -> None:
    known = json.loads((SCHEMAS / "kubernetes.json").read_text(encoding="utf-8"))
    group, _, version = it["apiVersion"].rpartition("/")
    api = f"{group.removesuffix('.k8s.io') or 'core'}.{version}.{it['kind']}"
    schema = {"$ref": f"#/$defs/io.k8s.api.{api}", "$defs": known["$defs"]}
    assert [str(each) for each in jsonschema_rs.validator_for(schema).iter_errors(it)] == []
    wrong = {**it, "spce": {}}
    assert not jsonschema_rs.validator_for(schema).is_valid(wrong), "a slip is seen"


@pytest.mark.skipif(KUBECTL is None, reason="no kubectl here")
def test_kubectl_puts_the_manifests_together() -> None:
    said = subprocess.run([str(KUBECTL), "kustomize", KUBERNETES], capture_output=True, text=True, timeout=60)
    made = list(yaml.safe_load_all(said.stdout))
    assert said.returncode == 0 and len(made) == len(OBJECTS), said.stderr
    assert all(each["metadata"].get("namespace") == "komek" for each in made if each["kind"] != "Namespace")
    assert said.stdout.count("image: registry.office.local/komek:") == 3
