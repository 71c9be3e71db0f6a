"""When a growing fine changes next."""

from __future__ import annotations

from datetime import datetime, timedelta

from guiju.law.times import CN

DAY = timedelta(hours=24)
HOUR = timedelta(hours=1)
INSTANT = timedelta(microseconds=1)


def next_change(unit: str, *, due_at: datetime, late_at: datetime, after: datetime) -> datetime:
    """Return the first instant after ``after`` at which a growing fine has more units, or is proposed for assessment.

    Args:
        unit: ``per_24h`` and ``per_hour`` grow with each full one after the due time, ``per_day`` with each started one.
        due_at, late_at: the duty's due time, and its first late instant; a fine is proposed at the end of that month.
        after: not before the due time.
    """
    size = HOUR if unit == "per_hour" else DAY
    if unit == "per_day":
        started = -((due_at - after) // size)
        grows = due_at + started * size + INSTANT
    else:
        grows = due_at + ((after - due_at) // size + 1) * size
    late = late_at.astimezone(CN)
    month_end = datetime(late.year + late.month // 12, late.month % 12 + 1, 1, tzinfo=CN)
    return min(grows, month_end) if month_end > after else grows
