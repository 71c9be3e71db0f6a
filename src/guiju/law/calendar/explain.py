"""A reckoning told day by day: which day counted, how much, and why or why not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from guiju.law.calendar.limits import FOREVER, Span
from guiju.law.calendar.pattern import WEEKDAY_NAMES
from guiju.law.calendar.reckon import Reckoning, Step, same_clock, shifted
from guiju.law.text import T
from guiju.law.times import from_ticks

_SECOND = 1_000_000

START_DAY = T("起算当日不计", "the day of the event does not count")
PLAN_DAY = T("倒计：当日不计", "counting back: the day itself does not count")
FIRST_DAY = T("起算当日计为第1天", "the day of the event is day 1")
COUNTED = T("计1天", "counts")
PAUSED = T("当日结束时计时暂停，不计", "the clock stood still at the end of the day")
RESUMED = T(
    "起算日结束时计时暂停，恢复之日视为起算日，不计", "the clock resumes: this day takes the place of the event's day"
)
ROLLED = T("期限终于休息日，顺延", "the limit would end on a rest day, so it goes on")
HELD = T("期满时计时暂停，顺延", "the clock stood still when the limit would have ended, so it goes on")
MADE_UP = T("补足暂停的时间", "makes up for the pause")
STILL = T("计时暂停中，尚无到期时间", "the clock stands still; there is no due time yet")
USED_UP = T("时限在停止办公时恰好用尽，顺延到下次开始办公", "used up exactly at closing; moved to the next opening")
ZERO = T("时限为零", "the limit is zero")
CLOSED_HOURS = T("在办公时间以外", "outside opening hours")


@dataclass(frozen=True, slots=True)
class DayCount:
    """What one day contributed to a limit.

    Args:
        date: the local date.
        amount: microseconds, days or months.
        unit: which of these.
        why: the reason, in both languages.
    """

    date: date
    amount: int
    unit: Literal["time", "day", "month"]
    why: T

    @property
    def counted(self) -> str:
        """Return the amount as an ISO 8601 duration: ``PT1H30M``, ``P1D``, ``P0D``, ``P1M``."""
        if self.unit != "time":
            return f"P{self.amount}{'D' if self.unit == 'day' else 'M'}"
        return iso_duration(self.amount)


def iso_duration(ticks: int) -> str:
    """Return microseconds (0 or more) as an ISO 8601 duration in hours, minutes and seconds; ``PT0S`` for none."""
    seconds, micro = divmod(ticks, _SECOND)
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    fraction = f".{micro:06d}".rstrip("0") if micro else ""
    parts = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    if rest or micro or not parts:
        parts += f"{rest}{fraction}S"
    return f"PT{parts}"


def explain(run: Reckoning) -> list[DayCount]:
    """Return the days of a reckoning in the order of counting."""
    days: list[DayCount] = []
    for step in run.steps:
        if step.kind in ("natural", "working"):
            days.extend(_time(run, step))
        elif step.months:
            days.extend(_months(run, step, step.months, step.days))
        else:
            days.extend(_days(run, step))
    stuck = next((begin for begin, end in run.spans if end == FOREVER), None)
    if run.at is None and stuck is not None:
        days.append(DayCount(run.table.local_date(max(stuck, run.steps[0].begin)), 0, "time", STILL))
    return days


# Days ----------------------------------------------------------------------------------------------------------------


def _days(run: Reckoning, step: Step) -> Iterator[DayCount]:
    first = step.first
    if step.shift is not None:
        yield from _months(run, step, *step.shift)
        first = shifted(step.first, *step.shift, run.convention.first_day)
    sign = 1 if step.forward else -1
    last = _reached(run, step)
    left = abs(step.days)
    count_first = step.shift is None and run.convention.first_day == "same"
    pending = step.shift is None and not count_first and left > 0 and _lost(run, step, first)
    for day in range(first if step.shift is None else first + sign, last + sign, sign):
        why, counts = _day(run, step, day, left=left, is_first=day == first and not count_first)
        if counts and pending:
            pending, counts, why = False, False, RESUMED
        left -= counts
        yield _entry(day, int(counts), why)
    if step.landing == "same_clock" and step.end is not None:
        nominal = same_clock(run.table, step.begin, step.base)
        if nominal != step.end:
            made_up = abs(run.table.work_between(min(nominal, step.end), max(nominal, step.end)))
            yield DayCount(run.table.local_date(step.end), made_up, "time", MADE_UP)


def _day(run: Reckoning, step: Step, day: int, *, left: int, is_first: bool) -> tuple[T, bool]:
    """Return the reason for a day, and whether it counts."""
    table = run.table
    kind = run.table.pattern.kind(date.fromordinal(day))
    if step.kind == "working_days" and not table.is_working(day):
        return kind.name, False
    if is_first and step.days:
        return (START_DAY if step.forward else PLAN_DAY), False
    if _lost(run, step, day) and step.landing != "same_clock":
        return PAUSED, False
    if left == 0:
        if not step.days:
            return ZERO, False
        return (ROLLED if step.kind == "days" and run.convention.roll != "none" else HELD), False
    if day == step.first:
        return FIRST_DAY, True
    return (COUNTED if step.kind == "days" else kind.name), True


def _months(run: Reckoning, step: Step, months: int, days: int) -> Iterator[DayCount]:
    """Yield month marks, then single days, then what pauses and rolling add."""
    rule = run.convention.first_day
    if rule == "next":
        yield _entry(step.first, 0, START_DAY if step.forward else PLAN_DAY)
    ahead = 1 if months > 0 else -1
    for number in range(1, abs(months) + 1):
        mark = shifted(step.first, ahead * number, 0, rule)
        why = T(f"第{number}个月届满" if ahead > 0 else f"倒计第{number}个月", f"month {number}")
        yield DayCount(date.fromordinal(mark), 1, "month", _with_weekday(mark, why))
    begun = shifted(step.first, months, 0, rule) if months else step.first
    ahead = 1 if days > 0 else -1
    start = begun + ahead if months or rule == "next" else begun
    for day in range(start, start + days, ahead):
        yield _entry(day, 1, COUNTED)
    if step.kind == "days":
        sign = 1 if step.last >= step.base else -1
        for day in range(step.base + sign, step.last + sign, sign):
            why = PAUSED if _lost(run, step, day) else MADE_UP
            rest = run.convention.roll != "none" and not run.table.is_working(day)
            yield _entry(day, 0, ROLLED if rest and why is MADE_UP else why)


def _lost(run: Reckoning, step: Step, day: int) -> bool:
    """Return whether the day's end (its closing, for working days) fell into a pause."""
    mark = run.table.closing(day) if step.kind == "working_days" else run.table.day_start(day + 1)
    if mark is None:
        return False
    if step.forward:
        return any(max(begin, step.begin) < mark <= end for begin, end in run.spans)
    return any(begin < mark <= min(end, step.begin) for begin, end in run.spans)


