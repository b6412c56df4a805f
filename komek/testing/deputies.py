"""Everybody whose step comes is away by an order, and somebody else does it in their place."""

from datetime import timedelta

from flask import Flask

from komek.testing.people import HIRED, People
from komek.testing.surfer import Surfer
from services import directory, registry
from services.cases.models import Task

ORDER = "12-ж"
DAYS = 20


class Deputised(People):
    """The staff, of whom each is away as soon as a step is theirs; for each a deputy with another role."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app)
        #: task -> who is away, and who does it
        self.places: dict[str, tuple[int, int]] = {}
        self._deputy_of: dict[int, str] = {}

    def holder(self, task: Task) -> Surfer:
        """Their deputy's browser."""
        staff = directory.staff_at(task.office_key, task.role)
        away = directory.person(task.assignee_id) if task.assignee_id else None
        mine = [each for each in staff if each.id not in (task.not_by or ()) and not each.login.startswith(HIRED)]
        if (away is not None and away.login.startswith(HIRED)) or not (away or mine):
            return super().holder(task)  # a deputy was named for it in their own right
        absent = away or mine[0]
        if absent.id not in self._deputy_of:
            self._deputy_of[absent.id] = self._send_away(absent, task.office_key, task.role)
        login = self._deputy_of[absent.id]
        self.places[task.id] = absent.id, directory.id_of(login) or 0
        return self.surfer(login)

    def handler(self, office: str) -> Surfer:
        """Who handles paper there and is not away, else their deputy."""
        for role in sorted(registry.current().roles_that("handles_paper")):
            for each in directory.staff_at(office, role):
                if each.id not in self._deputy_of:
                    return self.surfer(each.login)
                return self.surfer(self._deputy_of[each.id])
        return super().handler(office)

    def _send_away(self, absent: directory.Person, office: str, role: str) -> str:
        """They are away from today on; the login of who is in their place."""
        today = directory.today()
        login = self.hire(f"{HIRED}deputy.{absent.id}", office, self._another(office, role))
        directory.enter_absence(
            absent.id, from_on=today, until_on=today + timedelta(days=DAYS), order_number=ORDER, order_on=today,
            deputy_id=directory.id_of(login), actor="console",
        )  # fmt: skip
        return login

    def _another(self, office: str, role: str) -> str:
        """A role of that office that the deputy has in their own right: it does not do this step."""
        rules = registry.current()
        kind = rules.row("offices", office)["kind"]
        roles = [key for key, row in rules.by_key("roles").items() if row["office"] in (kind, "any") and key != role]
        assert roles, f"at {office} there is no role but {role}: nobody could stand in"
        of_steps = {row["role"] for row in rules.table("steps")}
        return min(roles, key=lambda each: each in of_steps)
