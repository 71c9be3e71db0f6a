"""Who calls: a program by token, or a person's own session with the anti-forgery token."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer, SessionAuth

from guiju.api.models import ApiToken, find
from guiju.kernel.authority.actor import Actor
from guiju.kernel.authority.models import User


class TokenAuth(HttpBearer):
    """``Authorization: Bearer gj_…``; the token's scopes bound what its person may do."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        """Return the live token, and act as its person."""
        found = find(token, at=timezone.now())
        if found is not None:
            request.user = found.user
        return found


class OwnSession(SessionAuth):
    """A signed-in person; ``SessionAuth`` checks the anti-forgery token on every unsafe method."""


def actor_of(request: HttpRequest) -> Actor:
    """Return the actor behind a call, as of now."""
    assert isinstance(request.user, User)
    return Actor.of(request.user, timezone.now())


def allows(request: HttpRequest, scope: str) -> bool:
    """Return whether the call's token covers a scope; a session covers all."""
    token = getattr(request, "auth", None)
    return token.allows(scope) if isinstance(token, ApiToken) else True
