"""The files of a deployment, each read once: whoever looks at them shares what was read, and changes nothing in it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial

from lxml import etree

from services.bpmn.allowed import FLOW_NODES, find_circles, find_problems, find_uncallable
from services.bpmn.contents import Contents, of_decisions, of_diagram, of_form
from services.bpmn.decision_rules import DECISION_TWICE
from services.bpmn.decisions import CompiledDecision, decisions_by_file, read_decisions
from services.bpmn.errors import BadDiagram, Problem
from services.bpmn.reading import by_hand, read_extensions
from services.bpmn.readings import READING
from services.bpmn.redrawn import redraw
from services.bpmn.rules import FORM_TWICE, NO_PROCESS, NOT_BPMN, NOT_DMN, PROCESS_TWICE, Rule
from services.bpmn.said import proper
from services.bpmn.starts import Start, begun_plainly, starts_of
from services.bpmn.xml import B, local_name, read_xml
from services.expressions import is_reckoned


@dataclass(frozen=True)
class Element:
    """An element of a process, for whoever checks, translates or looks at diagrams."""

    id: str
    process: str  #: id of the process it stands in (a sub-process counts as the process around it)
    name: str
    kind: str  #: BPMN local name
    step: str | None = None
    form: str | None = None  #: `plugin.form`, `form:id` of a file, or `fields:process/element`
    operation: str | None = None
    groups: tuple[str, ...] = ()
    called: str | None = None  #: process that a call activity calls
    form_fields: tuple[Mapping[str, object], ...] = field(default=(), repr=False)  #: camunda:formData
    by_hand: bool = False  #: a message that people send when it happens

    @property
    def calls_by_expression(self) -> bool:
        """Whether a case says which process it calls."""
        return self.called is not None and is_reckoned(self.called)


@dataclass
class _Read:
    """What was read, by content: two files that say the same are one document."""

    roots: dict[bytes, etree._Element] = field(default_factory=dict)
    proper: dict[bytes, etree._Element] = field(default_factory=dict)
    redrawn: dict[bytes, etree._Element] = field(default_factory=dict)


class FileSet(Mapping[str, bytes]):
    """Name -> content. What is read of them is read when it is first asked for, and kept as long as they are."""

    def __init__(
        self, contents: Mapping[str, bytes], read: "_Read | None" = None, *, reading: int | None = None
    ) -> None:
        self._contents = dict(contents)
        self.reading = reading  #: of files that are deployed: as they were read then; None: by today's rules
        self._read = _Read() if read is None else read

    @classmethod
    def of(cls, contents: Mapping[str, bytes], *, reading: int | None = None) -> "FileSet":
        """The files in that reading, with what was read of them so already."""
        if isinstance(contents, FileSet) and contents.reading == reading:
            return contents
        return cls(contents, reading=reading)

    def __getitem__(self, name: str) -> bytes:
        return self._contents[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._contents)

    def __len__(self) -> int:
        return len(self._contents)

    def __reduce__(self) -> "tuple[Callable[..., FileSet], tuple[dict[str, bytes]]]":
        return partial(FileSet, reading=self.reading), (self._contents,)  # another process reads for itself

    def others(self, contents: Mapping[str, bytes]) -> "FileSet":
        """Other files, or some of these: what was read of the same content is shared."""
        return FileSet(contents, self._read, reading=self.reading)

    def some(self, names: Iterable[str]) -> "FileSet":
        """The files of these names."""
        return self.others({name: self[name] for name in names})

    def root(self, name: str) -> etree._Element:
        """The root of a file of XML. Raises BadDiagram for what is no clean XML."""
        content = self[name]
        found = self._read.roots.get(content)
        if found is None:
            found = self._read.roots[content] = _own(read_xml(name, content, reading=self.reading or READING))
        return found

    def proper(self, name: str) -> etree._Element:
        """The root of a diagram as the engine reads it (`said.proper`). Raises BadDiagram for what is no clean XML."""
        content = self[name]
        found = self._read.proper.get(content)
        if found is None:
            found = self._read.proper[content] = proper(self.root(name))
        return found

    def contents(self, name: str) -> Contents:
        """What a `.bpmn`, `.dmn` or `.form` file gives and needs; nothing for any other. Raises BadDiagram."""
        if name.endswith(".bpmn"):
            return of_diagram(self.root(name))
        if name.endswith(".dmn"):
            return of_decisions(self.root(name))
        return of_form(name, self[name]) if name.endswith(".form") else Contents()

    @cached_property
    def diagrams(self) -> dict[str, etree._Element]:
        """Name -> the diagram as the engine reads it. Raises BadDiagram with all that are none."""
        return {name: self.proper(name) for name in self._roots(".bpmn", NOT_BPMN, f"{B}definitions")}

    def redrawn(self) -> Iterator[tuple[str, etree._Element]]:
        """Name and drawing for the engine's parser, which only reads it: once for all processes that lie together.

        Raises BadDiagram.
        """
        for name, root in self.diagrams.items():
            content = self[name]
            found = self._read.redrawn.get(content)
            if found is None:
                found = self._read.redrawn[content] = redraw(root)
            yield name, found

    @cached_property
    def decisions(self) -> dict[str, CompiledDecision]:
        """Id -> the decision, of all the files. Raises BadDiagram."""
        roots = self._roots(".dmn", NOT_DMN, "{*}definitions")
        problems: list[Problem] = []
        seen: set[str] = set()
        for name, keys in decisions_by_file(roots).items():
            problems += [Problem(name, key, "", None, DECISION_TWICE) for key in keys if key in seen]
            seen.update(keys)
        if problems:
            raise BadDiagram(problems)
        return read_decisions(roots, reading=self.reading)

    @cached_property
    def forms(self) -> frozenset[str]:
        """Ids of the forms; what is in them is read by whoever draws them. Raises BadDiagram."""
        problems: list[Problem] = []
        found: set[str] = set()
        for name in self:
            if name.endswith(".form"):
                try:
                    ids = {key for _, key in self.contents(name).gives}
                except BadDiagram as fault:
                    problems += fault.problems
                    continue
                problems += [Problem(name, key, "", None, FORM_TWICE) for key in ids & found]
                found |= ids
        if problems:
            raise BadDiagram(problems)
        return frozenset(found)

    @cached_property
    def processes(self) -> dict[str, etree._Element]:
        """Id -> the process, of those that can be started, in the order of the files. Raises BadDiagram."""
        return {node.get("id", ""): node for _, node in self._executable()}

    def starts(self, process: str) -> tuple[Start, ...]:
        """The start events of that process. Raises BadDiagram."""
        node = self.processes[process]
        return starts_of(node.getroottree().getroot(), node)

    @cached_property
    def callable(self) -> list[str]:
        """The processes that a call activity can call: it is known where they begin. Raises BadDiagram."""
        return [key for key in self.processes if begun_plainly(self.starts(key)) is not None]

    @cached_property
    def elements(self) -> dict[tuple[str, str], Element]:
        """(Process, id) -> every step, event and gateway. Raises BadDiagram."""
        return {(each.process, each.id): each for root in self.diagrams.values() for each in _elements(root)}

    def check(self, process: str) -> None:
        """Raises BadDiagram with all for which that process, among these files, is not put in force."""
        problems = [*self._problems]
        if process not in self.processes:
            problems.insert(0, Problem("", process, "", None, NO_PROCESS, {"process": process}))
        if problems:
            raise BadDiagram(problems)

    @cached_property
    def _problems(self) -> list[Problem]:
        owners: dict[str, list[str]] = {}
        for name, node in self._executable():
            owners.setdefault(node.get("id", ""), []).append(name)
        found = [
            Problem("", each, "", None, PROCESS_TWICE, {"files": ", ".join(files)})
            for each, files in sorted(owners.items())
            if len(files) > 1
        ]
        decisions, executable, forms = self.decisions, frozenset(owners), self.forms
        for name, root in self.diagrams.items():
            found += find_problems(name, root, decisions, executable, forms)
        found += find_circles(self.diagrams) + find_uncallable(self.diagrams)
        return [each for each in found if each.rule.severity == "error"]

    def _executable(self) -> Iterator[tuple[str, etree._Element]]:
        for name, root in self.diagrams.items():
            yield from ((name, node) for node in root.iter(f"{B}process") if node.get("isExecutable") == "true")

    def _roots(self, ending: str, otherwise: Rule, tag: str) -> dict[str, etree._Element]:
        """Of the files of that kind. Raises BadDiagram with all that cannot be read, or begin with another element."""
        problems: list[Problem] = []
        found: dict[str, etree._Element] = {}
        for name in self:
            if name.endswith(ending):
                try:
                    found[name] = self.root(name)
                except BadDiagram as fault:
                    problems += fault.problems
                    continue
                if not _is(found[name], tag):
                    problems.append(Problem(name, "", "", 1, otherwise))
        if problems:
            raise BadDiagram(problems)
        return found


def _is(root: etree._Element, tag: str) -> bool:
    """`{*}`: of any namespace."""
    return f"{{*}}{local_name(root)}" == tag if tag.startswith("{*}") else root.tag == tag


def _own(root: etree._Element) -> etree._Element:
    """Without what stands in extension elements in BPMN's name: that is anybody's, and no part of the process."""
    for extensions in [*root.iter(f"{B}extensionElements")]:
        for each in [*extensions.iterdescendants(f"{B}*")]:
            if (above := each.getparent()) is not None:
                above.remove(each)
    return root


def _elements(root: etree._Element) -> Iterator[Element]:
    for process in root.iter(f"{B}process"):
        for node in process.iter(*(f"{B}{kind}" for kind in FLOW_NODES)):
            said = read_extensions(node)
            groups = tuple(part.strip() for part in (said.get("candidateGroups") or "").split(",") if part.strip())
            key, element = process.get("id", ""), node.get("id", "")
            yield Element(
                element, key, node.get("name", ""), local_name(node), said.properties.get("step"),
                said.form(key, element), said.operation, groups, node.get("calledElement"), said.form_fields,
                by_hand(said),
            )  # fmt: skip
