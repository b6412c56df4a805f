"""Small diagrams from lines of text, for the table of behaviours. The language is told in README.md."""

import itertools
import re
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:{prefix}="http://{space}" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="drawn" targetNamespace="t">'
)
TASKS = {"user": "userTask", "task": "task", "manual": "manualTask", "service": "serviceTask", "send": "sendTask",
         "receive": "receiveTask", "rule": "businessRuleTask", "script": "scriptTask",
         "call": "callActivity"}  # fmt: skip
GATEWAYS = {"exclusive", "parallel", "inclusive", "event", "complex"}
SCOPES = {"sub": "subProcess", "eventsub": "subProcess", "transaction": "transaction", "adhoc": "adHocSubProcess"}
DESCRIBED = {"data": "dataObject", "dataref": "dataObjectReference", "note": "textAnnotation"}
EVENTS = {"start": "startEvent", "end": "endEvent", "catch": "intermediateCatchEvent",
          "throw": "intermediateThrowEvent", "on": "boundaryEvent"}  # fmt: skip
#: event -> what it names, how the definition refers to it, and the attribute that programs and people match by
NAMED = {"message": "name", "signal": "name", "error": "errorCode", "escalation": "escalationCode"}
DEFINITIONS = {"timer", "condition", "link", "compensate", "cancel", "terminate", *NAMED}


@dataclass
class Part:
    """An element, and what stands in it."""

    tag: str
    key: str
    attributes: dict[str, str] = field(default_factory=dict)
    extensions: list[str] = field(default_factory=list)
    inputs: list[str] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)
    properties: list[str] = field(default_factory=list)
    inside: str = ""
    more: dict[str, str] = field(default_factory=dict)  #: attributes of its event definition or loop
    children: list["Part"] = field(default_factory=list)
    flows: list[tuple[str, str, str]] = field(default_factory=list)

    def drawn(self, drawing: "Drawing") -> str:
        body = self._extended() + self.inside
        names: set[str] = {each.key for each in self.children}
        for source, target, _ in self.flows:
            for key in (source, target):
                if key not in names and re.match(r"(start|end)\d*$|[A-Z]\w*$", key):
                    names.add(key)
                    kind = re.match(r"start|end", key)
                    self.children.append(Part(EVENTS[kind[0]] if kind else "userTask", key))
        lines = ""
        for source, target, condition in self.flows:
            flow = drawing.flow()
            if condition == "else":
                next(each for each in self.children if each.key == source).attributes["default"] = flow
            inside = ""
            if condition not in ("", "else"):
                inside = f'<conditionExpression xsi:type="tFormalExpression">{escape(condition)}</conditionExpression>'
            identity = "" if drawing.anonymous else f' id="{flow}"'
            lines += f'<sequenceFlow{identity} sourceRef="{source}" targetRef="{target}">{inside}</sequenceFlow>'
        body += "".join(each.drawn(drawing) for each in self.children) + lines
        said = "".join(f" {name}={quoteattr(value)}" for name, value in self.attributes.items())
        return f'<{self.tag} id="{self.key}"{said}>{body}</{self.tag}>'

    def _extended(self) -> str:
        parts = list(self.extensions)
        if self.inputs:
            parts.append(f"<camunda:inputOutput>{''.join(self.inputs)}</camunda:inputOutput>")
        if self.fields:
            parts.append(f"<camunda:formData>{''.join(self.fields)}</camunda:formData>")
        if self.properties:
            parts.append(f"<camunda:properties>{''.join(self.properties)}</camunda:properties>")
        return f"<extensionElements>{''.join(parts)}</extensionElements>" if parts else ""


