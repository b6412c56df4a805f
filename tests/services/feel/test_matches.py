"""Patterns by XPath (F&O 3.1, 5.6) and XML Schema, over RE2."""

from typing import Any

import pytest

from services.feel import expression
from tests.ends import ends


def value(text: str) -> Any:
    return expression(text).evaluate({}).value


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (r'matches("a\rb", "a.b")', False),
        (r'matches("a\nb", "a.b")', False),
        (r'matches("a\rb", "a.b", "s")', True),
        ('matches("x", "^[A-Z-[OI]]$", "i")', True),
        ('matches("o", "^[A-Z-[OI]]$", "i")', False),
        ('matches("e", "[a-z-[aeiou]]")', False),
        ('matches("ы", "[а-я-[аы]]")', False),
        ('matches("б", "[а-я-[аы]]")', True),
        (r'matches("hello world", "hello\\ sworld", "x")', True),
        (r'matches("abc", "\\p{ IsBasicLatin}+", "x")', True),
        (r'matches("қала", "^\\p{IsBasicLatin}+$")', False),
        (r'matches("қала", "^\\p{IsCyrillic}+$")', True),
        (r'matches("қала", "^\\w+$")', True),
        (r'matches("a1", "[\\d]")', True),
        (r'matches("a\\b", "a\\\\b")', True),
        (r'matches("a", "[a\\0]")', None),
        (r'matches("aa", "(a)\\1")', None),
        (r'matches("a", "\\p{IsNothing}")', None),
        ('matches("a", "[")', None),
        ('matches("a.b", "a.b", "q")', True),
        ('matches("axb", "a.b", "q")', False),
        ('matches("a", "a", "k")', None),
        (r'replace("abc", "(b)(c)", "$2$1")', "acb"),
        (r'split("a;b", ";")', ["a", "b"]),
    ],
)
def test_a_pattern_means_what_the_standard_says(call: str, expected: object) -> None:
    assert value(call) == expected


def test_a_pattern_that_others_never_end_with_ends() -> None:
    with ends():
        assert value('matches("' + "a" * 5000 + '!", "^(a+)+$")') is False
