"""The longest lawful time of a way through a process, against the time of the whole service."""

from contextlib import suppress
from typing import NamedTuple

from services.bpmn import Node, Scope, next_nodes, read_extensions
from services.deadlines import BadTimeRule, parse_rule
from services.errors import NotFound
from services.processes.doctor import catalogue
from services.processes.doctor.bench import THROWS, Bench, executable_of
from services.processes.doctor.note import Note, Notes
from services.processes.doctor.sheet import Sheet

#: a working day in minutes, for adding minutes to days; a run of the courier or a registry is within the day
DAY_MIN, WITHIN_THE_DAY_MIN = 8 * 60, 8 * 60


class LongestWay(NamedTuple):
    """A way through a process: how long it may lawfully take, the steps on it, the code of the last one."""

    minutes: int = 0
    path: tuple[str, ...] = ()
    code: str = ""
    stopped: bool = False  #: a step that stops the outer clock is on it


def notes_on_times(bench: Bench, sheet: Sheet) -> Notes:
    """The longest way of every route that begins in this file."""
    limit = _limit(bench)
    if limit is None:
        return
    executable = set(executable_of(sheet))
    for scope in bench.scopes(sheet):
        if scope.id in executable and scope.id in bench.routes.get(scope.id, ()):
            longest = _Longest(bench, scope.id).of(scope, LongestWay())
            days = -(-longest.minutes * 10 // DAY_MIN) / 10
            if longest.minutes > limit[1] * DAY_MIN:
                details = {"days": f"{days:g}", "limit": limit[0], "most": limit[1]}
                yield Note(catalogue.LONGER_THAN_LIMIT, scope.element, details, longest.path)


def _limit(bench: Bench) -> tuple[int, int] | None:
    """The outer limit in calendar days, and the most working days that can lie in them."""
    with suppress(NotFound, ValueError, KeyError):
        days = int(bench.registry.row("parameters", "outer_limit_calendar_days")["value"])
        return days, days - 2 * (days // 7)
    return None


class _Longest:
    """The longest way without going round: nodes in their order, what leads back left out."""

    def __init__(self, bench: Bench, route: str) -> None:
        self.bench, self.route = bench, route
        self.steps = {row["key"]: row for row in bench.registry.table("steps") if row["route"] == route}
        self.inside: set[str] = set()

    def of(self, scope: Scope, before: LongestWay) -> LongestWay:
        if scope.id in self.inside:
            return before
        self.inside.add(scope.id)
        ways: dict[Node, LongestWay] = dict.fromkeys(scope.starts, before)
        ended: list[LongestWay] = []
        for node in sorted(scope.nodes.values(), key=lambda each: each.rank):
            if node not in ways:
                continue
            way = self._through(node, ways[node])
            ahead = next_nodes(scope, node)
            ended += [way] if not ahead else []
            for target in ahead:
                if target.rank > node.rank and (target not in ways or ways[target].minutes < way.minutes):
                    ways[target] = ways[node] if target.host is node else way
        self.inside.discard(scope.id)
        return max(ended or list(ways.values()), key=lambda each: each.minutes, default=before)

    def _through(self, node: Node, way: LongestWay) -> LongestWay:
        if way.stopped:
            return way
        way = way._replace(path=(*way.path, node.id))
        if node.inside is not None:
            return self.of(node.inside, way)
        called = (
            self.bench.processes.get(node.element.get("calledElement") or "") if node.kind == "callActivity" else None
        )
        if called is not None:
            return self.of(called, way)
        if node.kind in THROWS and node.message:
            for begun in self.bench.processes.values():
                if begun.starts and begun.starts[0].message == node.message:
                    return self.of(begun, way)
        row = self.steps.get(read_extensions(node.element).properties.get("step") or "")
        if row is None:
            return way
        minutes = way.minutes + (_minutes(row["rule"]) if row["code"] != way.code or not way.code else 0)
        return LongestWay(minutes, way.path, row["code"], row["ends_outer"] == "yes")


def _minutes(text: str) -> int:
    try:
        rule = parse_rule(text)
    except BadTimeRule:
        return 0
    if rule.kind == "MIN":
        return rule.count
    return rule.count * DAY_MIN if rule.kind == "WD" else WITHIN_THE_DAY_MIN
