"""One row of every kind, at least, is played over HTTP too; `EVERY_ROW=1` plays every row that is true."""

import os

from flask import Flask

from services import clock
from tests.oracle.over_http import Office
from tests.oracle.play import MONDAY, Different
from tests.oracle.table import not_yet, rows

PLAYED = frozenset(
    """
    user.answers user.output service.error service.variables receive.payload rule.single-result exclusive.default
    parallel.join inclusive.join event.first-wins link.jumps complex.refused timer.boundary-interrupts
    timer.boundary-cycle message.boundary-keeps-armed message.catch signal.catch error.nearest
    error.multi-instance-parallel error.other-branch escalation.keeps terminate.in-sub-process end.several
    throw.none
    sub.nested multi.three-of-five multi.sequential loop.while call.in call.out data.object operaton.external
    script.groovy task.passes manual.passes send.throws eventsub.error compensation.of-one transaction.successful
    conditional.boundary start.timer-beside-plain start.conditional-several inclusive.rounds-of-their-own
    call.expression call.expression-unknown zeebe.flows
    """.split()  # noqa: SIM905
)
#: the designer's door of a rehearsal does not know these
NOT_OVER_HTTP = {"user.form-key", "call.missing"}


def test_a_row_of_every_kind_is_chosen() -> None:
    known = {row.id: row.kind for row in rows()}
    assert known.keys() >= PLAYED
    assert {known[each] for each in PLAYED} == set(known.values())


@clock.stopped(MONDAY)
def test_what_is_drawn_is_what_runs_over_http(house: Flask) -> None:
    office, different = Office(house), {}
    for row in rows():
        if row.id in not_yet() or row.id in NOT_OVER_HTTP or not (row.id in PLAYED or os.environ.get("EVERY_ROW")):
            continue
        if any(said.startswith(("start at ", "wait ")) for said, _ in row.moves):
            continue  # a rehearsal begins where a person begins it (test_starting), and nobody waits for hours
        try:
            office.play(row)
        except Different as fault:
            different[row.id] = str(fault)
    assert not different, "\n".join(f"{row_id}: {said}" for row_id, said in different.items())
