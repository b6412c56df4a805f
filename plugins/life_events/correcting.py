"""The applicant's data are set right: the former words are kept, and the papers that bear them are printed anew."""

from dataclasses import asdict, replace

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
    Operation,
    Outputs,
    Variable,
    named,
)

#: what may be corrected, and how it is called
QUESTIONS = (
    ("surname", "Surname"),
    ("given_name", "Given name"),
    ("patronymic", "Patronymic"),
    ("iin", "IIN"),
    ("address", "Address"),
)
WORDS_KK = {
    "surname": "Тегі",
    "given_name": "Аты",
    "patronymic": "Әкесінің аты",
    "iin": "ЖСН",
    "address": "Мекенжайы",
}


def fields(call: FormCall) -> list[Field]:
    """The data as they stand, to be written over."""
    return [
        Field("surname", "text", "Surname", required=True, maximum=100, width="third", fault=named),
        Field("given_name", "text", "Given name", required=True, maximum=100, width="third", fault=named),
        Field("patronymic", "text", "Patronymic", maximum=100, width="third", fault=named),
        Field("iin", "iin", "IIN", width="half"),
        Field("address", "text", "Address", required=True, maximum=300, contact=True),
    ]


def initial(call: FormCall) -> Answers:
    """As they stand."""
    known = call.case.applicant
    return {name: getattr(known, name) for name, _ in QUESTIONS} if known else {}


def check(call: FormCall, answers: Answers) -> Checked:
    """Raises InvalidAnswers when nothing is changed."""
    known = call.case.applicant
    if known is None:
        raise InvalidAnswers({"surname": "The application is not registered yet: correct it on its form."})
    new = replace(known, **{name: str(answers.get(name) or "") for name, _ in QUESTIONS})
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
    return [name for name, _ in QUESTIONS if before[name] != now[name]]


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
printing_anew = Operation(
    print_anew,
    "Papers with the corrected words",
    help="The talon, or the receipt, made again with the words that are right now; the former ones stay in the file.",
)
