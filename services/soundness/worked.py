"""Worked cases of a region: terms and decisions that people reckoned by hand, held against its tables. Pure.

`cases/*.yaml` of the package is a list. A case of a route names `office` and `accepted`, and of `steps` when each
begins and is due, `office` where another does it, `to` where a courier goes; `due` is the whole service's. How it
`ends`, and of steps the `answers`, when it is `done` and its `outcome`, is held over the pages by `komek.testing`. A
case of a `decision` says what is `given` and what it `gives`. Moments are on the office's clock; days are worked or not
as the holidays of the country say. A case is held against
the edition of the act of the day on which it was accepted (`on`, of a decision), as cases live under it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from services import bpmn, deadlines, law, processes
from services.errors import KomekError
from services.expressions import ExpressionError
from services.registry import Registry
from services.soundness import sentences as say
from services.soundness.fault import RegionFault
from services.soundness.sentences import fault

MOMENT = "%Y-%m-%d %H:%M"


@dataclass(frozen=True)
class WorkedCase:
    """One of them, and where it stands."""

    file: str
    line: int
    said: Mapping[str, Any]


#: what a case, and a step of one, may say; what nobody reads would be attested without being held to anything
OF_CASE = frozenset(
    {"case", "route", "office", "accepted", "due", "steps", "ends", "decision", "on", "given", "gives", "note"}
)
OF_STEP = frozenset({"step", "from", "due", "done", "office", "to", "answers", "outcome", "note"})


class NotWorked(ValueError):
    """A worked case is not of the form: why, in words for whoever wrote it."""


def worked_cases(folder: Path, found: list[RegionFault]) -> list[WorkedCase]:
    """Every case of a package's folder; a file that is no list of cases is told."""
    import yaml

    cases = []
    for file in sorted(folder.glob("cases/*.yaml")):
        place = file.relative_to(folder).as_posix()
        try:
            text = file.read_text(encoding="utf-8-sig")
            nodes, said = yaml.compose(text, yaml.SafeLoader), yaml.safe_load(text)
        except (yaml.YAMLError, UnicodeError) as error:
            mark = getattr(error, "problem_mark", None)
            found.append(fault(place, mark.line + 1 if mark else 0, say.NO_CASE, {"why": str(error).splitlines()[0]}))
            continue
        if not isinstance(said, list) or not all(isinstance(each, Mapping) for each in said):
            found.append(fault(place, 1, say.NO_CASE, {"why": "no list of cases"}))
            continue
        lines = [each.start_mark.line + 1 for each in nodes.value]
        cases += [WorkedCase(place, line, each) for line, each in zip(lines, said, strict=True)]
    return cases


def case_faults(registry: Registry) -> Iterator[RegionFault]:
    """What the tables and decisions say otherwise than the region's worked cases."""
    found: list[RegionFault] = []
    cases = worked_cases(registry.folders[0], found)
    yield from found
    laws = _laws(registry)
    regions = {each: _region(each, cases) for each in laws.values()}
    for case in cases:
        try:
            under = _law_of(case.said, laws)
            for what, reckoned, said in _held(under, regions[under], case.said):
                if reckoned != said:
                    told = {"case": case.said.get("case", ""), "what": what, "found": reckoned, "said": said}
                    yield fault(case.file, case.line, say.CASE_OTHERWISE, told)
        except (NotWorked, KomekError, ExpressionError) as error:
            yield fault(case.file, case.line, say.NO_CASE, {"why": str(error)})


def _laws(registry: Registry) -> dict[str, Registry]:
    """Each edition of the region's act by the day, in ISO, from which it holds, in their order."""
    editions = law.shipped_editions(registry)
    if len(editions) == 1:
        return {"": registry}
    return {each.act["from_on"]: registry.under(law.folder_of(each)) for each in editions}


def _law_of(case: Mapping[str, Any], laws: dict[str, Registry]) -> Registry:
    """The law of the case's day; the first for one that says none, or an earlier one."""
    day = str(case.get("accepted") or case.get("on") or "")[:10]
    return next((laws[each] for each in reversed(laws) if each <= day), next(iter(laws.values())))


def _region(registry: Registry, cases: list[WorkedCase]) -> deadlines.RegionTime:
    """The region's time in the years of the cases, with the country's holidays."""
    begun = [str(case.said.get("accepted", "")) for case in cases]
    years = {int(each[:4]) for each in begun if each[:4].isdigit()}
    wanted = tuple(sorted(years | {year + 1 for year in years}))
    filled = deadlines.FillYears(wanted).made(registry, deadlines.Timetable())
    return deadlines.RegionTime(registry, filled)


def _held(
    registry: Registry, region: deadlines.RegionTime, case: Mapping[str, Any]
) -> Iterator[tuple[str, object, object]]:
    """What is compared: what it is called, what Komek reckons, what the case says. Raises NotWorked, KomekError."""
    _check_keys(case, OF_CASE)
    if "decision" in case:
        yield from _decided(registry, case)
        return
    route, office = (_needed(case, key) for key in ("route", "office"))
    zone = region.zone(office)
    accepted = _moment(case, "accepted", zone)
    if "due" in case:
        yield "due", _said(deadlines.case_due(region, accepted, office).at, zone), _moment_said(case, "due")
    for step in case.get("steps") or ():
        key, here = _needed(step, "step"), str(step.get("office") or office)
        _check_keys(step, OF_STEP)
        reckoned = deadlines.step_due(
            region, route, key, _moment(step, "from", region.zone(here)), here, step.get("to")
        )
        yield f"{key}: due", _said(reckoned.at, region.zone(here)), _moment_said(step, "due")


def _decided(registry: Registry, case: Mapping[str, Any]) -> Iterator[tuple[str, object, object]]:
    given, gives = case.get("given"), case.get("gives")
    if not isinstance(given, Mapping) or not isinstance(gives, Mapping):
        raise NotWorked("given and gives are no mappings")
    files = bpmn.FileSet.of(processes.brought(registry))
    roots = {name: files.root(name) for name in files if name.endswith(".dmn")}
    made = bpmn.decide_over(bpmn.read_decisions(roots), _needed(case, "decision"), given)
    for name, said in gives.items():
        yield str(name), made.outputs.get(name), said


def _check_keys(said: Mapping[str, Any], known: frozenset[str]) -> None:
    """Raises NotWorked."""
    if unknown := sorted(str(each) for each in said if each not in known):
        raise NotWorked(f"nobody reads {', '.join(unknown)}; known: {', '.join(sorted(known))}")


def _needed(case: Mapping[str, Any], key: str) -> str:
    if not isinstance(case, Mapping) or not case.get(key):
        raise NotWorked(f"{key} is missing")
    return str(case[key])


def _moment(case: Mapping[str, Any], key: str, zone: Any) -> datetime:
    try:
        return datetime.strptime(_needed(case, key)[:16], MOMENT).replace(tzinfo=zone)
    except ValueError:
        raise NotWorked(f"{key} is no moment of the form 2026-02-02 10:00") from None


def _moment_said(case: Mapping[str, Any], key: str) -> str:
    return _needed(case, key)[:16]


def _said(at: datetime | None, zone: Any) -> str:
    return f"{at.astimezone(zone):{MOMENT}}" if at else "—"
