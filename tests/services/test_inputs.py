"""What a diagram tells an operation reaches the plugin as it was declared, or not at all."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.errors import Invalid
from services.inputs import WrongInput, read_inputs
from services.plugin import Choice, Form, Input, Operation, Plugin, operation

WHICH = Input("paper", "choice", "Which paper", required=True, choices=(Choice("folder", ""), Choice("result", "")))
DECLARED = (
    WHICH,
    Input("copies", "number", "Copies", default=1),
    Input("urgent", "yes", "Urgent"),
    Input("note", "text", "Note"),
    Input("people", "expression", "People"),
)


def test_every_declared_input_is_there_and_nothing_else() -> None:
    assert read_inputs("a.b", DECLARED, {"paper": "folder", "mistyped": 1}) == {
        "paper": "folder",
        "copies": 1,
        "urgent": None,
        "note": None,
        "people": None,
    }


@pytest.mark.parametrize(
    ("name", "said", "read"),
    [
        ("copies", "12", 12),
        ("copies", "2.50", Decimal("2.50")),
        ("copies", 3, 3),
        ("urgent", "yes", True),
        ("urgent", "False", False),
        ("urgent", True, True),
        ("note", "12", "12"),
        ("people", ["a", 1], ["a", 1]),
        ("copies", "", 1),
    ],
)
def test_what_is_typed_in_a_diagram_is_read_by_its_kind(name: str, said: object, read: object) -> None:
    found = read_inputs("a.b", DECLARED, {"paper": "folder", name: said})[name]
    assert found == read and type(found) is type(read)


@pytest.mark.parametrize(
    ("name", "said", "words"),
    [
        ("paper", None, "a.b needs its input paper"),
        ("paper", "", "a.b needs its input paper"),
        ("paper", "letter", "paper of a.b is none of the values"),
        ("paper", ["folder"], "paper of a.b is none of the values"),
        ("copies", "two", "copies of a.b has to be a number"),
        ("copies", True, "copies of a.b has to be a number"),
        ("copies", "१२", "copies of a.b has to be a number"),
        ("urgent", "maybe", "urgent of a.b has to be yes or no"),
        ("urgent", 1, "urgent of a.b has to be yes or no"),
        ("note", 12, "note of a.b has to be a text"),
    ],
)
def test_a_wrong_input_is_refused_in_words_that_name_it(name: str, said: object, words: str) -> None:
    with pytest.raises(WrongInput, match=words):
        read_inputs("a.b", DECLARED, {"paper": "folder", name: said})


ANYTHING = st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists, max_leaves=4)


@given(ANYTHING, ANYTHING, ANYTHING, ANYTHING | st.just("folder"))
def test_whatever_a_diagram_says_is_read_or_refused(
    copies: object, urgent: object, note: object, paper: object
) -> None:
    said = {"copies": copies, "urgent": urgent, "note": note, "paper": paper}
    try:
        found = read_inputs("a.b", DECLARED, said)
    except Invalid:
        return
    assert list(found) == [each.name for each in DECLARED]
    assert found["paper"] in ("folder", "result")
    assert found["urgent"] in (True, False, None)
    assert found["note"] is None or isinstance(found["note"], str)


# ---------------------------------------------------------------- what may be declared


def run(call: object, house: object) -> dict[str, object]:
    return {}


def refused(error: type[Exception], words: str, **parts: object) -> None:
    with pytest.raises(error, match=words):
        Plugin(Path("courier"), "A courier.", **parts)  # type: ignore[arg-type]


def test_a_plugin_that_hands_over_a_bare_function_is_told_what_to_write() -> None:
    refused(
        TypeError, r"courier\.order is not an Operation: write @operation\(title\) above it", in_step={"order": run}
    )
    refused(TypeError, r"courier\.order is not an Operation", outbound={"order": run})


def test_a_function_under_its_declaration_is_the_operation_that_older_plugins_write_themselves() -> None:
    assert operation("Order", inputs=(WHICH,), help="At once.")(run) == Operation(
        run, "Order", (WHICH,), help="At once."
    )


def test_inputs_that_cannot_be_drawn_are_refused() -> None:
    twice = Operation(run, "Order", inputs=(WHICH, WHICH))
    refused(ValueError, "'paper' is no good name of an input, or there twice", in_step={"order": twice})
    spaced = Operation(run, "Order", inputs=(Input("which paper", "text", ""),))
    refused(ValueError, "'which paper' is no good name", in_step={"order": spaced})
    without = Operation(run, "Order", inputs=(Input("which", "choice", ""),))
    refused(ValueError, "choices belong to an input of kind choice", in_step={"order": without})


def test_an_operation_and_a_form_have_names_of_their_own() -> None:
    form = Form("Order", "Order", lambda call: [], lambda call, answers: None)  # type: ignore[arg-type, return-value]
    refused(ValueError, "one name for two things: order", in_step={"order": Operation(run, "")}, forms={"order": form})
