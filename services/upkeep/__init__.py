"""How the installation stands, for whoever looks after the machine: one list of what is wrong, and what to do."""

from services.upkeep.looking import look
from services.upkeep.rules import ERROR, State, SystemFinding, away, findings

__all__ = ["ERROR", "State", "SystemFinding", "away", "findings", "look"]
