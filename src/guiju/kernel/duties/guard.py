"""Whether the clock can be believed. A wrong clock would fine people for being late who are not (RELIABILITY F7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import connection

from guiju.kernel.duties.models import ClockGuard

log = structlog.get_logger(__name__)

#: How far the program's clock may differ from the database's, or run back behind the last sweep.
SKEW = timedelta(seconds=120)
#: How far ahead of the last sweep a clock may be that nobody has looked at: a longer stop is rare, a wrong year is not.
LONGEST_STOP = timedelta(days=30)
#: A clock that stays steady so long, in agreement with the database, is the right one after all.
PROBATION = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why the clock is not believed. ``passing``: time alone can lift it."""

    reason: str
    passing: bool = False


def doubt(*, now: datetime, database: datetime, last_seen: datetime | None) -> Doubt | None:
    """Return why the time is not to be acted on, or None when it is.

    Args:
        now: the program's clock.
        database: the database's clock.
        last_seen: the clock of the last sweep that was believed; None before the first.
    """
    if abs(database - now) > SKEW:
        return Doubt(f"clocks differ by {abs(database - now).total_seconds():.0f} s")
    if last_seen is None:
        return None
    if last_seen - now > SKEW:
        return Doubt("the clock went back behind the last sweep", passing=True)
    if now - last_seen > LONGEST_STOP:
        return Doubt("the clock is far ahead of the last sweep", passing=True)
    return None


def refusal(now: datetime) -> str:
    """Return why nothing may be marked late now; empty when all is well. Remembers both.

    Args:
        now: the program's clock (aware); read within a second of this call.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        database: datetime = cursor.fetchone()[0]
    guard = ClockGuard.objects.select_for_update().filter(pk=1).first()
    found = doubt(now=now, database=database, last_seen=guard.last_seen if guard else None)
    if found and found.passing and guard and _proved(guard, found, now):
        log.warning("clock_accepted", reason=found.reason, now=now.isoformat())
        found = None
    if found is None:
        ClockGuard.objects.update_or_create(pk=1, defaults={"last_seen": now, "refused_since": None, "reason": ""})
        return ""
    since = guard.refused_since if guard and guard.reason == found.reason and guard.refused_since else now
    since = min(since, now)  # where the doubted clock itself was set back, its probation begins anew
    log.error("sweep_refused", reason=found.reason)
    ClockGuard.objects.update_or_create(
        pk=1,
        defaults={"last_seen": guard.last_seen if guard else database, "refused_since": since, "reason": found.reason},
    )
    return found.reason


def _proved(guard: ClockGuard, found: Doubt, now: datetime) -> bool:
    """Return whether a doubted clock has gone on steadily for so long that it must be right."""
    if guard.reason != found.reason or guard.refused_since is None:
        return False
    return PROBATION <= now - guard.refused_since <= 2 * PROBATION
