"""Work that happens later: timers, outbound operations, notices. Any number of workers, each job once.

A job is put in by the transaction that wants it. Who carries out which kind is said by name, in `create_app`.
"""

from services.jobs.ear import Ear
from services.jobs.given_up import (
    forget,
    forget_all,
    forget_cases,
    forget_kind,
    forgetting,
    give_up,
    is_incident,
    put_away,
    try_again,
)
from services.jobs.queue import Job, NewJob, enqueue, look_again
from services.jobs.running import carry_out_within, handle, outside_kinds, prompt_kinds, work_off
from services.jobs.worker import is_silent, last_seen, looked_before_s, waiting_since, work_outside, work_promptly

__all__ = [
    "Ear",
    "Job",
    "NewJob",
    "carry_out_within",
    "enqueue",
    "forget",
    "forget_all",
    "forget_cases",
    "forget_kind",
    "forgetting",
    "give_up",
    "handle",
    "is_incident",
    "is_silent",
    "last_seen",
    "look_again",
    "looked_before_s",
    "outside_kinds",
    "prompt_kinds",
    "put_away",
    "try_again",
    "waiting_since",
    "work_off",
    "work_outside",
    "work_promptly",
]
