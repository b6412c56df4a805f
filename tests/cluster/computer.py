"""One machine at work: what an administrator types at its console is carried out below its folder."""

import os
import pwd
import re
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path

from services.config import ROOT
from tests.cluster.machine import Site, copied, own_folders
from tests.cluster.programs import LAID, environment, program
from tests.cluster.units import Service, Unit

#: whatever is typed ends sooner
LONGEST_S = 180
#: of whoever types: what is done by files and folders of the machine, not by the shell
OWN_WORDS = ("apt-get", "install", "systemctl", "adduser")
#: where Debian's packages put their units, and the one of nginx its configuration
UNITS = (LAID / "lib" / "systemd" / "system", Path("/lib/systemd/system"))
NGINX = (LAID / "etc" / "nginx", Path("/etc/nginx"))
#: folders that Debian's packages make
MADE = (
    "etc/systemd/system", "var/lib/komek", "var/lib/etcd", "var/lib/postgresql/15", "var/log/postgresql",
    "var/run/postgresql", "var/log/nginx", "var/cache/nginx", "run",
)  # fmt: skip
#: who runs them is one account here, whoever it is at home
OTHERS = ("postgres", "etcd")


class Computer:
    """A folder for its disk, an address, and its services by their names."""

    def __init__(self, name: str, site: Site, account: pwd.struct_passwd | None) -> None:
        self.name, self.site, self.account = name, site, account
        self.root = site.folder / name
        self.address = site.address(name)
        self.services: dict[str, Service] = {}
        for folder in MADE:
            (self.root / folder).mkdir(parents=True, exist_ok=True)

    # ------------------------------------------------------------- the console

    def type(self, lines: tuple[str, ...], more: Mapping[str, str]) -> None:
        """Carry out those commands, one after the other. Raises CalledProcessError."""
        shell: list[str] = []
        for line in lines:
            words = shlex.split(line, comments=True)
            if not words:
                continue
            if words[0] in OWN_WORDS:
                self._shell(shell, more)
                shell = []
                getattr(self, f"_{words[0].replace('-', '_')}")(words[1:])
            else:
                shell.append(self.site.put_in(line, self.root))
        self._shell(shell, more)

    def _shell(self, lines: list[str], more: Mapping[str, str]) -> None:
        if not lines:
            return
        path = os.pathsep.join((str(_folder("psql")), os.environ["PATH"]))
        told = {**os.environ, "PATH": path, "N": self.name[-1], **more}
        for name in ("DATABASE_URL", "PYTHONPATH"):
            told.pop(name, None)
        done = subprocess.run(
            ["bash", "-ec", "\n".join(lines)],
            cwd=ROOT,
            env=told,
            check=False,
            capture_output=True,
            text=True,
            timeout=LONGEST_S,
        )
        if done.returncode != 0:
            raise AssertionError(
                f"{self.name}: {lines} ended with {done.returncode}: {(done.stdout + done.stderr)[-2000:]}"
            )

    def _apt_get(self, words: list[str]) -> None:
        """What is installed is there."""

    def _adduser(self, words: list[str]) -> None:
        """Komek's processes are run by whoever runs the trial."""

    def _install(self, words: list[str]) -> None:
        """A file on the disk of this machine, with what differs put in; who may read it is said by -m."""
        mode, files = 0o644, list[str]()
        while words:
            word, *words = words
            if word in ("-m", "-o", "-g"):
                value, *words = words
                mode = int(value, 8) if word == "-m" else mode
            elif word != "-D":
                files.append(word)
        source, target = files
        to = self.root / target.lstrip("/")
        copied(self.site, ROOT / source, to, self.root)
        to.chmod(mode)
        self.give(self.root)

    def _systemctl(self, words: list[str]) -> None:
        verb, names = words[0], [each for each in words[1:] if not each.startswith("-")]
        if verb in ("disable", "daemon-reload"):
            return
        for name in names:
            self.give(self.root)
            self.services[name] = self._service(name)
            self.services[name].start()

    # ------------------------------------------------------------- its services

    def _service(self, name: str) -> Service:
        unit = Unit(*self._files(name))
        others = unit.last("User") in OTHERS
        log = self.root / f"{name}.log"
        return Service(name, unit, log, self._told(name), self.account if others else None, self._moved)

    def _files(self, name: str) -> list[Path]:
        """The unit and what stands beside it, as they lie on this machine's disk; Debian's are brought there."""
        own, beside = (
            self.root / "etc/systemd/system" / each for each in (f"{name}.service", f"{name}.service.d/komek.conf")
        )
        if not own.exists():
            debians = next(folder / own.name for folder in UNITS if (folder / own.name).exists())
            copied(self.site, debians, own, self.root)
        if name == "nginx":
            self._bring_nginx()
        return [own, *([beside] if beside.exists() else [])]

    def _bring_nginx(self) -> None:
        """What Debian's package has beside our file."""
        brought = next(folder for folder in NGINX if folder.exists())
        for file in ("nginx.conf", "mime.types"):
            copied(self.site, brought / file, self.root / "etc/nginx" / file, self.root)
        whole = self.root / "etc/nginx/nginx.conf"
        owner = "user root;" if os.geteuid() == 0 else ""
        whole.write_text(whole.read_text(encoding="utf-8").replace("user www-data;", owner), encoding="utf-8")
        (self.root / "etc/nginx/conf.d/folders.conf").write_text(own_folders(self.root), encoding="utf-8")

    def _told(self, name: str) -> dict[str, str]:
        """What a service is given by its system: of Komek's our environment, of Debian's where it was laid."""
        if name.startswith("komek"):
            return {
                key: value
                for key, value in os.environ.items()
                if key != "DATABASE_URL" and not key.startswith("KOMEK_")
            }
        return environment()

    def _moved(self, words: list[str]) -> list[str]:
        """A command as it is here: Debian's programs lie elsewhere, and nginx stays in front and is told its folder."""
        name = Path(words[0]).name
        if re.match(r"/usr/s?bin/", words[0]) and (here := program(name)):
            words = [str(here), *words[1:]]
        if name == "nginx":
            words = [each.replace("daemon on;", "daemon off;") for each in words]
            words += [
                "-p",
                str(self.root),
                "-e",
                f"{self.root}/var/log/nginx/error.log",
                "-c",
                f"{self.root}/etc/nginx/nginx.conf",
            ]
        return words

    def give(self, folder: Path) -> None:
        """Make the account of Debian's services the owner of what lies there."""
        if self.account is None:
            return
        for each in (folder, *folder.rglob("*")):
            if not each.is_symlink():
                os.chown(each, self.account.pw_uid, self.account.pw_gid)

    def stop(self) -> None:
        for service in reversed(self.services.values()):
            service.stop()


def _folder(name: str) -> Path:
    found = program(name)
    return found.parent if found else Path("/usr/bin")
