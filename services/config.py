"""What can be set from outside, and the defaults. Read once, at start, and passed on."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent

#: of a web process's threads, at most so many hold requests of programs that wait for external tasks
MOST_HELD = 6
#: the variable by which processes of pages find the folder where each keeps its counters (prometheus_client)
COUNTED_IN = "PROMETHEUS_MULTIPROC_DIR"
#: what goes there leaves this machine to nobody
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
#: of a key that signs cookies: whoever guesses it is whoever they like
SHORTEST_KEY, FEWEST_LETTERS = 32, 8
WEAK_KEY = (
    "{name} is too weak: whoever guesses it {harm}. "
    "It needs at least {length} characters that nobody chose. "
    "This makes one: python3 -c 'import secrets; print(secrets.token_hex(32))'"
)
#: no limit in milliseconds may be longer than PostgreSQL counts (2^31 - 1)
LONGEST_S = 2_000_000
#: of settings that are numbers: the least and the most; of all others from 0 to LONGEST_S
BOUNDS = {
    "proxies": (0, 20),
    "backup_days": (1, 36_500),
    "backup_every_h": (1, 8_760),
    "sign_in_attempts": (1, 1_000),
    "sign_in_window_s": (1, LONGEST_S),
    "database_connect_s": (1, LONGEST_S),
}
#: how the addresses begin that a setting may name
SCHEMES = {
    "smtp_url": ("smtp", "smtps"),
    "public_url": ("https", "http"),
    "told_url": ("https", "http"),
    "traces_url": ("https", "http"),
    "openid_issuer": ("https", "http"),
    "ldap_url": ("ldaps", "ldap"),
}
#: what does nothing while another setting is empty
NEEDS = {
    "mail_from": "smtp_url",
    "told_token": "told_url",
    "told_report_secret": "told_url",
    "read_lag_s": "read_database_url",
    "backup_days": "backups",
    "backup_every_h": "backups",
    "backup_url": "backups",
    "openid_issuer": "openid_client_id",
    "openid_client_id": "openid_issuer",
    "openid_client_secret": "openid_issuer",
    "openid_claim": "openid_issuer",
    "openid_passwords": "openid_issuer",
    "ldap_name": "ldap_url",
    "ldap_ca": "ldap_url",
    "ldap_passwords": "ldap_url",
}
#: said by one process of Komek's to another
BETWEEN_PROCESSES = frozenset({"KOMEK_PULSE"})
#: what Kubernetes tells every container of a service that is called komek (or komek-…)
OF_KUBERNETES = re.compile(r"KOMEK_(?:\w+_)?(?:SERVICE_(?:HOST|PORT)|PORT_\d+_(?:TCP|UDP))(?:_\w+)?")
#: from how much on one name is taken for another, misspelt (difflib)
LIKE = 0.8
#: Komek's own plugins, with the region that its demo shows
PLUGINS = (
    "registration",
    "barcode_scan",
    "courier_handover",
    "notice_signing",
    "notice_delivery",
    "assessment",
    "life_events",
    "applicant_told",
    "almaty_oblast",
)


class NoRegionNamed(ValueError):
    """Outside of demo mode the plugins, a region among them, are named: nobody's law is in force unasked."""

    def __init__(self) -> None:
        super().__init__(
            "KOMEK_PLUGINS is not set. Name the plugins, one of them the region whose law will be in force here. "
            f"For Almaty oblast: KOMEK_PLUGINS={','.join(PLUGINS)}"
        )


class WeakKey(ValueError):
    """A key that signs cookies could be guessed; says which, and how to make one."""


class BadSetting(ValueError):
    """A setting says what cannot hold; says which, what it said, and what it may say."""


