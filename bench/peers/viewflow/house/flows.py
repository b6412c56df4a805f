"""The direct route: seven steps of people with the same forms, two operations, and the way back from agreeing."""

from viewflow import this
from viewflow.workflow import flow, lock
from viewflow.workflow.flow import views

from house.models import Application

FIGURES = ["papers", "member_name", "member_relation", "member_income", "expense_kind", "expense_amount"]


def step(fields, who):
    """A step of that person, who has it in hand at once: nothing of assigning is measured."""
    return flow.View(views.UpdateProcessView.as_view(fields=fields)).Assign(username=who)


class Direct(flow.Flow):
    """An application from the counter to its answer; a process is locked while it moves."""

    process_class = Application
    lock_impl = lock.SelectForUpdateLock()

    register = flow.Start(
        views.CreateProcessView.as_view(
            fields=["surname", "given_name", "address", "language", "again_reason", "missing_reason"]
        )
    ).Next(this.numbered)
    numbered = flow.Function(this.give_number).Next(this.resolution)
    resolution = step(["executor", "text"], "head").Next(this.review)
    review = step(FIGURES, "executor").Next(this.draft)
    draft = step([*FIGURES, "decision", "amount", "period_months", "departure_reason"], "executor").Next(this.agree)
    agree = step(["verdict"], "head").Next(this.agreed)
    agreed = flow.If(lambda activation: activation.process.verdict != "return").Then(this.out).Else(this.draft)
    out = flow.Function(this.give_code).Next(this.sign)
    sign = step(["verdict", "code"], "head").Next(this.deliver)
    deliver = step(["way", "received_by", "identified_by"], "executor").Next(this.end)
    end = flow.End()

    def give_number(self, activation):
        """Its number in the register."""
        activation.process.data["number"] = f"19-2026-{activation.process.pk:05}"
        activation.process.save()

    def give_code(self, activation):
        """The outgoing number of the answer."""
        activation.process.data["outgoing"] = f"19-X2026-{activation.process.pk:05}"
        activation.process.save()
