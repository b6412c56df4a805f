"""A line of the file as a case that was begun before Komek: what stands in it, checked against the region."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from services import beginning, clock, deadlines, directory, documents, registry
from services.days import read_day
from services.letters import is_printable
from services.takeover import refusals
from services.takeover.errors import WrongRow

APPLICANT = ("surname", "given_name", "patronymic", "iin", "address", "phone", "language")
COLUMNS = (
    "office",
    "route",
    "number",
    "registered_on",
    *APPLICANT,
    "step",
    "since",
    "executor",
    "outcome",
    "closed_on",
)
NEEDED = ("office", "number", "registered_on", "surname", "given_name")
MOST_NUMBER = 40
_COUNT = re.compile(r"\d{1,7}", re.ASCII)
_MOMENT = re.compile(r"(?P<day>\S+)[ T]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(:00)?", re.ASCII)


@dataclass(frozen=True)
class Arriving:
    """One line, read."""

    line: int
    office_key: str
    route: str
    number: str
    registered_at: datetime
    step: str  #: neutral key; empty of a case that is closed
    since: datetime  #: when that step began, or the case was closed
    executor_id: int | None
    outcome: str
    answers: Mapping[str, str]  #: whatever else stands in the line, for the questions of the forms


def read_row(line: int, cells: Mapping[str, str], staff: Mapping[str, Mapping[str, int]]) -> Arriving:
    """The line as a case; `staff`: office -> login or name -> id. Raises WrongRow with what is wrong first."""
    plugins = registry.current()
    office_key = _office(cells["office"])
    route, number = _route(cells["route"], office_key), _number(cells["number"])
    zone = deadlines.zone(plugins, office_key)
    registered_at = _moment(cells["registered_on"], office_key, zone)
    if bool(cells["step"]) == bool(cells["outcome"]) or (cells["outcome"] and not cells["closed_on"]):
        raise WrongRow(refusals.STEP_OR_OUTCOME)
    later = cells["closed_on"] if cells["outcome"] else cells["since"]
    since = _moment(later, office_key, zone) if later else registered_at
    if since < registered_at:
        raise WrongRow(refusals.BEFORE_REGISTERED)
    if _COUNT.fullmatch(number):
        number = documents.write_number(
            plugins.row("offices", office_key)["number"], "in", registered_at.astimezone(zone).year, int(number)
        )
    executor = staff.get(office_key, {}).get(_plain(cells["executor"]))
    if cells["executor"] and executor is None:
        raise WrongRow(refusals.NOBODY)
    if not (cells["surname"] and cells["given_name"]):
        raise WrongRow(refusals.NO_SURNAME)
    own = set(COLUMNS) - set(APPLICANT)
    answers = {name: said for name, said in cells.items() if said and name not in own}
    return Arriving(
        line, office_key, route, number, registered_at, _step(cells["step"], route), since, executor,
        _outcome(cells["outcome"]), answers,
    )  # fmt: skip


def staff_of(office_keys: set[str]) -> dict[str, dict[str, int]]:
    """Office -> login or full name -> id, of everybody who works there today. One statement."""
    found: dict[str, dict[str, int]] = {key: {} for key in office_keys}
    for person in directory.everybody():
        for key in person.offices():
            if key in found:
                found[key] |= {person.login: person.id, _plain(person.full_name): person.id}
    return found


def office_of(said: str) -> str:
    """The key of an office however it is written; empty when nobody knows it."""
    wanted = _plain(said)
    for row in registry.current().table("offices"):
        names = (row.get(f"{what}_{each}", "") for what in ("short", "name") for each in directory.LANGUAGES)
        if wanted and wanted in (_plain(row["key"]), row["number"].casefold(), *map(_plain, names)):
            return row["key"]
    return ""


def _office(said: str) -> str:
    key = office_of(said)
    if not key:
        raise WrongRow(refusals.NO_OFFICE)
    if key not in beginning.offices_in_use():
        raise WrongRow(refusals.NOT_IN_USE)
    return key


def _route(said: str, office_key: str) -> str:
    """Of that name; else the one that is opened at an office of that kind."""
    plugins = registry.current()
    kind = plugins.row("offices", office_key)["kind"]
    opened = {
        key for key, each in plugins.facts()["routes"].items() if plugins.row("roles", each["role"])["office"] == kind
    }
    fitting = sorted(opened & {said}) if said else sorted(opened)
    if len(fitting) != 1:
        raise WrongRow(refusals.NO_ROUTE)
    return str(fitting[0])


def _number(said: str) -> str:
    if not said or len(said) > MOST_NUMBER or not is_printable(said) or "\n" in said:
        raise WrongRow(refusals.NO_NUMBER)
    return said


def _moment(said: str, office_key: str, zone: ZoneInfo) -> datetime:
    """A day, from when that office begins its work on it; or a day with its hour. Raises WrongRow."""
    found = _MOMENT.fullmatch(said)
    try:
        on = read_day(found["day"] if found else said)
        hour = time(int(found["hour"]), int(found["minute"])) if found else None
    except ValueError:
        raise WrongRow(refusals.NO_DAY) from None
    region = deadlines.region_at(registry.current())
    spans = region.weeks[region.hours_of(office_key)][on.weekday()]
    at = datetime.combine(on, hour or (spans[0][0] if spans else time(9)), zone)
    if at > clock.now():
        raise WrongRow(refusals.TO_COME)
    return at


def _step(said: str, route: str) -> str:
    if not said:
        return ""
    for row in registry.current().table("steps"):
        names = {_plain(row["key"]), *(_plain(row[f"title_{each}"]) for each in directory.LANGUAGES)}
        if row["route"] == route and _plain(said) in names:
            return row["key"]
    raise WrongRow(refusals.NO_STEP)


def _outcome(said: str) -> str:
    if said and not registry.current().outcome(said).decides:
        raise WrongRow(refusals.NO_OUTCOME)
    return said


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
