"""Complaints, what is found out about them, and the month's statistics."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from guiju.complaints.choices import STATES
from guiju.kernel.records.models import Record
from guiju.law.text import T


class Complaint(Record):
    """A complaint from its receipt to its close. The seven days run from ``received_at``."""

    kind = "complaint"
    label = T("投诉", "complaint")
    states = STATES

    customer = models.CharField(max_length=200)
    customer_type = models.CharField(max_length=20)
    phone = models.CharField(max_length=40, blank=True)
    place = models.CharField(max_length=200, blank=True)
    content = models.TextField()
    matters = ArrayField(models.CharField(max_length=40))
    demands = ArrayField(models.CharField(max_length=40))
    other_demand = models.CharField(max_length=200, blank=True)
    amount_claimed = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    source = models.CharField(max_length=20)
    store = models.CharField(max_length=80)
    received_at = models.DateTimeField()
    day_only = models.BooleanField(default=False)
    justified = models.BooleanField(null=True)
    finding = models.TextField(blank=True)
    accepted_at = models.DateTimeField(null=True)
    ruling = models.TextField(blank=True)
    card_class = models.CharField(max_length=10, blank=True)
    department = models.CharField(max_length=80, blank=True)
    assisting = ArrayField(models.CharField(max_length=80), default=list)
    instruction = models.TextField(blank=True)
    receipt_at = models.DateTimeField(null=True)
    original_form = models.CharField(max_length=20, blank=True)
    report = models.JSONField(default=dict)
    admin_opinion = models.TextField(blank=True)
    proposed_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    gm_decision = models.TextField(blank=True)
    decided_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    handling_opinion = models.TextField(blank=True)
    settlements = ArrayField(models.CharField(max_length=20), default=list)
    compensation = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    rule_basis = models.CharField(max_length=200, blank=True)
    answer = models.JSONField(default=dict)
    customer_accepts = models.BooleanField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_day_only = models.BooleanField(default=False)
    reopened = models.BooleanField(default=False)
    courtesy = models.PositiveSmallIntegerField(null=True)
    promptness = models.PositiveSmallIntegerField(null=True)
    callback = models.CharField(max_length=20, blank=True)
    earlier = models.ForeignKey("self", null=True, on_delete=models.RESTRICT, related_name="recurrences")
    external_no = models.CharField(max_length=60, null=True)
    tokens = SearchVectorField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["number"], name="complaint_number"),
            models.UniqueConstraint(fields=["company", "external_no"], name="complaint_external_once"),
            models.CheckConstraint(condition=~Q(customer=""), name="complaint_has_customer"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=models.F("received_at")),
                name="complaint_closed_after_receipt",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["company", "state", "-received_at"]),
            models.Index(fields=["company", "store", "-received_at"]),
            models.Index(fields=["company", "department", "-received_at"]),
            models.Index(fields=["company", "-received_at", "-id"]),
            GinIndex(fields=["tokens"], name="complaint_tokens"),
        ]


class Contact(models.Model):
    """A contact without a complaint matter: kept as an inquiry, without number or clock."""

    company = models.ForeignKey("authority.Company", on_delete=models.RESTRICT, related_name="+")
    customer = models.CharField(max_length=200)
    content = models.TextField()
    store = models.CharField(max_length=80)
    at = models.DateTimeField()
    by = models.ForeignKey("authority.Person", null=True, on_delete=models.RESTRICT, related_name="+")

    def __str__(self) -> str:
        return self.customer


class Measure(models.Model):
    """A preventive measure of an investigation report: what, who, by when."""

    complaint = models.ForeignKey(Complaint, on_delete=models.CASCADE, related_name="measures")
    place = models.PositiveSmallIntegerField()
    what = models.CharField(max_length=300)
    person = models.CharField(max_length=40)
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["complaint", "place"], name="measure_place")]
        ordering: ClassVar = ["place"]

    def __str__(self) -> str:
        return self.what


class Supervision(models.Model):
    """A check, correction order or reassignment by the supervising department."""

    complaint = models.ForeignKey(Complaint, on_delete=models.CASCADE, related_name="supervisions")
    kind = models.CharField(max_length=20)
    text = models.TextField()
    due_on = models.DateField(null=True)
    at = models.DateTimeField()
    by = models.ForeignKey("authority.Person", on_delete=models.RESTRICT, related_name="+")

    def __str__(self) -> str:
        return self.text


class MonthlyStatistics(Record):
    """A month's complaint statistics: a draft that follows the cases until it is submitted, then locked with its approval."""

    kind = "complaint_statistics"
    label = T("投诉统计表", "complaint statistics")
    states: ClassVar[dict[str, T]] = {
        "submitted": T("待总经理审核", "For review"),
        "returned": T("已退回", "Returned"),
        "approved": T("已归档", "Filed"),
    }

    month = models.CharField(max_length=7)
    figures = models.JSONField()
    comment = models.TextField(blank=True)
    first_submitted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "month"], name="statistics_month_once"),
            models.UniqueConstraint(fields=["company", "number"], name="statistics_number"),
        ]
