"""`/healthz`: whether database, migrations, worker and clock are well. Says no more than that."""

from __future__ import annotations

import time

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from guiju.server.clock import CLOCK_LOCK

#: Seconds after which a worker that has not reported counts as gone; it reports every 10 s.
WORKER_SILENCE = 45
#: Seconds for which a "no migration is missing" is believed.
MIGRATIONS_BELIEVED = 300.0

_migrations_seen_at: float | None = None


def check() -> dict[str, bool]:
    """The state of each part. Never raises."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            migrations = _migrations_are_well()
            return {
                "database": True,
                "migrations": migrations,
                "worker": migrations and _worker_is_well(),
                "clock": _clock_is_well(),
            }
    except DatabaseError:
        connection.close()
        return {"database": False, "migrations": False, "worker": False, "clock": False}


def _migrations_are_well() -> bool:
    global _migrations_seen_at  # noqa: PLW0603 (a memory of this process, lost with it)
    now = time.monotonic()
    if _migrations_seen_at is not None and now - _migrations_seen_at < MIGRATIONS_BELIEVED:
        return True
    from guiju.cli.runtime import pending_migrations

    if pending_migrations():
        return False
    _migrations_seen_at = now
    return True


def _worker_is_well() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM procrastinate_workers WHERE last_heartbeat > now() - %s * interval '1 s')",
            [WORKER_SILENCE],
        )
        row = cursor.fetchone()
    return bool(row and row[0])


def _clock_is_well() -> bool:
    """The clock holds an advisory lock for as long as it lives."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = %s"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))",
            [CLOCK_LOCK],
        )
        row = cursor.fetchone()
    return bool(row and row[0])


@login_not_required
@never_cache
@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """200 when all parts are well, else 503; the body names the parts."""
    parts = check()
    well = all(parts.values())
    return JsonResponse({"status": "ok" if well else "unwell", **parts}, status=200 if well else 503)
