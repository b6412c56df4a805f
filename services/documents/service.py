"""Making papers, and printing them."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, case, cast, func, select, update
from sqlalchemy.dialects.postgresql import JSONB

from services import journal, registry, signing
from services.db import db, transaction
from services.documents.models import Paper
from services.documents.numbers import MARKS
from services.documents.printing import Beside, Mark, draw_form, form_name, print_form
from services.documents.required import Content, check_content
from services.errors import NotFound
from services.loaded import Loaded
from services.plugin import Field
from services.plugin import Paper as Declared
from services.registry import Registry


class NoSuchPaper(NotFound):
    """There is no paper %(paper)s."""


@dataclass(frozen=True)
class Printed:
    """A paper, printed."""

    pdf: bytes
    #: ASCII: "talon-19-2013-00042.pdf"
    file_name: str


def make_paper(
    case_id: int,
    item: str,
    content: Content,
    *,
    office_key: str,
    number: str,
    made_by: str,
    at: datetime,
) -> Paper:
    """Keep what a paper says, in the caller's transaction; its PDF is made whenever it is printed.

    The caller has it attested by the journal. Raises NotAPaper, FieldMissing, FieldUnreadable (all Invalid; the last
    two name the field).
    """
    check_content(item, content, registry.current())
    who = {"office_key": office_key, "made_at": at, "made_by": made_by}
    paper = Paper(case_id=case_id, item=item, number=number, content=dict(content), **who)
    paper.salt, paper.signed_pdf = journal.new_salt(), None
    db.session.add(paper)
    return paper


def sign_with_key(paper: Paper, signer: signing.Signer, plugins: Registry, *, at: datetime) -> None:
    """The paper says whose key signed it; its PDF is made, signed and proven now, and kept as it is.

    In the caller's transaction, who has it attested anew. Raises SignatureBroken.
    """
    paper.salt = journal.new_salt()
    paper.content = {**paper.content, "signature": _said_of(signer.signature)}
    paper.signed_pdf = _sign(paper, signer, plugins, at)


def attested_value(paper: Paper) -> object:
    """What the journal attests of a paper: what it says, whose it is, and the PDF that was signed with a key."""
    pdf = hashlib.sha256(paper.signed_pdf).hexdigest() if paper.signed_pdf is not None else None
    return _attested(paper.item, paper.office_key, paper.number, paper.made_by, paper.content, pdf)


def attested_of(case_ids: Sequence[int]) -> Iterator[tuple[int, int, str, bytes | None, object]]:
    """Every paper of those cases: case, id, item, salt, and what the journal attests of it."""
    pdf = func.encode(func.sha256(Paper.signed_pdf), "hex")
    said = Paper.item, Paper.office_key, Paper.number, Paper.made_by, Paper.content, pdf
    wanted = select(Paper.case_id, Paper.id, Paper.salt, *said).where(Paper.case_id.in_(case_ids)).order_by(Paper.id)
    for case_id, paper_id, salt, *value in db.session.execute(wanted):
        yield case_id, paper_id, value[0], salt, _attested(*value)


def _attested(item: str, office_key: str, number: str, made_by: str, content: object, pdf: str | None) -> object:
    return [item, office_key, number, made_by, content, pdf]


def paper_of_code(case_id: int, code: str) -> Paper | None:
    """The case's paper that went out under that number, and whose barcode says it."""
    wanted = select(Paper).filter_by(case_id=case_id).where(Paper.content["outgoing_number"].astext == code)
    enclosing = registry.current().papers_that("encloses")
    return db.session.scalars(wanted.where(Paper.item.not_in(enclosing)).order_by(Paper.id.desc())).first()


def _said_of(signature: signing.Signature) -> dict[str, str]:
    until = f"{signature.valid_until:%d.%m.%Y}"
    return {"name": signature.name, "serial": signature.serial, "issuer": signature.issuer, "until": until}


def _sign(paper: Paper, signer: signing.Signer, plugins: Registry, at: datetime) -> bytes:
    """The paper as it stands, signed, its issuer one of the region's (`trust/*.pem`) where the region names any."""
    pdf = print_form(paper.item, paper.content, plugins, at=at, mark="")
    issuers = [file.read_bytes() for file in plugins.matching("trust/*.pem").values()]
    place = str(paper.content.get("office_name") or "")
    return signing.sign_pdf(pdf, signer, reason=paper.number, place=place, issuers=issuers)


def papers_of(case_id: int) -> list[Paper]:
    """The case's papers, the first made first."""
    return _OF_CASE.all(case_id=case_id)


def newest_paper(case_id: int, item: str) -> Paper | None:
    """The case's newest paper of that item, as it stands."""
    found: Paper | None = _NEWEST.first(case_id=case_id, item=item)
    return found


_THEIRS = select(Paper).where(Paper.case_id == bindparam("case_id"))
_OF_CASE = Loaded(_THEIRS.order_by(Paper.id), with_case=True)
_NEWEST = Loaded(_THEIRS.where(Paper.item == bindparam("item")).order_by(Paper.id.desc()).limit(1))


def newest_of(case_ids: Sequence[int], items: Sequence[str]) -> dict[int, int]:
    """Case -> id of its newest paper of those."""
    wanted = select(Paper.case_id, func.max(Paper.id)).where(
        Paper.case_id.in_(list(case_ids)), Paper.item.in_(list(items))
    )
    rows = db.session.execute(wanted.group_by(Paper.case_id)).all() if case_ids and items else []
    return {row[0]: row[1] for row in rows}


