"""The copies of what the State Corporation took in go to the body electronically: no registry, no courier there.

A default: no text of the act was read for it. The answer still comes back by courier as under N 421: it is signed with
ink, and the applicant gets that very sheet, so it has to lie at the counter before it can be issued.
"""

from services.plugin import Checked, Field, Form

send_copies = Form(
    title="The copies, to the authorised body",
    submit="The copies were sent",
    fields=lambda call: [
        Field("all_sent", "yes", "A copy of every paper on the receipt was compared and sent", required=True),
        Field("remark", "long_text", "Remark", maximum=500, stands_out=True),
    ],
    check=lambda call, answers: Checked("copies_sent"),
    shows=("doc.receipt",),
    shared=True,
)
