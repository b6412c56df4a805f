"""Offices side by side over a period: terms kept, returns, refusals, and where the time goes. No personal data.

What a period holds is kept day by day (`services.figures`), and today's is found by index: nothing here costs more
because more was done in the period, or in other years.
"""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import func, select

from services import directory, figures, registry
from services.boards import access
from services.boards.finished import done_in
from services.boards.looked import Looked, measured, of_cases, of_ends, of_steps
from services.boards.period import Period
from services.boards.shapes import Figures, Ground, LateStep, OfficeFigures, Times
from services.boards.whose_time import holder_at, holders
from services.cases.models import Case, Instance, Task
from services.db import db
from services.figures import Tree, was_late

#: lines of the list of late steps
MOST_LATE = 200


def side_by_side(looked: Looked) -> tuple[Sequence[OfficeFigures], Figures]:
    """Every office where anything happened, and the region: a case of a PSC and a body is counted there once."""
    found: dict[str, Figures] = {}
    whole = Figures()
    for office, body, one in of_cases(looked):
        whole += one
        for key in {office, body}:
            found[key] = found.get(key, Figures()) + one
    for office, body, handed_out, one in of_ends(looked):
        whole += one
        for key in {body, *([office] if handed_out else [])}:
            found[key] = found.get(key, Figures()) + one
    for key in access.offices_compared():
        one = of_steps(looked, key)
        whole += one
        if one != Figures():
            found[key] = found.get(key, Figures()) + one
    kinds = registry.current().by_key("offices")
    lines = [OfficeFigures(key, kinds[key]["kind"], found[key]) for key in access.offices_compared() if key in found]
    return lines, whole


def figures_of(looked: Looked) -> Figures:
    """The figures of the one office that was looked at."""
    office_key = looked.office or ""
    total = of_steps(looked, office_key)
    for *_, one in of_cases(looked):
        total += one
    for office, body, handed_out, one in of_ends(looked):
        if body == office_key or (office == office_key and handed_out):
            total += one
    return total


def by_step(looked: Looked) -> Sequence[Times]:
    """How long the steps of the act took, in its order."""
    found: dict[tuple[str, str], Tree] = {}
    for _, place, tree in looked.places():
        if place.step and place.code:
            figures.add(found.setdefault((place.code, place.step), {}), tree)
    order = {(row["code"], row["key"]): at for at, row in enumerate(registry.current().steps_of_all())}
    lines = [Times(step, code, *measured(tree)) for (code, step), tree in found.items()]
    return sorted(_with_any(lines), key=lambda each: (order.get((each.code, each.key), len(order)), each.code))


def by_holder(looked: Looked) -> Sequence[Times]:
    """Whose time the steps took: the body's, the PSC's, the courier's, the applicant's."""
    found: dict[str, Tree] = {}
    for kind, place, tree in looked.places():
        key = holder_at(kind, place)
        if place.step and key is not None:
            figures.add(found.setdefault(key, {}), {each: tree[each] for each in ("n", "w", "t") if each in tree})
    lines = _with_any([Times(key, "", *measured(tree)) for key, tree in found.items()])
    return sorted(lines, key=lambda each: holders().index(each.key))


def by_ground(looked: Looked) -> Sequence[Ground]:
    """Refusals of the period by their ground (N421/10), the most frequent first."""
    refused = registry.current().ends_that("denied")
    found: Counter[str] = Counter()
    for _, _, tree in looked.cases("ground"):
        for outcome in refused:
            found.update(tree.get(outcome, {}))
    lines = [Ground(key, count) for key, count in found.items() if count]
    return sorted(lines, key=lambda each: (-each.count, each.key))


def _with_any(lines: Sequence[Times]) -> list[Times]:
    return [each for each in lines if each.count]


def late_steps(period: Period, person: directory.Person, office_key: str) -> Sequence[LateStep]:
    """Steps that this office finished late in the period, the newest first, at most `MOST_LATE`. Raises NotYours."""
    access.check_may_look(person, office_key)
    wanted = (
        select(Task, Task.due_at, Task.done_at, func.coalesce(Instance.number, Case.number))
        .join(Instance, Instance.id == Task.instance_id)
        .join(Case, Case.id == Task.case_id)
        .where(*done_in(period, office_key), was_late())
        .order_by(Task.done_at.desc(), Task.id)
        .limit(MOST_LATE)
    )
    return [
        LateStep(number or "", task.case_id, task.office_key, task.code, task.step, due_at, done_at, task.due_default)
        for task, due_at, done_at, number in db.session.execute(wanted)
    ]
