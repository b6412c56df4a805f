"""A running application, from the counter to its outcome: the verbs, and what the screens show of it."""

from services.cases.attaching import attach, attached_file, attached_in, detach, files_of_task
from services.cases.carrying_on import ANSWERS, OPERATION, TIMER
from services.cases.completing import Click, Completed, Reasons, complete_task, drafter_may_sign
from services.cases.errors import (
    DoesNotHold,
    NamedByHead,
    NoSigningRight,
    NoSuchCase,
    NoSuchInstance,
    NoSuchTask,
    NotARehearsal,
    NotByHand,
    NothingElse,
    NotReady,
    NotYours,
    OwnDraft,
    ResultElsewhere,
    TaskAlreadyDone,
    TaskGone,
)
from services.cases.escalation import NOTICE, replan, step_jobs, tell, told_roles
from services.cases.form_faults import FAULTS, FORM, SENT, look_again
from services.cases.handing import end_role, open_tasks_of, shut_out
from services.cases.happening import Happening, case_happenings, happen, happening_form
from services.cases.history import write_line
from services.cases.incidents import retry_all, retry_incidents, set_right, settle_incident
from services.cases.intake import (
    IntakeForm,
    NoSuchRoute,
    counters,
    intake_form,
    routes_of,
    routes_opened,
    take_in,
)
from services.cases.later import carry_out, go_on_with, hear, take_result, tell_incident, wake
from services.cases.messages import APPLICANT_CAME, deliver
from services.cases.pages.case import case_page, diagram_of, steps_of, steps_without_outcomes
from services.cases.pages.decided_pictures import decided_picture
from services.cases.pages.holders import CARRIED, Held, holder_of, time_by_holder, times_by_holder
from services.cases.pages.incidents import incidents
from services.cases.pages.lists import inbox
from services.cases.pages.lookups import applicants, case_by_number, disagreeing, find, number_at
from services.cases.pages.oversight import may_see_own_drafts, own_drafts, stuck_tasks
from services.cases.pages.papers import draw_paper, look_at_paper, print_paper, reveal_iin
from services.cases.pages.ready import Ready, awaits_applicant, ready_results
from services.cases.pages.register import WrongDays, register
from services.cases.pages.rehearsals import rehearsals
from services.cases.pages.replaying import Replay, replay
from services.cases.pages.shown import (
    InboxPage,
    Incident,
)
from services.cases.pages.signing_list import ToSign, may_sign, to_sign
from services.cases.pages.task_form import asked_now
from services.cases.pages.versions import running_under
from services.cases.pages.why import why_case, why_step
from services.cases.programs.external_queries import of_nobody as topics_of_nobody
from services.cases.put_out import CHANNEL, EXTERNAL
from services.cases.reading import case_of_task, lock_cases
from services.cases.reassigning import Reassigned, reassign_tasks
from services.cases.recount import NothingChanged, fill_calendar, preview_calendar, save_calendar
from services.cases.rehearsal import rehearse, rehearse_filled_in, rehearse_on, rehearse_with, start_form
from services.cases.results import applicant_came, unclaimed_result
from services.cases.rights import case_seen_by, looks_at_cases
from services.cases.service import (
    claim_task,
    discard_case,
    open_case,
    reassign_task,
    release_task,
    save_draft,
)
from services.cases.signals import SIGNAL
from services.cases.signatures import confirm_scanned, confirm_signature, take_signature_back
from services.cases.starting import at_its_moment, begin_by_condition, tell_not_begun
from services.cases.staying import keeps
from services.cases.suspending import resume_clocks, stop_clocks

__all__ = [
    "ANSWERS",
    "APPLICANT_CAME",
    "CARRIED",
    "CHANNEL",
    "EXTERNAL",
    "FAULTS",
    "FORM",
    "NOTICE",
    "OPERATION",
    "SENT",
    "SIGNAL",
    "TIMER",
    "Click",
    "Completed",
    "DoesNotHold",
    "Happening",
    "Held",
    "InboxPage",
    "Incident",
    "IntakeForm",
    "NamedByHead",
    "NoSigningRight",
    "NoSuchCase",
    "NoSuchInstance",
    "NoSuchRoute",
    "NoSuchTask",
    "NotARehearsal",
    "NotByHand",
    "NotReady",
    "NotYours",
    "NothingChanged",
    "NothingElse",
    "OwnDraft",
    "Ready",
    "Reasons",
    "Reassigned",
    "Replay",
    "ResultElsewhere",
    "TaskAlreadyDone",
    "TaskGone",
    "ToSign",
    "WrongDays",
    "applicant_came",
    "applicants",
    "asked_now",
    "at_its_moment",
    "attach",
    "attached_file",
    "attached_in",
    "awaits_applicant",
    "begin_by_condition",
    "carry_out",
    "case_by_number",
    "case_happenings",
    "case_of_task",
    "case_page",
    "case_seen_by",
    "claim_task",
    "complete_task",
    "confirm_scanned",
    "confirm_signature",
    "counters",
    "decided_picture",
    "deliver",
    "detach",
    "diagram_of",
    "disagreeing",
    "discard_case",
    "drafter_may_sign",
    "draw_paper",
    "end_role",
    "files_of_task",
    "fill_calendar",
    "find",
    "go_on_with",
    "happen",
    "happening_form",
    "hear",
    "holder_of",
    "inbox",
    "incidents",
    "intake_form",
    "keeps",
    "lock_cases",
    "look_again",
    "look_at_paper",
    "looks_at_cases",
    "may_see_own_drafts",
    "may_sign",
    "number_at",
    "open_case",
    "open_tasks_of",
    "own_drafts",
    "preview_calendar",
    "print_paper",
    "ready_results",
    "reassign_task",
    "reassign_tasks",
    "register",
    "rehearsals",
    "rehearse",
    "rehearse_filled_in",
    "rehearse_on",
    "rehearse_with",
    "release_task",
    "replan",
    "replay",
    "resume_clocks",
    "retry_all",
    "retry_incidents",
    "reveal_iin",
    "routes_of",
    "routes_opened",
    "running_under",
    "save_calendar",
    "save_draft",
    "set_right",
    "settle_incident",
    "shut_out",
    "start_form",
    "step_jobs",
    "steps_of",
    "steps_without_outcomes",
    "stop_clocks",
    "stuck_tasks",
    "take_in",
    "take_result",
    "take_signature_back",
    "tell",
    "tell_incident",
    "tell_not_begun",
    "time_by_holder",
    "times_by_holder",
    "to_sign",
    "told_roles",
    "topics_of_nobody",
    "unclaimed_result",
    "wake",
    "why_case",
    "why_step",
    "write_line",
]
