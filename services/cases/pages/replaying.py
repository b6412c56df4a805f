"""What the tables of a version would have answered in the cases of the last months: whose answer would change.

Each decision is made anew over the very values that it was made on, at the moment when it was made. Nothing is kept.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from time import monotonic
from typing import Any

from sqlalchemy import Row, or_, select

from services import bpmn, clock, deadlines, directory, engine, expressions, processes, registry
from services.cases.decided import fired_of
from services.cases.facts import number_of
from services.cases.models import Case, Instance
from services.cases.rights import sees
from services.db import db
from services.processes.models import ProcessDefinition

#: so many cases at most, the newest first, and for so long
MOST, SECONDS = 2000, 10.0


@dataclass(frozen=True)
class Redecided:
    """A decision whose answer would be another one. Of whom the case is, it does not say."""

    case_id: int
    number: str
    office_key: str
    at: datetime
    decision: str
    before: Mapping[str, object]  #: output -> value
    after: Mapping[str, object]
    rules_before: str  #: the numbers of the rules that fired: «2, 5»
    rules_after: str
    fault: expressions.ExpressionError | None = None  #: why there would be no answer
    may_open: bool = False  #: this person may look at the case


@dataclass(frozen=True)
class Shift:
    """How one output of a decision would change, over all of them."""

    decision: str
    output: str
    count: int
    lower: int = 0  #: of numbers
    higher: int = 0
    difference: float = 0  #: what all of them together would be more
    #: of what is no number: the value then, the value now, how often
    pairs: Sequence[tuple[object, object, int]] = ()


@dataclass(frozen=True)
class Replay:
    """What came of it."""

    since: date
    until: date
    tried: int = 0
    same: int = 0
    rows: Sequence[Redecided] = ()  #: the newest first
    shifts: Sequence[Shift] = ()
    already: int = 0  #: would change, and do so by what is in force now
    without: int = 0  #: made before their values were kept
    more: bool = False  #: not all were tried: too many, or it took too long
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  #: decision -> output -> as drawn
    names: Mapping[str, str] = field(default_factory=dict)  #: decision -> as drawn


def replay(
    deployment_id: int, person: directory.Person, *, since: date | None = None, until: date | None = None
) -> Replay:
    """Every decision made in those days, once more by the tables of that deployment.

    The days are by the control level's calendar: from the beginning of the last quarter to today where nothing is said.
    Raises NotTheirs, NoSuchDeployment.
    """
    page = processes.deployment_page(deployment_id, person)
    days = Replay(*_days(since, until))
    candidate = [processes.definition(each.definition_id) for each in page.versions]
    decisions = {key: each for each in candidate for key in each.decisions}
    if not decisions:
        return days
    files = processes.resources(deployment_id)
    named = {key: each.decisions[key].name for key, each in decisions.items()}
    days = replace(days, labels=processes.names_of_answers(files), names=named)
    found = db.session.execute(_wanted(days, sorted(decisions)).limit(MOST + 1)).all()
    work = _Work(decisions, person, monotonic() + SECONDS)
    for row in found[:MOST]:
        for entry in _last_of_each(row.decided, days):
            if str(entry["decision"]) in decisions and not work.take(row, entry):
                return replace(work.result(days), more=True)
    return replace(work.result(days), more=len(found) > MOST)


class _Work:
    """The decisions that were made anew so far."""

    def __init__(self, decisions: Mapping[str, engine.Definition], person: directory.Person, stop_at: float) -> None:
        self.decisions, self.person, self.stop_at = decisions, person, stop_at
        self.rows: list[Redecided] = []
        self.tried = self.same = self.already = self.without = 0
        plugins = registry.current()
        self.zone = deadlines.zone(plugins, str(plugins.facts()["control_office"]))
        self.in_force = processes.in_force_now()

    def take(self, row: Row[Any], entry: Mapping[str, Any]) -> bool:
        """One more; False when there is no time left."""
        if monotonic() > self.stop_at:
            return False
        if "given" not in entry:
            self.without += 1
            return True
        self.tried += 1
        key, before = str(entry["decision"]), dict(entry["outputs"])
        after, rules, fault = self._decide(self.decisions[key], key, entry)
        if fault is None and after == before:
            self.same += 1
        elif fault is None and self._in_force_says(row, key, entry) == after:
            self.already += 1
        else:
            case: Case = row.Case
            self.rows.append(Redecided(
                case.id, number_of(case, row.number) or "", row.office_key, datetime.fromisoformat(str(entry["at"])),
                key, before, after, _rules(key, fired_of(entry)), rules, fault, sees(case, self.person),
            ))  # fmt: skip
        return True

    def _in_force_says(self, row: Row[Any], key: str, entry: Mapping[str, Any]) -> Mapping[str, object] | None:
        now = self.in_force.get(row.route_key)
        definition = processes.definition(now) if now is not None else None
        if definition is None or key not in definition.decisions:
            return None
        after, _, fault = self._decide(definition, key, entry)
        return after if fault is None else None

    def _decide(
        self, definition: engine.Definition, key: str, entry: Mapping[str, Any]
    ) -> tuple[Mapping[str, object], str, expressions.ExpressionError | None]:
        at = datetime.fromisoformat(str(entry["at"])).astimezone(self.zone)
        try:
            said = bpmn.decide_over(definition.decisions, key, entry["given"], at)
        except expressions.ExpressionError as fault:
            return {}, "", fault
        return said.outputs, _rules(key, said.tables), None

    def result(self, days: Replay) -> Replay:
        shifts = [shift for key in self.decisions for shift in shifts_of(key, self.rows)]
        return replace(days, tried=self.tried, same=self.same, rows=self.rows, shifts=shifts, already=self.already,
                       without=self.without)  # fmt: skip


def shifts_of(decision: str, rows: Sequence[Redecided]) -> list[Shift]:
    """How each output of that decision changes, over all rows. Pure."""
    mine = [row for row in rows if row.decision == decision and row.fault is None]
    outputs = dict.fromkeys(name for row in mine for name in (*row.before, *row.after))
    found = []
    for output in outputs:
        pairs = [(row.before.get(output), row.after.get(output)) for row in mine]
        changed = [pair for pair in pairs if pair[0] != pair[1]]
        numbers = [(a, b) for a, b in changed if _is_number(a) and _is_number(b)]
        if changed and len(numbers) == len(changed):
            less, more = sum(b < a for a, b in numbers), sum(b > a for a, b in numbers)  # type: ignore[operator]
            difference = round(sum(b - a for a, b in numbers), 2)  # type: ignore[operator]
            found.append(Shift(decision, output, len(changed), less, more, difference))
        elif changed:
            counted = Counter((repr(a), repr(b)) for a, b in changed)
            values = {(repr(a), repr(b)): (a, b) for a, b in changed}
            often = [(*values[each], count) for each, count in counted.most_common(10)]
            found.append(Shift(decision, output, len(changed), pairs=often))
    return found


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _rules(decision: str, tables: Sequence[bpmn.Fired]) -> str:
    return ", ".join(str(rule.number) for table in tables if table.decision == decision for rule in table.rules)


def _days(since: date | None, until: date | None) -> tuple[date, date]:
    plugins = registry.current()
    today = deadlines.local(plugins, str(plugins.facts()["control_office"]), clock.now()).date()
    first = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    before = first - timedelta(days=1)
    return since or date(before.year, (before.month - 1) // 3 * 3 + 1, 1), until or today


def _moments(days: Replay) -> tuple[datetime, datetime]:
    plugins = registry.current()
    zone = deadlines.zone(plugins, str(plugins.facts()["control_office"]))
    begin = datetime.combine(days.since, time.min, zone)
    return begin.astimezone(UTC), datetime.combine(days.until, time.max, zone).astimezone(UTC)


def _wanted(days: Replay, decisions: Sequence[str]) -> Any:
    begin, end = _moments(days)
    made = or_(*[Instance.decided.contains([{"decision": key}]) for key in decisions])
    key = select(ProcessDefinition.key).where(ProcessDefinition.id == Instance.definition_id)
    return (
        select(Case, Instance.decided, Instance.number, Instance.office_key, key.scalar_subquery().label("route_key"))
        .join(Case, Case.id == Instance.case_id)
        .where(Case.plays.is_(None), Instance.started_at <= end, made)
        .where(or_(Instance.finished_at.is_(None), Instance.finished_at >= begin))
        .order_by(Instance.id.desc())
    )


def _last_of_each(decided: Sequence[Mapping[str, Any]], days: Replay) -> list[Mapping[str, Any]]:
    """What stood in the end, of those made in these days: of each decision the last."""
    begin, end = _moments(days)
    found = {str(each["decision"]): each for each in decided}
    return [each for each in found.values() if begin <= datetime.fromisoformat(str(each["at"])) <= end]
