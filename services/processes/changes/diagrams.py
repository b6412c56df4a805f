"""Differences of diagrams."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from services.bpmn import B, Drawing, DrawnNode, FileSet, Pool, Way, read_drawing
from services.processes.changes import sentences
from services.processes.changes.sentences import Change, Detail, Keys, NameDrawn


def changed_drawings(before: FileSet, after: FileSet) -> Iterator[Change]:
    """Of every drawing in `after`; one that has no process of any drawing before is new."""
    former = [_read(before.root(name)) for name in before if name.endswith(".bpmn")]
    for name in after:
        if name.endswith(".bpmn"):
            now = _read(after.root(name))
            known = next((each for each in former if each.processes & now.processes), None)
            if known is None:
                for pool in now.drawing.pools:
                    if pool.process:
                        yield now.change(
                            "added", pool.id, sentences.PROCESS_NEW, name=now.name(pool.name or pool.process)
                        )
            else:
                yield from _Compared(known, now).all()


@dataclass(frozen=True)
class _DrawnFile:
    context: str
    processes: frozenset[str]
    drawing: Drawing

    def name(self, text: str, kind: str = "") -> NameDrawn:
        return NameDrawn(self.context, text, kind)

    def of(self, node: DrawnNode) -> NameDrawn:
        return self.name(node.name, node.kind)

    def change(self, kind: sentences.Kind, element: str, text: str, **details: Detail) -> Change:
        return Change(kind, self.context, element, text, details)


def _read(root: etree._Element) -> _DrawnFile:
    processes = [each.get("id", "") for each in root.iter(f"{B}process")]
    return _DrawnFile(f"bpmn:{processes[0] if processes else ''}", frozenset(processes), read_drawing(root))


class _Compared:
    """One drawing before and now."""

    def __init__(self, before: _DrawnFile, now: _DrawnFile) -> None:
        self.before, self.now = before, now
        old, new = list(before.drawing.nodes()), list(now.drawing.nodes())
        self.pairs = dict(_pairs(old, new))  #: node now -> node before
        self.kept = set(self.pairs.values())
        self.hosts_before = {node.id: before.of(node) for node in old}
        self.hosts_now = {node.id: now.of(node) for node in new}
        self.lanes = {lane for pool in now.drawing.pools for lane in pool.lanes}
        self.removed = [node for node in old if node not in self.kept]
        self.out_before, self.out_now = _out(before.drawing.ways()), _out(now.drawing.ways())

    def all(self) -> Iterator[Change]:
        yield from self._pools()
        for node in self.now.drawing.nodes():
            former = self.pairs.get(node)
            if former is None:
                yield self._added(node)
            else:
                yield from self._node(former, node)
                yield from self._ways(former, node)
        for node in self.removed:
            yield self.now.change("removed", node.id, _by_kind(node.kind, "REMOVED"), name=self.before.of(node))
        yield from self._notes()

    def _added(self, node: DrawnNode) -> Change:
        comes = [way.source for ways in self.out_now.values() for way in ways if way.target is node]
        if len(comes) == 1:
            text = _by_kind(node.kind, "ADDED_AFTER")
            return self.now.change("added", node.id, text, name=self.now.of(node), after=self.now.of(comes[0]))
        return self.now.change("added", node.id, _by_kind(node.kind, "ADDED"), name=self.now.of(node))

    # ------------------------------------------------------------ one element

    def _node(self, old: DrawnNode, new: DrawnNode) -> Iterator[Change]:
        name = self.now.of(new)
        for text, was, now in self._differences(old, new):
            if was != now:
                yield self.now.change("changed", new.id, text, name=name, before=was, after=now)
        if new.attached_to and old.attached_to in self.hosts_before and new.attached_to != old.attached_to:
            hosts = {"before": self.hosts_before[old.attached_to], "after": self.hosts_now.get(new.attached_to, name)}
            yield self.now.change("changed", new.id, sentences.STANDS_AT, name=name, **hosts)
        if old.kind == new.kind == "boundaryEvent" and old.interrupts != new.interrupts:
            yield self.now.change(
                "changed", new.id, sentences.INTERRUPTS if new.interrupts else sentences.GOES_ON, name=name
            )

    def _differences(self, old: DrawnNode, new: DrawnNode) -> Iterator[tuple[str, Detail, Detail]]:
        """Sentence, before, now: of everything that stands beside the name."""
        yield sentences.RENAMED, self.now.name(old.name, new.kind), self.now.of(new)
        yield sentences.KIND, Keys("bpmn", (old.kind,)), Keys("bpmn", (new.kind,))
        yield sentences.ROLES, _keys("role", old.roles), _keys("role", new.roles)
        yield sentences.STEP, _keys("step", (old.step,)), _keys("step", (new.step,))
        for text, attribute in _ATTRIBUTES:
            yield (
                text,
                old.extensions.get(attribute) or sentences.NOTHING,
                new.extensions.get(attribute) or sentences.NOTHING,
            )
        yield sentences.FORM, _form(old), _form(new)
        yield sentences.CALLED, old.called or sentences.NOTHING, new.called or sentences.NOTHING
        yield sentences.INPUTS, sentences.listed(old.extensions.inputs), sentences.listed(new.extensions.inputs)
        yield sentences.OUTPUTS, sentences.listed(old.extensions.outputs), sentences.listed(new.extensions.outputs)
        about = sentences.TIME if "timer" in (old.event, new.event) else sentences.MESSAGE
        yield about, old.about or sentences.NOTHING, new.about or sentences.NOTHING
        if new.lane and old.lane in self.lanes:
            yield sentences.LANE, self.before.name(old.lane), self.now.name(new.lane)
        yield sentences.SETTINGS, sentences.listed(_others(old, new)), sentences.listed(_others(new, old))
        yield sentences.REPEATS, _keys("repeats", (old.repeats,)), _keys("repeats", (new.repeats,))

    # ------------------------------------------------------------ the ways out

    def _ways(self, old: DrawnNode, new: DrawnNode) -> Iterator[Change]:
        was, now = self.out_before.get(old, []), self.out_now.get(new, [])
        gone = [way for way in was if not any(self._same_end(way, each) for each in now)]
        come = [way for way in now if not any(self._same_end(each, way) for each in was)]
        name = self.now.of(new)
        if len(was) == len(now) == len(gone) == 1 and come[0].target not in self.pairs:
            return  # the step that was added says where
        if len(was) == len(now) == len(gone) == 1:
            ends = {"before": self.before.of(gone[0].target), "after": self.now.of(come[0].target)}
            yield self.now.change("changed", come[0].id, sentences.NEXT, name=name, **ends)
            return
        for way in come:
            more = {"condition": way.condition} if way.condition else {}
            text = sentences.WAY_ADDED_IF if way.condition else sentences.WAY_ADDED
            yield self.now.change("added", way.id, text, name=name, after=self.now.of(way.target), **more)
        for way in gone:
            yield self.now.change(
                "removed", way.id, sentences.WAY_REMOVED, name=name, before=self.before.of(way.target)
            )
        for former in was:
            same = next((way for way in now if self._same_end(former, way)), None)
            if same is not None:
                yield from self._way(former, same, name)
        yield from self._default(old, new, name)

    def _same_end(self, before: Way, now: Way) -> bool:
        return self.pairs.get(now.target) is before.target

    def _way(self, old: Way, new: Way, name: NameDrawn) -> Iterator[Change]:
        details: dict[str, Detail] = {"name": name, "target": self.now.of(new.target)}
        if old.condition != new.condition:
            text = sentences.CONDITION if old.condition and new.condition else (
                sentences.CONDITION_ADDED if new.condition else sentences.CONDITION_REMOVED
            )  # fmt: skip
            yield self.now.change("changed", new.id, text, before=old.condition, after=new.condition, **details)
        if old.name != new.name and (old.name or new.name):
            before, after = self.before.name(old.name, "nameless"), self.now.name(new.name, "nameless")
            yield self.now.change("changed", new.id, sentences.WAY_RENAMED, before=before, after=after, **details)

    def _default(self, old: DrawnNode, new: DrawnNode, name: NameDrawn) -> Iterator[Change]:
        was = next((way for way in self.out_before.get(old, ()) if way.id == old.default), None)
        now = next((way for way in self.out_now.get(new, ()) if way.id == new.default), None)
        if now is not None and (was is None or not self._same_end(was, now)):
            yield self.now.change("changed", now.id, sentences.DEFAULT, name=name, after=self.now.of(now.target))

    # ------------------------------------------------------------ around the flow

    def _pools(self) -> Iterator[Change]:
        was, now = _by_id(self.before.drawing.pools), _by_id(self.now.drawing.pools)
        for key, pool in now.items():
            former = was.get(key)
            if former is None:
                yield self.now.change("added", key, sentences.POOL_ADDED, name=self.now.name(pool.name))
                continue
            if former.name != pool.name:
                names = {"before": self.before.name(former.name), "name": self.now.name(pool.name)}
                yield self.now.change("changed", key, sentences.RENAMED, **names)
            for lane in [each for each in pool.lanes if each not in former.lanes]:
                yield self.now.change("added", key, sentences.LANE_ADDED, name=self.now.name(lane))
            for lane in [each for each in former.lanes if each not in pool.lanes]:
                yield self.now.change("removed", key, sentences.LANE_REMOVED, name=self.before.name(lane))
        for key in was.keys() - now.keys():
            yield self.now.change("removed", key, sentences.POOL_REMOVED, name=self.before.name(was[key].name))
        old, new = ({each.id: each for each in file.drawing.messages} for file in (self.before, self.now))
        for key in sorted(new.keys() - old.keys()):
            yield self.now.change("added", key, sentences.MESSAGE_ADDED, name=self.now.name(new[key].name, "nameless"))
        for key in sorted(old.keys() - new.keys()):
            yield self.now.change(
                "removed", key, sentences.MESSAGE_REMOVED, name=self.before.name(old[key].name, "nameless")
            )

    def _notes(self) -> Iterator[Change]:
        was = {key: text for key, text, _ in self.before.drawing.notes}
        now = {key: text for key, text, _ in self.now.drawing.notes}
        for key, text in now.items():
            if was.get(key) != text:
                kind: sentences.Kind = "changed" if key in was else "added"
                yield self.now.change(kind, key, sentences.NOTE_CHANGED, after=self.now.name(text))
        for key in was.keys() - now.keys():
            yield self.now.change("removed", key, sentences.NOTE_REMOVED, before=self.before.name(was[key]))


_ATTRIBUTES = (
    (sentences.ASSIGNEE, "assignee"),
    (sentences.OPERATION, "topic"),
    (sentences.DECISION, "decisionRef"),
)


#: what a sentence of its own tells, or nobody: which element template was applied is told by what it fills in
_TOLD = frozenset({"type", "topic", "assignee", "decisionRef", "formKey", "formRef", "candidateGroups"})


def _others(node: DrawnNode, other: DrawnNode) -> list[tuple[str, str]]:
    """What stands in one node, in the file's words, and does not in the other, where no other sentence tells it."""
    known = _settings(other)
    return [(name, value) for name, value in _settings(node).items() if known.get(name) != value]


