"""The region that the core's tests play: whoever needs a real one takes it from here, and names none."""

from services.config import ROOT

REGION = "almaty_oblast"
#: the same region after its act
FOLLOWING = "almaty_2016"
FOLDER = ROOT / "plugins" / REGION
#: its decision
RULES = FOLDER / "bpmn/entitlement.dmn"
