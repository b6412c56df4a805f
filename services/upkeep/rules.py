"""What is wrong with an installation that stands so: pure, from what was seen to sentences."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.config import Config
from services.msgids import _
from services.shown import Translate, Words

ERROR, WARNING, NOTE = "error", "warning", "note"
#: the worst first
SEVERITIES = (ERROR, WARNING, NOTE)
#: between the database's clock and this machine's, or a worker's: forms, sessions and seals go by them
SKEW, LARGE_SKEW = timedelta(seconds=2), timedelta(seconds=30)
LATE = timedelta(minutes=2)
MB = 1_000_000
#: a disk with less is full before anybody comes
FULL_BYTES = 200 * MB
SOON_DAYS, CERTIFICATE_DAYS, REHEARSED_DAYS = 30, 21, 35
OLDEST_POSTGRES = 15
#: so many names are said
SAID = 8


@dataclass(frozen=True)
class Disk:
    """A disk that something of Komek lies on."""

    folder: str
    free: int  #: bytes
    total: int
    grows: float | None = None  #: bytes a day, as far as it is known


@dataclass(frozen=True)
class KeptBackups:
    """What is known of the backups."""

    ended: datetime | None  #: when the newest was whole
    rehearsed_at: datetime | None
    rehearsed_well: bool
    receiving: bool | None  #: whether changes stream in; None where it could not be asked


@dataclass(frozen=True)
class State:
    """An installation as it was seen at one moment."""

    config: Config
    now: datetime
    database_now: datetime
    postgres: int  #: major version
    tables: tuple[str, str, str]  #: state, revision found, revision needed
    owner: bool = False
    worker_seen: datetime | None = None
    worker_silent: bool = False
    waiting_since: datetime | None = None
    incidents: int = 0
    disks: Sequence[Disk] = ()
    #: None where no address with a certificate is set; a text: why it could not be looked at
    certificate: datetime | str | None = None
    backups: KeptBackups | None = None
    #: package -> installed, and what it was tried with
    libraries: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    #: of the region's zone just now: by Python's data, and by the database's
    offsets: tuple[timedelta, timedelta] = (timedelta(), timedelta())


@dataclass(frozen=True)
class SystemFinding:
    """One thing that is wrong, or worth knowing."""

    rule: str
    severity: str
    what: Words
    to_do: Words

    def as_dict(self, translate: Translate) -> dict[str, str]:
        """For programs."""
        return {"rule": self.rule, "severity": self.severity, "what": self.what.said(translate),
                "to_do": self.to_do.said(translate)}  # fmt: skip


def findings(state: State) -> list[SystemFinding]:
    """All that is wrong, the worst first."""
    found = [each for rule in RULES for each in rule(state)]
    return sorted(found, key=lambda each: SEVERITIES.index(each.severity))


def away(said: str) -> SystemFinding:
    """The database could not be asked: nothing else can be said of it."""
    return _found("database-away", ERROR, _("The database cannot be asked: %(said)s"),
                  _("Start it, or set DATABASE_URL right; then look again."), said=said)  # fmt: skip


def _found(rule: str, severity: str, what: str, to_do: str, **details: object) -> SystemFinding:
    return SystemFinding(rule, severity, Words(what, details), Words(to_do, details))


def _clocks(state: State) -> Iterator[SystemFinding]:
    skew = abs(state.database_now - state.now)
    if skew > SKEW:
        yield _found("clock", ERROR if skew > LARGE_SKEW else WARNING,
                     _("The clocks of the database and of this machine are %(seconds)s s apart."),
                     _("Let both follow a time server (chrony)."), seconds=round(skew.total_seconds(), 1))  # fmt: skip
    if state.worker_seen is not None and state.worker_seen - state.database_now > SKEW:
        ahead = round((state.worker_seen - state.database_now).total_seconds(), 1)
        yield _found("worker-clock", WARNING, _("A worker's clock is %(seconds)s s ahead of the database's."),
                     _("Let its machine follow a time server (chrony)."), seconds=ahead)  # fmt: skip


def _zone(state: State) -> Iterator[SystemFinding]:
    python, database = state.offsets
    if python != database:
        yield _found("time-zone", ERROR, _("The database and Komek know different hours of the region's time zone."),
                     _("Bring the time zones up to date: Python's tzdata and the system's."))  # fmt: skip


def _tables(state: State) -> Iterator[SystemFinding]:
    said, found, needed = state.tables
    if said == "newer":
        yield _found("tables", ERROR, _("The tables are at revision %(found)s, newer than this Komek (%(needed)s)."),
                     _("Start the newer version of Komek."), found=found, needed=needed)  # fmt: skip
    elif said not in ("ok", "ahead"):
        yield _found("tables", ERROR, _("The tables are at revision %(found)s, this Komek needs %(needed)s."),
                     _("Run: komek db upgrade"), found=found or "–", needed=needed)  # fmt: skip
    if state.owner:
        yield _found("role", WARNING, _("Komek works as the owner of its tables, and could rewrite the journal."),
                     _("Give it a role of its own: docs/administrators.md, Two roles."))  # fmt: skip


def _work(state: State) -> Iterator[SystemFinding]:
    if state.worker_silent:
        yield _found("worker", ERROR, _("No worker gives a sign: timers, letters and warnings wait."),
                     _("Start one: komek worker"))  # fmt: skip
    if state.waiting_since is not None and state.now - state.waiting_since > LATE:
        minutes = round((state.now - state.waiting_since).total_seconds() / 60)
        yield _found("jobs-late", WARNING, _("Work for later is left lying for %(minutes)s minutes."),
                     _("Start more workers, or look into the log of those that run."), minutes=minutes)  # fmt: skip
    if state.incidents:
        yield _found("incidents", WARNING, _("Incidents that wait for a person: %(count)s."),
                     _("Look at Administration, Incidents."), count=state.incidents)  # fmt: skip


def _disks(state: State) -> Iterator[SystemFinding]:
    for disk in state.disks:
        days = disk.free / disk.grows if disk.grows and disk.grows > 0 else None
        told: dict[str, object] = {"folder": disk.folder, "free": disk.free // MB, "days": round(days or 0)}
        if disk.free < FULL_BYTES:
            yield _found("disk", ERROR, _("The disk of %(folder)s is full: %(free)s MB are left."),
                         _("Make room at once: without it nobody can work."), **told)  # fmt: skip
        elif days is not None and days < SOON_DAYS:
            yield _found("disk", WARNING, _("The disk of %(folder)s is full in %(days)s days, as it grows now."),
                         _("Make room, or take a larger disk."), **told)  # fmt: skip
        elif disk.free < disk.total / 20:
            yield _found("disk", WARNING, _("The disk of %(folder)s is nearly full: %(free)s MB are left."),
                         _("Make room, or take a larger disk."), **told)  # fmt: skip


def _certificate(state: State) -> Iterator[SystemFinding]:
    ends = state.certificate
    if isinstance(ends, str):
        yield _found("certificate", WARNING, _("The certificate of %(address)s could not be looked at: %(said)s"),
                     _("See whether the proxy answers at KOMEK_PUBLIC_URL, and with which certificate."),
                     address=state.config.public_url, said=ends)  # fmt: skip
    elif ends is not None and ends - state.now < timedelta(days=CERTIFICATE_DAYS):
        yield _found("certificate", ERROR if ends - state.now < timedelta(days=3) else WARNING,
                     _("The certificate of %(address)s ends on %(day)s."),
                     _("Renew it, and let the proxy read it anew."),
                     address=state.config.public_url, day=ends.date().isoformat())  # fmt: skip


def _backups(state: State) -> Iterator[SystemFinding]:
    kept, config = state.backups, state.config
    if kept is None:
        yield _found("backups", NOTE if config.demo else ERROR, _("No backups are kept."),
                     _("Set KOMEK_BACKUPS to a folder on another disk, and run komek backup keep."))  # fmt: skip
        return
    hours = (state.now - kept.ended).total_seconds() / 3600 if kept.ended else None
    if hours is None or hours > 2 * config.backup_every_h + 1:
        what = _("There is no whole backup yet.") if hours is None else _("The newest backup is %(hours)s hours old.")
        yield _found("backups", ERROR, what, _("Run: komek backup, and see that komek backup keep runs."),
                     hours=round(hours or 0))  # fmt: skip
    if kept.receiving is False:
        yield _found("backup-changes", WARNING, _("Changes since the newest backup are not kept."),
                     _("See that komek backup keep runs."))  # fmt: skip
    if kept.ended is None:
        return
    if kept.rehearsed_at is not None and not kept.rehearsed_well:
        yield _found("rehearsal", ERROR, _("The last rehearsal of a backup found faults."),
                     _("Run: komek backup, then komek backup rehearse, and read what it says."))  # fmt: skip
    elif kept.rehearsed_at is None or state.now - kept.rehearsed_at > timedelta(days=REHEARSED_DAYS):
        yield _found("rehearsal", WARNING, _("No backup was rehearsed in the last %(days)s days."),
                     _("Run: komek backup rehearse"), days=REHEARSED_DAYS)  # fmt: skip


def _versions(state: State) -> Iterator[SystemFinding]:
    if state.postgres < OLDEST_POSTGRES:
        yield _found("postgres", ERROR, _("PostgreSQL is %(version)s; Komek needs %(oldest)s or newer."),
                     _("Upgrade the database server."), version=state.postgres, oldest=OLDEST_POSTGRES)  # fmt: skip
    if state.libraries:
        names = [f"{name} {here} ({tried})" for name, (here, tried) in sorted(state.libraries.items())]
        more = " …" if len(names) > SAID else ""
        yield _found("libraries", WARNING, _("Packages are not those that Komek was tried with: %(names)s"),
                     _("Install them again: make run, or pip install --require-hashes -r requirements.lock"),
                     names=", ".join(names[:SAID]) + more)  # fmt: skip


def _settings(state: State) -> Iterator[SystemFinding]:
    config = state.config
    if config.demo:
        yield _found("demo", WARNING, _("Demo mode is on: invented staff sign in with a known password."),
                     _("For real work set KOMEK_DEMO=0, over a database without demo staff."))  # fmt: skip
        return
    if not config.secure_cookies:
        yield _found("cookies", ERROR, _("Cookies go over lines that anybody may read (KOMEK_SECURE_COOKIES=0)."),
                     _("Put a TLS proxy in front, and leave KOMEK_SECURE_COOKIES out."))  # fmt: skip
    if not config.secret_key:
        yield _found("secret-key", WARNING, _("KOMEK_SECRET_KEY is not set: each process signs by a key of its own."),
                     _("Set the same long random key for all processes; komek serve keeps one by itself."))  # fmt: skip
    if config.former_secret_key:
        yield _found("former-key", NOTE, _("KOMEK_FORMER_SECRET_KEY is still set."),
                     _("After 12 hours nothing needs it: take it out."))  # fmt: skip
    if config.public_url.startswith("https://") and not config.proxies:
        yield _found("proxies", WARNING, _("KOMEK_PROXIES is 0, though people come over TLS: all are one address."),
                     _("Set it to the number of proxies in front."))  # fmt: skip


RULES: tuple[Callable[[State], Iterator[SystemFinding]], ...] = (
    _tables, _work, _clocks, _zone, _disks, _certificate, _backups, _versions, _settings,
)  # fmt: skip
