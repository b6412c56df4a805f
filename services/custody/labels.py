"""Labels printed before their papers came. Once one is on a paper, scanning it is scanning the paper."""

from services import clock, deadlines, directory, documents, registry
from services.custody.errors import LabelTaken, UnknownPaper, WrongCount
from services.custody.models import Label
from services.custody.repair import reason
from services.custody.service import note, paper
from services.db import db

#: a sheet of labels; two thousand a day would be forty sheets
MOST = 200


def make_labels(office_key: str, count: int, person: directory.Person) -> list[str]:
    """New labels of that office, without papers yet. Raises WrongCount."""
    if not 1 <= count <= MOST:
        raise WrongCount(most=MOST)
    rules, now = registry.current(), clock.now()
    year = deadlines.local(rules, office_key, now).year
    codes = documents.next_numbers(rules.row("offices", office_key)["number"], "label", year, count)
    made = {"office_key": office_key, "made_at": now, "made_by_id": person.id}
    db.session.add_all(Label(code=code, **made) for code in codes)
    return codes


def put_label(label_code: str, code: str, why: str, office_key: str, person: directory.Person) -> None:
    """From now on that label is on that paper. The same again changes nothing.

    Raises UnknownPaper, LabelTaken, ReasonMissing.
    """
    item = paper(code)
    label = db.session.get(Label, label_code, with_for_update=True) if "\0" not in label_code else None
    if label is None or label.office_key != office_key:
        raise UnknownPaper(code=label_code)
    if label.item_code == item.code:
        return
    if label.item_code is not None:
        raise LabelTaken(code=label_code)
    now = clock.now()
    label.item_code, label.bound_at = item.code, now
    note([item.code], "relabelled", office_key, person.id, now, why=reason(why), label=label_code)


def note_new_label(code: str, why: str, office_key: str, person: directory.Person) -> None:
    """The paper's own label was lost and is printed anew. Raises UnknownPaper, ReasonMissing."""
    item = paper(code)
    note([item.code], "relabelled", office_key, person.id, clock.now(), why=reason(why))
