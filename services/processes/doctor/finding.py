"""What the doctor hands out: findings, and how they read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.bpmn import Severity
from services.shown import Shown, Translate, fill

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


@dataclass(frozen=True)
class Finding:
    """One thing that the doctor says of a file."""

    resource: str  #: file name
    element: str  #: id of the element, or empty
    name: str  #: its name as drawn, or empty
    line: int | None
    column: int | None
    rule: str  #: code, kebab-case
    severity: Severity
    text: str  #: what is wrong: an English msgid with `%(name)s` for the details
    advice: str  #: what to do: likewise
    details: Mapping[str, object] = field(default_factory=dict)
    repair: str = ""  #: what `repaired` would do about it: a msgid; empty when it cannot
    path: tuple[str, ...] = ()  #: ids of elements and flows, in the order in which a case gets there

    def what(self, translate: Translate = str) -> str:
        """What is wrong, in the reader's language."""
        return fill(self.text, self.details, translate)

    def what_to_do(self, translate: Translate = str) -> str:
        return fill(self.advice, self.details, translate)

    def said(self, translate: Translate = str) -> str:
        """One line: `* <name> (<id>): <what, and what to do> | line L | column C`."""
        where = f"{self.name} ({self.element})".strip() if self.element else self.name or self.resource
        told = f"* {where}: {self.what(translate)} {self.what_to_do(translate)}".rstrip()
        if self.line:
            told += " | " + fill("line %(line)s", {"line": self.line}, translate)
        if self.line and self.column:
            told += " | " + fill("column %(column)s", {"column": self.column}, translate)
        return told

    def as_dict(self, translate: Translate = str) -> dict[str, Any]:
        """For programs; the sentences in the reader's language."""
        details = {k: v.said(translate) if isinstance(v, Shown) else v for k, v in self.details.items()}
        return {
            "resource": self.resource, "element": self.element, "name": self.name, "line": self.line,
            "column": self.column, "rule": self.rule, "severity": self.severity, "text": self.what(translate),
            "advice": self.what_to_do(translate), "details": details,
            "repair": translate(self.repair) if self.repair else "", "path": list(self.path),
        }  # fmt: skip


class Lines(Shown):
    """Findings, one a line, in the reader's language."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = findings

    def said(self, translate: Translate) -> str:
        return "\n".join(each.said(translate) for each in self.findings)


@dataclass(frozen=True)
class Report:
    """Everything the doctor says of some files: errors first, then by file and line."""

    findings: Sequence[Finding]

    @property
    def errors(self) -> list[Finding]:
        return [each for each in self.findings if each.severity == "error"]

    @property
    def deployable(self) -> bool:
        return not self.errors
