"""Working time as tables: one per year, built when first needed, searched by bisection.

All instants are microseconds since 1970-01-01T00:00Z and all days proleptic Gregorian ordinals, so that every sum is
one of integers and a day is as long as the zone makes it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import date, timedelta

from guiju.law.calendar.limits import CalendarError
from guiju.law.calendar.pattern import Pattern
from guiju.law.times import EPOCH, first_instant

FIRST_YEAR, LAST_YEAR = 1900, 2199
_MINUTE = 60_000_000
_DAY = 1440 * _MINUTE


class Year:
    """One year of a pattern: day starts, working days, opening hours with running sums."""

    __slots__ = ("closes", "closing", "first", "opens", "rank", "starts", "sums", "total", "workdays")

    def __init__(self, pattern: Pattern, year: int) -> None:
        self.first = date(year, 1, 1).toordinal()
        length = date(year + 1, 1, 1).toordinal() - self.first
        days = [date.fromordinal(self.first + n) for n in range(length + 1)]
        self.starts = [first_instant(day, 0, pattern.tz) for day in days]
        self.opens: list[int] = []
        self.closes: list[int] = []
        self.workdays: list[int] = []
        self.rank = [0]
        self.closing: list[int | None] = []
        for n in range(length):
            self._add_day(pattern, days[n], n)
        self.sums = [0]
        for begin, end in zip(self.opens, self.closes, strict=True):
            self.sums.append(self.sums[-1] + end - begin)
        self.total = self.sums[-1]

    def _add_day(self, pattern: Pattern, day: date, index: int) -> None:
        start, length = self.starts[index], self.starts[index + 1] - self.starts[index]
        before = len(self.closes)
        for begin, end in pattern.hours(day):
            if length == _DAY:
                opened, closed = start + begin * _MINUTE, start + end * _MINUTE
            else:
                opened, closed = first_instant(day, begin, pattern.tz), first_instant(day, end, pattern.tz)
            if opened < closed:  # Hours that fall into the hour that clocks skip do not exist.
                self.opens.append(opened)
                self.closes.append(closed)
        works = len(self.closes) > before
        if works:
            self.workdays.append(self.first + index)
        self.rank.append(self.rank[-1] + works)
        self.closing.append(self.closes[-1] if works else None)

    def windows(self, begin: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield the opening hours that overlap the time from ``begin`` to ``end``, uncut."""
        for n in range(bisect_right(self.closes, begin), bisect_left(self.opens, end)):
            yield self.opens[n], self.closes[n]

    def worked(self, at: int) -> int:
        """Return the working time from the year's beginning until ``at``."""
        n = bisect_right(self.opens, at) - 1
        return 0 if n < 0 else self.sums[n] + min(at, self.closes[n]) - self.opens[n]

    def earliest(self, worked: int) -> int:
        """Return the first instant by which ``worked`` (above 0, at most the total) has been worked."""
        n = bisect_left(self.sums, worked) - 1
        return self.opens[n] + worked - self.sums[n]

    def latest(self, worked: int) -> int:
        """Return the last instant by which no more than ``worked`` (0 or more, below the total) has been worked."""
        n = bisect_right(self.sums, worked) - 1
        return self.opens[n] + worked - self.sums[n]


