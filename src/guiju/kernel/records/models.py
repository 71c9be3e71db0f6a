"""The abstract record: a numbered thing with a state, in a company."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from guiju.law.text import T


class Record(models.Model):
    """Base of all rooms' records.

    Subclasses set ``kind`` (the subject's prefix), ``label`` (what people call it) and ``states`` (code → words).
    """

    kind: ClassVar[str]
    label: ClassVar[T]
    states: ClassVar[dict[str, T]]

    company = models.ForeignKey("authority.Company", on_delete=models.RESTRICT, related_name="+")
    number = models.CharField(max_length=30)
    state = models.CharField(max_length=40)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("authority.Person", null=True, on_delete=models.RESTRICT, related_name="+")
    updated_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number

    @property
    def subject(self) -> str:
        """The subject under which the record's events run."""
        return f"{self.kind}:{self.number}"

    @property
    def state_text(self) -> T:
        """The state in words."""
        return self.states[self.state]
