"""A notice is a row: written in the act's transaction, read in the inbox, sent on by jobs."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from guiju.law.text import T


class Notice(models.Model):
    """Something a person is told. ``key`` makes sure that nobody is told the same thing twice."""

    company = models.ForeignKey("authority.Company", on_delete=models.RESTRICT, related_name="+")
    person = models.ForeignKey("authority.Person", on_delete=models.CASCADE, related_name="notices")
    key = models.CharField(max_length=300)
    kind = models.CharField(max_length=20)
    clause = models.CharField(max_length=10, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    text_zh = models.CharField(max_length=500)
    text_en = models.CharField(max_length=500)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "key"], name="notice_once")]
        indexes: ClassVar = [
            models.Index(fields=["person", "-at"], name="notice_inbox"),
            models.Index(fields=["person"], condition=Q(read_at__isnull=True), name="notice_unread"),
        ]

    def __str__(self) -> str:
        return self.text_zh

    @property
    def text(self) -> T:
        """What is told."""
        return T(self.text_zh, self.text_en)
