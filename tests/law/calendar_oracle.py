"""A slow calendar that walks minute by minute and day by day, to compare the real one with.

It shares nothing with the code under test: hours come from the same mapping, but are looked up minute by minute.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Naive = datetime
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Walker:
    """All times are naive local times of a zone without clock changes."""

    mapping: Mapping[str, Any]
    pauses: Sequence[Span] = ()

    def hours(self, day: date) -> list[tuple[str, str]]:
        special = self.mapping.get("special_days", {})
        if day.isoformat() in special:
            return [tuple(pair) for pair in special[day.isoformat()]]
        if day.isoformat() in self.mapping.get("holidays", ()):
            return []
        return [tuple(pair) for pair in self.mapping["weekly"].get(NAMES[day.weekday()], ())]

    def is_open(self, at: Naive) -> bool:
        clock = at.strftime("%H:%M")
        return any(begin <= clock < end for begin, end in self.hours(at.date()))

    def is_paused(self, at: Naive) -> bool:
        """Whether the minute that begins at ``at`` is paused."""
        return any(begin <= at < end for begin, end in self.pauses)

    def runs(self, at: Naive) -> bool:
        return self.is_open(at) and not self.is_paused(at)

    def work_on(self, start: Naive, minutes: int) -> Naive:
        at = start
        while minutes > 0:
            minutes -= self.runs(at)
            at += MINUTE
        return at

    def work_back(self, start: Naive, minutes: int) -> Naive:
        at = start
        while minutes > 0:
            at -= MINUTE
            minutes -= self.runs(at)
        return at

    def next_opening(self, at: Naive) -> Naive:
        if self.is_open(at):
            return at
        while not self.runs(at):
            at += MINUTE
        return at

    def natural_on(self, start: Naive, minutes: int) -> Naive:
        at = start
        while minutes > 0:
            minutes -= not self.is_paused(at)
            at += MINUTE
        return at

    def worked(self, start: Naive, until: Naive) -> int:
        minutes = int((until - start) / MINUTE)
        return sum(self.runs(start + n * MINUTE) for n in range(minutes))

    def closing(self, day: date) -> Naive | None:
        ends = [end for _, end in self.hours(day)]
        if not ends:
            return None
        last = max(ends)
        return midnight(day + DAY) if last == "24:00" else datetime.combine(day, time.fromisoformat(last))

    def stood_still(self, at: Naive | None, start: Naive) -> bool:
        """Whether the clock stood still as the moment ``at`` came, in a pause after the start."""
        return at is not None and any(max(begin, start) < at <= end for begin, end in self.pauses)

    def days_on(self, start: Naive, count: int) -> Naive:
        """The end of a limit in natural days."""
        day = start.date()
        count += self.stood_still(midnight(day + DAY), start)
        while count > 0:
            day += DAY
            count -= not self.stood_still(midnight(day + DAY), start)
        return midnight(day + DAY)

    def working_days_on(self, start: Naive, count: int, landing: str) -> Naive:
        """The end of a limit in working days."""
        day = start.date()
        count += self.stood_still(self.closing(day), start)
        while True:
            day += DAY
            closing = self.closing(day)
            if closing is None:
                continue
            count -= not self.stood_still(closing, start)
            due = closing if landing == "closing" else midnight(day + DAY)
            if count <= 0 and not self.stood_still(due, start) and not self.stood_still(closing, start):
                return due


def midnight(day: date) -> Naive:
    return datetime.combine(day, time.min)
