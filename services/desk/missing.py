"""A paper that did not come with its consignment: the office that sent it is told, unless it is found first."""

from collections.abc import Sequence

from services import cases, clock, custody, deadlines, journal, notices, registry
from services.jobs import Job, NewJob, enqueue

#: kind of the job
MISSING = "missing"


def plan_missing(consignment_id: int, codes: Sequence[str]) -> None:
    """Have the sender told after so many minutes as the region says. In the transaction that unpacks it."""
    plugins, now = registry.current(), clock.now()
    items = [custody.paper(code) for code in codes]
    enqueue(
        [
            NewJob(
                MISSING,
                f"{MISSING}:{consignment_id}.{item.code}",
                deadlines.minutes_after(plugins, item.office_key, now, "missing_told_after_minutes"),
                case_id=item.case_id,
                lane=f"case:{item.case_id}",
                args={"code": item.code, "consignment": consignment_id},
            )
            for item in items
        ]
    )


def tell_missing(job: Job, result: object) -> None:
    """Tell the sender's people, if the paper was still missing at that moment. In the transaction that ends the job."""
    case_id, code = job.case_id or 0, str(job.args["code"])
    cases.lock_cases([case_id])
    item, events = next((each for each in custody.papers_of(case_id) if each[0].code == code), (None, []))
    before = [event for event in events if event.at <= job.planned_at]
    if item is None or not before or before[-1].event != "missing":
        return
    consignment_id = int(str(job.args["consignment"]))
    if before[-1].consignment_id != consignment_id:
        return
    sender = custody.consignment_of(consignment_id).from_key
    number = cases.number_at(case_id, sender)
    given = [
        notices.give(
            notices.NewNotice(
                fact=f"{job.key}.{role}",
                kind="missing",
                clock="paper",
                case_id=case_id,
                code=code,
                title="",
                number=number,
                office_key=sender,
                at=job.planned_at,
                to_office_key=sender,
                to_role=role,
            )
        )
        for role in cases.told_roles(registry.current(), sender, "missing")
    ]
    if any(given):
        line = journal.NewLine("case.missing", "worker", {"code": code, "office": sender})
        journal.append(f"case:{case_id}", [line], at=clock.now())
