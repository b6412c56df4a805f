"""People at work in a process of their own until it is killed, and what must be true wherever it was.

`python -m komek.testing.dying ADDRESS ROUTES PLUGINS SEED`
"""

import random
import sys
import time
from collections import Counter, defaultdict

from sqlalchemy import select

from komek.testing.people import People
from services import journal
from services.cases.models import Case, Instance, Task
from services.db import db
from services.documents.models import NumberSeries

#: whoever was to kill them is dead by then
MOST_S = 600


def work_until_killed(address: str, routes: list[str], plugins: tuple[str, ...], seed: int) -> None:
    """Cases of those routes, several at a time, each taken on by chance; not for ever where nobody is left to kill."""
    from komek.testing.region import config_for
    from webapp import create_app

    app, chance = create_app(config_for(address, plugins)), random.Random(seed)
    with app.app_context():
        people = People(app)
        opened = [people.open(routes[0])]  # however busy the machine is, there is a case to be killed in
        sys.stdout.write("working\n")
        sys.stdout.flush()
        ends = time.monotonic() + MOST_S
        while time.monotonic() < ends:
            if len(opened) < 2 or chance.random() < 0.1:
                opened.append(people.open(chance.choice(routes)))
            case_id = chance.choice(opened)
            if people.go_on(case_id) is None:
                opened.remove(case_id)


def left_by(cases: list[int]) -> list[str]:
    """What is lost or done twice in those cases, in the numbers and in the journal: nothing, wherever it was killed."""
    db.session.rollback()
    wrong = [f"the journal: {each}" for each in journal.verify()]
    for case in db.session.scalars(select(Case).where(Case.id.in_(cases))):
        tasks = db.session.scalars(select(Task).where(Task.case_id == case.id))
        done = Counter((each.step or each.id, each.round) for each in tasks if each.done_at)
        wrong += [f"case {case.id}: {step} was done {times} times" for step, times in done.items() if times > 1]
        if case.kept:
            wrong.append(f"case {case.id}: {case.kept} messages are kept for nobody")
    return wrong + _gaps()


def _gaps() -> list[str]:
    """Series of incoming numbers that do not run from one to their last, each once."""
    given: dict[tuple[str, int], list[int]] = defaultdict(list)
    for number in db.session.scalars(select(Instance.number).where(Instance.number.is_not(None))):
        office, year, count = str(number).split("-")
        given[office.lstrip("0"), int(year)].append(int(count))
    rows = db.session.scalars(select(NumberSeries).where(NumberSeries.series == "in"))
    return [
        f"numbers of {row.office_number} in {row.year}: {sorted(given[row.office_number.lstrip('0'), row.year])}"
        for row in rows
        if sorted(given[row.office_number.lstrip("0"), row.year]) != list(range(1, row.last + 1))
    ]


if __name__ == "__main__":
    work_until_killed(sys.argv[1], sys.argv[2].split(","), tuple(sys.argv[3].split(",")), int(sys.argv[4]))
