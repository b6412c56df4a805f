"""A line of the file as a case that was begun before Komek: what stands in it, checked against the region."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from services import beginning, clock, deadlines, directory, documents, law, registry
from services.cases.facts import body_of
from services.days import read_day
from services.languages import LANGUAGES
from services.letters import is_printable
from services.registry import Registry
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
    "holder",
    "signer",
    "body_number",
    "outgoing_number",
    "outcome",
    "closed_on",
)
PEOPLE = ("executor", "holder", "signer")
NEEDED = ("office", "number", "registered_on", "surname", "given_name")
MOST_NUMBER = 40
_COUNT = re.compile(r"\d{1,7}", re.ASCII)
_MOMENT = re.compile(r"(?P<day>\S+)[ T]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(:00)?", re.ASCII)


@dataclass(frozen=True)
class Arriving:
    """One line, read."""

    line: int
    office_key: str
    body_key: str  #: the body that decides
    route: str
    number: str
    registered_at: datetime
    step: str  #: neutral key; empty of a case that is closed
    since: datetime  #: when that step began, or the case was closed
    executor_id: int | None  #: whom the resolution names, and who has it while it is theirs
    holder_id: int | None  #: who has it now, when that is somebody else
    signer_id: int | None
    body_number: str  #: in the body's book, of what another office took in
    outgoing_number: str  #: of the answer
    outcome: str
    answers: Mapping[str, str]  #: whatever else stands in the line, for the questions of the forms


def read_row(line: int, cells: Mapping[str, str], staff: Mapping[str, Mapping[str, int]]) -> Arriving:
    """The line as a case; `staff`: office -> login or name -> id. Raises WrongRow with what is wrong first."""
    plugins = registry.current()
    office_key = _office(cells["office"])
    zone = deadlines.zone(plugins, office_key)
    registered_at = _moment(cells["registered_on"], office_key, zone)
    rules = law_of(registered_at, is_open=not cells["outcome"])
    route, number = _route(cells["route"], office_key, rules), _number(cells["number"])
    if bool(cells["step"]) == bool(cells["outcome"]) or (cells["outcome"] and not cells["closed_on"]):
        raise WrongRow(refusals.STEP_OR_OUTCOME)
    later = cells["closed_on"] if cells["outcome"] else cells["since"]
    since = _moment(later, office_key, zone) if later else registered_at
    if since < registered_at:
        raise WrongRow(refusals.BEFORE_REGISTERED)
    body_key, year = _body(cells, office_key), registered_at.astimezone(zone).year
    number = _whole(number, office_key, "in", year)
    theirs = _whole(_number(cells["body_number"]), body_key, "in", year) if cells["body_number"] else ""
    outgoing = cells["outgoing_number"] and _number(cells["outgoing_number"])
    outgoing = _whole(outgoing, body_key, "out", since.astimezone(zone).year)
    people = {**staff.get(body_key, {}), **staff.get(office_key, {})}
    named = {each: people.get(_plain(cells[each])) for each in PEOPLE}
    if any(cells[each] and named[each] is None for each in PEOPLE):
        raise WrongRow(refusals.NOBODY)
    if not (cells["surname"] and cells["given_name"]):
        raise WrongRow(refusals.NO_SURNAME)
    own = set(COLUMNS) - set(APPLICANT)
    answers = {name: said for name, said in cells.items() if said and name not in own}
    answers |= {"body": body_key} if "body" in answers else {}  # however it is written
    return Arriving(
        line, office_key, body_key, route, number, registered_at, _step(cells["step"], route, rules), since,
        named["executor"], named["holder"], named["signer"], theirs, outgoing, _outcome(cells["outcome"]), answers,
    )  # fmt: skip


def body_of_row(cells: Mapping[str, str], office_key: str) -> str:
    """The body that decides: the one that the line names, else the office itself or the one above it."""
    named = office_of(cells.get("body", ""))
    return named or (body_of(registry.current(), office_key) if office_key else "")


def _body(cells: Mapping[str, str], office_key: str) -> str:
    """Raises WrongRow when the line names none of the region's, or another than the body that was applied to itself."""
    plugins, key = registry.current(), body_of_row(cells, office_key)
    kind_of = {each: plugins.row("offices", each)["kind"] for each in (office_key, key)}
    elsewhere = kind_of[office_key] == "body" and key != office_key
    if (named := cells.get("body", "")) and (office_of(named) != key or kind_of[key] != "body" or elsewhere):
        raise WrongRow(refusals.WRONG_BODY)
    return key


def _whole(number: str, office_key: str, series: str, year: int) -> str:
    """The number as it stands on paper, of which the file may have the count alone."""
    if not _COUNT.fullmatch(number):
        return number
    return documents.write_number(registry.current().row("offices", office_key)["number"], series, year, int(number))


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
        names = (row.get(f"{what}_{each}", "") for what in ("short", "name") for each in LANGUAGES)
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


def law_of(registered_at: datetime, *, is_open: bool) -> Registry:
    """The region under the edition under which a case of that moment lives, or lived to its end."""
    return law.registry_of_open(registered_at) if is_open else law.registry_on(registered_at)


def _route(said: str, office_key: str, plugins: Registry) -> str:
    """Of that name; else the one that is opened at an office of that kind."""
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
    region = deadlines.region_at(law.registry_on(datetime.combine(on, time(12), zone)))
    spans = region.weeks[region.hours_of(office_key)][on.weekday()]
    at = datetime.combine(on, hour or (spans[0][0] if spans else time(9)), zone)
    if at > clock.now():
        raise WrongRow(refusals.TO_COME)
    return at


def _step(said: str, route: str, plugins: Registry) -> str:
    if not said:
        return ""
    for row in plugins.table("steps"):
        names = {_plain(row["key"]), *(_plain(row[f"title_{each}"]) for each in LANGUAGES)}
        if row["route"] == route and _plain(said) in names:
            return row["key"]
    raise WrongRow(refusals.NO_STEP)


def _outcome(said: str) -> str:
    if said and not registry.current().outcome(said).decides:
        raise WrongRow(refusals.NO_OUTCOME)
    return said


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