class Drawing:
    """One diagram being read."""

    def __init__(self, text: str) -> None:
        self.processes = [Part("process", "p", {"name": "p", "isExecutable": "true"})]
        self.named: dict[tuple[str, str], str] = {}
        self.tables: list[Table] = []
        self.links: set[str] = set()
        self.count = 0
        self.anonymous = "anonymous flows" in text
        self.around = [self.processes[0]]
        self.prefix = "operaton" if "\noperaton\n" in f"\n{text}\n" else "camunda"
        for line in text.splitlines():
            stripped = line.strip()
            if stripped and not stripped.startswith("#") and stripped not in ("anonymous flows", "operaton"):
                self._line(stripped)

    def flow(self) -> str:
        self.count += 1
        return f"f{self.count}"

    def files(self) -> dict[str, bytes]:
        used = [each for each in self.processes if each.children or each.flows]
        body = "".join(each.drawn(self) for each in used)
        parts = "".join(
            f'<{kind} id="{key}" name={quoteattr(name)}'
            + (f" {NAMED[kind]}={quoteattr(name)}" if NAMED[kind] != "name" else "")
            + "/>"
            for (kind, name), key in self.named.items()
        )
        space = "operaton.org/schema/1.0/bpmn" if self.prefix == "operaton" else "camunda.org/schema/1.0/bpmn"
        text = HEAD.format(prefix=self.prefix, space=space) + parts + body + "</definitions>"
        if self.prefix != "camunda":
            text = text.replace("camunda:", f"{self.prefix}:")
        files = {"drawn.bpmn": text.encode()}
        if self.tables:
            files["decided.dmn"] = decisions(self.tables)
        return files

    def _line(self, line: str) -> None:
        words = line.split()
        here = self.around[-1]
        if line == "}":
            self.around.pop()
        elif words[0] == "process":
            self.processes.append(Part("process", words[1], {"name": words[1], "isExecutable": "true"}))
            self.around.append(self.processes[-1])
        elif words[0] == "decision":
            self.tables.append(Table.read(line))
        elif words[0] == "rule" and "->" in words:
            self.tables[-1].rule(line[4:].strip())
        elif len(words) > 1 and words[1] == ">":
            _flows(here, line)
        elif len(words) > 1 and words[1] == "~":
            here.inside += f'<association id="{words[0]}_{words[2]}" sourceRef="{words[0]}" targetRef="{words[2]}"/>'
        else:
            part = self._part(line.removesuffix("{").strip())
            here.children.append(part)
            if line.endswith("{"):
                self.around.append(part)

    def _part(self, line: str) -> Part:
        first, *modifiers = [each.strip() for each in re.split(r"\s;\s", line)]
        key, kind, *arguments = first.split()
        part = Part("", key, {"name": key})
        rest = " ".join(arguments)
        if kind in TASKS:
            part.tag = TASKS[kind]
            self._task(part, kind, rest)
        elif kind in GATEWAYS:
            part.tag = "eventBasedGateway" if kind == "event" else f"{kind}Gateway"
        elif kind in SCOPES:
            part.tag = SCOPES[kind]
            if kind == "eventsub":
                part.attributes["triggeredByEvent"] = "true"
        elif kind in DESCRIBED:
            _described(part, kind, rest)
        else:
            part.tag = EVENTS[kind]
            if kind == "on":
                part.attributes["attachedToRef"] = arguments.pop(0)
        loop: dict[str, str] = {}
        for modifier in modifiers:
            self._modifier(part, loop, modifier)
        if part.tag in EVENTS.values():
            self._event(part, arguments)
        if loop:
            part.inside += _loop(loop)
        return part

    def _task(self, part: Part, kind: str, rest: str) -> None:
        attributes = part.attributes
        if kind == "service" and rest != "-":
            attributes |= {"camunda:type": "external", "camunda:topic": rest or "plugin.work"}
        elif kind == "rule":
            attributes["camunda:decisionRef"] = rest
        elif kind == "call" and rest != "-":
            attributes["calledElement"] = rest
        elif kind in ("receive", "send") and rest:
            attributes["messageRef"] = self._name("message", rest)
        elif kind == "script":
            language, _, text = rest.partition(" ")
            attributes["scriptFormat"] = language
            part.inside += f"<script>{escape(text)}</script>"

    def _name(self, kind: str, name: str) -> str:
        return self.named.setdefault((kind, name), f"{kind}_{len(self.named)}")

    def _event(self, part: Part, arguments: list[str]) -> None:
        keep = arguments[-1:] == ["keep"]
        if keep:
            arguments = arguments[:-1]
            part.attributes["cancelActivity" if part.tag == "boundaryEvent" else "isInterrupting"] = "false"
        if not arguments:
            return
        kind, text = arguments[0], " ".join(arguments[1:])
        more = "".join(f" {name}={quoteattr(value)}" for name, value in part.more.items())
        if kind == "timer":
            body = f"<timerEventDefinition>{_time(text)}</timerEventDefinition>"
        elif kind == "condition":
            condition = f'<condition xsi:type="tFormalExpression">{escape(text)}</condition>'
            body = f"<conditionalEventDefinition{more}>{condition}</conditionalEventDefinition>"
        elif kind == "link":
            body = f"<linkEventDefinition name={quoteattr(text)}/>"
        elif kind == "compensate":
            to = f' activityRef="{text}"' if text else ""
            body = f"<compensateEventDefinition{to}{more}/>"
        elif kind in NAMED:
            to = f' {kind}Ref="{self._name(kind, text)}"' if text else ""
            body = f"<{kind}EventDefinition{to}{more}/>"
        elif kind in DEFINITIONS:
            body = f"<{kind}EventDefinition/>"
        else:
            raise ValueError(f"no event {kind}: {part.key}")
        part.inside += body

    def _modifier(self, part: Part, loop: dict[str, str], text: str) -> None:
        word, _, rest = text.partition(" ")
        name, _, value = rest.partition("=")
        if text.startswith(("@", "e@", ".")):
            _attribute(part, text)
        elif word in ("in", "out"):
            tag = f"camunda:{word}putParameter"
            part.inputs.append(f"<{tag} name={quoteattr(name)}>{escape(value)}</{tag}>")
        elif word in ("pass", "back"):
            part.extensions += [_mapped("in" if word == "pass" else "out", each) for each in rest.split(", ")]
        elif word in ("times", "each", "until", "sequential", "while", "most"):
            loop[word] = rest or "true"
        elif word == "prop":
            part.properties.append(f"<camunda:property name={quoteattr(name)} value={quoteattr(value)}/>")
        elif word == "field":
            key, kind = rest.split()
            part.fields.append(f'<camunda:formField id="{key}" label="{key}" type="{kind}"/>')
        elif word == "ext":
            part.extensions.append(rest)
        elif word == "xml":
            part.inside += rest
        else:
            raise ValueError(f"no such modifier: {text}")


