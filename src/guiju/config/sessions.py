"""Sessions end after a time without a click and after a working day, whatever happens (ASVS V7.3)."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

STARTED = "_session_started"
SEEN = "_session_seen"
#: Seconds between two notes of "still here"; a write on every request would be the costliest part of a page.
NOTE_EVERY = 60


class SessionLimits:
    """Signs people out who were idle too long or whose session is too old."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            self._limit(request)
        return self.get_response(request)

    def _limit(self, request: HttpRequest) -> None:
        now = int(time.time())
        session = request.session
        started, seen = session.get(STARTED, now), session.get(SEEN, now)
        if now - seen > settings.SESSION_IDLE_SECONDS or now - started > settings.SESSION_COOKIE_AGE:
            logout(request)
            return
        if STARTED not in session:
            session[STARTED] = now
        if SEEN not in session or now - seen >= NOTE_EVERY:
            session[SEEN] = now
