"""What a plugin's in-step operation may do meanwhile: `services.plugin.House` over one move."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from services import custody, deadlines, documents
from services.cases.errors import NumberMissing
from services.cases.move import Move
from services.plugin import Call


class MoveHouse:
    """The house of one call; what it is told becomes part of the move."""

    def __init__(self, move: Move, call: Call) -> None:
        self._move = move
        self._call = call

    @property
    def now(self) -> datetime:
        return self._move.now

    def number(self, series: str) -> str:
        move = self._move
        if move.case.plays:
            return move.number or ""
        office_key = move.office_key
        office = move.registry.row("offices", office_key)
        local_year = deadlines.local(move.registry, office_key, move.now).year
        if move.given_before is not None:
            number = move.given_before.pop((office_key, series), "")
            if not number:
                raise NumberMissing(series=series, office=office_key)
        else:
            number = documents.next_number(office["number"], series, local_year)
        if move.case.number is None:
            move.case.number = number
        if move.instance.number is None and series == "in":
            move.instance.number = number
        move.numbers.append(number)
        move.note("case.numbered", series=series, number=number)
        return number

    def due(self, key: str, start: datetime | None = None) -> datetime:
        return self._move.world().due(key, start or self._move.now)

    def titles(self, table: str) -> Mapping[str, str]:
        return {row["key"]: row["title_kk"] for row in self._move.registry.table(table)}

    def paper(self, item: str, **content: object) -> None:
        self._move.make_paper(item, content)

    def output(self, key: str) -> None:
        self._move.outputs.append(key)

    def track(self, paper: str, code: str, *, signer: int | None = None) -> None:
        if self._move.case.plays:  # no paper of a rehearsal travels
            return
        self._move.papers[paper] = custody.NewPaper(paper, code, self._move.instance.office_key, signer_id=signer)

    def send(self, paper: str, *, originals: Sequence[str] = ()) -> None:
        move = self._move
        if move.case.plays:
            return
        to = move.case.body_key if paper == "folder" else move.case.office_key
        if (new := move.papers.get(paper)) is not None:
            move.papers[paper] = replace(new, destination_key=to, originals=tuple(originals))
        else:
            code = custody.code_of(move.case.id, paper)
            custody.prepare(code, to, originals=originals, person_id=move.person_id, at=move.now)

    def call_back(self, paper: str) -> None:
        move = self._move
        item = None if move.case.plays else custody.of_case(move.case.id, paper)
        if item is None:
            return
        custody.call_back(item, move.person_id, move.now)
        if item.signature == "awaited":
            custody.annul(item, move.person_id)
            move.note("paper.annulled", code=item.code)

    def again(self, item: str, **content: object) -> None:
        move = self._move
        paper = documents.newest_paper(move.case.id, item)
        if paper is None:
            return
        known = {name: value for name, value in paper.content.items() if name != "signature"}
        made = documents.make_paper(
            move.case.id, item, {**known, **content}, office_key=paper.office_key, number=paper.number,
            made_by=facts.signature if (facts := move.person_facts()) else "", at=move.now,
        )  # fmt: skip
        move.attested.papers.append(made)
        move.note("paper.made", item=item)

    def record(self, event: str, **details: object) -> None:
        self._move.note(f"{self._call.operation}.{event}", **details)
