"""What an application is made of: the fields of Komek's forms, as columns of one table."""

from django.db import models
from viewflow.workflow.models import Process


class Application(Process):
    """A case with what its steps ask. All may be empty until its step is done."""

    surname = models.CharField(max_length=200, blank=True)
    given_name = models.CharField(max_length=200, blank=True)
    address = models.CharField(max_length=300, blank=True)
    language = models.CharField(max_length=2, blank=True, choices=[("kk", "қазақша"), ("ru", "русский")])
    again_reason = models.CharField(max_length=300, blank=True)
    missing_reason = models.CharField(max_length=300, blank=True)
    executor = models.CharField(max_length=200, blank=True)
    text = models.CharField(max_length=300, blank=True)
    papers = models.CharField(max_length=20, blank=True)
    member_name = models.CharField(max_length=200, blank=True)
    member_relation = models.CharField(max_length=20, blank=True)
    member_income = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    expense_kind = models.CharField(max_length=20, blank=True)
    expense_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    decision = models.CharField(max_length=20, blank=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    period_months = models.PositiveSmallIntegerField(null=True, blank=True)
    departure_reason = models.CharField(max_length=300, blank=True)
    verdict = models.CharField(max_length=20, blank=True)
    code = models.CharField(max_length=40, blank=True)
    way = models.CharField(max_length=20, blank=True)
    received_by = models.CharField(max_length=200, blank=True)
    identified_by = models.CharField(max_length=20, blank=True)