def _settings(node: DrawnNode) -> dict[str, str]:
    said = node.extensions
    groups = said.get("candidateGroups") or ""
    return {
        **{name: each for name, each in said.attributes.items() if name not in _TOLD and "Template" not in name},
        **({"candidateGroups": groups} if "{" in groups else {}),
        **{name: each for name, each in said.properties.items() if name != "step"},
        **{f"in {target}": source for source, target in said.into},
        **{f"out {target}": source for source, target in said.out_of},
        **node.settings,
    }


def _by_kind(kind: str, what: str) -> str:
    subject = "GATEWAY" if kind.endswith("Gateway") else "EVENT" if kind.endswith("Event") else "STEP"
    return str(getattr(sentences, f"{subject}_{what}"))


def _pairs(old: Sequence[DrawnNode], new: Sequence[DrawnNode]) -> Iterator[tuple[DrawnNode, DrawnNode]]:
    """Node now, node before: by id; of the rest, by kind and name where there is one of each."""
    by_id = {node.id: node for node in reversed(old)}
    taken: set[DrawnNode] = set()
    rest = []
    for node in new:
        former = by_id.get(node.id)
        if former is None or former in taken:
            rest.append(node)
        else:
            taken.add(former)
            yield node, former
    for node in rest:
        alike = [each for each in old if each not in taken and (each.kind, each.name) == (node.kind, node.name)]
        rivals = [each for each in rest if (each.kind, each.name) == (node.kind, node.name)]
        if node.name and len(alike) == len(rivals) == 1:
            taken.add(alike[0])
            yield node, alike[0]


def _out(ways: Iterable[Way]) -> dict[DrawnNode, list[Way]]:
    found: dict[DrawnNode, list[Way]] = {}
    for way in ways:
        found.setdefault(way.source, []).append(way)
    return found


def _by_id(pools: Sequence[Pool]) -> dict[str, Pool]:
    return {pool.id: pool for pool in pools}


def _keys(of: str, keys: tuple[str, ...]) -> Detail:
    named = tuple(key for key in keys if key)
    empty = sentences.NOBODY if of == "role" else sentences.ONCE if of == "repeats" else sentences.NOTHING
    return Keys(of, named) if named else empty  # type: ignore[arg-type]


def _form(node: DrawnNode) -> str:
    return node.extensions.get("formKey") or node.extensions.get("formRef") or sentences.NOTHING