def _described(part: Part, kind: str, rest: str) -> None:
    part.tag = DESCRIBED[kind]
    if kind == "note":
        part.inside += f"<text>{escape(rest)}</text>"
    elif kind == "dataref":
        part.attributes["dataObjectRef"] = rest


def _attribute(part: Part, text: str) -> None:
    name, _, value = text.removeprefix("e")[1:].partition("=")
    if text.startswith("e@"):
        part.more[f"camunda:{name}"] = value
    else:
        part.attributes[f"camunda:{name}" if text[0] == "@" else name] = value


def _flows(here: Part, line: str) -> None:
    line, _, condition = line.partition(" if ")
    if line.endswith(" else"):
        line, condition = line.removesuffix(" else"), "else"
    keys = [each.strip() for each in line.split(" > ")]
    here.flows += [(source, target, condition.strip()) for source, target in itertools.pairwise(keys)]


def _time(text: str) -> str:
    kind = "timeDuration" if text.startswith("P") else "timeDate" if re.match(r"\d{4}-", text) else "timeCycle"
    if text.startswith(("date ", "duration ", "cycle ")):
        kind, _, text = text.partition(" ")
        kind = f"time{kind.title()}"
    return f'<{kind} xsi:type="tFormalExpression">{escape(text)}</{kind}>'


def _loop(said: dict[str, str]) -> str:
    if "while" in said or "most" in said:
        most = f' loopMaximum="{said["most"]}"' if "most" in said else ""
        inside = f"<loopCondition>{escape(said['while'])}</loopCondition>" if "while" in said else ""
        return f"<standardLoopCharacteristics{most}>{inside}</standardLoopCharacteristics>"
    attributes, inside = ' isSequential="true"' if "sequential" in said else "", ""
    if "times" in said:
        inside += f"<loopCardinality>{escape(said['times'])}</loopCardinality>"
    if "each" in said:
        collection, _, item = said["each"].partition(" as ")
        attributes += f" camunda:collection={quoteattr(collection)}"
        attributes += f' camunda:elementVariable="{item}"' if item else ""
    if "until" in said:
        inside += f"<completionCondition>{escape(said['until'])}</completionCondition>"
    return f"<multiInstanceLoopCharacteristics{attributes}>{inside}</multiInstanceLoopCharacteristics>"


def _mapped(tag: str, text: str) -> str:
    if text == "all":
        return f'<camunda:{tag} variables="all"/>'
    source, _, target = text.partition("->")
    if source == "businessKey":
        return f"<camunda:{tag} businessKey={quoteattr(target)}/>"
    kind = "sourceExpression" if "{" in source else "source"
    return f'<camunda:{tag} {kind}={quoteattr(source.strip())} target="{target.strip()}"/>'


@dataclass
class Table:
    """A decision table: `decision sort UNIQUE: sum, kind -> fee`, then a line for every rule."""

    key: str
    policy: str
    inputs: list[str]
    outputs: list[str]
    rules: list[list[str]] = field(default_factory=list)

    @classmethod
    def read(cls, line: str) -> "Table":
        head, _, columns = line.removeprefix("decision").partition(":")
        key, _, policy = head.strip().partition(" ")
        asked, _, told = columns.partition("->")
        return cls(key, policy or "UNIQUE", _parts(asked), _parts(told))

    def rule(self, text: str) -> None:
        asked, _, told = text.partition("->")
        self.rules.append([*_parts(asked), *_parts(told)])


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(" | ")]


def decisions(tables: list[Table]) -> bytes:
    """The tables as a file of DMN."""
    body = ""
    for table in tables:
        key, policy = table.key, table.policy.split()
        more = f' aggregation="{policy.pop()}"' if policy[-1] in ("SUM", "MIN", "MAX", "COUNT") else ""
        asked = "".join(
            f'<input id="{key}_i{n}"><inputExpression id="{key}_x{n}"><text>{escape(text)}</text></inputExpression>'
            "</input>"
            for n, text in enumerate(table.inputs)
        )
        told = "".join(f'<output id="{key}_o{n}" name="{name}"/>' for n, name in enumerate(table.outputs))
        rules = ""
        for number, entries in enumerate(table.rules):
            cells = "".join(
                f'<{tag} id="{key}_e{number}_{n}"><text>{escape(text)}</text></{tag}>'
                for n, text in enumerate(entries)
                for tag in ["inputEntry" if n < len(table.inputs) else "outputEntry"]
            )
            rules += f'<rule id="{key}_r{number}">{cells}</rule>'
        body += (
            f'<decision id="{key}" name="{key}"><decisionTable id="{key}_t" hitPolicy="{" ".join(policy)}"{more}>'
            f"{asked}{told}{rules}</decisionTable></decision>"
        )
    head = '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="dd" name="dd" namespace="t">'
    return f"{head}{body}</definitions>".encode()
