"""A diagram, an expression, a state: whoever made them, nothing gets out, nothing falls over."""

import base64
import random
from pathlib import Path

import orjson
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from services import bpmn, engine
from services.bpmn import BadDiagram
from services.engine import CorruptState, Definition, Step
from services.expressions.errors import ExpressionError
from services.expressions.language import evaluate
from tests.ends import ends
from tests.services.engine.drawings import HEAD, catch, drawn, gateways, node, people, table, timer
from tests.services.engine.ours import begin, done, parsed, waits, world

PLAIN = drawn(people("A", "B") + gateways("parallel", "g", "j"), "start>g g>A g>B A>j B>j j>end")

ESCAPES = [
    '__import__("os").system("touch {file}") == 0',
    'open("{file}", "w") == null',
    '[open("{file}","w").close(),"PT0S"][1]',
    "().__class__.__base__.__subclasses__()",
    '[c for c in ().__class__.__base__.__subclasses__() if c.__name__=="_wrap_close"][0].__init__.__globals__["popen"]("id").read()',
    'eval("1")', 'exec("1")', "globals()", "name.__class__", 'name.format(1)', "data.__init__", "lambda: 1", "(x := 1)", "`id`",
    "T(java.lang.Runtime).getRuntime().exec('id')", "${''.getClass()}", "#{7*7}{{7*7}}", "a; import os", "import os",
]  # fmt: skip


@pytest.mark.parametrize("escape", ESCAPES)
def test_python_in_an_expression_is_refused_or_finds_nothing(escape: str, tmp_path: Path) -> None:
    file = tmp_path / "pwned"
    text = escape.format(file=file) if "{file}" in escape else escape
    pictures = [
        (drawn(people("A") + gateways("exclusive", "x"), "start>x x>A[{}] x>end[default] A>end"), text),
        (drawn(catch("c", timer("{}")), "start>c c>end"), text),
        (drawn(node("userTask", "A", camunda__assignee="${{{}}}"), "start>A A>end"), text),
    ]
    for picture, expression in pictures:
        said = expression.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;").encode()
        content = picture.replace(b"{}", said).replace(b"${{", b"${").replace(b"}}", b"}")
        try:
            definition = parsed(content)
            step = engine.start(definition, {"name": "x", "data": {}, "a": 1}, world())
        except (BadDiagram, ExpressionError):
            continue
        assert "uid=" not in repr(step)
    assert not file.exists()


def test_python_in_a_decision_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "pwned"
    task = drawn(node("businessRuleTask", "D", camunda__decisionRef="sort"), "start>D D>end")
    for entries in (
        [f'open("{file}","w")', "1"],
        ["1", f'__import__("os").system("touch {file}")'],
        ["1", "().__class__"],
    ):
        with pytest.raises((BadDiagram, ExpressionError)):
            definition = parsed(task, table(["n"], ["x"], [entries]))
            bpmn.decide_over(definition.decisions, "sort", {"n": 1})
    assert not file.exists()


# ---------------------------------------------------------------- XML


def with_doctype(doctype: str, said: str) -> bytes:
    return f"<?xml version='1.0'?>{doctype}".encode() + PLAIN.replace(b'name="A"', f'name="{said}"'.encode())


LAUGHS = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
BAD_XML = {
    "external entity": with_doctype('<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>', "A"),
    "billion laughs": with_doctype(f'<!DOCTYPE d [<!ENTITY a "{"x" * 100}">{LAUGHS}]>', "&i;"),
    "parameter entity": with_doctype('<!DOCTYPE d [<!ENTITY % x SYSTEM "http://127.0.0.1:1/x.dtd"> %x;]>', "A"),
    "plain doctype": with_doctype("<!DOCTYPE definitions>", "A"),
    "external DTD": with_doctype('<!DOCTYPE d SYSTEM "http://127.0.0.1:1/x.dtd">', "A"),
    "nested too deeply": (HEAD + "<process>" * 5000 + "</process>" * 5000 + "</definitions>").encode(),
    "cut off": PLAIN[: len(PLAIN) // 2],
    "empty": b"",
    "no XML": b"PK\x03\x04 this is a zip",
    "not UTF-8": PLAIN.replace(b'name="A"', b'name="\xff\xfe"'),
    "too large": HEAD.encode() + b" " * (5 * 1024 * 1024),
    "other root": b"<html/>",
}


@pytest.mark.parametrize("name", BAD_XML)
def test_hostile_xml_is_refused_in_words(name: str) -> None:
    for file in ("x.bpmn", "x.dmn"):
        with pytest.raises(BadDiagram) as caught:
            engine.parse({"p.bpmn": PLAIN, file: BAD_XML[name]} if file == "x.dmn" else {file: BAD_XML[name]}, "p")
        assert "root:" not in str(caught.value)


def test_an_entity_s_file_is_never_read() -> None:
    content = with_doctype('<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>', "A").replace(
        b"<userTask", b"<documentation>&x;</documentation><userTask"
    )
    with pytest.raises(BadDiagram) as caught:
        parsed(content)
    assert "root:" not in str(caught.value)


# ---------------------------------------------------------------- expressions that take too much


@pytest.mark.parametrize(
    "text",
    ["=" + "(" * 2000 + "1" + ")" * 2000, "=1" + "+1" * 1900, "=" + "9" * 3900, "=" + "-" * 3900 + "1", '="' + "x" * 10**6 + '"',
     "=" + "some x in [1,2,3,4,5,6,7,8,9] satisfies " * 50 + "x > 9", "=a" + ".a" * 1900, "not(" * 900 + ")" * 900],
)  # fmt: skip
def test_a_huge_expression_is_refused_at_once(text: str) -> None:
    with pytest.raises(BadDiagram, match="cannot be used"):
        parsed(drawn(catch("c", timer(text)), "start>c c>end"))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("=" + "some x in [1,2,3,4,5,6,7,8,9] satisfies " * 30 + "x > 9", "too many steps"), ("=10**10**10", "too large"),
        ("=for x in 1..1000000000 return x", "too many steps|longer than"), ("=sum(for x in 1..1000000000 return x)", "longer|steps"),
        ("={f: function(n) f(n + 1), x: f(1)}.x", "too often|deeply"), ("=9**9**9**9", "too large"),
        ("=for a in 1..1000, b in 1..1000, c in 1..1000 return 1", "longer|steps"),
        ('=matches("' + "a" * 40 + '!", "(a+)+$")', ""),
    ],
)  # fmt: skip
def test_an_expression_that_takes_too_much_ends_in_words(text: str, why: str) -> None:
    with ends():
        if why:
            with pytest.raises(ExpressionError, match=why):
                evaluate(text, {})
        else:
            assert evaluate(text, {}) is False


