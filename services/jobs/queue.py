"""The rows of jobs: put in, claimed, taken away, put back. All moments are those of `services.clock`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import orjson
from sqlalchemy import BigInteger, Text, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from services import clock, trail
from services.db import Moment, db
from services.jobs.front import BEGINNING, Front, Place
from services.written import Once

#: no worker sleeps longer, so that a job put in without a word, or a clock that jumped, is seen in time
LONGEST_SLEEP_S = 2.0
#: how long a worker that fell silent keeps a job to itself; the second for one with an effect outside
LEASE_S, EFFECT_LEASE_S = 4.0, 60.0
#: a failed job is tried again after 5, 10, 20 … 900 seconds
FIRST_PAUSE_S, LONGEST_PAUSE_S = 5.0, 900.0
CHANNEL = "komek_job"


@dataclass(frozen=True)
class NewJob:
    """Something to be done at that moment, in the caller's transaction or not at all."""

    kind: str
    key: str  #: of the thing to be done, over all kinds: the same key again changes nothing
    due_at: datetime
    case_id: int | None = None
    lane: str | None = None  #: jobs of one lane ("case:12") run one after another, in the order of their moments
    args: Mapping[str, object] = field(default_factory=dict)
    of: datetime | None = None  #: its moment in the lane, where it is done later than that


@dataclass(frozen=True)
class Job:
    """A job in a worker's hands."""

    id: int
    kind: str
    key: str
    planned_at: datetime
    attempts: int  #: this one counted
    case_id: int | None
    args: Mapping[str, object]
    request: str | None = None  #: because of which it is done


_ENQUEUE = Once(
    text(f"""
    WITH new AS (
        INSERT INTO job (kind, key, lane, case_id, planned_at, due_at, args, attempts, request)
        SELECT kind, key, lane, case_id, planned_at, due_at, args::jsonb, 0, :request
        FROM unnest(:kinds, :keys, :lanes, :case_ids, :planned, :moments, :args)
            WITH ORDINALITY AS job (kind, key, lane, case_id, planned_at, due_at, args, place)
        ORDER BY place
        ON CONFLICT (key) DO NOTHING
        RETURNING due_at
    )
    SELECT pg_notify('{CHANNEL}', '') FROM (SELECT FROM new WHERE due_at <= :soon LIMIT 1) AS due_soon
""").bindparams(
        bindparam("kinds", type_=ARRAY(Text)),
        bindparam("keys", type_=ARRAY(Text)),
        bindparam("lanes", type_=ARRAY(Text)),
        bindparam("case_ids", type_=ARRAY(BigInteger)),
        bindparam("planned", type_=ARRAY(Moment)),
        bindparam("moments", type_=ARRAY(Moment)),
        bindparam("args", type_=ARRAY(Text)),
        bindparam("soon", type_=Moment()),
        bindparam("request", type_=Text()),
    )
)

#: the first of each kind that nothing in its lane stands before
_FIRST = """
    SELECT first.id, first.due_at FROM unnest(:kinds) AS wanted (kind) CROSS JOIN LATERAL (
        SELECT job.id, job.due_at FROM job
        WHERE job.kind = wanted.kind AND job.incident_at IS NULL {due}
        AND (job.lane IS NULL OR NOT EXISTS (
            SELECT FROM job AS earlier WHERE earlier.lane = job.lane AND earlier.incident_at IS NULL
            AND (earlier.planned_at, earlier.id) < (job.planned_at, job.id)))
        ORDER BY job.due_at, job.id LIMIT 1 {lock}
    ) AS first ORDER BY first.due_at, first.id LIMIT 1
"""
_KINDS = bindparam("kinds", type_=ARRAY(Text))
_SINCE = (bindparam("since", type_=Moment()), bindparam("since_id", type_=BigInteger()))
#: behind what the worker has seen done: `services/jobs/front.py`
_BEHIND = "AND (job.due_at, job.id) >= (:since, :since_id)"
#: nobody waits for its way to the disk: a claim that is lost with the server is made again
_CLAIM = text(f"""
    WITH due AS MATERIALIZED (
        {_FIRST.format(due=f"AND job.due_at <= :now {_BEHIND}", lock="FOR UPDATE SKIP LOCKED")}
    )
    UPDATE job SET attempts = attempts + 1, due_at = CASE WHEN kind = ANY(:outside) THEN :long ELSE :short END
    FROM due WHERE job.id = (SELECT id FROM due)
    RETURNING job.id, kind, key, planned_at, attempts, case_id, args, request,
              due.due_at, set_config('synchronous_commit', 'off', true)
""").bindparams(
    _KINDS,
    *_SINCE,
    bindparam("outside", type_=ARRAY(Text)),
    *(bindparam(name, type_=Moment()) for name in ("now", "long", "short")),
)
_NEXT = (
    text(f"SELECT due_at FROM ({_FIRST.format(due=_BEHIND, lock='')}) AS next")
    .bindparams(_KINDS, *_SINCE)
    .columns(due_at=Moment())
)
_OVERDUE = (
    text(f"SELECT due_at FROM ({_FIRST.format(due='AND job.due_at <= :until', lock='')}) AS overdue")
    .bindparams(_KINDS, bindparam("until", type_=Moment()))
    .columns(due_at=Moment())
)
_FREE = text("""
    UPDATE job SET due_at = :now WHERE id IN (
        SELECT id FROM job WHERE attempts > 0 AND incident_at IS NULL AND due_at > :latest FOR UPDATE SKIP LOCKED)
""").bindparams(bindparam("now", type_=Moment()), bindparam("latest", type_=Moment()))
_MINE = "WHERE id = :id AND attempts = :attempts AND incident_at IS NULL"
_TAKE_AWAY = text(f"DELETE FROM job {_MINE}")
_LOOK_AGAIN = text(
    "UPDATE job SET due_at = least(due_at, greatest(planned_at, :now)) WHERE attempts > 0 AND incident_at IS NULL"
).bindparams(bindparam("now", type_=Moment()))
_PUT_BACK = text(
    f"UPDATE job SET due_at = :due_at, attempts = :left, error = coalesce(:error, error), "
    f"error_details = coalesce(CAST(:details AS jsonb), error_details), incident_at = :incident_at {_MINE}"
).bindparams(
    bindparam("due_at", type_=Moment()), bindparam("incident_at", type_=Moment()), bindparam("error", type_=Text())
)


