"""From a start and a limit to a due time.

The one place where limits, conventions and pauses are put together. A limit is taken in steps: months and days, then
hours and minutes, then working days, then working hours and minutes. Each step is one of four kinds, and notes what it
did, so that the explanation tells exactly what was reckoned.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from guiju.law.calendar.limits import FOREVER, CalendarError, Convention, Limit, Span
from guiju.law.calendar.table import Table
from guiju.law.times import first_instant, from_ticks, to_ticks

StepKind = Literal["days", "working_days", "natural", "working"]


@dataclass(slots=True)
class Step:
    """One step of a reckoning.

    Args:
        kind: what was counted.
        begin, end: instants; ``end`` is None when the clock stands still for good.
        forward: the direction.
        first, base, last: ordinals of the start's day, of the day that the count alone gives, and of the day it ended
            on after pauses and rolling; for steps in days.
        months, days: what the step counted; ``days`` are working days in a step of those.
        shift: months and days that went before working days.
        landing: how a step in working days lands.
    """

    kind: StepKind
    begin: int
    end: int | None
    forward: bool = True
    first: int = 0
    base: int = 0
    last: int = 0
    months: int = 0
    days: int = 0
    shift: tuple[int, int] | None = None
    landing: str = "end_of_day"


@dataclass(slots=True)
class Reckoning:
    """A due time in the making: ``at`` is where the count has come to, None when it stands still for good."""

    table: Table
    convention: Convention
    spans: Sequence[Span]
    at: int | None
    steps: list[Step] = field(default_factory=list)

    def note(self, step: Step) -> None:
        """Take a step."""
        self.steps.append(step)
        self.at = step.end


def reckon(table: Table, start: datetime, limit: Limit, convention: Convention, spans: Sequence[Span]) -> Reckoning:
    """Reckon a due time; SPEC sections 2 and 7.

    Args:
        table: the calendar.
        start: aware.
        limit: what to add.
        convention: how to read it.
        spans: pauses, sorted and disjoint.

    Raises:
        CalendarError: it leads outside the calendar.
    """
    run = Reckoning(table, convention, spans, to_ticks(start))
    if limit.in_days and limit.working_days is None:
        _natural_days(run, int(limit.months or 0), int(limit.days or 0))
        return run
    exact = limit.exact_natural
    working = limit.exact_working
    day_shift = None
    if limit.months is not None or limit.days is not None:
        if exact is None and working is None:
            day_shift = (int(limit.months or 0), int(limit.days or 0))
        else:
            exact = (exact or 0) + _clock_shift(run, int(limit.months or 0), int(limit.days or 0))
    if exact is not None:
        _natural(run, exact)
    if limit.working_days is not None:
        landing = "same_clock" if working is not None else convention.landing
        _working_days(run, int(limit.working_days), landing, day_shift)
    if working is not None:
        _working(run, working)
    return run


# Steps in natural days and months ------------------------------------------------------------------------------------


def _natural_days(run: Reckoning, months: int, days: int) -> None:
    at = _at(run)
    first = run.table.day_of(at)
    base = shifted(first, months, days, run.convention.first_day)
    forward = months * 31 + days >= 0
    target: int | None = base
    if run.spans:
        target = _beyond_pauses(run, at, base, 1 if forward else -1, working=False)
    if run.convention.roll == "next_working_day" and target is not None:
        target = run.table.working_day_from(target)
        if forward:
            target = _out_of_pause(run, target, working=False)
    end = None if target is None else run.table.day_start(target + 1)
    last = base if target is None else target
    run.note(Step("days", at, end, forward, first, base, last, months, days))


def shifted(first: int, months: int, days: int, first_day: str) -> int:
    """Return the ordinal of the day that months and days after the day ``first`` lead to."""
    same = first_day == "same"
    day = date.fromordinal(first)
    if months:
        day = _add_months(day, months, day.day - 1 if same and months > 0 else day.day)
        first = day.toordinal() + (1 if same and months < 0 else 0)
    elif same and days:
        first -= 1 if days > 0 else -1
    return first + days


def _add_months(day: date, months: int, wanted: int) -> date:
    """Return day ``wanted`` of the month that many months later, or its last day; day 0 ends the month before."""
    if wanted == 0:
        months, wanted = months - 1, 31
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    if not 1 <= year <= 9998:
        raise CalendarError(f"the limit leads outside the calendar ({year})")
    return date(year, month + 1, min(wanted, monthrange(year, month + 1)[1]))


def _clock_shift(run: Reckoning, months: int, days: int) -> int:
    """Return how long it is from here to the same clock time of the day that months and days lead to."""
    at = _at(run)
    target = shifted(run.table.day_of(at), months, days, "next")
    return same_clock(run.table, at, target) - at


# Steps in working days -----------------------------------------------------------------------------------------------


def _working_days(run: Reckoning, count: int, landing: str, shift: tuple[int, int] | None) -> None:
    if run.at is None:
        return
    at, table, first_day = run.at, run.table, run.convention.first_day
    first = table.day_of(at)
    if shift is None:
        base = _count_working(table, first, count, first_day)
    else:  # The first day's convention was used up by the natural days before.
        base = _count_working(table, shifted(first, *shift, first_day), count, "next")
    forward = base > first or (base == first and count >= 0)
    if landing == "same_clock":
        end: int | None = same_clock(table, at, base)
        if run.spans:
            end = _shift_exactly(run, at, same_clock(table, at, base), forward)
        last = base if end is None else table.day_of(end)
    else:
        target: int | None = base
        if run.spans:
            target = _beyond_pauses(run, at, base, 1 if forward else -1, working=True)
            if target is not None and forward:
                target = _out_of_pause(run, target, working=True)
        end = None if target is None else _landing(run, target, working=True)
        last = base if target is None else target
    run.note(Step("working_days", at, end, forward, first, base, last, 0, count, shift, landing))


def _count_working(table: Table, first: int, count: int, first_day: str) -> int:
    if count == 0:
        return table.working_day_from(first)
    if first_day == "same" and table.is_working(first):
        count -= 1 if count > 0 else -1
    return table.working_day(first, count) if count else first


def _landing(run: Reckoning, day: int, *, working: bool) -> int:
    closing = run.table.closing(day) if working and run.convention.landing == "closing" else None
    return run.table.day_start(day + 1) if closing is None else closing


def same_clock(table: Table, at: int, day: int) -> int:
    """Return the instant on ``day`` at which clocks show what they show at ``at``."""
    local = from_ticks(at, table.tz)
    rest = local.second * 1_000_000 + local.microsecond
    return first_instant(date.fromordinal(day), local.hour * 60 + local.minute, table.tz) + rest


# Pauses of limits in days --------------------------------------------------------------------------------------------


def _beyond_pauses(run: Reckoning, at: int, base: int, sign: int, *, working: bool) -> int | None:
    """Return the day a count ends on when each day's end that a pause covers adds a day; None under an open pause.

    A pause from one day to another thus costs as many days as lie between their dates, and a pause that begins and ends
    within one day costs none. For working days the day's end is its closing, so that a pause outside opening hours
    costs nothing.
    """
    table, target, seen = run.table, base, 0
    while True:
        due = _landing(run, target, working=working)
        lost = 0
        for begin, end in run.spans:
            if sign > 0:
                begin, end = max(begin, at), end if end == FOREVER else min(end, due)
                if end == FOREVER and begin < due:
                    return None
            else:
                begin, end = max(begin, due - 1), min(end, at)
            if begin < end:
                lost += table.closings_between(begin, end) if working else table.day_of(end) - table.day_of(begin)
        if lost == seen:
            return target
        target = table.working_day(base, sign * lost) if working else base + sign * lost
        seen = lost


def _out_of_pause(run: Reckoning, day: int, *, working: bool) -> int | None:
    """Return the first day on which a count may end: nothing falls due while the clock stands still."""
    for begin, end in run.spans:
        if begin < _landing(run, day, working=working) <= end:
            if end == FOREVER:
                return None
            day = run.table.working_day_from(run.table.day_of(end))
            if _landing(run, day, working=working) <= end:
                day = run.table.working_day(day, 1)
    return day


def _shift_exactly(run: Reckoning, at: int, due: int, forward: bool) -> int | None:
    """Return ``due`` moved by the working time of the pauses before it; None under an open pause."""
    table = run.table
    if forward:
        for begin, end in run.spans:
            begin = max(begin, at)
            if begin >= due or end <= begin:
                continue
            if end == FOREVER:
                return None
            due = max(table.advance(due, table.work_between(begin, end)), end)
        return due
    for begin, end in reversed(run.spans):
        end = min(end, at)
        if end > due and begin < end:
            due = table.retreat(due, table.work_between(begin, end))
    return due


# Exact steps ---------------------------------------------------------------------------------------------------------


def _natural(run: Reckoning, amount: int) -> None:
    at = _at(run)
    end: int | None = at + amount
    if amount >= 0:
        for begin, until in run.spans:
            begin = max(begin, at)
            if begin >= at + amount or until <= begin:
                continue
            if until == FOREVER:
                end = None
                break
            amount += until - begin
            end = at + amount
    else:
        for begin, until in reversed(run.spans):
            until = min(until, at)
            if until > at + amount and begin < until:
                amount -= until - begin
        end = at + amount
    if end is not None:
        run.table.year(run.table.year_of(end))
    run.note(Step("natural", at, end, amount >= 0))


def _working(run: Reckoning, amount: int) -> None:
    if run.at is None:
        return
    at = run.at
    if amount < 0:
        run.note(Step("working", at, _work_back(run, at, -amount), forward=False))
        return
    end = _work_on(run, at, amount)
    if end is not None and run.convention.at_closing == "next_opening":
        end = _reopened(run, end)
    run.note(Step("working", at, end))


def _work_on(run: Reckoning, at: int, left: int) -> int | None:
    table = run.table
    for begin, end in run.spans:
        if end <= at:
            continue
        worked = table.work_between(at, max(begin, at))
        if worked >= left:
            break
        if end == FOREVER:
            return None
        left -= worked
        at = end
    return table.advance(at, left)


def _work_back(run: Reckoning, at: int, left: int) -> int:
    table = run.table
    for begin, end in reversed(run.spans):
        if begin >= at:
            continue
        worked = table.work_between(min(end, at), at)
        if worked >= left:
            break
        left -= worked
        at = begin
    return table.retreat(at, left)


def _reopened(run: Reckoning, at: int) -> int | None:
    """Return ``at`` when open then, else the next instant at which the clock runs."""
    opened = run.table.next_open(at)
    if opened == at:
        return at
    for begin, end in run.spans:
        if begin <= opened < end:
            if end == FOREVER:
                return None
            opened = run.table.next_open(end)
    return opened


def _at(run: Reckoning) -> int:
    if run.at is None:
        raise CalendarError("the clock stands still")
    return run.at
