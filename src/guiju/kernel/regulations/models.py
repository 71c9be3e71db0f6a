"""A company's own values, first days and notes; each dated, signed, and never changed afterwards."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from guiju.kernel.actions.models import APPEND_ONLY, NO_TRUNCATE


class ParameterValue(models.Model):
    """A company's own value of a parameter from a day on."""

    company = models.ForeignKey("authority.Company", on_delete=models.RESTRICT, related_name="+")
    regulation = models.CharField(max_length=3)
    name = models.CharField(max_length=80)
    value = models.JSONField()
    effective_from = models.DateField()
    reason = models.CharField(max_length=300)
    by = models.ForeignKey("authority.Person", null=True, on_delete=models.RESTRICT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["company", "regulation", "name"])]
        triggers: ClassVar = [APPEND_ONLY, NO_TRUNCATE]

    def __str__(self) -> str:
        return f"{self.regulation}.{self.name}"


class EffectiveDate(models.Model):
    """A company's own first day of a regulation; the latest entry holds."""

    company = models.ForeignKey("authority.Company", on_delete=models.RESTRICT, related_name="+")
    regulation = models.CharField(max_length=3)
    effective_from = models.DateField()
    by = models.ForeignKey("authority.Person", null=True, on_delete=models.RESTRICT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers: ClassVar = [APPEND_ONLY, NO_TRUNCATE]

    def __str__(self) -> str:
        return f"{self.regulation} {self.effective_from}"


class Interpretation(models.Model):
    """A note by the regulation's owner on how a clause, or a missing article, is read."""

    company = models.ForeignKey("authority.Company", on_delete=models.RESTRICT, related_name="+")
    clause = models.CharField(max_length=20)
    text = models.TextField()
    confirms_default = models.BooleanField(default=False)
    by = models.ForeignKey("authority.Person", null=True, on_delete=models.RESTRICT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["company", "clause"])]
        triggers: ClassVar = [APPEND_ONLY, NO_TRUNCATE]

    def __str__(self) -> str:
        return self.clause
