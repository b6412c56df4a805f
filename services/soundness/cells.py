"""What the tables of a region say that cannot be so, cell by cell.

A table that is wrong otherwise shows itself when somebody signs in, at the first click, or when a paper is printed.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

from services import law
from services.deadlines import MARKS, BadTimeRule, one_clock, parse_rule, read_time
from services.documents import is_office_number
from services.registry import Registry
from services.soundness import sentences as say
from services.soundness.columns import LANDINGS, NUMBERS, PARTS, PUBLIC_PARTS, TABLES, TIMES, TOLD, WHOLE
from services.soundness.fault import RegionFault
from services.soundness.reading import Package, TableLine, headings_of
from services.soundness.sentences import fault
from services.tables import BadTable

Known = Mapping[str, Sequence[str]]

DEGREES = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,6})?")
#: where on earth the country lies: degrees of latitude and longitude
COUNTRY = ((40.5, 55.5), (46.4, 87.4))
NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?")
PHONE = re.compile(r"\+[0-9]{8,15}")
MAIL = re.compile(r"[^@\s;,]+@[^@\s;,]+\.[a-zA-Z]{2,}")
#: columns that hold several values, parted by semicolons
SEVERAL = frozenset({"told"})


def cell_faults(package: Package) -> Iterator[RegionFault]:
    """Of tables that can be read: of every row by itself, and of rows against each other."""
    known = known_words(package)
    for name, lines in package.tables.items():
        for line in lines:
            yield from _cells(name, line, known)
    checks: tuple[tuple[str, Callable[[TableLine], Iterator[RegionFault]]], ...] = (
        ("hours", _span), ("parameters", _parameter), ("offices", _office), ("settlements", _place),
        ("documents", _copies), ("steps", _rule),
    )  # fmt: skip
    for name, check in checks:
        for line in package.tables[name]:
            yield from check(line)
    yield from _clocks(package.tables["steps"])
    yield from _weeks(package.tables["hours"])
    yield from _numbers(package.tables["offices"])
    yield from _public_words(package, known)
    yield from _through(package)


def unread_columns(registry: Registry) -> list[RegionFault]:
    """Columns that Komek has no use for, and that are no slip of the pen: a plugin of the region may read them.

    Nothing is refused for them. Of tables that can be read.
    """
    return [
        fault(file.name, 1, say.COLUMN_OF_PLUGIN, {"column": each})
        for name, columns in TABLES.items()
        for file in registry.files(f"{name}.csv")
        for each in headings_of(file)
        if not columns.knows(each)
    ]


def known_words(package: Package) -> Known:
    """What a column may say, by what it names."""
    kinds = list(dict.fromkeys(row["kind"] for row in package.rows("offices")))
    routes = package.facts.routes()
    return {
        "offices": package.keys("offices"),
        "hours": [*kinds, *package.keys("offices")],
        "kinds": [*kinds, "any"],
        "roles": package.keys("roles"),
        "routes": routes,
        "marks": sorted(MARKS),
        "yes": ["yes", "no"],
        "factors": ["none", "code", "passkey"],
        "places": ["district", "city", "oblast"],
        "registers": ["own", "psc"],
        "settlements": package.keys("settlements"),
        "parts": PARTS,
        "landings": LANDINGS,
        "steps": package.keys("steps"),
        "weekdays": list("1234567"),
        "told": TOLD,
        "public parts": [*routes, *PUBLIC_PARTS],
    }


def few(known: Sequence[str]) -> str:
    """As many of them as a sentence holds."""
    return ", ".join(known[:12]) + (" …" if len(known) > 12 else "")


def _cells(name: str, line: TableLine, known: Known) -> Iterator[RegionFault]:
    columns = TABLES[name]
    yield from (line.fault(say.EMPTY, column=each) for each in columns.filled if not line.row.get(each))
    for column, of in columns.one_of.items():
        said = line.row.get(column, "")
        for value in said.split(";") if column in SEVERAL else [said]:
            if value and value not in known[of]:
                yield line.fault(say.NOT_ONE_OF, column=column, value=value, known=few(known[of]))


def _span(line: TableLine) -> Iterator[RegionFault]:
    begins, ends = line.row["from"], line.row["to"]
    wrong = [each for each in (begins, ends) if not _reads(read_time, each, BadTable)]
    yield from (line.fault(say.NO_TIME, value=each) for each in wrong)
    if not wrong and begins >= ends:
        yield line.fault(say.BACKWARDS, value=ends)


def _weeks(lines: Sequence[TableLine]) -> Iterator[RegionFault]:
    """Spans of one office that lie over each other would be counted twice."""
    ends: dict[tuple[str, str], str] = {}
    for line in sorted(lines, key=lambda each: each.row["from"]):
        day = (line.row["office"], line.row["weekday"])
        if line.row["from"] < ends.get(day, ""):
            yield line.fault(say.OVERLAP, office=day[0], weekday=day[1])
        ends[day] = max(line.row["to"], ends.get(day, ""))


def _rule(line: TableLine) -> Iterator[RegionFault]:
    if (rule := line.row["rule"]) and not _reads(parse_rule, rule, BadTimeRule):
        yield line.fault(say.NO_RULE, value=rule)


def _clocks(lines: Sequence[TableLine]) -> Iterator[RegionFault]:
    for row, other in one_clock([line.row for line in lines]):
        line = next(each for each in lines if each.row is row)
        told = {"value": row["rule"], "other": other["key"], "theirs": other["rule"], "code": row["code"]}
        yield line.fault(say.ONE_CLOCK, **told)


def _parameter(line: TableLine) -> Iterator[RegionFault]:
    key, value, unit = (line.row[each] for each in ("key", "value", "unit"))
    if key in TIMES or unit in ("local_time", "local_times"):
        for each in value.split(";") if unit == "local_times" else [value]:
            if not _reads(read_time, each, BadTable):
                yield line.fault(say.NO_TIME, value=each)
    elif unit == "yes_no":
        if value not in ("yes", "no"):
            yield line.fault(say.NOT_ONE_OF, column="value", value=value, known="yes, no")
    elif not (WHOLE if key in NUMBERS else NUMBER).fullmatch(value):
        yield line.fault(say.NO_NUMBER, value=value)


def _office(line: TableLine) -> Iterator[RegionFault]:
    zone, mail, number = (line.row.get(each, "") for each in ("time_zone", "email", "number"))
    if number and not is_office_number(number):
        yield line.fault(say.NO_OFFICE_NUMBER, value=number)
    if zone and not is_zone(zone):
        yield line.fault(say.NO_ZONE, value=zone)
    if mail and not MAIL.fullmatch(mail):
        yield line.fault(say.NO_MAIL, value=mail)
    for each in filter(None, line.row.get("phone", "").split(";")):
        if not PHONE.fullmatch(each):
            yield line.fault(say.NO_PHONE, value=each)


def _numbers(lines: Sequence[TableLine]) -> Iterator[RegionFault]:
    """Two offices of one kind and number would give their cases one series."""
    seen: dict[tuple[str, str], TableLine] = {}
    for line in lines:
        other = seen.setdefault((line.row["kind"], line.row["number"]), line)
        if other is not line and line.row["number"]:
            told = {"value": line.row["number"], "kind": line.row["kind"], "other": other.row["key"]}
            yield line.fault(say.OFFICE_TWICE, **told)


def _place(line: TableLine) -> Iterator[RegionFault]:
    degrees = [line.row["latitude"], line.row["longitude"]]
    if any(degrees) and not (all(DEGREES.fullmatch(each) for each in degrees) and _in_country(degrees)):
        yield line.fault(say.NO_PLACE, value=" ".join(degrees))


def _in_country(degrees: Sequence[str]) -> bool:
    return all(least <= float(each) <= most for each, (least, most) in zip(degrees, COUNTRY, strict=True))


def _copies(line: TableLine) -> Iterator[RegionFault]:
    if (copies := line.row.get("copies", "")) and not re.fullmatch("[1-9][0-9]?", copies):
        yield line.fault(say.NO_NUMBER, value=copies)


def _public_words(package: Package, known: Known) -> Iterator[RegionFault]:
    """The steps, papers and grounds that plain words are said of."""
    said_of: dict[str, list[str]] = defaultdict(list)
    said_of |= {"document": package.keys("documents"), "ground": package.keys("grounds")}
    said_of |= {each: [row["key"] for row in package.rows("steps") if row["route"] == each] for each in known["routes"]}
    for line in package.tables["public"]:
        part, key = line.row["part"], line.row["key"]
        if part in said_of and key not in said_of[part]:
            yield line.fault(say.NOT_ONE_OF, column="key", value=key, known=few(said_of[part]))


def _through(package: Package) -> Iterator[RegionFault]:
    """Clauses that are said to carry another out, and that the list does not have."""
    known = package.keys("clauses")
    for line in package.tables["clauses"]:
        for each in filter(None, line.row.get("through", "").split(";")):
            if law.narrowest(each, known) is None:
                yield line.fault(say.NOT_ONE_OF, column="through", value=each, known=few(known))


def is_zone(name: str) -> bool:
    """Whether the time zone database has it."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _reads(read: Callable[[str], object], text: str, error: type[Exception]) -> bool:
    try:
        read(text)
    except error:
        return False
    return True
