"""Setting the clock of a demo system, for training and trials. A real system has none of this."""

from services.time_machine.service import (
    NobodyToSetItBack,
    NotADemo,
    OutOfYears,
    follow,
    next_working_day,
    set_clock,
)

__all__ = ["NobodyToSetItBack", "NotADemo", "OutOfYears", "follow", "next_working_day", "set_clock"]
