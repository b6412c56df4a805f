"""From files to a model: requirements, types, imports (DMN 1.1 to 1.5)."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from lxml import etree

from services.dmn.boxed import KINDS, Builder
from services.dmn.elements import child, children, elements, local, text_of
from services.dmn.item_definitions import Definitions, lists_in
from services.dmn.manners import LENIENT, Manner
from services.dmn.requirements import Decision, InputData, Knowledge, Model, Output, Required, Service
from services.dmn.table_reading import read_table
from services.dmn.tables import MULTIPLE
from services.dmn.texts import FEEL, Language, Wrong
from services.feel import FeelRefused, unary_tests

Key = tuple[str, str]
#: a name in scope; in an import's names, the import stands first
LocalName = tuple[str, ...]
DRAWN = ("inputData", "decision", "businessKnowledgeModel", "decisionService")


@dataclass(frozen=True)
class DmnFault:
    """What is wrong: in which file, where, a word for what, and its details."""

    file: str
    node: etree._Element
    owner: etree._Element  #: the decision, or whatever it is part of
    what: str
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass
class _DmnFile:
    name: str
    root: etree._Element
    types: Definitions
    #: namespace -> the name of its import here
    imports: dict[str, str] = field(default_factory=dict)
    #: what its keys begin with: its namespace, or its name where another file has the same one, as Modeler's have
    space: str = ""

    @property
    def namespace(self) -> str:
        return self.root.get("namespace") or ""


class DmnReader:
    """Reads files that may import one another, in the manner that is asked for."""

    def __init__(
        self, roots: Mapping[str, etree._Element], *, manner: Manner = LENIENT,
        languages: Mapping[str, Language] | None = None, functions: AbstractSet[str] = frozenset(),
    ) -> None:  # fmt: skip
        self.manner, self.lenient = manner, manner.lenient
        self.languages, self.functions = languages or {}, functions
        self.files = [
            _DmnFile(name, root, Definitions(root, lists_are_asked=not manner.literals_have_types))
            for name, root in roots.items()
        ]
        self.faults: list[DmnFault] = []
        self.nodes: dict[Key, tuple[_DmnFile, etree._Element]] = {}
        shared = {name for name, count in Counter(each.namespace for each in self.files).items() if count > 1}
        for file in self.files:
            file.space = file.name if file.namespace in shared else file.namespace
            self._import(file)
            for node in children(file.root, *DRAWN):
                self.nodes.setdefault((file.space, node.get("id") or node.get("name") or ""), (file, node))

    def _key(self, file: _DmnFile, href: str) -> Key:
        """What a reference in that file speaks of: something in it, or in a file of that namespace."""
        namespace, _, element = href.strip().rpartition("#")
        if namespace and namespace != file.namespace:
            others = [(each.space, element) for each in self.files if each.namespace == namespace]
            return next((each for each in others if each in self.nodes), (namespace, element))
        return file.space, element

    def _import(self, file: _DmnFile) -> None:
        for node in children(file.root, "import"):
            namespace, name = node.get("namespace", ""), (node.get("name") or "").strip()
            file.imports[namespace] = name
            here = [each for each in self.files if each.namespace == namespace and each is not file]
            if not here and not self.lenient and "/DMN/" in (node.get("importType") or "/DMN/"):
                self.faults.append(DmnFault(file.name, node, node, "import", {"file": node.get("locationURI") or name}))
            for other in self.files:
                if other.namespace == namespace and other is not file:
                    if name:
                        file.types.imported[name] = other.types
                    else:
                        file.types.nodes |= {key: each for key, each in other.types.nodes.items()
                                             if key not in file.types.nodes}  # fmt: skip

    def model(self) -> Model:
        """Everything that could be read; what could not is in `faults`."""
        found: dict[Key, Required] = {}
        for key, (file, node) in self.nodes.items():
            try:
                found[key] = self._element(key, file, node)
            except Wrong as wrong:
                self.faults.append(DmnFault(file.name, wrong.node, node, wrong.what, wrong.details))
        self._circles(found)
        self._types()
        return Model(found)

    def _types(self) -> None:
        """Values that a type allows, and nobody can read: the type would allow anything."""
        for file in self.files if self.manner.refuses else ():
            for owner, node in lists_in(file.root):
                try:
                    unary_tests(text_of(node))
                except FeelRefused as refused:
                    said = {"expression": text_of(node), "reason": refused.note}
                    self.faults.append(DmnFault(file.name, node, owner, "expression", said))

    def _element(self, key: Key, file: _DmnFile, node: etree._Element) -> Required:
        made = {"inputData": self._input, "decision": self._decision, "businessKnowledgeModel": self._knowledge,
                "decisionService": self._service}[local(node)]  # fmt: skip
        return made(key, file, node)

    def _variable(self, file: _DmnFile, node: etree._Element) -> tuple[str, str | None]:
        """The name of what it gives, and the reference of its type."""
        variable = child(node, "variable")
        name = node.get("name", "") or node.get("id", "")
        if variable is None:
            return name.strip(), None
        return (variable.get("name") or name).strip(), variable.get("typeRef")

    def _input(self, key: Key, file: _DmnFile, node: etree._Element) -> Required:
        name, type_ = self._variable(file, node)
        return InputData(key, name, file.types.asked(type_))

    def _requires(self, file: _DmnFile, node: etree._Element) -> dict[LocalName, Key]:
        found: dict[LocalName, Key] = {}
        for requirement in children(node, "informationRequirement", "knowledgeRequirement"):
            for each in elements(requirement):
                if not local(each).startswith("required"):
                    continue
                key = self._key(file, each.get("href", ""))
                if key not in self.nodes:
                    if not self.lenient:
                        raise Wrong(requirement, "requirement", href=each.get("href", ""))
                    continue
                other, drawn = self.nodes[key]
                name = self._variable(other, drawn)[0]
                prefix = file.imports.get(other.namespace, "") if other is not file else ""
                found[(prefix, name) if prefix else (name,)] = key
        return found

    def _builder(self, file: _DmnFile, node: etree._Element, requires: Mapping[LocalName, Key]) -> Builder:
        names = {part for name in requires for part in name}
        names |= self.members
        language = file.root.get("expressionLanguage") or FEEL
        known = frozenset(name for name in names if name)
        return Builder(node.get("id", ""), node.get("name", "") or node.get("id", ""), known, file.types,
                       self.languages, language, self.manner, self.functions)  # fmt: skip

    @property
    def members(self) -> set[str]:
        """Names of members and parameters that values may have, anywhere."""
        if not hasattr(self, "_members"):
            self._members = {
                (node.get("name") or "").strip()
                for file in self.files for node in file.root.iter()
                if local(node) in ("itemComponent", "column", "itemDefinition", "output")
                or (local(node) == "variable" and (up := node.getparent()) is not None and local(up) == "contextEntry")
            }  # fmt: skip
        return self._members

    def _decision(self, key: Key, file: _DmnFile, node: etree._Element) -> Required:
        name, type_ = self._variable(file, node)
        requires = self._requires(file, node)
        builder = self._builder(file, node, requires)
        logic = next((each for each in elements(node) if local(each) in KINDS), None)
        if logic is None:
            if not self.lenient:
                raise Wrong(node, "empty")
            return Decision(key, name, file.types.asked(type_), requires)
        made = builder.logic(logic)
        policy: str | None = None
        outputs: tuple[Output, ...] = ()
        lists = False
        if local(logic) == "decisionTable":
            table = read_table(builder, logic)
            policy, outputs = table.policy, table.outputs
            lists = policy in MULTIPLE and not table.aggregation
        text = text_of(logic) if local(logic) == "literalExpression" else ""
        return Decision(key, name, file.types.asked(type_), requires, made, node.get("name", ""), text, policy, lists,
                        outputs, frozenset(builder.free))  # fmt: skip

    def _knowledge(self, key: Key, file: _DmnFile, node: etree._Element) -> Required:
        name, type_ = self._variable(file, node)
        requires = self._requires(file, node)
        builder = self._builder(file, node, requires)
        function = child(node, "encapsulatedLogic")
        if function is None:
            return Knowledge(key, name, None, requires)
        names, types = builder.parameters(function)
        result = file.types.asked(function.get("typeRef")) or file.types.asked(type_)
        if function.get("kind", "FEEL") != "FEEL":
            return Knowledge(key, name, None, requires, names, types)
        with builder.naming(names):
            logic = builder.inner(function, function)
        if result is not None and result.kind == "function":  # the variable's type is that of the function
            result = result.result
        return Knowledge(key, name, result, requires, names, types, logic, frozenset(builder.free))

    def _service(self, key: Key, file: _DmnFile, node: etree._Element) -> Required:
        name, type_ = self._variable(file, node)
        keys = {what: tuple(self._key(file, each.get("href", "")) for each in children(node, what))
                for what in ("outputDecision", "inputDecision", "inputData")}  # fmt: skip
        result = file.types.asked(type_)
        if result is not None and result.kind == "function":
            result = result.result
        return Service(key, name, result, {}, keys["outputDecision"], keys["inputDecision"], keys["inputData"])

    def _circles(self, found: Mapping[Key, Required]) -> None:
        """Decisions that require themselves; knowledge may, as its functions call themselves."""
        for key in circles({key: [each for each in element.requires.values()
                                  if isinstance(found.get(each), Decision)]
                            for key, element in found.items() if isinstance(element, Decision)}):  # fmt: skip
            file, node = self.nodes[key]
            self.faults.append(DmnFault(file.name, node, node, "circle"))


def circles(requires: Mapping[Key, Sequence[Key]]) -> Iterator[Key]:
    """Decisions that stand in a circle, or require one that does."""
    left = {key: {each for each in needed if each in requires} for key, needed in requires.items()}
    while free := [key for key, needed in left.items() if not needed & left.keys()]:
        for key in free:
            del left[key]
    yield from left
