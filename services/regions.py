"""Several regions on one installation: which there are, where people find each, and what each is told of its own.

A region is a whole Komek over a database of its own. One file, named by KOMEK_REGIONS, is all that they share:

    address = "https://komek.example.kz"         # of the door; a region stands under its key in front of it
    [regions.almaty]
    name = { kk = "Алматы облысы", ru = "Алматинская область", en = "Almaty oblast" }
    plugins = ["registration", …, "almaty_oblast"]
    port = 8101                                  # where its pages answer the door
    machine = "10.0.0.12"                        # on which machine, if not on this one
    database_url = "postgresql://…"              # and any other setting of Komek, in small letters

What the file says of a region holds; whatever it does not say is the environment's.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from services.config import Config, out_of_bounds
from services.languages import LANGUAGES
from services.secret_file import kept_secret

#: a key is the first part of a host name
KEY = re.compile(r"[a-z](?:[a-z0-9-]{0,29}[a-z0-9])?")
#: the first region's pages answer here unless the file says otherwise, the next one's one port further
FIRST_PORT = 8101
#: what a region's table says beside settings of Komek
OWN = frozenset({"name", "address", "machine", "port", "shows_figures_to"})
#: unless the file names another machine, a region's pages answer on this one
HERE = "127.0.0.1"
#: a name or a number of the inner network
MACHINE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.:-]{0,253}[A-Za-z0-9])?")
#: settings that are the installation's, or follow from the file
NOT_A_REGIONS = frozenset({"regions", "region", "settled", "testing", "proxies", "public_url", "demo"})
#: of which no two regions may have the same
APART = ("database_url", "database_owner_url", "read_database_url", "secret_key", "var")
#: what would be every region's at once, were it the environment's
IN_THE_FILE = ("database_url", "database_owner_url", "read_database_url", "secret_key", "former_secret_key")


class BadRegions(ValueError):
    """The file of the regions cannot be used, or names no such region; says what is wrong, and where."""


@dataclass(frozen=True)
class Region:
    """One region as its neighbours know it; `settings` are for its own processes alone."""

    key: str
    names: Mapping[str, str]  #: language -> what people call it
    address: str  #: where people find it, without a slash at the end
    port: int  #: where its pages answer the door
    #: keys of the regions whose control level sees its figures
    shows_figures_to: frozenset[str] = frozenset()
    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)
    machine: str = HERE  #: on which they do

    @property
    def stands_here(self) -> bool:
        """Whether it is begun on this machine."""
        return self.machine == HERE

    @property
    def host(self) -> str:
        """By which the door knows it: host, and port where the address names one."""
        return urlsplit(self.address).netloc.lower()


@dataclass(frozen=True)
class Neighbourhood:
    """The regions beside each other, and which of them this process is; `here` is empty for the door."""

    address: str
    regions: Mapping[str, Region]
    here: str = ""
    #: signs what regions say to each other
    key: str = field(default="", repr=False)

    @property
    def others(self) -> list[Region]:
        """Every region but this one, in the file's order."""
        return [each for each in self.regions.values() if each.key != self.here]

    def region(self, key: str) -> Region:
        """Raises BadRegions."""
        if key not in self.regions:
            raise BadRegions(f"there is no region {key!r}: name one of {', '.join(self.regions)}")
        return self.regions[key]


def configured(config: Config) -> Config:
    """The configuration of the region that it names, as the file says; as it is where it names none.

    Raises BadRegions.
    """
    if not config.region or config.settled:
        return config
    if not config.regions:
        raise BadRegions(
            f"there are no several regions here, so none is {config.region!r}: KOMEK_REGIONS names no file"
        )
    here = read(Path(config.regions)).region(config.region)
    below: dict[str, Any] = {"var": config.var / here.key}
    if config.backups:
        below["backups"] = str(Path(config.backups) / here.key)
    settings = {**below, **here.settings}
    return replace(config, public_url=here.address, settled=True, **settings)


def of(config: Config) -> Neighbourhood | None:
    """The regions beside the one that this configuration is of; None where it stands alone. Raises BadRegions."""
    if not config.regions or not config.region:
        return None
    file = Path(config.regions)
    found = read(file)
    found.region(config.region)
    return replace(found, here=config.region, key=found.key or _key_beside(file))


def check_nothing_is_shared(config: Config) -> None:
    """Nothing, unless the environment names a database or a key, which would be every region's. Raises BadRegions."""
    said = [f"KOMEK_{name.upper()}" for name in IN_THE_FILE if getattr(config, name)]
    if said:
        raise BadRegions(
            f"{', '.join(said)} would be every region's at once: say it of each region in {config.regions}"
        )


def read(file: Path) -> Neighbourhood:
    """What that file says. Raises BadRegions."""
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise BadRegions(f"{file}: cannot be read: {fault}") from None
    try:
        return _neighbourhood(said)
    except BadRegions as fault:
        raise BadRegions(f"{file}: {fault}") from None