def _reached(run: Reckoning, step: Step) -> int:
    """Return the last day to tell of: where the count ended, or where an open pause stopped it."""
    if step.end is not None:
        return step.base if step.landing == "same_clock" else step.last
    stuck = next(begin for begin, end in run.spans if end == FOREVER)
    return max(step.first, run.table.day_of(max(stuck, step.begin)) - 1)


def _entry(day: int, amount: int, why: T) -> DayCount:
    return DayCount(date.fromordinal(day), amount, "day", _with_weekday(day, why))


def _with_weekday(day: int, why: T) -> T:
    name = WEEKDAY_NAMES[date.fromordinal(day).weekday()]
    return T(f"{name.zh}：{why.zh}", f"{name.en}: {why.en}")


# Exact time ----------------------------------------------------------------------------------------------------------


def _time(run: Reckoning, step: Step) -> Iterator[DayCount]:
    table = run.table
    stop = step.end
    if stop is None:
        stop = max(step.begin, next(begin for begin, end in run.spans if end == FOREVER))
    low, high = min(step.begin, stop), max(step.begin, stop)
    first, last = table.day_of(low), table.day_of(high - 1 if high > low else high)
    moved = step.kind == "working" and step.forward and step.end is not None and table.next_open(high) == high
    if moved and run.convention.at_closing == "next_opening":
        last = table.day_of(high)
    days = range(first, last + 1) if step.forward else range(last, first - 1, -1)
    for day in days:
        begin, end = max(low, table.day_start(day)), min(high, table.day_start(day + 1))
        open_spans = _open_spans(run, step, day, begin, end)
        active = _without(open_spans, run.spans)
        amount = sum(b - a for a, b in active)
        why = _time_reason(run, step, day, open_spans, active)
        if not amount and moved and day == last and last > first:
            why = USED_UP
        yield DayCount(date.fromordinal(day), amount, "time", _with_weekday(day, why))


def _open_spans(run: Reckoning, step: Step, day: int, begin: int, end: int) -> list[Span]:
    if step.kind == "natural":
        return [(begin, end)] if begin < end else []
    year = run.table.year(date.fromordinal(day).year)
    spans = ((max(a, begin), min(b, end)) for a, b in year.windows(begin, end))
    return [(a, b) for a, b in spans if a < b]


def _without(spans: list[Span], pauses: Sequence[Span]) -> list[Span]:
    """Return the parts of the spans that no pause covers; both are sorted and disjoint."""
    left = []
    for begin, end in spans:
        for paused, resumed in pauses:
            if resumed > begin and paused < end:
                if begin < paused:
                    left.append((begin, paused))
                begin = min(resumed, end)
        if begin < end:
            left.append((begin, end))
    return left


def _time_reason(run: Reckoning, step: Step, day: int, open_spans: list[Span], active: list[Span]) -> T:
    if not open_spans:
        if run.table.is_working(day) or step.kind == "natural":
            return CLOSED_HOURS if step.kind == "working" else ZERO
        return run.table.pattern.kind(date.fromordinal(day)).name
    shown = "、".join(f"{_clock(run, a)}–{_clock(run, b, end=True)}" for a, b in active)
    if active == open_spans:
        return T(f"计 {shown}", f"counts {shown.replace('、', ', ')}")
    if not active:
        return T("计时暂停，不计", "the clock stood still")
    return T(f"计 {shown}，其余时间计时暂停", f"counts {shown.replace('、', ', ')}; the clock stood still for the rest")


def _clock(run: Reckoning, at: int, *, end: bool = False) -> str:
    local = from_ticks(at, run.table.tz)
    if end and local.hour == local.minute == local.second == local.microsecond == 0:
        return "24:00"
    return local.strftime("%H:%M:%S" if local.second else "%H:%M")
