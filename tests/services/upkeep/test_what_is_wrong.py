"""What the administrator is told of an installation: each thing where it is so, and nothing where it is not."""

import socket
import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services import upkeep
from services.config import Config
from services.upkeep.looking import certificate_of, strange_libraries
from services.upkeep.rules import Disk, KeptBackups

NOW = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)
DAY = timedelta(days=1)
GB = 1_000_000_000
CONFIG = Config(secret_key="x" * 40, backups="/backups", public_url="https://komek.example.kz", proxies=1)
BACKUPS = KeptBackups(NOW - timedelta(hours=20), NOW - 7 * DAY, rehearsed_well=True, receiving=True)
SOUND = upkeep.State(
    config=CONFIG,
    now=NOW,
    database_now=NOW + timedelta(milliseconds=300),
    postgres=18,
    tables=("ok", "0054_x", "0054_x"),
    worker_seen=NOW,
    disks=(Disk("/backups", 500 * GB, 1000 * GB, GB),),
    certificate=NOW + 60 * DAY,
    backups=BACKUPS,
)
WRONG = {
    "tables": ({"tables": ("older", "0053_x", "0054_x")}, "error"),
    "role": ({"owner": True}, "warning"),
    "worker": ({"worker_silent": True}, "error"),
    "jobs-late": ({"waiting_since": NOW - timedelta(minutes=9)}, "warning"),
    "incidents": ({"incidents": 3}, "warning"),
    "clock": ({"database_now": NOW - timedelta(minutes=2), "worker_seen": None}, "error"),
    "worker-clock": ({"worker_seen": NOW + timedelta(seconds=9)}, "warning"),
    "time-zone": ({"offsets": (timedelta(hours=5), timedelta(hours=6))}, "error"),
    "disk": ({"disks": (Disk("/var", GB // 10, 1000 * GB),)}, "error"),
    "certificate": ({"certificate": NOW + 2 * DAY}, "error"),
    "backups": ({"backups": None}, "error"),
    "backup-changes": ({"backups": replace(BACKUPS, receiving=False)}, "warning"),
    "rehearsal": ({"backups": replace(BACKUPS, rehearsed_at=None)}, "warning"),
    "postgres": ({"postgres": 14}, "error"),
    "libraries": ({"libraries": {"flask": ("3.0", "3.1")}}, "warning"),
    "demo": ({"config": replace(CONFIG, demo=True)}, "warning"),
    "cookies": ({"config": replace(CONFIG, secure_cookies=False)}, "error"),
    "secret-key": ({"config": replace(CONFIG, secret_key="")}, "warning"),
    "former-key": ({"config": replace(CONFIG, former_secret_key="y" * 40)}, "note"),
    "proxies": ({"config": replace(CONFIG, proxies=0)}, "warning"),
}


def test_of_a_sound_installation_nothing_is_said() -> None:
    assert upkeep.findings(SOUND) == []


@pytest.mark.parametrize("rule", WRONG)
def test_what_is_wrong_is_said_alone_with_what_to_do(rule: str) -> None:
    change, severity = WRONG[rule]
    (found,) = upkeep.findings(replace(SOUND, **change))
    assert (found.rule, found.severity) == (rule, severity)
    said = found.as_dict(str)
    assert "%(" not in said["what"] + said["to_do"] and said["to_do"]


def test_the_worst_stands_first_and_every_rule_was_tried() -> None:
    found = upkeep.findings(
        replace(SOUND, incidents=1, postgres=14, config=replace(CONFIG, former_secret_key="y" * 40))
    )
    assert [each.severity for each in found] == ["error", "warning", "note"]
    source = Path(upkeep.findings.__code__.co_filename).read_text()
    assert all(f'"{rule}"' in source for rule in WRONG) and source.count("yield _found(") >= len(WRONG)


@pytest.mark.parametrize(
    ("disk", "said"),
    [
        (Disk("/d", 20 * GB, 100 * GB, GB), "is full in 20 days"),
        (Disk("/d", 4 * GB, 100 * GB), "nearly full: 4000 MB"),
        (Disk("/d", 4 * GB, 5 * GB), ""),
        (Disk("/d", 20 * GB, 100 * GB, -1.0), ""),
    ],
)
def test_a_disk_is_told_of_before_it_is_full_by_what_it_grows(disk: Disk, said: str) -> None:
    found = upkeep.findings(replace(SOUND, disks=(disk,)))
    assert [said in each.what.said(str) for each in found] == ([True] if said else [])


@pytest.mark.parametrize(
    ("kept", "severity", "said"),
    [
        (replace(BACKUPS, ended=None), "error", "no whole backup yet"),
        (replace(BACKUPS, ended=NOW - 4 * DAY), "error", "96 hours old"),
        (replace(BACKUPS, rehearsed_well=False), "error", "found faults"),
        (replace(BACKUPS, rehearsed_at=NOW - 40 * DAY), "warning", "in the last 35 days"),
        (replace(BACKUPS, receiving=None), "", ""),
    ],
)
def test_a_backup_that_is_old_failed_or_never_tried_is_told(kept: KeptBackups, severity: str, said: str) -> None:
    found = upkeep.findings(replace(SOUND, backups=kept))
    assert [(each.severity, said in each.what.said(str)) for each in found] == ([(severity, True)] if said else [])


def test_a_certificate_that_cannot_be_looked_at_is_no_silence() -> None:
    assert certificate_of("") is None and certificate_of("http://komek.example.kz") is None
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # nobody answers there
        said = certificate_of(f"https://127.0.0.1:{held.getsockname()[1]}")
    assert isinstance(said, str) and said
    (found,) = upkeep.findings(replace(SOUND, certificate=said))
    assert found.rule == "certificate" and said in found.what.said(str)
    assert ssl.cert_time_to_seconds("Jan  5 09:34:43 2028 GMT") > NOW.timestamp()


def test_packages_are_held_against_what_komek_was_tried_with() -> None:
    lock = "pytest==0.1 \\\n    --hash=sha256:00\nnowhere-to-be-found==1.0\nclick==0.0.1 ; os_name == 'nt'\n# x==1\n"
    assert {name: tried for name, (_, tried) in strange_libraries(lock).items()} == {"pytest": "0.1", "click": "0.0.1"}
