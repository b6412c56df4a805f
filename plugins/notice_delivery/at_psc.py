"""The result on its way to the PSC's counter, and over it (N421/app6/t2/9, N421/11a/psc/10)."""

from collections.abc import Mapping
from typing import cast

from plugins.notice_delivery.deliver import HANDED_OVER, hand_over_check
from services.plugin import Answers, Checked, Choice, Field, Form, FormCall, Variable, receiving

RECEIPT = (
    Choice("shown", "The receipt was shown and signed"),
    Choice("lost", "The receipt is lost: its second copy was signed"),
)


def pass_fields(call: FormCall) -> list[Field]:
    """The originals that go back to the applicant with the result (I-41); the file stays at the body.

    Those of the papers handed in are ticked; only what is not among them is written.
    """
    return [
        *([Field("of_file", "choices", "Of the papers handed in, these originals go back", choices=papers)]
          if (papers := _handed_in(call)) else []),
        Field("originals", "rows", "Other originals that go back" if papers else "Originals that go back", maximum=20,
              columns=(Field("title", "text", "Document", required=True, maximum=200),)),
    ]  # fmt: skip


def _handed_in(call: FormCall) -> tuple[Choice, ...]:
    """The papers that came with the application, as the case knows them."""
    given = [each.get("documents") for each in call.case.answers.values()]
    known = {key for counts in given if isinstance(counts, Mapping) for key, count in counts.items() if count}
    return tuple(Choice(row["key"], row["title_kk"]) for row in call.table("documents") if row["key"] in known)


def pass_check(call: FormCall, answers: Answers) -> Checked:
    """Nothing can be wrong: no original may go back at all."""
    rows = cast("list[dict[str, object]]", answers.get("originals") or [])
    ticked = cast("list[str]", answers.get("of_file") or [])
    titles = [each.label for each in _handed_in(call) if each.key in ticked] + [str(row["title"]) for row in rows]
    return Checked("passed", variables={"originals": titles}, becomes={"result": "ready"})


def issue_fields(call: FormCall) -> list[Field]:
    """Who came, who they are, and what they signed."""
    return [*receiving.questions(call), Field("receipt", "choice", "The receipt", required=True, choices=RECEIPT)]


pass_result = Form(
    "The result for the office",
    "Pass to the office",
    pass_fields,
    pass_check,
    shared=True,
    sets=(Variable("originals", "list", "Originals that go back to the applicant"),),
)
issue = Form(
    "Issuing against the receipt",
    "Record the issuing",
    issue_fields,
    hand_over_check,
    shared=True,
    sets=(HANDED_OVER,),
)
