"""The accumulation inspector gives the result to the counter; the whole service's clock stops here (N421/11a/psc/9)."""

from services.plugin import Checked, Field, Form

pass_on = Form(
    title="The result for the counter",
    submit="Passed on to whoever issues it",
    fields=lambda call: [Field("remark", "long_text", "Remark", maximum=500, stands_out=True)],
    check=lambda call, answers: Checked("passed"),
    shared=True,
)