@dataclass(frozen=True)
class Config:
    """Every setting of Komek. The environment variable is `KOMEK_` and the field's name in capitals."""

    #: SQLAlchemy address of the PostgreSQL database, also read from `DATABASE_URL`
    database_url: str = ""
    #: address of the role that owns the tables, for `komek db upgrade` alone; empty: that of `database_url` owns them
    database_owner_url: str = ""
    #: address of a standby of that database, which pages that only read are read by; empty: the primary does all
    read_database_url: str = ""
    #: how many seconds behind the primary it may be; beyond, they are read by the primary, too
    read_lag_s: int = 5
    #: signs cookies; made and kept under `var/` by `make run` when empty
    secret_key: str = ""
    #: the key before this one: what it signed is still read, nothing new is signed with it
    former_secret_key: str = ""
    #: names of the plugins that are switched on; exactly one of them is a region. Empty: in demo mode `PLUGINS`
    plugins: tuple[str, ...] = ()
    #: demo staff are listed on the sign-in page, with their password
    demo: bool = False
    #: `komek seed` also plays invented cases of the last four weeks, into a database that has none
    demo_cases: bool = True
    #: cookies only over TLS; off in demo mode on 127.0.0.1
    secure_cookies: bool = True
    #: where embedded PostgreSQL, keys and uploads live
    var: Path = ROOT / "var"
    #: sign-ins that may fail for one name or address before it has to wait
    sign_in_attempts: int = 5
    #: how long such a wait is, and the window in which failures are counted
    sign_in_window_s: int = 300
    #: keep prepared statements on the database server; off when a pgbouncer stands between
    prepare_statements: bool = True
    #: seconds until a database that does not answer is given up: when connecting, and when it is asked
    database_connect_s: int = 3
    database_network_s: int = 10
    #: seconds for one statement of a page or a job, for a row or a turn that somebody else has, and for a transaction
    #: that does nothing; commands have no such limits
    database_statement_s: int = 30
    database_lock_s: int = 20
    database_idle_s: int = 60
    #: reverse proxies in front whose X-Forwarded-For and -Proto are believed
    proxies: int = 0
    #: the mail server for notices, "smtp://name:password@host:587?starttls" or "smtps://…"; no mail when empty
    smtp_url: str = ""
    #: whom mail comes from: "Komek <komek@example.kz>"
    mail_from: str = ""
    #: where people find these pages, for links in mail: "https://komek.example.kz"
    public_url: str = ""
    #: where messages for applicants who agreed to them go, "https://…"; nobody is told, nor asked, when empty
    told_url: str = ""
    #: the secret that goes with them
    told_token: str = field(default="", repr=False)
    #: the secret with which the reports of delivery are signed; empty: no report is believed
    told_report_secret: str = field(default="", repr=False)
    #: the file that says which regions stand beside each other here (services/regions); empty: there is one
    regions: str = ""
    #: key of the one in that file that this process is; empty: it is the door, or a command for each
    region: str = ""
    #: what that file says of the region stands in the environment already; `komek serve` tells its processes so
    settled: bool = False
    #: what whoever asks for `/metrics` shows as bearer; nobody may ask when it is empty
    metrics_token: str = ""
    #: a line for each request on standard error, as JSON: no address, no person
    access_log: bool = False
    #: milliseconds beyond which a statement or a plugin is named in the log; 0: none is
    slow_ms: int = 1000
    #: where spans go (OpenTelemetry, OTLP over HTTP): "http://collector:4318/v1/traces"; none are made when empty
    traces_url: str = ""
    #: the folder of backups, on another disk than the database; none are kept when it is empty
    backups: str = ""
    #: any moment of so many days can be gone back to
    backup_days: int = 14
    #: hours between two whole copies; every change between them is kept as it happens
    backup_every_h: int = 24
    #: address of the role that copies the database: it may replicate and read everything; empty: who owns the tables
    backup_url: str = field(default="", repr=False)
    #: the folder of PostgreSQL's programs, of the server's version; empty: looked for where they usually lie
    postgres_programs: str = ""
    #: the provider by which people sign in, too (OpenID Connect): "https://id.example.kz"; nobody does when empty
    openid_issuer: str = ""
    #: what the provider calls this installation, and the secret that goes with it
    openid_client_id: str = ""
    openid_client_secret: str = field(default="", repr=False)
    #: the claim that is the login here, at the first sign-in; empty: an administrator ties each account
    openid_claim: str = "preferred_username"
    #: whether passwords sign people in beside the provider: also the way back when it is away
    openid_passwords: bool = True
    #: the directory that knows people's passwords: "ldaps://ldap.example.kz", "ldap://ldap.example.kz?starttls"; none
    #: is asked when empty
    ldap_url: str = ""
    #: what it calls whoever signs in: "uid={login},ou=people,dc=example,dc=kz", "{login}@example.kz"
    ldap_name: str = ""
    #: the file with the certificates that vouch for it; empty: those of this machine
    ldap_ca: str = ""
    #: whether the passwords kept here sign people in beside it: also the way back when it is away
    ldap_passwords: bool = True
    testing: bool = False

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> "Config":
        """The defaults, overruled by the environment, where `…_FILE` names a file that holds the value: a secret in a
        container. Raises BadSetting on a value that cannot hold, and on a file that cannot be read.
        """
        env = os.environ if env is None else env
        given: dict[str, object] = {}
        if (address := _said(env, "DATABASE_URL")) is not None:
            given["database_url"] = address
        for setting in fields(cls):
            raw = _said(env, f"KOMEK_{setting.name.upper()}")
            if raw is not None and setting.name != "testing":
                value = _read(f"KOMEK_{setting.name.upper()}", raw, type(setting.default))
                if fault := out_of_bounds(setting.name, value):
                    raise BadSetting(f"KOMEK_{setting.name.upper()} {fault}")
                given[setting.name] = value
        _check_one_database(env, given)
        return cls(**given)  # type: ignore[arg-type]

    @property
    def switched_on(self) -> tuple[str, ...]:
        """Names of the plugins to load. Raises NoRegionNamed."""
        if not self.plugins and not self.demo:
            raise NoRegionNamed
        return self.plugins or PLUGINS

    def check_keys(self) -> None:
        """Raises WeakKey when a key that signs cookies, or shows figures, could be guessed. An empty one is none."""
        for name in ("secret_key", "former_secret_key", "metrics_token"):
            key = str(getattr(self, name))
            if key and (len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_LETTERS or key in (key * 2)[1:-1]):
                harm = "reads the figures" if name == "metrics_token" else "signs in as anybody"
                raise WeakKey(WEAK_KEY.format(name=f"KOMEK_{name.upper()}", harm=harm, length=SHORTEST_KEY))

    def keys(self) -> list[str]:
        """What cookies and forms are read with; the last one signs."""
        return [key for key in (self.former_secret_key, self.secret_key) if key]


