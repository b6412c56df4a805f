"""Pictures, documents and files of a form from Modeler: what is shown, what is answered, and what is never fetched."""

import base64
import io
from dataclasses import replace

import pytest
from PIL import Image

from services.answers import asked, parse
from services.errors import InvalidAnswers
from services.plugin import AttachedFile, Choice, FormCall
from tests.services.processes.small_forms import ask, call, form, rules_of, text


def picture(kind: str = "PNG", mode: str = "RGB", size: tuple[int, int] = (40, 30)) -> str:
    made = io.BytesIO()
    Image.new(mode, size).save(made, kind)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(made.getvalue()).decode()}"


def attached(*names: str, field: str = "scans", given: bool = False) -> list[AttachedFile]:
    kinds = {"jpg": "image/jpeg", "pdf": "application/pdf"}
    return [
        AttachedFile(at, name, kinds[name[-3:]], 1000 + at, "task", field, given) for at, name in enumerate(names, 1)
    ]


def with_files(*files: AttachedFile, **variables: object) -> FormCall:
    def found(field: str | None) -> list[AttachedFile]:
        return [each for each in files if (each.given if field is None else each.field == field and not each.given)]

    return replace(call(**variables), files=found)


def shown(*components: dict[str, object], here: FormCall, raw: dict[str, object] | None = None) -> list[Choice]:
    last = asked(ask(*components).fields(here), raw or {}).fields[-1]
    return list(last.choices)


def test_a_picture_that_is_drawn_into_the_form_is_drawn_anew() -> None:
    for source, begins in (
        (picture(), "data:image/jpeg;base64,"),
        (picture(mode="RGBA"), "data:image/png;base64,"),
        (picture("JPEG"), "data:image/jpeg;base64,"),
        (picture("WEBP"), "data:image/jpeg;base64,"),
    ):
        (one,) = shown({"type": "image", "source": source, "alt": "Елтаңба"}, here=call())
        assert one.key.startswith(begins) and one.key != source


@pytest.mark.parametrize(
    "source",
    [
        "https://example.org/logo.png", "http://127.0.0.1/x", "//example.org/x.png", "/static/komek.svg", "logo.png",
        "javascript:alert(1)", "data:text/html;base64,PHNjcmlwdD4=", "data:image/svg+xml;base64,PHN2Zy8+",
        "data:image/png;base64,????", "data:image/png;base64,AAAA", picture(size=(5000, 5000)), "", None, 5, {},
    ],
)  # fmt: skip
def test_a_picture_from_elsewhere_or_none_at_all_is_refused_saying_why(source: object) -> None:
    assert rules_of(form({"type": "image", "source": source})) == ["form-picture"]
    here = call(stamp=source)
    assert shown({"type": "image", "source": "=stamp"}, here=here) == [], "nor from a variable"


def test_a_variable_may_hold_the_picture_or_name_a_file_of_the_case() -> None:
    component = {"type": "image", "source": "=stamp"}
    (one,) = shown(component, here=call(stamp=picture()))
    assert one.key.startswith("data:image/jpeg;base64,")
    scan, act = attached("скан.jpg", "акт.pdf", given=True)
    here = with_files(scan, act, stamp=[scan.document(1)])
    assert shown(component, here=here) == [Choice("/attachments/1", "")]
    assert shown(component, here=with_files(scan, act, stamp=act.document(1))) == [], "a PDF is no picture"
    assert shown(component, here=with_files(act, stamp=scan.document(1))) == [], "a file of another case"


def test_files_are_asked_and_become_documents_as_the_viewer_writes_them() -> None:
    files = attached("Ивановтың куәлігі.jpg", "акт.pdf")
    form_ = ask(
        {"type": "filepicker", "key": "scans", "label": "Scans", "multiple": True, "accept": ".pdf,image/*",
         "validate": {"required": True}},
        text("b", conditional={"hide": "=count(scans) < 2"}),
    )  # fmt: skip
    here = with_files(*files)
    checked = form_.check(here, parse(form_.fields(here), {"b": "x"}))
    assert checked.variables["scans"] == [
        {"documentId": "1", "endpoint": "/attachments/1",
         "metadata": {"contentType": "image/jpeg", "fileName": "scans-1.jpg", "size": 1001}},
        {"documentId": "2", "endpoint": "/attachments/2",
         "metadata": {"contentType": "application/pdf", "fileName": "scans-2.pdf", "size": 1002}},
    ]  # fmt: skip
    assert "Иванов" not in str(checked.variables), "a file's own name is personal"
    assert checked.variables["b"] == "x", "conditions see how many there are"
    with pytest.raises(InvalidAnswers) as none:
        parse(form_.fields(with_files()), {})
    assert none.value.errors == {"scans": "Please attach a file."}
    with pytest.raises(InvalidAnswers):
        parse(form_.fields(here), {"scans": ["999"]})


def test_one_file_is_asked_unless_several_are_drawn() -> None:
    (one,) = ask({"type": "filepicker", "key": "a"}).fields(call())
    (several,) = ask({"type": "filepicker", "key": "a", "multiple": True}).fields(call())
    assert (one.maximum, several.maximum) == (1, 20)


def test_documents_are_shown_from_this_case_alone() -> None:
    scan, act = attached("скан.jpg", "акт.pdf")
    components = (
        {"type": "filepicker", "key": "scans", "multiple": True},
        {"type": "documentPreview", "dataSource": "=scans", "label": "Құжаттар"},
    )
    assert [each.label for each in shown(*components, here=with_files(scan, act))] == ["скан.jpg", "акт.pdf"]
    elsewhere = {"documentId": "9", "endpoint": "https://example.org/x.pdf", "metadata": {"fileName": "x.pdf"}}
    preview = {"type": "documentPreview", "dataSource": "=papers"}
    given = [replace(each, given=True) for each in (scan, act)]
    here = with_files(*given, papers=[elsewhere, act.document(1), "x", None])
    assert [each.label for each in shown(preview, here=here)] == ["акт.pdf"]
    for papers in (None, [], "x", {"documentId": None}, [[]]):
        assert shown(preview, here=with_files(*given, papers=papers)) == []
    assert rules_of(form({"type": "documentPreview", "dataSource": "papers"})) == ["form-shape"]
