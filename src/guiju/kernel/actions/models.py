"""What acts leave behind: events, audit entries, used keys, numbers given out."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
NO_TRUNCATE = pgtrigger.Trigger(
    name="no_truncate",
    level=pgtrigger.Statement,
    when=pgtrigger.Before,
    operation=pgtrigger.Truncate,
    func="RAISE EXCEPTION 'append-only table % cannot be truncated', TG_TABLE_NAME;",
)


class EventRow(models.Model):
    """An event as it is kept. Nothing of it changes, ever."""

    company = models.ForeignKey("authority.Company", on_delete=models.RESTRICT, related_name="+")
    name = models.CharField(max_length=100)
    subject = models.CharField(max_length=200)
    concerns = ArrayField(models.CharField(max_length=200))
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    day_only = models.BooleanField(default=False)
    actor = models.CharField(max_length=40)
    data = models.JSONField(default=dict)
    audit = models.ForeignKey("actions.AuditEntry", on_delete=models.RESTRICT, related_name="events")

    class Meta:
        indexes: ClassVar = [
            GinIndex(fields=["concerns"], name="event_concerns"),
            models.Index(fields=["company", "name", "occurred_at"]),
            models.Index(fields=["subject", "occurred_at"]),
        ]
        triggers: ClassVar = [APPEND_ONLY, NO_TRUNCATE]

    def __str__(self) -> str:
        return f"{self.name} {self.subject}"


class AuditEntry(models.Model):
    """Who did what when, from where, for whom, with what effect; also what was refused."""

    class Outcome(models.TextChoices):
        DONE = "done"
        REFUSED = "refused"

    company = models.ForeignKey("authority.Company", on_delete=models.RESTRICT, related_name="+")
    action = models.CharField(max_length=80)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.DONE)
    person = models.ForeignKey("authority.Person", null=True, on_delete=models.RESTRICT, related_name="+")
    on_behalf_of = models.ForeignKey("authority.Person", null=True, on_delete=models.RESTRICT, related_name="+")
    subject = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    source = models.CharField(max_length=20)
    request_id = models.CharField(max_length=64, blank=True)
    address = models.GenericIPAddressField(null=True)
    changes = models.JSONField(default=dict)
    reason = models.CharField(max_length=300, blank=True)
    clause = models.CharField(max_length=10, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["company", "at"]),
            models.Index(fields=["subject", "at"]),
            models.Index(fields=["person", "at"]),
        ]
        triggers: ClassVar = [APPEND_ONLY, NO_TRUNCATE]

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"


class IdempotencyKey(models.Model):
    """A key under which an act was done once, with the answer it got."""

    person = models.ForeignKey("authority.Person", on_delete=models.RESTRICT, related_name="+")
    action = models.CharField(max_length=80)
    key = models.CharField(max_length=80)
    body = models.CharField(max_length=64)
    subject = models.CharField(max_length=200, blank=True)
    audit = models.ForeignKey(AuditEntry, null=True, on_delete=models.RESTRICT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "action", "key"], name="idempotency_key_once")
        ]

    def __str__(self) -> str:
        return self.key


class NumberSeries(models.Model):
    """The last number given out of a series; the row is locked while one is taken, so that none is missing."""

    company = models.ForeignKey("authority.Company", on_delete=models.RESTRICT, related_name="+")
    prefix = models.CharField(max_length=10)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["prefix", "year"], name="number_series_once")]

    def __str__(self) -> str:
        return f"{self.prefix}-{self.year}"
