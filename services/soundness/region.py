"""What a region says of itself as a whole that cannot be so: its facts, its offices, and who does what."""

import re
from collections.abc import Iterator, Mapping

from services import languages
from services.soundness import sentences as say
from services.soundness.cells import few, is_zone
from services.soundness.columns import FACTS, INTAKE_STAFF, MORE_PARAMETERS, NUMBERS, TIMES, meant
from services.soundness.fault import RegionFault
from services.soundness.reading import Facts, Package
from services.soundness.sentences import fault

#: what every region says; in Kazakh, and then in the other languages, too
NEEDED = (
    "time_zone", "control_office", "service.name_kk", "service.routes", "act.reference_kk", "notice.not_in_act_kk",
)  # fmt: skip
ONLY_ON_PAPERS = frozenset({"name_kk"})  #: said on papers alone, in the region's first language
#: tables with clauses that are said to people, and the column of them
OF_CLAUSES = {
    **dict.fromkeys(("steps", "roles", "parameters", "public", "stops", "documents", "grounds"), "clause"),
    "clauses": "key",
}


def region_faults(package: Package) -> Iterator[RegionFault]:
    """Of a package that can be read."""
    yield from _facts(package.facts)
    yield from _names(package)
    yield from _offices(package)
    yield from _people(package)
    yield from _clauses(package)
    yield from _misspelt(package)


def _facts(facts: Facts) -> Iterator[RegionFault]:
    for dotted in NEEDED:
        if not facts.get(dotted):
            yield facts.fault(dotted, say.MISSING, key=dotted)
    if facts.get("service.routes") and not facts.routes():
        yield facts.fault("service.routes", say.NO_ROUTES)
    if (zone := facts.get("time_zone")) and not is_zone(str(zone)):
        yield facts.fault("time_zone", say.NO_ZONE, value=zone)
    first = facts.get("first_language") or languages.OF_STATE[0]
    if first not in languages.OF_STATE:
        told = {"column": "first_language", "value": first, "known": ", ".join(languages.OF_STATE)}
        yield facts.fault("first_language", say.NOT_ONE_OF, **told)
    elif not facts.get(f"name_{first}"):
        yield facts.fault(f"name_{first}", say.MISSING, key=f"name_{first}")
    for dotted, missing in _unsaid(facts.said):
        yield facts.fault(dotted, say.WORDS_MISSING, key=dotted, languages=", ".join(missing))
    clauses = facts.get("clauses")
    for each in clauses if isinstance(clauses, list) else ():
        if fault_of := _pattern(each):
            text, details, stands = fault_of
            yield fault("region.toml", facts.line_with(stands), text, details)


def _unsaid(said: Mapping[str, object], before: str = "") -> Iterator[tuple[str, list[str]]]:
    """Key, in the first language that says it -> the languages in which it is not said."""
    stems = dict.fromkeys(each[:-3] for each in said if each[-3:] in ("_kk", "_ru", "_en"))
    for name, value in said.items():
        if isinstance(value, Mapping):
            yield from _unsaid(value, f"{before}{name}.")
    for stem in stems if before else [each for each in stems if f"{each}_kk" not in ONLY_ON_PAPERS]:
        there = [each for each in languages.LANGUAGES if said.get(f"{stem}_{each}")]
        missing = [each for each in languages.LANGUAGES if each not in there]
        if missing and there:
            yield f"{before}{stem}_{there[0]}", missing


def _pattern(clause: object) -> tuple[str, dict[str, object], str] | None:
    """What is wrong with one of `clauses`: the sentence, its details, and a text of the line where it stands."""
    pattern = clause.get("pattern") if isinstance(clause, Mapping) else None
    if not pattern or not isinstance(clause, Mapping):
        return say.MISSING, {"key": "clauses.pattern"}, "[[clauses]]"
    stands = str(pattern)
    if wrong := [each for each in ("pattern", *languages.LANGUAGES) if not isinstance(clause.get(each, ""), str)]:
        return say.NO_TEXT, {"key": f"clauses.{wrong[0]}", "value": clause[wrong[0]]}, stands
    try:
        re.compile(stands)
    except re.error as error:
        return say.NO_PATTERN, {"value": pattern, "why": str(error)}, stands
    if missing := [each for each in languages.LANGUAGES if not clause.get(each)]:
        return say.MISSING, {"key": ", ".join(f"clauses.{each}" for each in missing)}, stands
    for each in languages.LANGUAGES:
        if why := _no_template(stands, clause[each]):
            return say.NO_GROUP, {"value": clause[each], "why": why}, stands
    return None


def _no_template(pattern: str, words: str) -> str:
    """Why the words cannot be put in the place of what the pattern finds; empty where they can."""
    try:
        re.compile(pattern).sub(words, "")  # what is put in is read first, whether or not anything is found
    except (re.error, IndexError) as error:
        return str(error)
    return ""


