"""The console says of every version that it deployed whether it is the law, and else why not."""

import pytest

from webapp.cli.deploying import _standing


@pytest.mark.parametrize(
    ("version", "law", "new", "said"),
    [
        (2, 2, True, "in force"),
        (2, 2, False, "in force"),
        (3, 2, True, "a candidate; version 2 stays in force until"),
        (1, 2, False, "NOT in force, these files were deployed before; version 2 stays in force until"),
        (1, None, False, "NOT in force, these files were deployed before; no version is in force until"),
    ],
)
def test_a_version_that_is_not_in_force_says_why(version: int, law: int | None, new: bool, said: str) -> None:
    assert _standing(version, law, new).startswith(said)
