"""What can be set from outside, and the defaults. Read once, at start, and passed on."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

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
        container. Raises ValueError on a value of the wrong kind, and on a file that cannot be read.
        """
        env = os.environ if env is None else env
        given: dict[str, object] = {}
        if (address := _said(env, "DATABASE_URL")) is not None:
            given["database_url"] = address
        for setting in fields(cls):
            raw = _said(env, f"KOMEK_{setting.name.upper()}")
            if raw is not None and setting.name != "testing":
                given[setting.name] = _read(f"KOMEK_{setting.name.upper()}", raw, type(setting.default))
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


def _said(env: Mapping[str, str], name: str) -> str | None:
    """The value of the variable, else what stands in the file that its `…_FILE` names."""
    file = env.get(f"{name}_FILE")
    if name in env or not file:
        return env.get(name)
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as fault:
        raise ValueError(
            f"{name}_FILE: {file} cannot be read: {getattr(fault, 'strerror', None) or 'no text'}"
        ) from None


def _read(name: str, raw: str, kind: type) -> object:
    if kind is bool:
        if raw.lower() not in {"0", "1", "false", "true", "no", "yes"}:
            raise ValueError(f"{name} must be 1 or 0, not {raw!r}")
        return raw.lower() in {"1", "true", "yes"}
    if kind is tuple:
        return tuple(part.strip() for part in raw.split(",") if part.strip())
    try:
        return kind(raw)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error
