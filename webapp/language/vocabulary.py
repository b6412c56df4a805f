"""What the core's own keys are called: outcomes, papers, events, scans. English msgids, translated when shown.

What plugins call theirs, they declare.
"""

from flask_babel import lazy_gettext as _

from webapp.language import calendar_words, drawings

OUTCOMES = {
    "done": _("done"),
    "in_registry": _("on the registry, handed to the courier"),
    "delivered": _("delivered"),
    "received": _("received"),
    "sent": _("sent"),
    "came": _("the applicant came"),
    "refused": _("refused"),
    "discarded": _("discarded"),
    "fired": _("the time had come"),
    "done_outside": _("done outside"),
    "taken_over": _("done on paper, before Komek"),
}
PAPERS = {
    "doc.registry": _("Registry"),
    "doc.discrepancy_act": _("Act of discrepancy"),
}
EVENTS = {
    "case.opened": _("application opened"),
    "case.destroyed": _("destroyed by an act: its data is erased"),
    "case.person_file_read": _("a person's file was read on request"),
    "case.taken_over": _("taken over from paper"),
    "case.take_over_undone": _("taking over undone"),
    "case.begun": _("application begun by itself"),
    "case.rehearsed": _("rehearsal begun"),
    "case.rehearsed_on": _("rehearsal: a wait ended by hand"),
    "case.rehearsed_with": _("rehearsal: variables set by hand"),
    "case.task_claimed": _("taken into work"),
    "case.task_released": _("given back"),
    "case.task_reassigned": _("given to another executor"),
    "case.task_handed_on": _("handed on because somebody left"),
    "case.own_draft_signed": _("signed by whoever drafted it"),
    "case.task_completed": _("step completed"),
    "case.happened": _("told by hand"),
    "case.related": _("has to do with another case"),
    "case.assigned": _("from and to when it is assigned"),
    "case.assignment_void": _("nothing is assigned any more"),
    "case.recheck_due": _("a recheck is due: it was told"),
    "case.assignment_ended": _("the period of the assignment is over, by itself"),
    "case.reminded": _("the applicant was told of the recheck"),
    "case.task_cancelled": _("step no longer needed"),
    "case.operation_done": _("operation carried out"),
    "case.operation_refused": _("operation refused"),
    "case.operation_unneeded": _("operation carried out, but no longer needed"),
    "case.timer_fired": _("the time of a timer had come"),
    "case.incident": _("could not be done: an administrator was asked"),
    "case.incident_retried": _("incident: tried again"),
    "case.incident_set_right": _("incident: what hindered it was set right"),
    "case.incident_settled": _("incident: settled by hand"),
    "case.went_on": _("the answers that were kept went on"),
    "case.numbered": _("number given"),
    "case.warned": _("warned: due that day"),
    "case.overdue": _("overdue: the head was told"),
    "case.escalated": _("still not finished: the control level was told"),
    "case.missing": _("the sender was told of the missing paper"),
    "case.closed": _("case closed"),
    "case.discarded": _("application discarded"),
    "case.iin_viewed": _("IIN looked at"),
    "case.looked_up": _("looked up for a caller"),
    "case.called_in": _("called to a counter"),
    "case.call_taken_back": _("call to a counter taken back"),
    "case.code_given": _("new secret code given to the applicant"),
    "case.telling_agreed": _("the applicant agreed to be told"),
    "case.telling_withdrawn": _("the applicant is told no more: the agreement was withdrawn"),
    "case.told": _("the applicant was told"),
    "case.telling_failed": _("the message did not reach the applicant"),
    "case.commented": _("comment written"),
    "case.comment_taken_back": _("comment taken back"),
    "case.taken_in_offline": _("taken in without a network, merged now"),
    "case.body_chosen": _("another body than usual was chosen"),
    "case.message_received": _("step completed"),
    "case.signal_heard": _("a signal from another case came"),
    "case.message_kept": _("message kept until somebody waits for it"),
    "case.pool_begun": _("the authorised body begins"),
    "case.dates_moved": _("due dates moved: another calendar"),
    "case.clocks_stopped": _("clocks stopped by law"),
    "case.clocks_resumed": _("clocks run again"),
    "case.archived": _("put into the archive: its time was over"),
    "case.taken_out": _("taken out of the archive"),
    "custody.handed_over": _("handed to the courier once more"),
    "custody.arrived": _("arrived"),
    "custody.missing": _("missing from its consignment"),
    "custody.found": _("found again"),
    "custody.misrouted": _("came to the wrong office, goes on from there"),
    "custody.damaged": _("noted as damaged"),
    "custody.relabelled": _("got a new label"),
    "custody.replaced": _("lost for good: its duplicate goes on"),
    "custody.unclaimed": _("nobody came for it: sent back"),
    "paper.made": _("paper made"),
    "paper.printed": _("paper given out to print"),
    "paper.signed": _("signature confirmed"),
    "paper.signature_taken_back": _("signature taken back: nobody had signed it"),
    "paper.came_back": _("the letter came back from the post"),
    "paper.kept": _("kept with the file"),
    "paper.superseded": _("another decision came in place of this one"),
    "paper.annulled": _("answer annulled before its signature; its number stays used"),
}
TRIED = {
    "expression": _("expression"),
    "condition": _("condition"),
    "input": _("input"),
    "output": _("output"),
    "passed_in": _("into the call"),
    "passed_out": _("out of the call"),
    "repeats": _("how often"),
    "decision": _("decision"),
}
ORDERS = {
    "due": _("by due date"),
    "priority": _("by priority"),
    "follow_up": _("by follow-up date"),
    "step": _("by step"),
    "person": _("by holder"),
    "route": _("by route"),
    "place": _("by office that took it in"),
}
#: what a list may be narrowed to by its due moments
DUES = {
    "overdue": _("overdue"),
    "today": _("due today"),
    "week": _("due within five working days"),
}
LISTS = {
    "mine": _("Mine"),
    "role": _("Not taken yet"),
    "record": _("To record"),
    "waiting": _("With others"),
    "done": _("Done today"),
}
STATUSES = {
    "on_time": _("on time"),
    "today": _("due today"),
    "overdue": _("overdue"),
    "ended": _("ended in time"),
    "suspended": _("stands still"),
}
SCANS = {
    "received": _("Received"),
    "listed": _("On the registry"),
    "found": _("Found again: it goes with the next registry"),
    "offer": _("What now?"),
    "look": _("Known"),
    "taken": _("Taken"),
    "delivered": _("Delivered"),
    "undelivered": _("Not delivered yet"),
    "person": _("Badge"),
}
TONES = {
    "elsewhere": _("Wrong office"),
    "again": _("Already scanned"),
    "unreadable": _("Misread"),
    "unknown": _("Unknown"),
    "unexpected": _("Not expected"),
    "refused": _("Not allowed"),
}
LINES = {
    "listed": _("on the registry"),
    "sent": _("on the way"),
    "received": _("received"),
    "missing": _("missing"),
    "extra": _("came without the registry"),
    "misrouted": _("came to another office"),
}
CONSIGNMENTS = {
    "draft": _("still open"),
    "closed": _("closed, waits for the courier"),
    "in_transit": _("on the way"),
    "received": _("unpacked"),
}
PAPER_KINDS = {"folder": _("Folder"), "result": _("Result"), "appeal": _("Complaint")}
CUSTODY_STATES = {
    "here": _("lies at"),
    "to_send": _("waits for the courier at"),
    "listed": _("on the registry at"),
    "in_transit": _("on the way from"),
    "missing": _("missing since it left"),
    "gone": _("went out from"),
    "annulled": _("annulled at"),
}
#: whether a paper is signed
SIGNATURES = {
    "awaited": _("not signed yet"),
    "ink": _("signed by hand"),
    "key": _("signed with a key"),
}
#: what an earlier case is to the one on the page; `_by`: what a later one is to it
RELATIONS = {
    "repeats": _("It repeats"),
    "repeats_by": _("It is repeated by"),
    "joined": _("It was joined to"),
    "joined_by": _("Joined to it"),
    "follows": _("It follows"),
    "follows_by": _("It is followed by"),
}
CUSTODY_EVENTS = {
    "signed": _("its signature was confirmed"),
    "unsigned": _("the signature was taken back: nobody had signed it"),
    "annulled": _("annulled, unsigned; its number stays used"),
    "posted": _("sent by post"),
    "issued": _("handed over against a signature"),
    "tracked": _("got its barcode"),
    "taken_over": _("taken over from paper: its way until then was kept there"),
    "taken_back": _("taken back with the file of cases from paper"),
    "prepared": _("made ready for the courier"),
    "listed": _("put on the registry"),
    "unlisted": _("taken off the registry"),
    "handed_over": _("handed to the courier"),
    "received": _("received"),
    "missing": _("missing from its consignment"),
    "found": _("found again"),
    "misrouted": _("came to the wrong office, goes on from there"),
    "damaged": _("noted as damaged"),
    "relabelled": _("got a new label"),
    "labelled": _("has carried a label printed beforehand"),
    "replaced": _("lost for good: its duplicate goes on"),
    "unclaimed": _("nobody came for it: sent back"),
    "came_back": _("came back from the post"),
    "kept": _("kept with the file"),
    "superseded": _("replaced by a new decision"),
    "called_back": _("held back: it goes nowhere"),
}
WAITS = {
    "timer": _("Timer"),
    "operation": _("Operation"),
    "message": _("Message"),
    "signal": _("Signal"),
    "condition": _("Condition"),
}
JOBS = {
    "timer": _("Timer"),
    "answers": _("Answers that wait"),
    "form": _("Form"),
    "sent_form": _("A form that was sent"),
    "operation": _("Operation"),
    "external": _("External task"),
    "back": _("Operation"),
    "start": _("Start of a case"),
    "archive": _("Archive"),
    "period": _("Period of the assignment"),
    "tell": _("Telling an applicant"),
    "tell_on": _("A message to an applicant"),
}
ACTORS = {"worker": _("by itself")}
#: the books of numbers
SERIES = {
    "in": _("Applications registered"),
    "out": _("Outgoing answers"),
    "registry": _("Transfer registries"),
    "label": _("Labels printed beforehand"),
    "appeal": _("Complaints"),
}
#: what became of a message to an applicant
TELLING = {
    "waits": _("waits to be sent"),
    "sent": _("handed to the gateway"),
    "delivered": _("delivered"),
    "failed": _("not delivered"),
    "given_up": _("could not be handed on"),
    "withdrawn": _("not sent: withdrawn"),
    "overtaken": _("not sent any more: later news went first"),
}
TELLING_WAYS = {"sms": _("SMS"), "email": _("E-mail")}
KINDS = {
    "telling": TELLING,
    "telling_way": TELLING_WAYS,
    "job": JOBS,
    "wait": WAITS,
    "actor": ACTORS,
    "series": SERIES,
    "outcome": OUTCOMES,
    "paper": PAPERS,
    "event": EVENTS,
    "tried": TRIED,
    "list": LISTS,
    "order": ORDERS,
    "due": DUES,
    "status": STATUSES,
    "scan": SCANS,
    "tone": TONES,
    "line": LINES,
    "consignment": CONSIGNMENTS,
    "paper_kind": PAPER_KINDS,
    "custody_state": CUSTODY_STATES,
    "custody_event": CUSTODY_EVENTS,
    "relation": RELATIONS,
    "signature": SIGNATURES,
    **calendar_words.KINDS,
    **drawings.KINDS,
}
