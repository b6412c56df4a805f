"""Patterns of designers: they match what regular expressions match, and none can hang."""

import re
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.processes.forms.pattern import BadPattern, compile_pattern
from tests.ends import ends

ATOM = st.sampled_from(
    ["a", "b", "\\d", "\\w", "\\s", ".", "[ab]", "[^a]", "[a-c0-2]", "\\.", "^", "$", "\\-", "ә", "[\\d-]"]
)
QUANTIFIED = st.tuples(
    ATOM.filter(lambda a: a not in "^$"), st.sampled_from(["", "?", "*", "+", "{2}", "{1,3}", "{0,}", "+?"])
)
PATTERN = st.recursive(
    ATOM | QUANTIFIED.map("".join),
    lambda inside: (
        st.lists(inside, min_size=1, max_size=4).map("".join)
        | st.lists(inside, min_size=1, max_size=3).map(lambda ways: f"({'|'.join(ways)})")
        | inside.map(lambda each: f"(?:{each})?")
    ),
    max_leaves=8,
)


@settings(max_examples=500, deadline=None)
@given(PATTERN, st.text(st.sampled_from("ab0.- cә\n"), max_size=8))
def test_it_matches_what_a_regular_expression_matches(pattern: str, said: str) -> None:
    # `$` is the very end, as in JavaScript: Python also lets it stand before a last line end
    assert compile_pattern(pattern)(said) == bool(re.search(pattern.replace("$", "\\Z"), said, re.A))


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "^(a|a)*$", "(a|aa)+$", "(.*a){20}$", "^a*a*a*a*a*a*a*$", "(a?){40}a{40}b"]
)
def test_what_would_hang_elsewhere_ends(pattern: str) -> None:
    matches = compile_pattern(pattern)
    with ends():
        assert not matches("a" * 500 + "!")


@pytest.mark.parametrize(
    "pattern",
    ["(", ")", "[", "a{3,1}", "a{99999}", "(a{99}){99}", "*", "+a", "a**", "(?=a)", "(?<=a)b", "\\1", "[z-a]", "\\u12",
     "a" * 501, "\\"],
)  # fmt: skip
def test_what_is_not_known_is_refused_and_not_guessed_at(pattern: str) -> None:
    with pytest.raises(BadPattern):
        compile_pattern(pattern)


@given(st.text(st.sampled_from("ab()[]{}|?*+^$\\.-,019:=!<du"), max_size=20))
def test_anything_typed_is_a_pattern_or_is_none(pattern: str) -> None:
    with suppress(BadPattern):
        compile_pattern(pattern)("ab0")