def _names(package: Package) -> Iterator[RegionFault]:
    """Offices, roles and parameters that must be there."""
    facts, offices, roles = package.facts, package.keys("offices"), package.keys("roles")
    control = facts.get("control_office")
    if control and control not in offices:
        told = {"column": "control_office", "value": control, "known": few(offices)}
        yield facts.fault("control_office", say.NOT_ONE_OF, **told)
    for route in facts.routes():
        if not facts.get(f"routes.{route}.name_kk"):
            yield facts.fault(f"routes.{route}.name_kk", say.MISSING, key=f"routes.{route}.name_kk")
        role = facts.get(f"routes.{route}.role")
        if role not in roles:
            told = {"column": f"routes.{route}.role", "value": role or "", "known": few(roles)}
            yield facts.fault(f"routes.{route}.role", say.NOT_ONE_OF, **told)
    there = package.keys("parameters")
    yield from (fault("parameters.csv", 0, say.MISSING, {"key": key}) for key in (*NUMBERS, *TIMES) if key not in there)


def _offices(package: Package) -> Iterator[RegionFault]:
    hours = {row["office"] for row in package.rows("hours")}
    kinds = {row["kind"] for row in package.rows("offices")}
    if "body" not in kinds:
        yield fault("offices.csv", 0, say.NO_BODY)
    for line in package.tables["offices"]:
        if not hours & {line.row["key"], line.row["kind"]}:
            yield line.fault(say.NO_HOURS, office=line.row["key"], kind=line.row["kind"])
    for kind in sorted(kinds - {"body", "psc", "control"}):
        if not package.facts.get(f"kinds.{kind}.name_kk"):
            yield package.facts.fault(f"kinds.{kind}.name_kk", say.MISSING, key=f"kinds.{kind}.name_kk")


def _people(package: Package) -> Iterator[RegionFault]:
    """Whoever does, leads, signs and compares can be somebody; every kind of office stands on a board."""
    roles = package.rows("roles")
    kinds = {row["kind"] for row in package.rows("offices")}
    for line in package.tables["roles"]:
        if line.row["office"] not in {*kinds, "any"}:
            yield line.fault(say.NOBODY_THERE, role=line.row["key"], kind=line.row["office"])
    for column, text in (("controls", say.NOBODY_CONTROLS), ("signs", say.NOBODY_SIGNS)):
        if not any(row.get(column) == "yes" for row in roles):
            yield fault("roles.csv", 0, text)
    led = {row["office"] for row in roles if row.get("leads") == "yes"}
    for kind in sorted(kinds - led - {"control"} if "any" not in led else ()):
        yield fault("roles.csv", 0, say.NOBODY_LEADS, {"kind": kind})


def _misspelt(package: Package) -> Iterator[RegionFault]:
    """Keys that nobody reads, where one like it that Komek reads is not there: it would be lost without a word."""
    for section, known in FACTS.items():
        for place, said in _sections(package.facts.said, section):
            for key in said:
                if like := meant(key, known, said):
                    dotted = f"{place}.{key}".lstrip(".")
                    yield package.facts.fault(dotted, say.KEY_MISSPELT, key=dotted, like=like)
    kinds, there = {row["kind"] for row in package.rows("offices")}, package.keys("parameters")
    values = (*NUMBERS, *TIMES, *MORE_PARAMETERS, *(f"{INTAKE_STAFF}{each}" for each in sorted(kinds)))
    for line in package.tables["parameters"]:
        if like := meant(line.row["key"], values, there):
            yield line.fault(say.KEY_MISSPELT, key=line.row["key"], like=like)


def _sections(said: Mapping[str, object], section: str) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Each section of `region.toml` that is called so, and what stands in it; a star stands for any key."""
    outer, _, star = section.partition(".")
    found = said.get(outer) if outer else said
    if not isinstance(found, Mapping):
        return
    if not star:
        yield outer, found
        return
    yield from ((f"{outer}.{key}", each) for key, each in found.items() if isinstance(each, Mapping))


def _clauses(package: Package) -> Iterator[RegionFault]:
    """Each clause that a table names is said in words."""
    patterns = []
    for each in package.facts.get("clauses") or ():
        if isinstance(each, Mapping) and _pattern(each) is None:
            patterns.append(re.compile(str(each["pattern"])))
    told: set[str] = set()
    for name, column in OF_CLAUSES.items():
        for line in package.tables[name]:
            clause = line.row.get(column, "")
            if clause and clause not in told and not any(each.fullmatch(clause) for each in patterns):
                told.add(clause)
                yield line.fault(say.NO_CLAUSE, value=clause)
