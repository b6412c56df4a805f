"""The application for the next term: what did not change is carried over from the former case, and confirmed by hand.

The act knows no recheck; which papers still hold is a column of the region's table `documents` (`holds_on`), a default.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from services.plugin import Answers, Choice, Field, FormCall, Former

FORMS = ("registration.application", "registration.psc_application")
OF_APPLICANT = ("surname", "given_name", "patronymic", "iin", "address", "phone", "language")
NOT_CONFIRMED = "Please ask the applicant, and confirm that what is carried over is unchanged, or correct it first."


def questions(call: FormCall) -> list[Field]:
    """What is asked beside the application of whoever comes again: nothing of others."""
    former = call.former()
    if former is None:
        return []
    papers = still_good(call, former)
    return [
        *([Field("documents_carried", "choices", "Documents of the former case that still hold", choices=papers,
                 carried=former.number, help="They lie in its file and need not be handed in again.")]
          if papers else []),
        Field("carried_confirmed", "yes", "The applicant has said that what is carried over is unchanged or corrected",
              help="Until then it is only what was said the last time."),
    ]  # fmt: skip


def marked(call: FormCall, fields: Sequence[Field]) -> list[Field]:
    """The fields; those whose answers are carried over say from where."""
    former = call.former()
    if former is None:
        return list(fields)
    known = initial(call)
    return [replace(each, carried=former.number) if known.get(each.name) else each for each in fields]


def initial(call: FormCall) -> Answers:
    """The applicant as the former case knows them, and its papers that still hold; nothing where it stands alone."""
    former = call.former()
    if former is None:
        return {}
    who = former.applicant
    known: dict[str, object] = {name: getattr(who, name) for name in OF_APPLICANT}
    known["phone"] = who.phone_raw or who.phone
    return known | {"documents_carried": [each.key for each in still_good(call, former)]}


def still_good(call: FormCall, former: Former) -> tuple[Choice, ...]:
    """Papers of the former case that the region lets hold on for the next term, carried over by that one included."""
    given: Mapping[str, object] = next((former.answers[name] for name in FORMS if name in former.answers), {})
    counts = given.get("documents")
    held = (
        {*papers_of(given), *(key for key, count in counts.items() if count)} if isinstance(counts, Mapping) else set()
    )
    rows = call.table("documents")
    return tuple(
        Choice(row["key"], row["title_kk"]) for row in rows if row.get("holds_on") == "yes" and row["key"] in held
    )


def papers_of(answers: Answers) -> frozenset[str]:
    """Keys of the papers that are not handed in again."""
    said = answers.get("documents_carried")
    return frozenset(str(each) for each in said) if isinstance(said, list | tuple) else frozenset()


def faults(call: FormCall, answers: Answers) -> dict[str, str]:
    """Nothing is attested that nobody did."""
    if call.former() is None or answers.get("carried_confirmed"):
        return {}
    return {"carried_confirmed": NOT_CONFIRMED}