# ---------------------------------------------------------------- states


def halfway() -> tuple[Definition, Step]:
    definition, first = begin(PLAIN, name="Айгүл")
    return definition, done(definition, first, "A", said="yes")


def refused(definition: Definition, state: bytes) -> None:
    for move in (
        lambda: engine.look(definition, state),
        lambda: engine.complete(definition, state, "x", {}, world()),
        lambda: engine.wake(definition, state, [], world()),
        lambda: engine.variables(definition, state, "x"),
        lambda: engine.migrate(definition, definition, state, {"A": "B"}, world()),
    ):
        with pytest.raises(CorruptState):
            move()


@pytest.mark.parametrize(
    "state", [b"", b"KS", b"KS\x01", b"KS\x02abc", b"{}", b"\x80\x04K\x01.", b"x" * 100, b"\0" * 4096]
)
def test_foreign_bytes_are_a_corrupt_state(state: bytes) -> None:
    refused(halfway()[0], state)


def test_a_state_cut_off_anywhere_is_corrupt() -> None:
    definition, step = halfway()
    for length in range(len(step.state)):
        with pytest.raises(CorruptState):
            engine.look(definition, step.state[:length])


def test_a_state_with_any_bit_turned_is_corrupt() -> None:
    definition, step = halfway()
    good = engine.look(definition, step.state)
    for at in range(len(step.state)):
        for bit in range(8):
            spoiled = bytearray(step.state)
            spoiled[at] ^= 1 << bit
            try:
                assert engine.look(definition, bytes(spoiled)) == good, "a bit that means nothing"
            except CorruptState:
                continue


def test_a_state_of_another_process_is_corrupt() -> None:
    _, step = halfway()
    refused(parsed(drawn(people("X"), "start>X X>end")), step.state)


def packed(said: object) -> bytes:
    return b"KS\x01" + zstandard.ZstdCompressor(write_checksum=True).compress(orjson.dumps(said))


def test_a_bomb_in_a_state_is_not_unpacked() -> None:
    bomb = b"KS\x01" + zstandard.ZstdCompressor(level=19).compress(b"\0" * (64 * 1024 * 1024))
    assert len(bomb) < 16384
    refused(halfway()[0], bomb)


json = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["top", "subs", "n", "t", "r", "l", "p", "d"]), inner)
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(json)
def test_well_packed_nonsense_is_a_corrupt_state(said: object) -> None:
    definition = parsed(PLAIN)
    with pytest.raises(CorruptState):
        engine.look(definition, packed(said))


def _spoil(chance: random.Random, said: object) -> None:
    """Somewhere in the tree, something else."""
    while isinstance(said, dict | list) and said:
        key = chance.choice(list(said) if isinstance(said, dict) else range(len(said)))
        inner = said[key]  # type: ignore[index, call-overload]
        if isinstance(inner, dict | list) and inner and chance.random() < 0.8:
            said = inner
            continue
        said[key] = chance.choice([None, -1, 10**6, "x", [], {}, [[1]], 2, 4, 8, 16, 32, 64, 128])  # type: ignore[index, call-overload]
        return


def test_data_named_like_the_serializer_s_own_words_is_only_data() -> None:
    """The stock serializer turns such data into objects, or cannot read the case any more."""
    data = {
        "typename": "Task",
        "__class__": "x",
        "top": 1,
        "n": [1],
        "datetime": "2026-01-01",
        "": 0,
        "a.b": {"typename": "BpmnEvent"},
    }
    definition, first = begin(PLAIN, data=data, **{key: value for key, value in data.items() if key})
    found = engine.variables(definition, first.state, first.stops[0].id)
    assert found["data"] == data
    assert found["typename"] == "Task"


@settings(deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
                    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8))  # fmt: skip
def test_any_answer_comes_back_as_it_was(answer: object) -> None:
    definition, first = begin(PLAIN)
    after = done(definition, first, "A", answer=answer)
    last = done(definition, after, "B")
    assert last.variables == {"answer": answer}
    assert waits(last) == []


def test_a_stop_s_id_is_safe_in_an_address() -> None:
    _, first = begin(PLAIN)
    for stop in first.stops:
        assert len(base64.urlsafe_b64decode(stop.id)) == 12