def standing_of(case_ids: Sequence[int]) -> dict[int, list[Paper]]:
    """Case -> its papers as they stand, the first made first: the newest of each item."""
    newest = select(func.max(Paper.id)).where(Paper.case_id.in_(list(case_ids))).group_by(Paper.case_id, Paper.item)
    found: dict[int, list[Paper]] = {}
    for each in db.session.scalars(select(Paper).where(Paper.id.in_(newest)).order_by(Paper.id)):
        found.setdefault(each.case_id, []).append(each)
    return found


@dataclass(frozen=True)
class Gist:
    """A paper in a few words: what it is, and what it decides, as it stands on it."""

    item: str
    said: Sequence[tuple[Field, object]]


def gists_of(paper_ids: Sequence[int]) -> dict[int, Gist]:
    """Paper -> its gist, read from what the paper itself says: whoever signs it reads what is signed. One statement."""
    if not paper_ids:
        return {}
    declared = registry.current().papers
    rows = db.session.execute(select(Paper.id, Paper.item, Paper.content).where(Paper.id.in_(list(paper_ids))))
    return {paper_id: Gist(item, _said(declared.get(item), content)) for paper_id, item, content in rows}


def _said(declared: Declared | None, content: Content) -> list[tuple[Field, object]]:
    asked = declared.gist if declared else ()
    return [(field, content[field.name]) for field in asked if content.get(field.name) not in (None, "")]


def outgoing_numbers(case_ids: Sequence[int], items: Sequence[str]) -> dict[int, list[str]]:
    """Case -> the outgoing numbers on its papers of those, the first given first."""
    wanted = select(Paper.case_id, Paper.content["outgoing_number"].astext).where(
        Paper.case_id.in_(list(case_ids)), Paper.item.in_(list(items))
    )
    rows = db.session.execute(wanted.order_by(Paper.id)).all() if case_ids else []
    found: dict[int, list[str]] = {}
    for case_id, number in rows:
        found.setdefault(case_id, []).append(number or "")
    return found


def case_of_outgoing(number: str) -> int | None:
    """The case whose answer went out under that number; None for any other number."""
    if f"-{MARKS['out']}" not in number:
        return None
    return db.session.scalar(select(Paper.case_id).where(Paper.content["outgoing_number"].astext == number).limit(1))


def paper(paper_id: int) -> Paper:
    """The paper with that id. Raises NoSuchPaper."""
    found = db.session.get(Paper, paper_id) if 0 < paper_id < 2**63 else None
    if found is None:
        raise NoSuchPaper(paper=paper_id)
    return found


def print_paper(
    paper_id: int,
    plugins: Registry,
    *,
    actor: str,
    stream: str,
    at: datetime,
    beside: Callable[[Paper], Beside | None] = lambda paper: None,
) -> Printed:
    """The paper as PDF, to be printed: counted, and written into that stream of the journal. The second is a copy.

    One that was signed electronically is given as it was signed: it has no copies. What the first print says `beside`
    the paper is asked in the same transaction; it is kept nowhere, and no copy says it.

    Who may see it is the caller's to check. Raises NoSuchPaper, NoSuchPrintedForm.
    """
    with transaction():
        counted = update(Paper).where(Paper.id == paper_id).values(copies=Paper.copies + 1).returning(Paper)
        paper = db.session.scalars(counted, execution_options={"populate_existing": True}).one_or_none()
        if paper is None:
            raise NoSuchPaper(paper=paper_id)
        mark: Mark = "copy" if paper.copies > 1 else ""
        more = beside(paper) if paper.copies == 1 else None
        pdf = paper.signed_pdf or print_form(paper.item, paper.content, plugins, at=at, mark=mark, beside=more)
        details = {"paper": paper.id, "item": paper.item, "copy": paper.copies} | ({"code": True} if more else {})
        journal.append(stream, [journal.NewLine("paper.printed", actor, details)], at=at)
    return Printed(pdf, _file_name(paper))


def look_at_paper(paper_id: int, plugins: Registry, *, at: datetime) -> Printed:
    """The paper as PDF, to look at: marked so, and not counted. One that was signed electronically is given as it is.

    Who may see it is the caller's to check. Raises NoSuchPaper, NoSuchPrintedForm.
    """
    found = paper(paper_id)
    pdf = found.signed_pdf or print_form(found.item, found.content, plugins, at=at, mark="view")
    return Printed(pdf, _file_name(found))


def _file_name(paper: Paper) -> str:
    return f"{form_name(paper.item, registry.current())}-{paper.number or paper.id}.pdf"


def draw_paper(paper_id: int, plugins: Registry, *, at: datetime) -> bytes:
    """The first page of a paper as a picture (SVG), to look at and not to hand out: not counted.

    Who may see it is the caller's to check. Raises NoSuchPaper, NoSuchPrintedForm.
    """
    found = paper(paper_id)
    return draw_form(found.item, found.content, plugins, at=at)


def erase(case_ids: Sequence[int]) -> None:
    """Nothing is left of what the papers of those cases say but their outgoing numbers; in the caller's transaction."""
    number = Paper.content["outgoing_number"]
    kept = case((number.is_(None), cast({}, JSONB)), else_=func.jsonb_build_object("outgoing_number", number))
    ours = update(Paper).where(Paper.case_id.in_(case_ids)).values(content=kept, signed_pdf=None, made_by="", salt=None)
    db.session.execute(ours, execution_options={"synchronize_session": False})
