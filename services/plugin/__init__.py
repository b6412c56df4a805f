"""What a plugin is. This package is the whole contract; the folders in `plugins/` are its examples.

Plugins import all of it from here: what they are told (`told`), what their operations declare (`operations`) and their
forms (`forms`), how applicants are told (`telling`);
and what more than one of them asks alike: a person's number (`iin`), the post's (`post`), and who came
for a paper (`receiving`).

A plugin is a folder whose `__init__.py` says `plugin = Plugin(...)`. It sees this package, `services.errors`, and
nothing else of Komek. Files are found by their place in it: `bpmn/*.bpmn`, `bpmn/*.dmn`, `templates/<plugin>/*.html`,
`translations/`, `documents/*.typ`, and the tables of a region (`offices.csv`, `steps.csv`, `roles.csv`,
`documents.csv`, `grounds.csv`, `parameters.csv`, `region.toml`).

Two rules when several plugins have a file at one place: a document is replaced whole (the region's wins),
a table is laid over by key (the region's rows win).

One name joins five places: `folder.function` = operation = id of the element template = topic in the diagram = actor
in the history. The element templates of Camunda Modeler are made from what is declared here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from services.plugin import iin, post, receiving, telling
from services.plugin.forms import (
    NO_LETTER,
    Checked,
    Fate,
    Field,
    Form,
    FormCall,
    Kind,
    Line,
    Relation,
    file_choices,
    named,
)
from services.plugin.operations import (
    BusinessError,
    Call,
    Choice,
    ErrorCode,
    House,
    Input,
    InStep,
    Operation,
    Outbound,
    TemporaryFailure,
    Variable,
    operation,
)
from services.plugin.telling import Agreement, Gateway, Outgoing, Taken, Tells
from services.plugin.told import (
    Alike,
    Answers,
    Applicant,
    Assigned,
    Assignment,
    AttachedFile,
    CaseFacts,
    Decided,
    DecidedRule,
    DecidedTable,
    Former,
    OfficeFacts,
    Outputs,
    PersonFacts,
    Representative,
    Whereabouts,
)

__all__ = [
    "NO_LETTER",
    "Agreement",
    "Alike",
    "Answers",
    "Applicant",
    "Asks",
    "Assigned",
    "Assignment",
    "AttachedFile",
    "BusinessError",
    "Call",
    "CaseFacts",
    "Checked",
    "Choice",
    "Decided",
    "DecidedRule",
    "DecidedTable",
    "ErrorCode",
    "Fate",
    "Field",
    "Form",
    "FormCall",
    "Former",
    "Gateway",
    "House",
    "InStep",
    "Input",
    "Kind",
    "Line",
    "OfficeFacts",
    "Operation",
    "Outbound",
    "Outcome",
    "Outgoing",
    "Outputs",
    "Paper",
    "PersonFacts",
    "Plugin",
    "Relation",
    "Representative",
    "Taken",
    "Tells",
    "TemporaryFailure",
    "Variable",
    "Whereabouts",
    "file_choices",
    "iin",
    "named",
    "operation",
    "post",
    "receiving",
    "telling",
]


@dataclass(frozen=True)
class Outcome:
    """What a stamp or the end of a case is called, and what Komek makes of it. Words are English msgids."""

    title: str
    sends_back: bool = False  #: back for supplement: one round more, of which the region may allow few
    registers: bool = False  #: the application is taken in: the page offers its papers, and the next application
    decides: Literal["", "granted", "denied"] = ""  #: how the case ended, for reports
    upholds: bool = False  #: a complaint is found justified, for reports


@dataclass(frozen=True)
class Paper:
    """A paper that the plugin makes: what it is called, and what it must say before it is made."""

    title: str
    required: tuple[str, ...] = ()
    also: Callable[[Mapping[str, object]], Sequence[str]] = lambda content: ()  #: more of them, by what it says
    form: str = ""  #: `documents/<form>.typ`; empty: named as the paper, without `doc.`
    taken_home: bool = False  #: the applicant takes it home when the application was taken in
    bears_code: bool = False  #: its first print bears the secret code by which the applicant asks where the case is
    answers: bool = False  #: an answer or a letter that goes out: the register of the office lists its outgoing number
    #: the region's parameter that says how many originals are printed at once, where papers of several cases are (one
    #: goes out, one stays in the file); empty: one
    sheets: str = ""
    reminds: bool = False  #: the letter by which an applicant is told that what was granted ends; Komek fills it in
    encloses: bool = False  #: an envelope: the number it bears is that of what lies in it
    #: what it decides, as text beside its picture: fields named by the keys of its content; what it does not say is
    #: left out
    gist: tuple[Field, ...] = ()


@dataclass(frozen=True)
class Asks:
    """What the plugin's forms ask of a decision of the region, which sees the case's variables beside what it is given.

    A decision that does not answer it is refused when it is deployed.
    """

    gives: tuple[Variable, ...]  #: laid over the case's variables
    needs: tuple[str, ...]  #: outputs that it must have, of which one rule answers
    reason: str = ""  #: the output that says why: a key of the region's table `grounds`, or of `reasons`
    #: reasons that are no grounds -> the ground that each stands for; empty: it is no reason to refuse
    reasons: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Plugin:
    """All that a plugin brings; its folder's `__init__.py` says `plugin = Plugin(...)`."""

    folder: Path
    summary: str  #: one sentence, for the administrator
    #: in the click's transaction: exactly once
    in_step: Mapping[str, Operation[InStep]] = field(default_factory=dict)
    #: after the commit: at least once, with the same key
    outbound: Mapping[str, Operation[Outbound]] = field(default_factory=dict)
    forms: Mapping[str, Form] = field(default_factory=dict)
    #: what its forms and diagrams come to, by the key of the stamp or the end event. Several plugins may say the same
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    papers: Mapping[str, Paper] = field(default_factory=dict)  #: by key: "doc.visit_record"
    decisions: Mapping[str, Asks] = field(default_factory=dict)  #: decisions of the region that its forms ask, by key
    events: Mapping[str, str] = field(default_factory=dict)  #: of `House.record` -> what the history calls it
    #: hands a message for an applicant who agreed to it to whoever carries it; after the commit, at least once
    tells: Tells | None = None
    region: str | None = None  #: set, the plugin's files stand before everyone else's
    core: tuple[str, str] = ("0.1", "1")  #: the first core version it runs on, and the first it does not

    def __post_init__(self) -> None:
        """Raises TypeError, ValueError when what is declared cannot be told to designers."""
        operations = {**self.in_step, **self.outbound}
        for name, declared in operations.items():
            if not isinstance(declared, Operation):
                raise TypeError(f"{self.name}.{name} is not an Operation: write @operation(title) above it")
            names = [each.name for each in declared.inputs]
            for each in declared.inputs:
                if not each.name.isidentifier() or names.count(each.name) > 1:
                    raise ValueError(f"{self.name}.{name}: {each.name!r} is no good name of an input, or there twice")
                if (each.kind == "choice") is not bool(each.choices):
                    raise ValueError(f"{self.name}.{name}: choices belong to an input of kind choice ({each.name})")
        if both := {*self.in_step} & {*self.outbound} | {*operations} & {*self.forms}:
            raise ValueError(f"{self.name}: one name for two things: {', '.join(sorted(both))}")

    @property
    def name(self) -> str:
        return self.folder.name
