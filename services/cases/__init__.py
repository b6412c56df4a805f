"""A running application, from the counter to its outcome: the verbs, and what the screens show of it."""

from services.cases.assigning import PERIOD, tell_period
from services.cases.attaching import attach, attached_file, attached_in, detach, files_of_task
from services.cases.by_edition import by_edition
from services.cases.carrying_on import ANSWERS, OPERATION, TIMER
from services.cases.coming_back import BACK, take_operation_back, take_up_again
from services.cases.comments import comment, take_comment_back
from services.cases.completing import Click, Completed, Reasons, complete_task, drafter_may_sign
from services.cases.errors import (
    CaseArchived,
    CaseDestroyed,
    DoesNotHold,
    NamedByHead,
    NoSigningRight,
    NoSuchCase,
    NoSuchHappening,
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
from services.cases.finding import applicant_by_name, applicant_by_phone
from services.cases.following import carry_over, follow_up
from services.cases.forgetting import added_to, forget_cases
from services.cases.form_faults import FAULTS, FORM, SENT, look_again
from services.cases.giving_code import give_code_anew
from services.cases.handing import end_role, open_tasks_of, shut_out
from services.cases.happening import Happening, HappeningForm, case_happenings, happen, happening_form
from services.cases.history import write_line, write_line_of_each
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
from services.cases.lists.due_when import counted_until, due_moment, ends_ahead, is_step
from services.cases.lists.only import NOBODY, Only, UnknownWish
from services.cases.lists.orders import SORTS
from services.cases.lists.saved import (
    KeptList,
    keep_list,
    may_share,
    remove_list,
    rename_list,
    saved_list,
    saved_lists,
)
from services.cases.lists.several import (
    FormOfSeveral,
    TaskVerdict,
    claim_tasks,
    complete_tasks,
    form_of_several,
    hand_on_tasks,
    loads,
    release_tasks,
)
from services.cases.lists.taking import take_next
from services.cases.messages import APPLICANT_CAME, deliver
from services.cases.of_its_day import law_comes_by
from services.cases.pages.case import case_page, diagram_of
from services.cases.pages.decided_pictures import decided_picture
from services.cases.pages.entered import Entered, everything_entered
from services.cases.pages.holders import CARRIED, Held, holder_of, time_by_holder, times_by_holder
from services.cases.pages.incidents import incidents
from services.cases.pages.just_done import just_done
from services.cases.pages.letters import letters_due
from services.cases.pages.lists import first_of, inbox
from services.cases.pages.lookups import (
    CasesFound,
    applicants,
    case_by_number,
    disagreeing,
    find,
    how_many_disagree,
    lives_under,
    number_at,
)
from services.cases.pages.offered import Offered, Offers, offered
from services.cases.pages.oversight import may_see_own_drafts, own_drafts, stuck_tasks
from services.cases.pages.papers import draw_paper, look_at_paper, print_paper, reveal_iin
from services.cases.pages.print_together import DuePapers, PrintWords, papers_due, print_due
from services.cases.pages.ready import Ready, awaits_applicant, ready_results
from services.cases.pages.rechecks import CAP as MOST_RECHECKS_COUNTED
from services.cases.pages.rechecks import rechecks
from services.cases.pages.register import WrongDays, complaints_of, register
from services.cases.pages.rehearsals import rehearsals
from services.cases.pages.replaying import Replay, replay
from services.cases.pages.shown import (
    Counted,
    InboxPage,
    Incident,
)
from services.cases.pages.signing_list import ToSign, may_sign, to_sign
from services.cases.pages.step_lines import steps_of, steps_without_outcomes
from services.cases.pages.task_form import asked_now, form_as_typed
from services.cases.pages.tracked import NothingFound, Tracked, Words, is_applicant, said_to_applicant, track
from services.cases.pages.versions import running_under
from services.cases.pages.why import why_case, why_step
from services.cases.places import recount_places
from services.cases.programs.external_queries import of_nobody as topics_of_nobody
from services.cases.proof import verify_values
from services.cases.put_out import CHANNEL, EXTERNAL
from services.cases.reading import case_of_task, lock_cases
from services.cases.recount import NothingChanged, fill_calendar, preview_calendar, recount_all, save_calendar
from services.cases.rehearsal import rehearse, rehearse_filled_in, rehearse_on, rehearse_with, start_form
from services.cases.reminding import MOST as MOST_REMINDED
from services.cases.reminding import remind
from services.cases.results import applicant_came, unclaimed_result
from services.cases.rights import answering, case_seen_by, looks_at_cases
from services.cases.service import (
    claim_task,
    discard_case,
    in_whose_hands,
    open_case,
    reassign_task,
    release_task,
    save_draft,
)
from services.cases.signals import SIGNAL
from services.cases.signatures import confirm_scanned, confirm_signature, take_signature_back
from services.cases.starting import at_its_moment, begin_by_condition, tell_not_begun
from services.cases.staying import keeps
from services.cases.suspending import TAKEN_OUT, keep_reason, resume_clocks, stop_clocks, why_stopped
from services.cases.telling import (
    NotAgreed,
    give_up_telling,
    hear_report,
    keep_told,
    tell_applicant,
    withdraw_agreement,
)
from services.cases.terms import granted, is_followed, term_of

__all__ = [
    "ANSWERS",
    "APPLICANT_CAME",
    "BACK",
    "CARRIED",
    "CHANNEL",
    "EXTERNAL",
    "FAULTS",
    "FORM",
    "MOST_RECHECKS_COUNTED",
    "MOST_REMINDED",
    "NOBODY",
    "NOTICE",
    "OPERATION",
    "PERIOD",
    "SENT",
    "SIGNAL",
    "SORTS",
    "TAKEN_OUT",
    "TIMER",
    "CaseArchived",
    "CaseDestroyed",
    "CasesFound",
    "Click",
    "Completed",
    "Counted",
    "DoesNotHold",
    "DuePapers",
    "Entered",
    "FormOfSeveral",
    "Happening",
    "HappeningForm",
    "Held",
    "InboxPage",
    "Incident",
    "IntakeForm",
    "KeptList",
    "NamedByHead",
    "NoSigningRight",
    "NoSuchCase",
    "NoSuchHappening",
    "NoSuchInstance",
    "NoSuchRoute",
    "NoSuchTask",
    "NotARehearsal",
    "NotAgreed",
    "NotByHand",
    "NotReady",
    "NotYours",
    "NothingChanged",
    "NothingElse",
    "NothingFound",
    "Offered",
    "Offers",
    "Only",
    "OwnDraft",
    "PrintWords",
    "Ready",
    "Reasons",
    "Replay",
    "ResultElsewhere",
    "TaskAlreadyDone",
    "TaskGone",
    "TaskVerdict",
    "ToSign",
    "Tracked",
    "UnknownWish",
    "Words",
    "WrongDays",
    "added_to",
    "answering",
    "applicant_by_name",
    "applicant_by_phone",
    "applicant_came",
    "applicants",
    "asked_now",
    "at_its_moment",
    "attach",
    "attached_file",
    "attached_in",
    "awaits_applicant",
    "begin_by_condition",
    "by_edition",
    "carry_out",
    "carry_over",
    "case_by_number",
    "case_happenings",
    "case_of_task",
    "case_page",
    "case_seen_by",
    "claim_task",
    "claim_tasks",
    "comment",
    "complaints_of",
    "complete_task",
    "complete_tasks",
    "confirm_scanned",
    "confirm_signature",
    "counted_until",
    "counters",
    "decided_picture",
    "deliver",
    "detach",
    "diagram_of",
    "disagreeing",
    "discard_case",
    "drafter_may_sign",
    "draw_paper",
    "due_moment",
    "end_role",
    "ends_ahead",
    "everything_entered",
    "files_of_task",
    "fill_calendar",
    "find",
    "first_of",
    "follow_up",
    "forget_cases",
    "form_as_typed",
    "form_of_several",
    "give_code_anew",
    "give_up_telling",
    "go_on_with",
    "granted",
    "hand_on_tasks",
    "happen",
    "happening_form",
    "hear",
    "hear_report",
    "holder_of",
    "how_many_disagree",
    "in_whose_hands",
    "inbox",
    "incidents",
    "intake_form",
    "is_applicant",
    "is_followed",
    "is_step",
    "just_done",
    "keep_list",
    "keep_reason",
    "keep_told",
    "keeps",
    "law_comes_by",
    "letters_due",
    "lives_under",
    "loads",
    "lock_cases",
    "look_again",
    "look_at_paper",
    "looks_at_cases",
    "may_see_own_drafts",
    "may_share",
    "may_sign",
    "number_at",
    "offered",
    "open_case",
    "open_tasks_of",
    "own_drafts",
    "papers_due",
    "preview_calendar",
    "print_due",
    "print_paper",
    "ready_results",
    "reassign_task",
    "rechecks",
    "recount_all",
    "recount_places",
    "register",
    "rehearsals",
    "rehearse",
    "rehearse_filled_in",
    "rehearse_on",
    "rehearse_with",
    "release_task",
    "release_tasks",
    "remind",
    "remove_list",
    "rename_list",
    "replan",
    "replay",
    "resume_clocks",
    "retry_all",
    "retry_incidents",
    "reveal_iin",
    "routes_of",
    "routes_opened",
    "running_under",
    "said_to_applicant",
    "save_calendar",
    "save_draft",
    "saved_list",
    "saved_lists",
    "set_right",
    "settle_incident",
    "shut_out",
    "start_form",
    "step_jobs",
    "steps_of",
    "steps_without_outcomes",
    "stop_clocks",
    "stuck_tasks",
    "take_comment_back",
    "take_in",
    "take_next",
    "take_operation_back",
    "take_result",
    "take_signature_back",
    "take_up_again",
    "tell",
    "tell_applicant",
    "tell_incident",
    "tell_not_begun",
    "tell_period",
    "term_of",
    "time_by_holder",
    "times_by_holder",
    "to_sign",
    "told_roles",
    "topics_of_nobody",
    "track",
    "unclaimed_result",
    "verify_values",
    "wake",
    "why_case",
    "why_step",
    "why_stopped",
    "withdraw_agreement",
    "write_line",
    "write_line_of_each",
]
