"""The files of deploy/cluster are read without a complaint by the programs that they are for."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.config import ROOT, Config
from tests.certificate import own_certificate
from tests.cluster import programs
from tests.cluster.machine import PLACES, SECRET, Site, copied, own_folders
from tests.cluster.units import Unit, read_environment

FILES = ROOT / "deploy" / "cluster"
UNITS = sorted((FILES / "systemd").iterdir())
HOST = "komek.office.local"
ANALYZE = shutil.which("systemd-analyze")

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(bool(programs.missing()), reason=f"{programs.WHY}; missing: {programs.missing()}"),
]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    yield Site(tmp_path)


def put(site: Site, *names: str) -> list[Path]:
    """Those files on the disk of one machine."""
    root = site.folder / "disk"
    for folder in ("var/run/postgresql", "var/log/postgresql", "var/lib/postgresql/15", "var/cache/nginx"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    for name in names:
        copied(site, FILES / name, root / "etc" / Path(name).name, root)
    return [root / "etc" / Path(name).name for name in names]


def run(name: str, *words: str | Path, python: bool = False) -> subprocess.CompletedProcess[str]:
    started = ["/usr/bin/python3"] if python else []
    command = [*started, str(programs.program(name)), *map(str, words)]
    env = programs.environment()
    return subprocess.run(command, env=env, check=False, capture_output=True, text=True, timeout=60)


def test_haproxy_takes_its_file(site: Site) -> None:
    said = run("haproxy", "-c", "-f", *put(site, "haproxy.cfg"))
    assert said.returncode == 0 and "WARNING" not in said.stderr, said.stderr


def test_patroni_takes_its_file(site: Site) -> None:
    said = run("patroni", "--validate-config", *put(site, "patroni.yml"), python=True)
    complaints = [line for line in (said.stdout + said.stderr).splitlines() if line and "etcd3.hosts" not in line]
    assert said.returncode in (0, 1) and complaints == [], "of etcd it says that nobody answers there yet, no more"


def test_etcd_knows_every_name_of_its_file(site: Site) -> None:
    (file,) = put(site, "etcd")
    flags = set(re.findall(r"--([a-z-]+)", run("etcd", "--help").stdout))
    names = {name.removeprefix("ETCD_").lower().replace("_", "-") for name, _ in read_environment(file)}
    assert names <= flags, names - flags


def test_pgbouncer_knows_every_name_of_its_file(site: Site) -> None:
    (file, _) = put(site, "pgbouncer.ini", "userlist.txt")
    known = {each.encode() for each in re.findall(r"^(\w+) =", file.read_text(encoding="utf-8"), re.M)} - {b"komek"}
    binary = programs.program("pgbouncer").read_bytes()  # type: ignore[union-attr]
    assert [name for name in sorted(known) if b"\0" + name + b"\0" not in binary] == [], "it has no way to only look"


def test_nginx_takes_its_upstreams_in_the_place_of_the_one_node(site: Site) -> None:
    (upstream,) = put(site, "nginx-upstream.conf")
    own_certificate(site.folder, HOST)
    one = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    many, found = re.subn(r"^upstream komek \{.*?^\}\n", upstream.read_text(encoding="utf-8"), one, flags=re.M | re.S)
    assert found == 1, "it stands in deploy/nginx.conf once"
    many = many.replace("/etc/nginx/komek/", f"{site.folder}/").replace("/var/cache/nginx/komek", f"{site.folder}/c")
    whole = site.folder / "nginx.conf"
    owner = "user root;" if os.geteuid() == 0 else ""
    beside = own_folders(site.folder)
    whole.write_text(
        f"{owner} pid {site.folder}/pid; events {{}} http {{ access_log off; {beside} {many} }}", encoding="utf-8"
    )
    said = run("nginx", "-t", "-p", site.folder, "-e", site.folder / "error.log", "-c", whole)
    assert said.returncode == 0 and "warn" not in said.stderr, said.stderr


@pytest.mark.skipif(ANALYZE is None, reason="no systemd-analyze here")
def test_systemd_takes_the_units_and_what_stands_beside_debians(tmp_path: Path) -> None:
    for each in UNITS:
        said = each.read_text(encoding="utf-8").replace("/srv/komek/.venv", str(ROOT / ".venv"))
        said = said.replace("/srv/komek", str(ROOT))
        if each.suffix == ".conf":
            said = f"{said}\n[Service]\nExecStart=/bin/true\n"
        (tmp_path / f"{each.stem}.service").write_text(said, encoding="utf-8")
    units = sorted(tmp_path.glob("*.service"))
    told = {**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"}
    said_of = subprocess.run(
        [str(ANALYZE), "verify", "--man=no", *map(str, units)], env=told, check=False, capture_output=True, text=True
    )
    ours = [line for line in said_of.stderr.splitlines() if str(tmp_path) in line or "komek" in line]
    assert ours == [], said_of.stderr


def test_every_unit_is_started_again_however_it_ended_and_never_given_up() -> None:
    for each in UNITS:
        unit = Unit(each)
        assert unit.last("Restart") == "always" and unit.seconds("RestartSec", 99) <= 1, each.name
        if each.suffix == ".conf":
            assert "StartLimitIntervalSec=0" in each.read_text(encoding="utf-8"), each.name


def test_what_komek_is_told_it_knows() -> None:
    told = dict(read_environment(FILES / "environment"))
    config = Config.from_env(told)
    assert config.proxies == 1 and len(config.switched_on) > 1
    known = {f"KOMEK_{name.upper()}" for name in Config.__dataclass_fields__} | {"DATABASE_URL"}
    assert set(told) <= known


def test_whatever_somebody_has_to_put_in_and_every_machine_is_put_in_by_a_site(site: Site) -> None:
    root = site.folder / "disk"
    for file in (each for each in FILES.rglob("*") if each.is_file()):
        copied(site, file, root / file.name, root)
        said = (root / file.name).read_text(encoding="utf-8")
        said = "\n".join(line for line in said.splitlines() if not line.lstrip().startswith(("#", ";", "--")))
        assert SECRET not in said and not re.search(r"\b10\.0\.0\.", said), file.name
    assert len({site.address(machine) for machine in PLACES}) == len(PLACES)
