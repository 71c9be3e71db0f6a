"""Tokens for programs. Only a hash is kept; the token itself is shown once."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from guiju.kernel.authority.models import User

PREFIX = "gj_"


class ApiToken(models.Model):
    """A key with which a program acts for a person, within scopes and until a date.

    Scopes are ``read``, ``act`` (every action the person may do) or the name of one action.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=80))
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(scopes=[]), name="api_token_has_scope")]

    def __str__(self) -> str:
        return self.name

    def allows(self, scope: str) -> bool:
        """Return whether the token covers a scope; ``act`` covers every action."""
        return scope in self.scopes or (scope != "read" and "act" in self.scopes)


def digest_of(token: str) -> str:
    """Return the digest under which a token is kept. Tokens are random, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def issue(
    *, user: User, name: str, scopes: list[str], at: datetime, expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """Make a token for a person.

    Args:
        scopes: ``read``, ``act`` or action names.
        at: now.
        expires_at: the first instant at which it no longer opens anything.

    Returns:
        The record and the token itself, which is never shown again.
    """
    token = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        user=user, name=name, digest=digest_of(token), scopes=scopes, created_at=at, expires_at=expires_at
    )
    return row, token


def find(token: str, *, at: datetime) -> ApiToken | None:
    """Return the live token record of a token, with its user, or None."""
    row = ApiToken.objects.select_related("user").filter(digest=digest_of(token), revoked_at__isnull=True).first()
    if row is None or (row.expires_at and row.expires_at <= at) or not row.user.is_active:
        return None
    return row
