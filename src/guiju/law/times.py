"""Instants: parsing and printing."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

CN = ZoneInfo("Asia/Shanghai")

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def parse(text: str, tz: ZoneInfo = CN) -> datetime:
    """Return an aware time from ISO text such as ``2026-03-02T16:00`` or ``2026-03-02``.

    Args:
        text: a date (then 00:00 of that day) or a date and time, with or without offset.
        tz: the zone that a text without offset is meant in.

    Raises:
        ValueError: the text is no such date or time.
    """
    try:
        value = datetime.fromisoformat(text.strip())
    except (ValueError, AttributeError, TypeError):
        raise ValueError(f"not a date or time like 2026-03-02T16:00: {text!r}") from None
    return value if value.tzinfo else value.replace(tzinfo=tz)


def iso(at: datetime) -> str:
    """Return an instant as ISO text with its offset.

    Raises:
        ValueError: the time has no zone.
    """
    return aware(at).isoformat()


def aware(at: datetime) -> datetime:
    """Return ``at`` unchanged.

    Raises:
        ValueError: the time has no zone, so that it names no instant.
    """
    if at.tzinfo is None or at.utcoffset() is None:
        raise ValueError(f"the time {at.isoformat()} has no time zone")
    return at


def to_ticks(at: datetime) -> int:
    """Return an aware time as whole microseconds since 1970-01-01T00:00Z, without rounding."""
    return (at - EPOCH) // MICROSECOND


def from_ticks(ticks: int, tz: ZoneInfo) -> datetime:
    """Return the instant of a number of microseconds since 1970-01-01T00:00Z, in ``tz``."""
    return (EPOCH + timedelta(microseconds=ticks)).astimezone(tz)


def first_instant(day: date, minute: int, tz: ZoneInfo) -> int:
    """Return the first instant (microseconds since 1970) at which the clock of ``tz`` shows a local time or later.

    Args:
        day: the local date.
        minute: minutes after its midnight, 0 to 1440; 1440 is the midnight that ends it.

    A local time that occurs twice when clocks go back means its first occurrence; one that clocks skip means the moment
    of the skip. So the order of local times is kept, and a day has 23 or 25 hours when it has.
    """
    wall = datetime.combine(day, time.min) + timedelta(minutes=minute)
    at = wall.replace(tzinfo=tz).astimezone(UTC)
    if at.astimezone(tz).replace(tzinfo=None) == wall:
        return to_ticks(at)
    # Skipped: of the two offsets around the change, fold=1 takes the later one and so lands before the change.
    low, high = to_ticks(wall.replace(tzinfo=tz, fold=1).astimezone(UTC)), to_ticks(at)
    while high - low > 1:
        middle = (low + high) // 2
        if from_ticks(middle, tz).replace(tzinfo=None) >= wall:
            high = middle
        else:
            low = middle
    return high
