"""Decision tables: which rules fit, and what the hit policy makes of them (DMN 1.5, chapter 8)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from services.dmn.requirements import Deciding, FiredTable, Logic, Output, RuleFired
from services.feel.applying import fitted
from services.feel.library import BUILTINS
from services.feel.run import FeelScope
from services.feel.types import FeelType
from services.feel.values import Value, equal, text_of

SINGLE = ("UNIQUE", "FIRST", "ANY", "PRIORITY")
MULTIPLE = ("COLLECT", "RULE ORDER", "OUTPUT ORDER")
POLICIES = frozenset({*SINGLE, *MULTIPLE})
AGGREGATIONS = frozenset({"SUM", "MIN", "MAX", "COUNT"})
MOMENTS = frozenset({"date", "date and time", "time", "days and time duration", "years and months duration"})


@dataclass(frozen=True)
class TableColumn:
    """What a table looks at."""

    label: str
    value: Logic
    type: FeelType | None = None
    allows: Callable[[FeelScope, Value], bool | None] | None = None  #: the values of its list
    names: Sequence[str] = ()  #: what else its value is called in the entries


@dataclass(frozen=True)
class Cell:
    """One test of a rule; None: it fits anything."""

    text: str
    test: Callable[[FeelScope, Value], bool | None] | None
    kinds: frozenset[str] = frozenset()  #: of the constants in it


@dataclass(frozen=True)
class TableRow:
    """A rule of a decision table: what it asks of each column, and what it gives."""

    rule: RuleFired
    entries: tuple[Cell, ...]
    outputs: tuple[Logic | None, ...]
    texts: tuple[str, ...]
    kinds: tuple[frozenset[str], ...] = ()  #: of the constants that each output gives


#: Camunda 7's «date», where a table asks for the time of day
DAY_OR_MOMENT = FeelType("date and time", name="date")


def agreed(type_: FeelType | None, kinds: frozenset[str], *, by_day: bool) -> FeelType | None:
    """The type of a column that names none, or only Modeler's own «string»: what its entries agree on.

    Days and times are read from the texts that variables hold; other values are taken as they are. Camunda 7 has one
    type for days with and without a time of day, «date»: entries that all say the time of day are asked about it.
    `by_day`: of files in which they were not.
    """
    if not by_day and type_ == FeelType("date") and kinds == {"date and time"}:
        return DAY_OR_MOMENT
    if (type_ is not None and str(type_) != "string") or not kinds or "string" in kinds:
        return type_
    found = FeelType(next(iter(kinds))) if len(kinds) == 1 else None
    return found if found is not None and found.kind in MOMENTS else None


@dataclass(frozen=True)
class DecisionTable:
    """A decision table. `order` lists, for each output, its values from the first to the last in rank."""

    decision: str
    name: str
    policy: str
    aggregation: str | None
    columns: tuple[TableColumn, ...]
    outputs: tuple[Output, ...]
    rows: tuple[TableRow, ...]
    defaults: tuple[Logic | None, ...] = ()
    order: tuple[Logic | None, ...] = ()
    defaults_are_held: bool = True  #: to what their columns list, as the rules' answers are

    def decide(self, scope: FeelScope) -> Value:
        """The value: of one output that, of several a context; a list of them where several rules may say something."""
        run = scope.run
        values = []
        for column in self.columns:
            found = _asked(column, scope)
            if found is _BEYOND:
                return None
            values.append(found)
        inside = scope.inside(self._named(values))
        hits = [row for row in self.rows if _fits(row, inside, values)]
        answers = [self._answer(row, inside) for row in hits]
        if isinstance(run, Deciding):
            said = tuple((column.label, value) for column, value in zip(self.columns, values, strict=True))
            kept = self._kept(hits, answers, scope)
            rules = tuple(row.rule for row, _ in kept)
            run.fired.append(FiredTable(self.decision, self.name, self.policy, said, rules, tuple(a for _, a in kept)))
        if not hits:
            return self._default(scope)
        return _POLICIES[self.policy](self, scope, hits, answers)

    def _named(self, values: Sequence[Value]) -> Mapping[str, Value]:
        return {name: value for column, value in zip(self.columns, values, strict=True) for name in column.names}

    def _kept(
        self, hits: list[TableRow], answers: list[dict[str, Value]], scope: FeelScope
    ) -> list[tuple[TableRow, dict[str, Value]]]:
        """The rows that the result rests on."""
        found = list(zip(hits, answers, strict=True))
        if self.policy == "FIRST":
            return found[:1]
        if self.policy == "PRIORITY" and found:
            first = self.ranked(scope, answers)[0]
            return [next(each for each in found if each[1] is first)]
        return found

    def _answer(self, row: TableRow, scope: FeelScope) -> dict[str, Value]:
        found = {}
        for output, logic, text in zip(self.outputs, row.outputs, row.texts, strict=True):
            before = len(scope.run.notes)
            value = None if logic is None else logic(scope)
            value = _fitted(scope, value, output.type, output.name)
            found[output.name] = _listed(scope, value, output.allows, output.name)
            if found[output.name] is None and isinstance(scope.run, Deciding):
                scope.run.complain(text, before)
        return found

    def plain(self, answer: Mapping[str, Value]) -> Value:
        """Of one output its value, of several a context."""
        return next(iter(answer.values())) if len(self.outputs) == 1 else dict(answer)

    def _default(self, scope: FeelScope) -> Value:
        if any(self.defaults):
            found = {
                output.name: None if logic is None else self._by_default(output, logic, scope)
                for output, logic in zip(self.outputs, self.defaults, strict=True)
            }
            return self.plain(found) if self.policy in SINGLE or self.aggregation else [self.plain(found)]
        if self.policy == "COLLECT":
            return _COUNT_OF_NONE if self.aggregation == "COUNT" else None if self.aggregation else []
        return None

    def _by_default(self, output: Output, logic: Logic, scope: FeelScope) -> Value:
        before = len(scope.run.notes)
        value = _fitted(scope, logic(scope), output.type, output.name)
        if not self.defaults_are_held:
            return value
        value = _listed(scope, value, output.allows, output.name)
        if value is None and isinstance(scope.run, Deciding):
            scope.run.complain(output.name or self.name, before)
        return value

    def ranked(self, scope: FeelScope, answers: list[dict[str, Value]]) -> list[dict[str, Value]]:
        """The answers, highest first as the outputs' lists of values say."""
        ranks = [None if logic is None else logic(scope) for logic in self.order]

        def rank(answer: dict[str, Value]) -> list[int]:
            found = []
            for (_, value), values in zip(answer.items(), ranks, strict=True):
                listed = values if isinstance(values, list) else []
                at = next((at for at, each in enumerate(listed) if equal(each, value) is True), len(listed))
                found.append(at)
            return found

        return sorted(answers, key=rank)


