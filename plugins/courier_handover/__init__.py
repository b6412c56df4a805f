"""What the courier carries between the PSC and the body, and the step after it came back (N421/11a/psc/courier, /9)."""

from pathlib import Path

from plugins.courier_handover.pass_on import pass_on
from plugins.courier_handover.prepare import prepare
from services.plugin import Outcome, Plugin

plugin = Plugin(
    folder=Path(__file__).parent,
    summary="Lays a folder or a result among what the next courier run takes, and passes what came on to the counter.",
    in_step={"prepare": prepare},
    forms={"pass_on": pass_on},
    outcomes={"passed": Outcome("passed on")},
)
