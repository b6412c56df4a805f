"""What can be set from outside, and the defaults. Read once, at start, and passed on."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

#: of a key that signs cookies: whoever guesses it is whoever they like
SHORTEST_KEY, FEWEST_LETTERS = 32, 8
WEAK_KEY = (
    "{name} is too weak: whoever guesses it signs in as anybody. "
    "It needs at least {length} characters that nobody chose. "
    "This makes one: python3 -c 'import secrets; print(secrets.token_hex(32))'"
)
PLUGINS = (
    "registration",
    "barcode_scan",
    "courier_handover",
    "notice_signing",
    "notice_delivery",
    "assessment",
    "life_events",
    "almaty_oblast",
)


class WeakKey(ValueError):
    """A key that signs cookies could be guessed; says which, and how to make one."""


@dataclass(frozen=True)
class Config:
    """Every setting of Komek. The environment variable is `KOMEK_` and the field's name in capitals."""

    #: SQLAlchemy address of the PostgreSQL database, also read from `DATABASE_URL`
    database_url: str = ""
    #: signs cookies; made and kept under `var/` by `make run` when empty
    secret_key: str = ""
    #: the key before this one: what it signed is still read, nothing new is signed with it
    former_secret_key: str = ""
    #: names of the plugins that are switched on; exactly one of them is a region
    plugins: tuple[str, ...] = PLUGINS
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
    testing: bool = False

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> "Config":
        """The defaults, overruled by the environment. Raises ValueError on a value of the wrong kind."""
        env = os.environ if env is None else env
        given: dict[str, object] = {}
        if "DATABASE_URL" in env:
            given["database_url"] = env["DATABASE_URL"]
        for setting in fields(cls):
            raw = env.get(f"KOMEK_{setting.name.upper()}")
            if raw is not None and setting.name != "testing":
                given[setting.name] = _read(f"KOMEK_{setting.name.upper()}", raw, type(setting.default))
        return cls(**given)  # type: ignore[arg-type]

    def check_keys(self) -> None:
        """Raises WeakKey when a key that signs cookies could be guessed. An empty one is none."""
        for name in ("secret_key", "former_secret_key"):
            key = str(getattr(self, name))
            if key and (len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_LETTERS or key in (key * 2)[1:-1]):
                raise WeakKey(WEAK_KEY.format(name=f"KOMEK_{name.upper()}", length=SHORTEST_KEY))

    def keys(self) -> list[str]:
        """What cookies and forms are read with; the last one signs."""
        return [key for key in (self.former_secret_key, self.secret_key) if key]


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
