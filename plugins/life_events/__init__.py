"""What happens to an application off the act's way: withdrawn, the applicant died, wrong district, annulled, corrected.

The act is silent on all of it (DIGEST I-37): the forms, papers and terms here are defaults, and marked so.
"""

from pathlib import Path

from plugins.life_events.correcting import correction, printing_anew
from plugins.life_events.giving_back import give_back
from plugins.life_events.sending_on import cover_letter, send_on, wrong_district
from plugins.life_events.stopping import annulment, death, resumption, stopping, withdrawal
from services.plugin import Outcome, Paper, Plugin

plugin = Plugin(
    folder=Path(__file__).parent,
    summary="What happens off the usual way: withdrawal, death, another district, annulling, correcting, resuming.",
    in_step={"stop": stopping, "cover_letter": cover_letter, "print_anew": printing_anew},
    forms={
        "withdrawal": withdrawal,
        "death": death,
        "annulment": annulment,
        "resumption": resumption,
        "give_back": give_back,
        "wrong_district": wrong_district,
        "send_on": send_on,
        "correction": correction,
    },
    outcomes={
        "event_told": Outcome("told"),
        "given_back": Outcome("papers given back"),
        "kept_with_file": Outcome("papers kept with the file"),
        "posted_on": Outcome("sent on, the applicant told"),
        "corrected": Outcome("corrected"),
        "application_withdrawn": Outcome("withdrawn by the applicant"),
        "died": Outcome("ended: the applicant has died"),
        "sent_on": Outcome("sent on to the right body"),
        "registration_annulled": Outcome("registration annulled"),
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
        ),
        "doc.correction": Paper(
            "Record of a correction",
            ("number", "applicant_name", "former", "corrected_on", "corrected_by", "office_name"),
        ),
    },
)
