"""Seven machines at work on this one: made by the commands of the page, and how each of their parts stands."""

import json
import os
import shutil
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg

from tests.certificate import own_certificate
from tests.cluster.computer import Computer
from tests.cluster.machine import PLACES, Site, system_account
from tests.cluster.page import blocks
from tests.cluster.units import ended

HOST = "komek.office.local"
BASES, PAGES, WORKERS, FRONT = ("db1", "db2", "db3"), ("web1", "web2", "web3"), ("web1", "web2"), "front"
FIRST_OF = """SELECT s.id, s.login FROM staff s JOIN appointment a ON a.staff_id = s.id
    WHERE a.office_key = %s AND a.role = %s ORDER BY s.id LIMIT 1"""
#: from nothing to pages that answer, on a busy machine
LONGEST_START_S = 240.0


class Cluster:
    """Its machines; `make` them first."""

    def __init__(self, folder: Path) -> None:
        self.site = Site(folder)
        account = system_account()
        self.computers = {name: Computer(name, self.site, account) for name in PLACES}
        self.folder = folder

    def __getitem__(self, name: str) -> Computer:
        return self.computers[name]

    def make(self) -> None:
        """All that the page says, block by block; then the demo's staff, and until everything answers."""
        own_certificate(self._made("front", "etc/nginx/komek"), HOST)
        for block in blocks():
            for name in block.machines:
                self[name].type(block.lines, {"NO_COLOR": "1"})
        self["web1"].type(
            ("set -a; . /etc/komek/environment; set +a", f'export KOMEK_DATABASE_OWNER_URL="{self.owner}"',
             ".venv/bin/komek --demo seed"), {})  # fmt: skip
        self.wait_until_whole(LONGEST_START_S)

    def _made(self, name: str, folder: str) -> Path:
        made = self[name].root / folder
        made.mkdir(parents=True, exist_ok=True)
        return made

    def stop(self) -> None:
        """In peace, the databases last; what does not end is ended."""
        for name in ("web3", "web2", "web1", "front"):
            self[name].stop()
        for name in BASES:
            self.end_postgres(name)
            self[name].stop()

    # ------------------------------------------------------------- addresses

    @property
    def owner(self) -> str:
        """The address of the primary for who owns the tables."""
        return f"postgresql://komek_owner:{self.site.password(4)}@{self.site.address('front')}:5000/komek"

    def address(self, name: str) -> str:
        """The superuser's, of that machine's own PostgreSQL."""
        return f"postgresql://postgres:{self.site.password(1)}@{self.site.address(name)}:5432/komek"

    def anywhere(self) -> str:
        """Whichever machine is the primary, for who looks from outside."""
        hosts = ",".join(f"{self.site.address(name)}:5432" for name in BASES)
        return (f"postgresql://postgres:{self.site.password(1)}@{hosts}/komek"
                "?target_session_attrs=read-write&connect_timeout=3")  # fmt: skip

    # ------------------------------------------------------------- how it stands

    def members(self) -> list[dict[str, Any]]:
        """Of Patroni: each with its name, role, state and timeline; none while nobody answers."""
        for name in BASES:
            said = ask(f"http://{self.site.address(name)}:8008/cluster")
            if said is not None:
                found: list[dict[str, Any]] = json.loads(said)["members"]
                return found
        return []

    def role(self, wanted: str) -> str:
        """The first machine of that role: leader, sync_standby, replica; empty where there is none."""
        return next((str(each["name"]) for each in self.members() if each["role"] == wanted), "")

    def etcd_leader(self) -> str:
        """The machine whose etcd leads; empty while none does."""
        for name in BASES:
            said = ask(f"http://{self.site.address(name)}:2379/v3/maintenance/status", b"{}")
            told = json.loads(said) if said is not None else {}
            if told and told["leader"] == told["header"]["member_id"]:
                return name
        return ""

    def lacking(self) -> list[str]:
        """What does not stand as it should, in words; nothing when all does."""
        found = []
        members = {str(each["name"]): each for each in self.members()}
        roles = sorted(str(each["role"]) for each in members.values())
        if roles != ["leader", "replica", "sync_standby"]:
            found.append(f"roles {roles}")
        if len({each.get("timeline") for each in members.values()}) != 1:
            found.append("timelines differ")
        found += [
            f"{name} {each['state']}" for name, each in members.items() if each["state"] not in ("running", "streaming")
        ]
        found += [
            f"{each}'s etcd" for each in BASES if not healthy(ask(f"http://{self.site.address(each)}:2379/health"))
        ]
        found += [f"{each}'s pages" for each in PAGES if ask(f"http://{self.site.address(each)}:8000/readyz") is None]
        found += [f"{name}'s {each.name}" for name, machine in self.computers.items()
                  for each in machine.services.values() if each.pid is None]  # fmt: skip
        return found

    def wait_until_whole(self, patience_s: float) -> None:
        """Until nothing is lacking. Raises AssertionError with what is."""
        end = time.monotonic() + patience_s
        while lacking := self.lacking():
            assert time.monotonic() < end, f"after {patience_s:.0f} s: {'; '.join(lacking)}"
            time.sleep(0.5)

    # ------------------------------------------------------------- harm

    def end_postgres(self, name: str) -> bool:
        """SIGKILL for the PostgreSQL of that machine and all its processes; whether there was one."""
        file = self[name].root / "var/lib/postgresql/15/komek/postmaster.pid"
        with suppress(OSError, ValueError):
            pid = int(file.read_text(encoding="utf-8").split()[0])
            return ended(pid, str(file.parent))
        return False

    def cut_power(self, name: str, away_s: float) -> None:
        """Everything on that machine ends at once; its services are back after so many seconds."""
        for service in self[name].services.values():
            service.kill(away_s=away_s)
        while self.end_postgres(name):
            time.sleep(0.05)

    # ------------------------------------------------------------- what is known of it

    def read(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """What the primary says, whoever that is by now."""
        end = time.monotonic() + LONGEST_START_S
        while True:
            try:
                with psycopg.connect(self.anywhere()) as line:
                    return line.execute(statement, values).fetchall()  # type: ignore[arg-type]
            except psycopg.OperationalError:
                if time.monotonic() > end:
                    raise
            time.sleep(0.5)

    def staff(self, office: str, role: str) -> tuple[int, str]:
        """Number and login of the first of that role there."""
        return self.read(FIRST_OF, office, role)[0]  # type: ignore[return-value]

    def code_on_result(self, case_id: int) -> str:
        """What a scanner reads from the paper that is signed."""
        return str(self.read("SELECT code FROM custody_item WHERE case_id = %s AND kind = 'result'", case_id)[0][0])


def say(what: str) -> None:
    """Tell whoever watches."""
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


@contextmanager
def cluster() -> Iterator[Cluster]:
    """One that is made, and gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="komek-cluster-", dir="/tmp"))
    folder.chmod(0o755)
    made = Cluster(folder)
    try:
        made.make()
        yield made
    finally:
        made.stop()
        if not os.environ.get("KEEP"):
            shutil.rmtree(folder, ignore_errors=True)


def ask(address: str, sent: bytes | None = None) -> bytes | None:
    """What is answered there with 200; None where nothing is, or something else."""
    try:
        with urllib.request.urlopen(urllib.request.Request(address, sent), timeout=3) as answer:
            said: bytes = answer.read()
            return said
    except (OSError, urllib.error.URLError, ValueError):
        return None


def healthy(said: bytes | None) -> bool:
    return said is not None and json.loads(said).get("health") == "true"