def variables() -> dict[str, str]:
    """Of each variable that Komek reads, as itself or as the name of a file: the setting."""
    found = {"DATABASE_URL": "database_url"}
    found |= {f"KOMEK_{each.name.upper()}": each.name for each in fields(Config) if each.name != "testing"}
    return found | {f"{variable}_FILE": name for variable, name in found.items()}


def out_of_bounds(name: str, value: object) -> str:
    """What is wrong with that value of the setting, to stand behind its name; empty where nothing is."""
    if isinstance(value, int) and not isinstance(value, bool):
        least, most = BOUNDS.get(name, (0, LONGEST_S))
        return "" if least <= value <= most else f"is to be a number from {least} to {most}, not {value}"
    if value and isinstance(value, str) and name in SCHEMES:
        try:
            parts = urlsplit(value)
            if parts.scheme in SCHEMES[name] and parts.hostname and (parts.port is None or parts.port):
                return ""
        except ValueError:  # a port that is none, brackets that do not close
            pass
        # the address may hold a password: it is not said again
        return f"is to be an address that begins with {' or '.join(f'{each}://' for each in SCHEMES[name])}"
    return ""


def unheard(config: Config, env: Mapping[str, str]) -> dict[str, str]:
    """Of each variable that looks like one of Komek's and does nothing: why, as a sentence."""
    known = variables()
    told: dict[str, str] = {}
    for variable in sorted(env):
        if not variable.upper().startswith("KOMEK_") or variable in known or variable in BETWEEN_PROCESSES:
            continue
        if OF_KUBERNETES.fullmatch(variable) or env[variable].startswith(("tcp://", "udp://")):
            continue
        alike = get_close_matches(variable.upper(), known, 1, LIKE)
        told[variable] = f"{variable} is set, and Komek reads no such setting" + (f": {alike[0]}?" if alike else ".")
    if config.regions and not config.region:  # the file may say of each region what it needs
        return told
    for variable, name in known.items():
        needs = NEEDS.get(name, "")
        default = next(each.default for each in fields(Config) if each.name == name)
        if needs and env.get(variable) and getattr(config, name) != default and not getattr(config, needs):
            told[variable] = f"{variable} does nothing: KOMEK_{needs.upper()} is empty."
    return told


def _check_one_database(env: Mapping[str, str], given: Mapping[str, object]) -> None:
    """Raises BadSetting where two variables name two databases: which is meant, nobody can know."""
    names = ("DATABASE_URL", "KOMEK_DATABASE_URL")
    named = {_said(env, name) or "" for name in names} - {""}
    if len(named) > 1 and not given.get("settled"):
        raise BadSetting(f"{' and '.join(names)} name two databases: take one of them out")


def _said(env: Mapping[str, str], name: str) -> str | None:
    """The value of the variable, else what stands in the file that its `…_FILE` names."""
    file = env.get(f"{name}_FILE")
    if name in env or not file:
        return env.get(name)
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as fault:
        raise BadSetting(
            f"{name}_FILE: {file} cannot be read: {getattr(fault, 'strerror', None) or 'no text'}"
        ) from None


def _read(name: str, raw: str, kind: type) -> object:
    if kind is bool:
        if raw.lower() not in {"0", "1", "false", "true", "no", "yes"}:
            raise BadSetting(f"{name} must be 1 or 0, not {raw!r}")
        return raw.lower() in {"1", "true", "yes"}
    if kind is tuple:
        return tuple(part.strip() for part in raw.split(",") if part.strip())
    try:
        return kind(raw)
    except ValueError:
        raise BadSetting(f"{name} is to be a whole number, not {raw!r}") from None