_BEYOND = object()
_COUNT_OF_NONE = BUILTINS["count"].call(Deciding(), [[]])


def _asked(column: TableColumn, scope: FeelScope) -> Value:
    """The value of a column, made to fit its type."""
    run = scope.run
    before = len(run.notes)
    value = column.value(scope)
    value = _fitted(scope, value, column.type, column.label)
    is_there = value is not None
    value = _listed(scope, value, column.allows, column.label)
    if isinstance(run, Deciding) and value is None:
        run.complain(column.label, before)
    return _BEYOND if is_there and value is None else value


def _listed(
    scope: FeelScope, value: Value, allows: Callable[[FeelScope, Value], bool | None] | None, name: str
) -> Value:
    """The value, or null with a note when it is not among those that its column lists."""
    if allows is None or value is None or allows(scope, value) is True:
        return value
    return scope.run.note("%(value)s is not among the values of %(column)s", value=text_of(value)[:60], column=name)


def _fitted(scope: FeelScope, value: Value, type_: FeelType | None, label: str = "") -> Value:
    run = scope.run
    if type_ is not None and isinstance(run, Deciding) and run.fits:
        return run.fits(value, type_, label)
    return fitted(run, value, type_)


def _fits(row: TableRow, scope: FeelScope, values: Sequence[Value]) -> bool:
    for entry, value in zip(row.entries, values, strict=True):
        if entry.test is None:
            continue
        before = len(scope.run.notes)
        found = entry.test(scope, value)
        if found is not True:
            if found is None and isinstance(scope.run, Deciding):
                scope.run.complain(entry.text, before)
            return False
    return True


Answers = list[dict[str, Value]]


def _unique(table: DecisionTable, scope: FeelScope, hits: list[TableRow], answers: Answers) -> Value:
    if len(hits) > 1:
        return _unclear(table, scope, "the rules %(rules)s all fit; UNIQUE allows one", hits)
    return table.plain(answers[0])


def _unclear(table: DecisionTable, scope: FeelScope, text: str, hits: list[TableRow]) -> None:
    before = len(scope.run.notes)
    scope.run.note(text, rules=[row.rule.number for row in hits])
    if isinstance(scope.run, Deciding):
        scope.run.complain(table.name, before)


def _any(table: DecisionTable, scope: FeelScope, hits: list[TableRow], answers: Answers) -> Value:
    if any(equal(answer, answers[0]) is not True for answer in answers):
        return _unclear(table, scope, "the rules %(rules)s differ; ANY wants one answer", hits)
    return table.plain(answers[0])


def _first(table: DecisionTable, scope: FeelScope, hits: list[TableRow], answers: Answers) -> Value:
    return table.plain(answers[0])


def _priority(table: DecisionTable, scope: FeelScope, hits: list[TableRow], answers: Answers) -> Value:
    return table.plain(table.ranked(scope, answers)[0])


def _all_of(table: DecisionTable, scope: FeelScope, hits: list[TableRow], answers: Answers) -> Value:
    return [table.plain(answer) for answer in answers]


def _output_order(table: DecisionTable, scope: FeelScope, hits: list[TableRow], answers: Answers) -> Value:
    return [table.plain(answer) for answer in table.ranked(scope, answers)]


def _collect(table: DecisionTable, scope: FeelScope, hits: list[TableRow], answers: Answers) -> Value:
    if not table.aggregation:
        return _all_of(table, scope, hits, answers)
    found = {}
    for output in table.outputs:
        values = [answer[output.name] for answer in answers]
        function = BUILTINS[table.aggregation.lower()]
        found[output.name] = function.call(scope.run, [values])
    return table.plain(found)


_POLICIES: Mapping[str, Callable[[DecisionTable, FeelScope, list[TableRow], Answers], Value]] = {
    "UNIQUE": _unique, "ANY": _any, "FIRST": _first, "PRIORITY": _priority, "RULE ORDER": _all_of,
    "OUTPUT ORDER": _output_order, "COLLECT": _collect,
}  # fmt: skip