class Table:
    """All years of a pattern."""

    __slots__ = ("_years", "pattern", "tz")

    def __init__(self, pattern: Pattern) -> None:
        self.pattern = pattern
        self.tz = pattern.tz
        self._years: dict[int, Year] = {}

    def year(self, year: int) -> Year:
        """Return a year's table.

        Raises:
            CalendarError: the year is outside 1900–2199.
        """
        found = self._years.get(year)
        if found is None:
            if not FIRST_YEAR <= year <= LAST_YEAR:
                raise CalendarError(f"the calendar covers the years {FIRST_YEAR} to {LAST_YEAR}; this leads to {year}")
            found = self._years[year] = Year(self.pattern, year)
        return found

    def year_of(self, at: int) -> int:
        """Return the local year of an instant."""
        return self.local_date(at).year

    def local_date(self, at: int) -> date:
        """Return the local date of an instant."""
        try:
            return (EPOCH + timedelta(microseconds=at)).astimezone(self.tz).date()
        except (OverflowError, ValueError):
            raise CalendarError(f"the calendar covers the years {FIRST_YEAR} to {LAST_YEAR}") from None

    def day_of(self, at: int) -> int:
        """Return the ordinal of the local date of an instant."""
        return self.local_date(at).toordinal()

    def day_start(self, day: int) -> int:
        """Return the instant at which the day with this ordinal begins, which is where the day before ends."""
        table = self.year(_year(day))
        return table.starts[day - table.first]

    def closing(self, day: int) -> int | None:
        """Return the instant of closing of a day, or None on a rest day."""
        table = self.year(_year(day))
        return table.closing[day - table.first]

    def is_working(self, day: int) -> bool:
        """Return whether the day has opening hours."""
        return self.closing(day) is not None

    def working_day(self, day: int, count: int) -> int:
        """Return the ordinal of the ``count``-th working day after ``day`` (before it, when negative; not 0).

        Raises:
            CalendarError: there are not so many in the years of the calendar.
        """
        number = _year(day)
        table = self.year(number)
        index = day - table.first
        # Position among the year's working days: those up to and including this day lie before the next one.
        position = table.rank[index + 1] + count - 1 if count > 0 else table.rank[index] + count
        while position >= len(table.workdays):
            position -= len(table.workdays)
            number += 1
            table = self.year(number)
        while position < 0:
            number -= 1
            table = self.year(number)
            position += len(table.workdays)
        return table.workdays[position]

    def working_day_from(self, day: int) -> int:
        """Return the day itself when it is a working day, else the next one."""
        return day if self.is_working(day) else self.working_day(day, 1)

    def working_days_between(self, first: int, last: int) -> int:
        """Return the number of working days from ``first`` (counted) to ``last`` (not counted, not before it)."""
        begin, end = _year(first), _year(last)
        passed = sum(len(self.year(y).workdays) for y in range(begin, end))
        return passed + self._rank(end, last) - self._rank(begin, first)

    def _rank(self, year: int, day: int) -> int:
        table = self.year(year)
        return table.rank[day - table.first]

    def closings_between(self, begin: int, end: int) -> int:
        """Return the number of working days that close after ``begin`` and not after ``end`` (instants)."""
        first, last = self.day_of(begin), self.day_of(end)
        opened, closed = self.closing(first), self.closing(last)
        return (
            self.working_days_between(first, last)
            - (opened is not None and opened <= begin)
            + (closed is not None and closed <= end)
        )

    def work_between(self, begin: int, end: int) -> int:
        """Return the working time from ``begin`` to ``end`` (not before it), in microseconds."""
        if end <= begin:
            return 0
        first, last = self.year_of(begin), self.year_of(end)
        passed = sum(self.year(y).total for y in range(first, last))
        return passed + self.year(last).worked(end) - self.year(first).worked(begin)

    def advance(self, at: int, amount: int) -> int:
        """Return the first instant from ``at`` by which ``amount`` microseconds of working time have passed.

        Raises:
            CalendarError: the calendar has not so much working time.
        """
        if amount <= 0:
            return at
        number = self.year_of(at)
        table = self.year(number)
        goal = table.worked(at) + amount
        while goal > table.total:
            goal -= table.total
            number += 1
            table = self.year(number)
        return table.earliest(goal)

    def retreat(self, at: int, amount: int) -> int:
        """Return the last instant before ``at`` from which ``amount`` microseconds of working time pass until ``at``.

        Raises:
            CalendarError: the calendar has not so much working time.
        """
        if amount <= 0:
            return at
        number = self.year_of(at)
        table = self.year(number)
        goal = table.worked(at) - amount
        while goal < 0:
            number -= 1
            table = self.year(number)
            goal += table.total
        return table.latest(goal)

    def next_open(self, at: int) -> int:
        """Return ``at`` when the calendar is open then, else the next opening.

        Raises:
            CalendarError: it never opens again.
        """
        number = self.year_of(at)
        while True:
            table = self.year(number)
            n = bisect_right(table.closes, at)  # The first hours that end after it.
            if n < len(table.opens):
                return max(at, table.opens[n])
            number += 1


def _year(day: int) -> int:
    try:
        return date.fromordinal(day).year
    except (OverflowError, ValueError):
        raise CalendarError(f"the calendar covers the years {FIRST_YEAR} to {LAST_YEAR}") from None
