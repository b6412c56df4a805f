"""What happens to an application off the act's way: withdrawn, annulled, sent on, repeated or contested.

The act is silent on all of it (DIGEST I-37): the forms, papers and terms here are defaults, and marked so.
"""

from pathlib import Path

from plugins.life_events.calling import answer_call, call
from plugins.life_events.complaining import answer_complaint, complaint, complaint_letter, consider, take_complaint
from plugins.life_events.correcting import correction, print_anew
from plugins.life_events.giving_back import give_back
from plugins.life_events.repeating import duplicate, duplicate_letter
from plugins.life_events.sending_on import cover_letter, send_on, wrong_district
from plugins.life_events.stopping import annulment, death, resumption, stop, withdrawal
from services.plugin import Outcome, Paper, Plugin

plugin = Plugin(
    folder=Path(__file__).parent,
    summary="What happens off the usual way: withdrawal, death, another district, correcting, complaints, calls.",
    in_step={
        "stop": stop,
        "cover_letter": cover_letter,
        "print_anew": print_anew,
        "duplicate_letter": duplicate_letter,
        "take_complaint": take_complaint,
        "complaint_letter": complaint_letter,
    },
    forms={
        "withdrawal": withdrawal,
        "death": death,
        "annulment": annulment,
        "resumption": resumption,
        "give_back": give_back,
        "wrong_district": wrong_district,
        "send_on": send_on,
        "correction": correction,
        "duplicate": duplicate,
        "complaint": complaint,
        "consider": consider,
        "answer_complaint": answer_complaint,
        "call": call,
        "answer_call": answer_call,
    },
    outcomes={
        "event_told": Outcome("told"),
        "given_back": Outcome("papers given back"),
        "kept_with_file": Outcome("papers kept with the file"),
        "put_together": Outcome("papers put into the earlier file"),
        "posted_on": Outcome("sent on, the applicant told"),
        "corrected": Outcome("corrected"),
        "complaint_late": Outcome("the complaint came late"),
        "complaint_upheld": Outcome("the complaint is justified: decided anew", upholds=True),
        "complaint_dismissed": Outcome("the complaint is not justified"),
        "complaint_answered": Outcome("the complaint is answered"),
        "call_noted": Outcome("taken down over the telephone"),
        "call_answered": Outcome("the caller is answered"),
        "application_withdrawn": Outcome("withdrawn by the applicant"),
        "died": Outcome("ended: the applicant has died"),
        "sent_on": Outcome("sent on to the right body"),
        "registration_annulled": Outcome("registration annulled"),
        "joined": Outcome("joined to the earlier application"),
        "not_twice": Outcome("not considered a second time"),
    },
    papers={
        "doc.papers_back": Paper(
            "Papers given back",
            ("number", "applicant_name", "ending", "received_by", "given_on", "given_by", "office_name"),
            taken_home=True,
        ),
        "doc.sent_on": Paper(
            "Letter: sent on to the right body",
            ("number", "outgoing_number", "dated_on", "applicant_name", "body_name", "office_name"),
            answers=True,
        ),
        "doc.duplicate": Paper(
            "Letter: a second application",
            ("number", "outgoing_number", "dated_on", "applicant_name", "former_number", "reason", "office_name"),
            answers=True,
        ),
        "doc.complaint_slip": Paper(
            "Slip for a complaint",
            ("number", "complaint_number", "complaint_on", "applicant_name", "consider_until_on", "office_name"),
            taken_home=True,
        ),
        "doc.complaint_answer": Paper(
            "Answer to a complaint",
            (
                "number",
                "outgoing_number",
                "dated_on",
                "complaint_number",
                "applicant_name",
                "verdict",
                "reasons",
                "head_name",
                "office_name",
            ),
            answers=True,
        ),
        "doc.reminder": Paper(
            "Letter: the assignment ends soon",
            ("number", "outgoing_number", "dated_on", "applicant_name", "period_until_on", "office_name"),
            answers=True,
            reminds=True,
        ),
        "doc.correction": Paper(
            "Record of a correction",
            ("number", "applicant_name", "former", "corrected_on", "corrected_by", "office_name"),
        ),
    },
)
