"""The applicant's data are set right: the former words are kept, and the papers that bear them are printed anew."""

from dataclasses import asdict, replace
from typing import Any

from services.errors import InvalidAnswers
from services.plugin import (
    Answers,
    Applicant,
    Call,
    Checked,
    Field,
    Form,
    FormCall,
    House,
    Outputs,
    Variable,
    iin,
    named,
    operation,
)

STANDS = (
    "The answer that is drawn up already keeps the former words. One that is not signed yet is drawn up anew when the "
    "head returns it or decides otherwise."
)
#: what may be corrected, and how the record calls it
WORDS_KK = {
    "surname": "Тегі",
    "given_name": "Аты",
    "patronymic": "Әкесінің аты",
    "iin": "ЖСН",
    "address": "Мекенжайы",
}


def fields(call: FormCall) -> list[Field]:
    """The data as they stand, to be written over; and what they are not written over in."""
    stands = [Field("answer_stands", "note", "", help=STANDS)] if call.whereabouts("result") is not None else []
    return [
        *stands,
        Field("surname", "text", "Surname", required=True, maximum=100, width="third", fault=named),
        Field("given_name", "text", "Given name", required=True, maximum=100, width="third", fault=named),
        Field("patronymic", "text", "Patronymic", maximum=100, width="third", fault=named),
        Field("iin", "iin", "IIN", width="half", help="Leave it empty to keep the one that is known."),
        Field("address", "text", "Address", required=True, maximum=300, contact=True),
    ]


def initial(call: FormCall) -> Answers:
    """As they stand; the IIN is not shown: looking at it is an act of its own, which the history notes."""
    known = call.case.applicant
    return {name: getattr(known, name) for name in WORDS_KK if name != "iin"} if known else {}


def check(call: FormCall, answers: Answers) -> Checked:
    """Raises InvalidAnswers when nothing is changed, and for a wrong IIN."""
    known = call.case.applicant
    if known is None:
        raise InvalidAnswers({"surname": "The application is not registered yet: correct it on its form."})
    number = str(answers.get("iin") or "")
    if number and (wrong := iin.fault(number)):
        raise InvalidAnswers({"iin": wrong})
    typed = {**answers, "iin": number or known.iin}
    said: dict[str, Any] = {name: str(typed.get(name) or "") for name in WORDS_KK}
    new = replace(known, **said)
    former = changed(known, new)
    if not former:
        raise InvalidAnswers({"surname": "Nothing was changed."})
    kept = {**answers, **{f"former_{name}": getattr(known, name) for name in former}}
    return Checked(
        "corrected",
        ("doc.correction",),
        variables={"corrected": sorted(former)},
        applicant=new,
        papers={"doc.correction": _record(call, known, new, former)},
        answers=kept,
    )


def changed(known: Applicant, new: Applicant) -> list[str]:
    """Names of what differs."""
    before, now = asdict(known), asdict(new)
    return [name for name in WORDS_KK if before[name] != now[name]]


def _record(call: FormCall, known: Applicant, new: Applicant, former: list[str]) -> dict[str, object]:
    rows = [{"what": WORDS_KK[each], "was": getattr(known, each), "now": getattr(new, each)} for each in former]
    return {
        "number": call.case.number or "",
        "applicant_name": new.full_name,
        "former": rows,
        "corrected_on": call.now.isoformat(),
        "corrected_by": call.person.signature,
        "office_name": call.case.office.name,
    }


@operation(
    "Papers with the corrected words",
    help="The talon, or the receipt, made again with the words that are right now; the former ones stay in the file.",
)
def print_anew(call: Call, house: House) -> Outputs:
    """What the applicant took home is made again with the corrected words, under the same number."""
    house.again("doc.talon", applicant_name=_name(call))
    house.again("doc.receipt", applicant_name=_name(call), applicant_address=_address(call))
    return {}


def _name(call: Call) -> str:
    return call.case.applicant.full_name if call.case.applicant else ""


def _address(call: Call) -> str:
    return call.case.applicant.address if call.case.applicant else ""


correction = Form(
    title="Correcting the applicant's data",
    submit="Correct, and print anew",
    fields=fields,
    initial=initial,
    check=check,
    shared=True,
    sets=(Variable("corrected", "list", "What of the applicant's data was corrected"),),
)
