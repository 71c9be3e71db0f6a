"""The calendar as everybody uses it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from guiju.law.calendar.explain import DayCount, explain
from guiju.law.calendar.limits import (
    CalendarError,
    Convention,
    Limit,
    Pause,
    StillPausedError,
    merge_pauses,
)
from guiju.law.calendar.pattern import DayKind, Pattern
from guiju.law.calendar.reckon import Reckoning, reckon
from guiju.law.calendar.table import Table
from guiju.law.official import Official
from guiju.law.times import aware, from_ticks, to_ticks

_DEFAULT = Convention()
_MINUTE = 60_000_000


@dataclass(frozen=True, slots=True)
class Elapsed:
    """Time that has passed, pauses left out: minutes of the clock and of opening hours (whole, or with fractions)."""

    natural_minutes: int | Decimal
    working_minutes: int | Decimal


class Calendar:
    """Opening hours, holidays and a time zone, and the reckoning of limits with them.

    A calendar does not change; its tables are built year by year as they are needed and then serve all questions.
    """

    __slots__ = ("_table", "pattern")

    def __init__(self, pattern: Pattern) -> None:
        self.pattern = pattern
        self._table = Table(pattern)

    @classmethod
    def cn(cls) -> Calendar:
        """Return China's official calendar: Monday to Friday, 00:00–24:00, official holidays and make-up days."""
        return _cn()

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any], *, officials: Mapping[str, Official] | None = None) -> Calendar:
        """Return the calendar that the ``calendar`` object of SPEC section 7 describes.

        Args:
            values: ``tz``, ``weekly``, ``holidays``, ``special_days``, ``official``; each may be missing.
            officials: official calendars by code, in place of those shipped with the program.

        Raises:
            CalendarError: it makes no sense; the message says where.
        """
        return cls(Pattern.from_mapping(values, officials))

    @property
    def tz(self) -> ZoneInfo:
        """Return the zone in which its days begin and end."""
        return self.pattern.tz

    # Due times --------------------------------------------------------------------------------------------------------

    def due(
        self, start: datetime, limit: Limit, *, convention: Convention = _DEFAULT, pauses: Iterable[Pause] = ()
    ) -> datetime:
        """Return when a limit that begins at ``start`` ends, in the calendar's zone.

        Args:
            start: aware.
            limit: what to add; negative counts backwards.
            convention: how to read what the text leaves open.
            pauses: (begin, end) pairs while the clock stands still, in any order, overlapping or not; an end of None
                means still paused.

        Returns:
            For limits in days or months 00:00 of the next day, which is excluded; for hours and minutes the exact
            instant, which is still in time (``Limit.ends_before_midnight`` tells which).

        Raises:
            StillPausedError: the limit had not run out when the open-ended pause began.
            CalendarError: a time without zone, a pause that ends before it begins, a result outside 1900–2199.
        """
        run = self._reckon(start, limit, convention, pauses)
        if run.at is None:
            raise StillPausedError("the clock stands still: there is no due time before the pause ends")
        return from_ticks(run.at, self.pattern.tz)

    def explain(
        self, start: datetime, limit: Limit, *, convention: Convention = _DEFAULT, pauses: Iterable[Pause] = ()
    ) -> list[DayCount]:
        """Return the reckoning of :meth:`due` day by day in the order of counting; up to a pause still open."""
        return explain(self._reckon(start, limit, convention, pauses))

    def end_of_day_after(self, start: datetime, days: int) -> datetime:
        """Return the end of the natural day ``days`` after the day of ``start`` (00:00 of the day after it)."""
        table = self._table
        return from_ticks(table.day_start(table.day_of(to_ticks(aware(start))) + days + 1), self.pattern.tz)

    def elapsed(self, start: datetime, until: datetime, *, pauses: Iterable[Pause] = ()) -> Elapsed:
        """Return how much time has passed from ``start`` to ``until``, natural and working, without the pauses.

        Raises:
            CalendarError: ``until`` lies before ``start``, a time without zone, a pause that ends before it begins.
        """
        begin, end = _ticks(start), _ticks(until)
        if end < begin:
            raise CalendarError(f"until {until.isoformat()} lies before start {start.isoformat()}")
        natural, working = end - begin, self._table.work_between(begin, end)
        for paused, resumed in merge_pauses(pauses):
            paused, resumed = max(paused, begin), min(resumed, end)
            if paused < resumed:
                natural -= resumed - paused
                working -= self._table.work_between(paused, resumed)
        return Elapsed(_minutes(natural), _minutes(working))

    def _reckon(self, start: datetime, limit: Limit, convention: Convention, pauses: Iterable[Pause]) -> Reckoning:
        try:
            return reckon(self._table, aware(start), limit, convention, merge_pauses(pauses) if pauses else ())
        except CalendarError:
            raise
        except (ValueError, OverflowError) as error:
            raise CalendarError(str(error)) from None

    # Days -------------------------------------------------------------------------------------------------------------

    def is_working_day(self, day: date) -> bool:
        """Return whether the calendar has opening hours on ``day``."""
        return self._table.is_working(day.toordinal())

    def next_working_day(self, day: date) -> date:
        """Return the first working day after ``day``."""
        return date.fromordinal(self._table.working_day(day.toordinal(), 1))

    def previous_working_day(self, day: date) -> date:
        """Return the last working day before ``day``."""
        return date.fromordinal(self._table.working_day(day.toordinal(), -1))

    def working_days_between(self, first: date, last: date) -> int:
        """Return the number of working days after ``first`` up to and including ``last``; 0 when that is not later."""
        if last <= first:
            return 0
        return self._table.working_days_between(first.toordinal() + 1, last.toordinal() + 1)

    def day_kind(self, day: date) -> DayKind:
        """Return what ``day`` is: working day, rest day, holiday, make-up day …, and whether that may change."""
        return self.pattern.kind(day)

    # Hours ------------------------------------------------------------------------------------------------------------

    def is_open(self, at: datetime) -> bool:
        """Return whether ``at`` lies in opening hours; the instant of closing does not."""
        ticks = _ticks(at)
        return self._table.next_open(ticks) == ticks

    def next_opening(self, at: datetime) -> datetime:
        """Return ``at`` when open then, else when the calendar opens next: closed until then."""
        return from_ticks(self._table.next_open(_ticks(at)), self.pattern.tz)


@lru_cache(maxsize=1)
def _cn() -> Calendar:
    return Calendar.from_mapping({"tz": "Asia/Shanghai", "official": "cn"})


def _ticks(at: datetime) -> int:
    try:
        return to_ticks(aware(at))
    except ValueError as error:
        raise CalendarError(str(error)) from None


def _minutes(ticks: int) -> int | Decimal:
    whole, rest = divmod(ticks, _MINUTE)
    return whole if rest == 0 else Decimal(ticks) / _MINUTE