def enqueue(jobs: Sequence[NewJob]) -> None:
    """Have them done later: rows of the caller's transaction, in one statement for any number.

    A key that is there already changes nothing. Workers are told when one is due soon.
    """
    if not jobs:
        return
    given = {
        "kinds": [job.kind for job in jobs],
        "keys": [job.key for job in jobs],
        "lanes": [job.lane for job in jobs],
        "case_ids": [job.case_id for job in jobs],
        "planned": [job.of or job.due_at for job in jobs],
        "moments": [job.due_at for job in jobs],
        "args": [orjson.dumps(dict(job.args)).decode() for job in jobs],
        "soon": clock.now() + timedelta(seconds=LONGEST_SLEEP_S),
        "request": trail.known_request(),
    }
    _ENQUEUE.wait(**given)


def claim(kinds: Sequence[str], outside: Sequence[str], front: Front | None = None) -> Job | None:
    """The first of those kinds that is due, nobody else's for a while; None when none is. The caller commits.

    Those of `outside` have an effect there, and are kept longer. `front`: where a worker's look begins.
    """
    now = clock.now()
    short, long = now + timedelta(seconds=LEASE_S), now + timedelta(seconds=EFFECT_LEASE_S)
    given = {"kinds": list(kinds), "outside": list(outside), "now": now, "short": short, "long": long}
    row = db.session.execute(_CLAIM, given | _from(front.since(now) if front is not None else None)).one_or_none()
    if front is not None:
        front.found(now, (row.due_at, row.id) if row is not None else None)
    return Job(*row[:-2]) if row is not None else None


def next_due(kinds: Sequence[str], front: Front | None = None) -> datetime | None:
    """When a job of those kinds may be claimed next, as far as a look from there sees."""
    given = {"kinds": list(kinds)} | _from(front.behind(clock.now()) if front is not None else None)
    found: datetime | None = db.session.scalar(_NEXT, given)
    return found


def overdue(kinds: Sequence[str], until: datetime) -> datetime | None:
    """The first moment until then at which a job of those kinds may have been claimed; None while all is done in time.

    What is due later is not looked at, however much there is.
    """
    found: datetime | None = db.session.scalar(_OVERDUE, {"kinds": list(kinds), "until": until})
    return found


def _from(place: Place | None) -> dict[str, object]:
    since, since_id = place or (BEGINNING, 0)
    return {"since": since, "since_id": since_id}


def free_from_the_future() -> int:
    """Take back what was kept by a clock that ran ahead and was set right since; how many. The caller commits.

    No lease and no pause is as long as that.
    """
    now = clock.now()
    return _touched(_FREE, {"now": now, "latest": now + timedelta(seconds=LONGEST_PAUSE_S + EFFECT_LEASE_S)})


def look_again() -> None:
    """Whatever is in a worker's hands or pauses after a failure is looked at again at once: the clock was set back.

    Nothing is done twice by it: a worker that finds its job in another's hands leaves it.
    """
    db.session.execute(_LOOK_AGAIN, {"now": clock.now()})


def take_away(job: Job) -> bool:
    """Whether it was still this worker's; then it is done with the caller's transaction, and nobody can claim it."""
    return bool(_touched(_TAKE_AWAY, {"id": job.id, "attempts": job.attempts}))


def put_back(
    job: Job,
    due_at: datetime,
    *,
    counts: bool = True,
    error: str | None = None,
    details: Mapping[str, object] | None = None,
    incident_at: datetime | None = None,
) -> bool:
    """Whether it was still this worker's; then it is looked at again at `due_at`, or never when it is an incident."""
    given = {
        "id": job.id,
        "attempts": job.attempts,
        "left": job.attempts if counts else job.attempts - 1,
        "due_at": due_at,
        "error": error,
        "details": orjson.dumps(dict(details or {}), default=str).decode() if error is not None else None,
        "incident_at": incident_at,
    }
    return bool(_touched(_PUT_BACK, given))


def _touched(statement: object, given: Mapping[str, object]) -> int:
    return int(db.session.execute(statement, given).rowcount)  # type: ignore[call-overload]
