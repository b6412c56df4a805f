"""A machine of the cluster: a folder that stands for its disk, and an address of this computer's own loop.

The files of deploy/cluster are copied into it as they stand. What differs is put in by plain substitution: addresses,
folders, passwords. Ports stay: each machine has an address of its own.
"""

import grp
import os
import pwd
import random
import socket
from collections.abc import Iterator
from pathlib import Path

from services.config import ROOT
from services.postgres.places import SYSTEM_USERS
from tests.cluster.programs import LAID, program

#: the network of the files, and which machines stand in it by the last number
NETWORK = "10.0.0."
PLACES = {"db1": 11, "db2": 12, "db3": 13, "web1": 21, "web2": 22, "web3": 23, "front": 31}
#: folders of a machine's disk that the files name
DISK = ("/etc/", "/var/lib/", "/var/log/", "/var/run/", "/var/cache/", "/run/")
#: as the files have it, where somebody puts in what nobody else knows
SECRET = "put-in-"


class Site:
    """The addresses and the passwords of one cluster."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        chance = random.SystemRandom()
        self.network = next(each for each in _networks(chance) if _is_free(f"{each}{PLACES['front']}"))
        self._secrets = {number: f"{chance.getrandbits(160):040x}" for number in range(1, 6)}
        #: whose name stands for those of Debian's services
        self.account = names_of(system_account())
        self.key = f"{chance.getrandbits(256):064x}"

    def address(self, machine: str) -> str:
        return f"{self.network}{PLACES[machine]}"

    def password(self, number: int) -> str:
        """The one that stands in the files as `put-in-a-password-of-your-own-…`."""
        return self._secrets[number]

    def put_in(self, said: str, root: Path) -> str:
        """What the files and the commands say, for a machine whose disk is that folder."""
        own = {f"{SECRET}a-password-of-your-own-{number}": word for number, word in self._secrets.items()}
        own[f"{SECRET}64-letters-that-nobody-chose-the-same-on-every-machine"] = self.key
        own |= {"10.0.0.0/24": "127.0.0.0/8", NETWORK: self.network, NETWORK.replace(".", r"\."): self.network}
        own |= {"/usr/lib/postgresql/15/bin": str(_folder_of("postgres")), "/srv/komek": str(ROOT)}
        own |= {
            "listen 443 ssl": f"listen {self.address('front')}:443 ssl",
            "listen 80;": f"listen {self.address('front')}:80;",
        }
        own |= {"user haproxy": f"user {self.account[0]}", "group haproxy": f"group {self.account[1]}"}
        # invented staff, and a repealed act under which cases begin all the same
        own |= {"\nKOMEK_PROXIES=1\n": "\nKOMEK_PROXIES=1\nKOMEK_DEMO=1\nKOMEK_DEMO_CASES=0\n"}
        for ours, here in own.items():
            said = said.replace(ours, here)
        for each in DISK:
            said = _moved(said, each, f"{root}{each}")
        return said


def system_account() -> pwd.struct_passwd | None:
    """Who runs for root what refuses to run as root; None where somebody else runs all of it."""
    if os.geteuid() != 0:
        return None
    known = {each.pw_name: each for each in pwd.getpwall()}
    return next(known[name] for name in SYSTEM_USERS if name in known)


def names_of(account: pwd.struct_passwd | None) -> tuple[str, str]:
    """Of that account, else of who runs this: the name, and that of its group."""
    known = account or pwd.getpwuid(os.geteuid())
    return known.pw_name, grp.getgrgid(known.pw_gid).gr_name


def copied(site: Site, source: Path, target: Path, root: Path) -> None:
    """That file on the disk of a machine, with what differs put in."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(site.put_in(source.read_text(encoding="utf-8"), root), encoding="utf-8")


def own_folders(root: Path) -> str:
    """What tells nginx to put what it is sent below that folder, not where Debian's was built for."""
    return "".join(
        f"{each}_temp_path {root}/{each};\n" for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )


def _moved(said: str, ours: str, here: str) -> str:
    """With that folder elsewhere: not where it is the end of another path."""
    parts = said.split(ours)
    joined = parts[0]
    for part in parts[1:]:
        is_end = joined[-1:].isalnum() or joined[-1:] in "._"
        joined += (ours if is_end else here) + part
    return joined


def _folder_of(name: str) -> Path:
    found = program(name)
    return found.parent if found else LAID / "usr" / "bin"


def _networks(chance: random.Random) -> Iterator[str]:
    for _ in range(100):
        yield f"127.{chance.randint(20, 250)}.{chance.randint(1, 250)}."


def _is_free(address: str) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((address, 6432))
        except OSError:
            return False
    return True
