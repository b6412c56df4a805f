"""The form `barcode_scan.confirm`: for any step whose paper must be in hand."""

from services.errors import InvalidAnswers, KomekError
from services.plugin import Answers, Checked, Field, Form, FormCall, Variable


def fields(call: FormCall) -> list[Field]:
    """One field, for a scanner or for typing."""
    return [Field("code", "text", "Scan the barcode, or type the number", required=True, maximum=80)]


def check(call: FormCall, answers: Answers) -> Checked:
    """Raises InvalidAnswers for a misread code, or that of another case."""
    try:
        number = call.read_code(str(answers["code"]))
    except KomekError as error:
        raise InvalidAnswers({"code": error.message}) from error
    if number != call.case.number:
        raise InvalidAnswers({"code": "This is the barcode of another case."})
    return Checked("scanned", ("fact.scan",), {"scanned": number}, answers={"code": number})


confirm = Form(
    title="Scan",
    submit="Confirm",
    fields=fields,
    check=check,
    sets=(Variable("scanned", "text", "The number that was scanned"),),
)
