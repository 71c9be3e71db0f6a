"""Duties, penalties, approval rounds and the subjects they belong to."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from guiju.law.text import T

OPEN = ("open", "overdue", "paused")
LIVE = Q(state__in=OPEN)


class SubjectState(models.Model):
    """A subject whose events are evaluated; its row is the lock under which that happens."""

    company = models.ForeignKey("authority.Company", on_delete=models.RESTRICT, related_name="+")
    subject = models.CharField(max_length=200)
    evaluated_at = models.DateTimeField()
    wake_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "subject"], name="subject_once")]
        indexes: ClassVar = [models.Index(fields=["wake_at"], condition=Q(wake_at__isnull=False), name="subject_wakes")]

    def __str__(self) -> str:
        return self.subject


class DutyRow(models.Model):
    """A duty as it is stored. ``late_at`` is the first instant that is late; ``holder`` and ``held_unit`` say who answers.

    ``fines`` are the lines that lateness costs, ready to be written by one statement for any number of duties; ``fines_at``
    is when the growing ones change next. ``reminders`` are still to come, the next of them at ``remind_at``.
    """

    company = models.ForeignKey("authority.Company", on_delete=models.RESTRICT, related_name="+")
    clause = models.CharField(max_length=10)
    also = ArrayField(models.CharField(max_length=10), default=list)
    key = models.CharField(max_length=80)
    subject = models.CharField(max_length=200)
    instance = models.CharField(max_length=120, blank=True)
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=300)
    nature = models.CharField(max_length=10)
    role = models.CharField(max_length=80)
    unit = models.CharField(max_length=80, null=True)
    person = models.CharField(max_length=40, null=True)
    held_unit = models.CharField(max_length=80, null=True)
    holder = models.ForeignKey("authority.Person", null=True, on_delete=models.RESTRICT, related_name="+")
    unfilled = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    late_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10)
    edition = models.DateField()
    items = models.JSONField(default=list)
    items_done = models.JSONField(default=list)
    pauses = models.JSONField(default=list)
    fines = models.JSONField(default=list)
    fines_at = models.DateTimeField(null=True)
    reminders = models.JSONField(default=list)
    remind_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "key", "subject", "instance"], name="duty_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["late_at"], condition=Q(state="open", late_at__isnull=False), name="duty_falls_due"),
            models.Index(fields=["fines_at"], condition=Q(fines_at__isnull=False), name="duty_fines_grow"),
            models.Index(fields=["remind_at"], condition=Q(remind_at__isnull=False), name="duty_reminds"),
            models.Index(fields=["holder", "late_at"], condition=LIVE, name="duty_of_person"),
            models.Index(fields=["company", "held_unit", "late_at"], condition=LIVE, name="duty_of_unit"),
            models.Index(fields=["subject"], name="duty_of_subject"),
            models.Index(fields=["company", "clause", "opened_at"], name="duty_of_clause"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.subject}"

    @property
    def title(self) -> T:
        """What is to be done."""
        return T(self.title_zh, self.title_en)


class PenaltyRow(models.Model):
    """A fine that a clause proposes, and what its assessor made of it."""

    class Assessment(models.TextChoices):
        SO_FAR = "so_far"
        PROPOSED = "proposed"
        CONFIRMED = "confirmed"
        REDUCED = "reduced"
        WAIVED = "waived"
        APPEALED = "appealed"
        WITHDRAWN = "withdrawn"

    company = models.ForeignKey("authority.Company", on_delete=models.RESTRICT, related_name="+")
    clause = models.CharField(max_length=10)
    also = ArrayField(models.CharField(max_length=10), default=list)
    key = models.CharField(max_length=80)
    subject = models.CharField(max_length=200)
    instance = models.CharField(max_length=120, blank=True)
    line = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=80)
    unit_name = models.CharField(max_length=80, null=True)
    person = models.CharField(max_length=40, null=True)
    fined = models.ForeignKey("authority.Person", null=True, on_delete=models.RESTRICT, related_name="+")
    unit = models.CharField(max_length=20)
    rate = models.DecimalField(max_digits=14, decimal_places=2)
    units = models.DecimalField(max_digits=10, decimal_places=2)
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    choice = models.JSONField(null=True)
    assessor = models.CharField(max_length=80)
    arose_at = models.DateTimeField()
    grows = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=Assessment.choices)
    decided_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("authority.Person", null=True, on_delete=models.RESTRICT, related_name="+")
    reason = models.CharField(max_length=500, blank=True)
    appeal = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "key", "subject", "instance", "line"], name="penalty_once"),
            models.CheckConstraint(condition=Q(amount__isnull=True) | Q(amount__gte=0), name="penalty_not_negative"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["company", "assessor", "state"]),
            models.Index(fields=["fined", "arose_at"]),
            models.Index(fields=["subject"], name="penalty_of_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.subject} {self.role}"


class ApprovalRow(models.Model):
    """One round of an approval, as the pages show it."""

    company = models.ForeignKey("authority.Company", on_delete=models.RESTRICT, related_name="+")
    clause = models.CharField(max_length=10)
    route = models.CharField(max_length=80)
    subject = models.CharField(max_length=200)
    round = models.PositiveSmallIntegerField()
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=300)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10)
    current = models.PositiveSmallIntegerField(null=True)
    modes = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "route", "subject", "round"], name="approval_round_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["company", "opened_at"], condition=Q(state="pending"), name="approval_pending"),
            models.Index(fields=["subject"], name="approval_of_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.route} {self.subject} {self.round}"

    @property
    def title(self) -> T:
        """What is to be approved."""
        return T(self.title_zh, self.title_en)


class SignatureRow(models.Model):
    """One signer's place in a round."""

    approval = models.ForeignKey(ApprovalRow, on_delete=models.CASCADE, related_name="signatures")
    place = models.PositiveSmallIntegerField()
    step = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=80)
    unit = models.CharField(max_length=80, null=True)
    person = models.CharField(max_length=40, null=True)
    holder = models.ForeignKey("authority.Person", null=True, on_delete=models.RESTRICT, related_name="+")
    held_unit = models.CharField(max_length=80, null=True)
    decision = models.CharField(max_length=10, null=True)
    at = models.DateTimeField(null=True)
    by = models.CharField(max_length=40, null=True)
    comment = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["approval", "place"], name="signature_place_once")]
        ordering: ClassVar = ["place"]

    def __str__(self) -> str:
        return f"{self.role} {self.decision or ''}"


class ClockGuard(models.Model):
    """What the sweep knows of time and of the organisation; one row.

    ``last_seen``: the clock of the last sweep that believed it. ``swept_to``: up to here everything that fell due is marked.
    ``revision`` and ``organised_on``: the organisation for which the holders of open duties were found.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    last_seen = models.DateTimeField()
    swept_to = models.DateTimeField(null=True)
    refused_since = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    revision = models.BigIntegerField(default=0)
    organised_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=1), name="clock_guard_single")]

    def __str__(self) -> str:
        return str(self.last_seen)
