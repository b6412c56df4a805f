"""Settings are written once: `Config` alone has them, and what administrators read says the same."""

import os
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from services.config import NEEDS, ROOT, SCHEMES, BadSetting, Config, unheard
from services.regions import BadRegions, read
from webapp.serve.supervisor import environment
from webapp.serve.web_processes import THREADS

ROW = re.compile(r"^\| (?P<names>[^|]*KOMEK_[^|]*)\| (?P<defaults>[^|]*)\|", re.M)
SETTINGS = {f"KOMEK_{each.name.upper()}": each.default for each in fields(Config) if each.name != "testing"}


def told() -> dict[str, str]:
    """Variable -> default, as the table of docs/administrators.md says it."""
    text = (ROOT / "docs" / "administrators.md").read_text()
    table = text[text.index("| variable | default | meaning |") :]
    found = {}
    for row in ROW.finditer(table[: table.index("\n\n")]):
        names, defaults = (
            re.findall(r"`(KOMEK_\w+)`", row["names"]),
            re.findall(r"`([^`]*)`|\bempty\b", row["defaults"]),
        )
        assert len(names) == len(defaults), row[0]
        found.update(zip(names, defaults, strict=True))
    return found


def said(default: object) -> str:
    if isinstance(default, Path):
        return f"{default.relative_to(ROOT)}/"
    if isinstance(default, tuple):
        return ", ".join(default)
    return str(int(default)) if isinstance(default, bool) else str(default)


def test_the_table_for_administrators_has_every_setting_and_its_default() -> None:
    assert told() == {name: said(default) for name, default in SETTINGS.items()}


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_every_setting_is_read_from_the_environment(name: str) -> None:
    default = SETTINGS[name]
    text = f"{SCHEMES[short][0]}://else" if (short := name.removeprefix("KOMEK_").lower()) in SCHEMES else "/else"
    given = {bool: "0" if default else "1", int: "7", tuple: "one,two"}.get(type(default), text)
    read = getattr(Config.from_env({name: given}), name.removeprefix("KOMEK_").lower())
    assert read != default and type(read) is type(default)


def test_a_setting_may_stand_in_a_file_and_the_variable_itself_goes_before(tmp_path: Path) -> None:
    (tmp_path / "it").write_text("postgresql://here\n", encoding="utf-8")
    for name in ("DATABASE_URL", "KOMEK_DATABASE_URL"):
        assert Config.from_env({f"{name}_FILE": f"{tmp_path}/it"}).database_url == "postgresql://here"
    assert Config.from_env({"KOMEK_SECRET_KEY": "", "KOMEK_SECRET_KEY_FILE": f"{tmp_path}/it"}).secret_key == ""
    with pytest.raises(ValueError, match="KOMEK_PROXIES"):
        Config.from_env({"KOMEK_PROXIES_FILE": f"{tmp_path}/it"})
    with pytest.raises(ValueError, match=r"KOMEK_SECRET_KEY_FILE: .*not-there cannot be read: No such file"):
        Config.from_env({"KOMEK_SECRET_KEY_FILE": f"{tmp_path}/not-there"})


def test_no_other_place_says_a_default_of_its_own() -> None:
    """The Makefile hands on what it is given; commands to be copied have the threads that the supervisor gives."""
    makefile = (ROOT / "Makefile").read_text()
    assert not re.findall(r"^(?:HOST|PORT|WORKERS|KOMEK_\w+) *\??:?=", makefile, re.M)
    for page in ("README.md", "docs/administrators.md"):
        assert set(re.findall(r"--threads (\d+)", (ROOT / page).read_text())) <= {str(THREADS)}, page


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PROXIES", "-1"),  # werkzeug's ProxyFix would believe whatever address a stranger sends
        ("PROXIES", "abc"),
        ("PROXIES", ""),
        ("BACKUP_DAYS", "-3"),  # every copy but the newest would go
        ("BACKUP_EVERY_H", "0"),
        ("SIGN_IN_WINDOW_S", "0"),  # nobody would ever wait
        ("SIGN_IN_ATTEMPTS", "0"),
        ("READ_LAG_S", "-1"),
        ("DATABASE_STATEMENT_S", "2147484"),  # PostgreSQL counts milliseconds to 2^31 - 1
        ("SLOW_MS", "-1"),
        ("DEMO", "maybe"),
        ("PUBLIC_URL", "komek.example.kz"),
        ("PUBLIC_URL", "https://"),
        ("SMTP_URL", "mail.example.kz:587"),
        ("TRACES_URL", "grpc://collector:4317"),
        ("LDAP_URL", "https://ldap.example.kz"),
        ("OPENID_ISSUER", "https://[id"),
    ],
)
def test_a_value_that_cannot_hold_stops_the_start_and_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=f"^KOMEK_{name} (is to|must) be "):
        Config.from_env({f"KOMEK_{name}": value})


def test_a_wrong_address_is_not_said_again_for_it_may_hold_a_password() -> None:
    with pytest.raises(BadSetting) as fault:
        Config.from_env({"KOMEK_SMTP_URL": "smpt://komek:s3cret@mail"})
    assert "s3cret" not in str(fault.value)


