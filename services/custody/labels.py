"""Labels printed before their papers came. Once one is on a paper, scanning it is scanning the paper."""

from sqlalchemy import select

from services import clock, deadlines, directory, documents, registry
from services.custody.errors import LabelTaken, UnknownPaper, WrongCount
from services.custody.mishaps import reason
from services.custody.models import Item, Label
from services.custody.service import note, paper
from services.db import db

#: a sheet of labels; two thousand a day would be forty sheets
MOST = 200


def make_labels(office_key: str, count: int, person: directory.Person) -> list[str]:
    """New labels of that office, without papers yet. Raises WrongCount."""
    if not 1 <= count <= MOST:
        raise WrongCount(most=MOST)
    plugins, now = registry.current(), clock.now()
    year = deadlines.local(plugins, office_key, now).year
    codes = documents.next_numbers(plugins.row("offices", office_key)["number"], "label", year, count)
    made = {"office_key": office_key, "made_at": now, "made_by_id": person.id}
    db.session.add_all(Label(code=code, **made) for code in codes)
    return codes


def put_label(label_code: str, code: str, why: str, office_key: str, person: directory.Person) -> None:
    """From now on that label is on that paper. The same again changes nothing.

    Raises UnknownPaper, LabelTaken, ReasonMissing.
    """
    item, label = paper(code), _lock(label_code, office_key)
    if label.item_code == item.code:
        return
    if label.item_code is not None or label.case_id is not None:
        raise LabelTaken(code=label_code)
    now = clock.now()
    label.item_code, label.bound_at = item.code, now
    note([item.code], "relabelled", office_key, person.id, now, why=reason(why), label=label_code)


def put_first_label(label_code: str, case_id: int, office_key: str, person: directory.Person) -> None:
    """A label was on the case's folder before the case had a number: from now on scanning it is scanning the folder.

    A folder that no barcode follows, because it never leaves the office, is found by its case.
    Raises UnknownPaper, LabelTaken.
    """
    label = _lock(label_code, office_key)
    if label.item_code is not None or label.case_id is not None:
        raise LabelTaken(code=label_code)
    label.case_id, label.bound_at = case_id, clock.now()
    wanted = select(Item.code).filter_by(case_id=case_id, kind="folder")
    if (folder := db.session.scalar(wanted)) is not None:
        label.item_code = folder
        note([folder], "labelled", office_key, person.id, label.bound_at, label=label_code)


def _lock(label_code: str, office_key: str) -> Label:
    """A label of that office, nobody else's for this transaction. Raises UnknownPaper."""
    wanted = {"with_for_update": True, "populate_existing": True}
    label = db.session.get(Label, label_code, **wanted)  # type: ignore[arg-type]
    if label is None or label.office_key != office_key:
        raise UnknownPaper(code=label_code)
    return label


def note_new_label(code: str, why: str, office_key: str, person: directory.Person) -> None:
    """The paper's own label was lost and is printed anew. Raises UnknownPaper, ReasonMissing."""
    item = paper(code)
    note([item.code], "relabelled", office_key, person.id, clock.now(), why=reason(why))
