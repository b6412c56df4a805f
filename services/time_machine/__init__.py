"""Setting the clock of a demo system, for training and trials. A real system has none of this."""

from services.time_machine.service import (
    NotADemo,
    follow,
    next_working_day,
    set_clock,
)

__all__ = ["NotADemo", "follow", "next_working_day", "set_clock"]