def test_two_variables_that_name_two_databases_stop_the_start() -> None:
    with pytest.raises(BadSetting, match="two databases"):
        Config.from_env({"DATABASE_URL": "postgresql://one", "KOMEK_DATABASE_URL": "postgresql://two"})
    for other in ("", "postgresql://one"):
        assert Config.from_env({"DATABASE_URL": other, "KOMEK_DATABASE_URL": "postgresql://one"})


def test_what_the_file_of_the_regions_says_is_held_to_the_same_bounds(tmp_path: Path) -> None:
    (tmp_path / "regions.toml").write_text(
        'address = "https://k.kz"\n[regions.one]\nplugins = ["one"]\nbackup_days = -3\n', encoding="utf-8"
    )
    with pytest.raises(BadRegions, match="one: backup_days is to be a number from 1 to 36500, not -3"):
        read(tmp_path / "regions.toml")


@pytest.mark.parametrize(
    ("variable", "told"),
    [
        ("KOMEK_SMTPURL", "KOMEK_SMTPURL is set, and Komek reads no such setting: KOMEK_SMTP_URL?"),
        ("komek_demo", "komek_demo is set, and Komek reads no such setting: KOMEK_DEMO?"),
        (
            "KOMEK_SECRETKEY_FILE",
            "KOMEK_SECRETKEY_FILE is set, and Komek reads no such setting: KOMEK_SECRET_KEY_FILE?",
        ),
        ("KOMEK_TIMEOUT_OF_ALL", "KOMEK_TIMEOUT_OF_ALL is set, and Komek reads no such setting."),
    ],
)
def test_a_setting_that_nobody_reads_is_told_and_the_likeliest_named(variable: str, told: str) -> None:
    env = {variable: "1"}
    assert unheard(Config.from_env(env), env) == {variable: told}


@pytest.mark.parametrize("name", sorted(NEEDS))
def test_a_setting_that_another_makes_void_is_told(name: str) -> None:
    variable, default = f"KOMEK_{name.upper()}", SETTINGS[f"KOMEK_{name.upper()}"]
    text = "https://id.example.kz" if name in SCHEMES else "something"
    env = {variable: {bool: "0", int: "7"}.get(type(default), text)}
    assert unheard(Config.from_env(env), env) == {
        variable: f"{variable} does nothing: KOMEK_{NEEDS[name].upper()} is empty."
    }
    several = env | {"KOMEK_REGIONS": "/etc/komek/regions.toml"}
    assert not unheard(Config.from_env(several), several), "the file may say it of each"


def test_nothing_is_told_of_what_is_read_or_of_what_kubernetes_says_of_its_services() -> None:
    """https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables"""
    env = {f"KOMEK_{each}": "10.0.0.11" for each in ("SERVICE_HOST", "SERVICE_PORT", "PAGES_SERVICE_PORT_HTTP")}
    env |= {
        "KOMEK_PORT": "tcp://10.0.0.11:80",
        "KOMEK_PORT_80_TCP": "tcp://10.0.0.11:80",
        "KOMEK_PORT_80_TCP_PORT": "80",
    }
    env |= {"KOMEK_DEMO": "1", "KOMEK_PULSE": "5", "DATABASE_URL": "postgresql://one", "PATH": "/bin"}
    assert unheard(Config.from_env(env), env) == {}


def test_what_was_told_once_is_not_told_by_every_process_that_is_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOMEK_MAILFROM", "it")
    monkeypatch.setenv("KOMEK_MAIL_FROM", "komek@example.kz")
    config = Config(mail_from="komek@example.kz", secret_key="k" * 40)
    assert len(unheard(config, os.environ)) == 2
    told = environment(config, "postgresql://one")
    assert unheard(Config.from_env(told), told) == {}


def test_the_command_says_it_in_a_sentence() -> None:
    def said(**more: str) -> str:
        command = [sys.executable, "-m", "webapp.cli", "plugin", "--help"]
        env = {**os.environ, "KOMEK_DEMO": "1", **more}
        return subprocess.run(command, check=False, capture_output=True, text=True, env=env, cwd=ROOT).stderr

    assert said(KOMEK_PROXIES="abc") == "Error: KOMEK_PROXIES is to be a whole number, not 'abc'\n"
    assert said(KOMEK_PLUGIN="registration") == (
        "KOMEK_PLUGIN is set, and Komek reads no such setting: KOMEK_PLUGINS?\n"
    )


@pytest.mark.parametrize("application", ["wsgi:app", "doors:app"])
def test_gunicorn_ends_at_a_setting_that_cannot_hold_and_does_not_begin_again_without_end(application: str) -> None:
    """Gunicorn ends where a worker leaves with WORKER_BOOT_ERROR (3): https://docs.gunicorn.org, `gunicorn.arbiter`."""
    command = [sys.executable, "-m", "gunicorn", application, "--bind", "127.0.0.1:0", "--log-level", "error"]
    env = {**os.environ, "KOMEK_PROXIES": "-1"}
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=env, cwd=ROOT, timeout=60)
    assert done.returncode == 3
    assert done.stderr.count("KOMEK_PROXIES is to be a number from 0 to 20, not -1") == 1
