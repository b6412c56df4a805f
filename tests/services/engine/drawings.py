"""Small diagrams from one line of text: `start>A A>choice choice>B[x == 1] choice>end[default]`.

The same drawing in two dialects: ours (Camunda 7) and `stock`, what SpiffWorkflow reads by itself. Nothing is imported
but the standard library, for the stock engine runs in a process of its own.
"""

import re
from xml.sax.saxutils import escape

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn">'
)
PARTS = (
    '<message id="M" name="news"/><message id="M2" name="more news"/><signal id="G" name="gong"/>'
    '<error id="E" name="broken" errorCode="BROKEN"/><error id="E2" name="lost" errorCode="LOST"/>'
)


def node(tag: str, key: str, body: str = "", **attributes: str) -> str:
    said = "".join(f' {name.replace("__", ":")}="{escape(value)}"' for name, value in attributes.items())
    return f'<{tag} id="{key}" name="{key}"{said}>{body}</{tag}>'


def people(*keys: str) -> str:
    return "".join(node("userTask", key) for key in keys)


def operation(key: str, topic: str = "plugin.work", body: str = "") -> str:
    """A service task; the stock engine, which cannot wait at one, gets a person's task in its place."""
    return node("serviceTask", key, body, camunda__type="external", camunda__topic=topic)


def gateways(tag: str, *keys: str) -> str:
    return "".join(node(f"{tag}Gateway", key) for key in keys)


def timer(text: str = "PT1H", kind: str = "timeDuration") -> str:
    return f"<timerEventDefinition><{kind}>{escape(text)}</{kind}></timerEventDefinition>"


def message(key: str = "M") -> str:
    return f'<messageEventDefinition messageRef="{key}"/>'


def signal() -> str:
    return '<signalEventDefinition signalRef="G"/>'


def error(key: str = "E") -> str:
    return f'<errorEventDefinition errorRef="{key}"/>'


def catch(key: str, what: str) -> str:
    return node("intermediateCatchEvent", key, what)


def boundary(key: str, on: str, what: str, *, interrupting: bool = True) -> str:
    return node("boundaryEvent", key, what, attachedToRef=on, cancelActivity=str(interrupting).lower())


def extended(*inside: str) -> str:
    return f"<extensionElements>{''.join(inside)}</extensionElements>"


def parameters(**inputs: str) -> str:
    given = "".join(
        f'<camunda:inputParameter name="{k}">{escape(v)}</camunda:inputParameter>' for k, v in inputs.items()
    )
    return extended(f"<camunda:inputOutput>{given}</camunda:inputOutput>")


def times(text: str, *, sequential: bool) -> str:
    mark = f' isSequential="{str(sequential).lower()}"'
    tag = "multiInstanceLoopCharacteristics"
    return f"<{tag}{mark}><loopCardinality>{text}</loopCardinality></{tag}>"


def each_of(collection: str, item: str, *, sequential: bool) -> str:
    """Multi-instance over a collection: rewritten by `stock` into the standard's own references."""
    return (
        f'<multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}" '
        f'camunda:collection="{collection}" camunda:elementVariable="{item}"/>'
    )


def flows(text: str, prefix: str = "f") -> tuple[str, dict[str, str]]:
    """The sequence flows of the line, and which of them is the default of which gateway."""
    drawn, defaults = "", {}
    for number, part in enumerate(_split(text)):
        source, _, target = part.partition(">")
        target, _, condition = target.partition("[")
        condition, key = condition.rstrip("]"), f"{prefix}{number}"
        if condition == "default":
            defaults[source], condition = key, ""
        inside = f"<conditionExpression>{escape(condition)}</conditionExpression>" if condition else ""
        drawn += f'<sequenceFlow id="{key}" sourceRef="{source}" targetRef="{target}">{inside}</sequenceFlow>'
    return drawn, defaults


def _split(text: str) -> list[str]:
    """At the blanks that stand outside of conditions."""
    found, depth, part = [], 0, ""
    for letter in text + " ":
        depth += (letter == "[") - (letter == "]")
        if letter.isspace() and not depth:
            found += [part] if part else []
            part = ""
        else:
            part += letter
    return found


def scope(nodes: str, line: str, prefix: str) -> str:
    drawn, defaults = flows(line, prefix)
    for source, key in defaults.items():
        nodes = nodes.replace(f'id="{source}"', f'id="{source}" default="{key}"', 1)
    return nodes + drawn


def process(key: str, nodes: str, line: str, *, ends: str = "end") -> str:
    """`start` and the ends stand in the line; of any process but `p` their ids are `key_start`, `key_end`."""
    before = "" if key == "p" else f"{key}_"
    for event in ("start", *ends.split()):
        line = re.sub(rf"\b{event}\b(?![^\[]*\])", before + event, line)
    events = node("startEvent", f"{before}start") + "".join(node("endEvent", before + end) for end in ends.split())
    return f'<process id="{key}" name="{key}" isExecutable="true">{scope(events + nodes, line, f"{key}_f")}</process>'


def sub_process(key: str, nodes: str, line: str, body: str = "") -> str:
    events = node("startEvent", f"{key}_start") + node("endEvent", f"{key}_end")
    return node("subProcess", key, body + scope(events + nodes, line, f"{key}_f"))


def diagram(*processes: str) -> bytes:
    return f"{HEAD}{PARTS}{''.join(processes)}</definitions>".encode()


def drawn(nodes: str, line: str, *, ends: str = "end") -> bytes:
    return diagram(process("p", nodes, line, ends=ends))


DMN = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="dd" name="dd" namespace="t">
<decision id="{key}" name="{key}"><decisionTable id="t_{key}" hitPolicy="{policy}"{more}>{inputs}{outputs}{rules}
</decisionTable></decision></definitions>"""


def table(inputs: list[str], outputs: list[str], rules: list[list[str]], key: str = "sort", policy: str = "UNIQUE",
          more: str = "", types: tuple[str, ...] = ()) -> bytes:  # fmt: skip
    """A decision table; every rule is its input entries followed by its output entries. `types`: of all its columns."""
    of = types or ("",) * (len(inputs) + len(outputs))
    asked = "".join(
        f'<input id="i{n}" label="{text}"><inputExpression id="x{n}" typeRef="{of[n]}"><text>{escape(text)}</text>'
        "</inputExpression></input>"
        for n, text in enumerate(inputs)
    )
    told = "".join(
        f'<output id="o{n}" name="{name}" typeRef="{of[len(inputs) + n]}"/>' for n, name in enumerate(outputs)
    )
    written = "".join(_rule(n, entries, len(inputs)) for n, entries in enumerate(rules))
    return DMN.format(key=key, policy=policy, more=more, inputs=asked, outputs=told, rules=written).encode()


def _rule(number: int, entries: list[str], inputs: int) -> str:
    said = "".join(
        f'<{tag} id="e{number}_{n}"><text>{escape(text)}</text></{tag}>'
        for n, text in enumerate(entries)
        for tag in ["inputEntry" if n < inputs else "outputEntry"]
    )
    return f'<rule id="r{number}">{said}</rule>'