def _neighbourhood(said: dict[str, Any]) -> Neighbourhood:
    if unknown := set(said) - {"address", "regions", "key"}:
        raise BadRegions(f"nobody reads {', '.join(sorted(unknown))}: there are address, key and [regions.…]")
    address = _address("address", said.get("address"))
    tables = said.get("regions")
    if not isinstance(tables, dict) or not tables:
        raise BadRegions("there is no [regions.…] in it")
    regions = {key: _region(key, table, at, address) for at, (key, table) in enumerate(tables.items())}
    for region in regions.values():
        if strange := region.shows_figures_to - set(regions):
            raise BadRegions(
                f"{region.key}: shows_figures_to names {', '.join(sorted(strange))}, which is no region here"
            )
    _check_apart(regions)
    return Neighbourhood(address, regions, key=_key(said.get("key", "")))


def _region(key: str, table: object, at: int, door: str) -> Region:
    if not KEY.fullmatch(key):
        raise BadRegions(f"{key!r} is the beginning of a host name: small Latin letters, digits and hyphens")
    if not isinstance(table, dict):
        raise BadRegions(f"regions.{key} is to be a table")
    own = {name: value for name, value in table.items() if name in OWN}
    settings = {name: _setting(key, name, value) for name, value in table.items() if name not in OWN}
    if not settings.get("plugins"):
        raise BadRegions(f"{key}: plugins says which are switched on, one of them the region whose law is in force")
    port = own.get("port", FIRST_PORT + at)
    if not isinstance(port, int) or not 0 < port < 65536:
        raise BadRegions(f"{key}: port is to be a number from 1 to 65535, not {port!r}")
    machine = own.get("machine", HERE)
    if not isinstance(machine, str) or not MACHINE.fullmatch(machine):
        raise BadRegions(f"{key}: machine is to be the name or the number of a machine, not {machine!r}")
    shown = own.get("shows_figures_to", [])
    if not _is_list_of_words(shown):
        raise BadRegions(f"{key}: shows_figures_to is to be a list of regions")
    scheme, _, host = door.partition("://")
    address = _address(f"{key}: address", own.get("address", f"{scheme}://{key}.{host}"))
    return Region(key, _names(key, own.get("name", {})), address, port, frozenset(shown), settings, machine)


def _setting(region: str, name: str, value: object) -> object:
    """As `Config` wants it."""
    kinds = {each.name: type(each.default) for each in fields(Config)}
    if name not in kinds or name in NOT_A_REGIONS:
        raise BadRegions(f"{region}: {name} is no setting of a region")
    kind = kinds[name]
    if kind is tuple and _is_list_of_words(value):
        return tuple(value)  # type: ignore[arg-type]
    if kind is Path and isinstance(value, str):
        return Path(value)
    if type(value) is not kind:
        raise BadRegions(f"{region}: {name} is to be {_KINDS.get(kind, kind.__name__)}, not {value!r}")
    if fault := out_of_bounds(name, value):
        raise BadRegions(f"{region}: {name} {fault}")
    return value


_KINDS = {tuple: "a list of words", Path: "a path", str: "a text", bool: "true or false", int: "a number"}


def _is_list_of_words(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _names(key: str, said: object) -> Mapping[str, str]:
    if not isinstance(said, dict) or not all(isinstance(each, str) for each in said.values()):
        raise BadRegions(f"{key}: name is to be {{ kk = …, ru = …, en = … }}")
    return {language: said.get(language) or said.get("kk") or key for language in LANGUAGES}


def _address(what: str, said: object) -> str:
    parts = urlsplit(said) if isinstance(said, str) else None
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
        raise BadRegions(f"{what} is to be where people find it, https://komek.example.kz, not {said!r}")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _key(said: object) -> str:
    if not isinstance(said, str) or (said and len(said) < 32):
        raise BadRegions("key is to be at least 32 characters that nobody chose, or to be left out")
    return said


def _key_beside(file: Path) -> str:
    try:
        return kept_secret(file.with_suffix(".key"))
    except OSError as fault:
        raise BadRegions(f"{file.with_suffix('.key')} cannot be kept ({fault.strerror}): say key in {file}") from None


def _check_apart(regions: Mapping[str, Region]) -> None:
    """Raises BadRegions where two regions would be one: nothing of one is seen from another."""
    told: dict[str, list[object]] = {name: [each.settings.get(name) for each in regions.values()] for name in APART}
    told["address"] = [each.address for each in regions.values()]
    told["port"] = [(each.machine, each.port) for each in regions.values()]
    for name, values in told.items():
        twice = [value for value, count in Counter(filter(None, values)).items() if count > 1]
        if twice:
            raise BadRegions(f"two regions have the same {name}; each needs its own")
