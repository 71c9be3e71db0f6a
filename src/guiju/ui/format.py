"""Times, spans and money as people read them, in both languages (DESIGN section 7)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone

WEEKDAYS_ZH = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
CENT = Decimal("0.01")
MINUTE, HOUR, DAY = 60, 3600, 86400


def end_of_day(at: datetime) -> tuple[date, str]:
    """Return day and clock of an instant; midnight is 24:00 of the day before."""
    local = timezone.localtime(at)
    if local.time() == datetime.min.time():
        return (local - timedelta(days=1)).date(), "24:00"
    return local.date(), local.strftime("%H:%M")


def clock(at: datetime) -> tuple[date, str]:
    """Return day and clock of something that happened; midnight is 00:00 of its own day."""
    local = timezone.localtime(at)
    return local.date(), local.strftime("%H:%M")


def day_words(day: date, *, today: date, english: bool, weekday: bool = True) -> str:
    """Return a day in running text: ``3月9日 周一`` or ``Mon 9 Mar``; with its year when it is another."""
    if english:
        words = f"{day.day} {MONTHS_EN[day.month - 1]}"
        words = f"{WEEKDAYS_EN[day.weekday()]} {words}" if weekday else words
        return words if day.year == today.year else f"{words} {day.year}"
    words = f"{day.month}月{day.day}日"
    if day.year != today.year:
        words = f"{day.year}年{words}"
    return f"{words} {WEEKDAYS_ZH[day.weekday()]}" if weekday else words


def moment_words(at: datetime, *, now: datetime, english: bool, due: bool = False, weekday: bool = True) -> str:
    """Return an instant in running text.

    Args:
        at: the instant.
        now: decides whether the year is named.
        english: the language.
        due: a due time at midnight is written 24:00 of the day before.
        weekday: with the day of the week.
    """
    day, time = end_of_day(at) if due else clock(at)
    return f"{day_words(day, today=timezone.localtime(now).date(), english=english, weekday=weekday)} {time}"


def moment_short(at: datetime, *, now: datetime, due: bool = False) -> str:
    """Return an instant for a table: ``3-09 24:00``, with its year when it is another."""
    day, time = end_of_day(at) if due else clock(at)
    year = "" if day.year == timezone.localtime(now).year else f"{day.year}-"
    return f"{year}{day.month:02d}-{day.day:02d} {time}" if year else f"{day.month}-{day.day:02d} {time}"


def span_words(span: timedelta, *, english: bool) -> str:
    """Return a span in at most two units, rounded down: ``2天 8小时``, ``15小时 20分``, ``不到 1分``."""
    seconds = int(abs(span.total_seconds()))
    days, rest = divmod(seconds, DAY)
    hours, rest = divmod(rest, HOUR)
    minutes = rest // MINUTE
    units = ("d", "h", "min") if english else ("天", "小时", "分")
    if days:
        parts = [(days, units[0]), (hours, units[1])]
    elif hours:
        parts = [(hours, units[1]), (minutes, units[2])]
    elif minutes:
        parts = [(minutes, units[2])]
    else:
        return "under 1 min" if english else "不到 1分"
    joint = " " if english else ""
    return " ".join(f"{number}{joint}{unit}" for number, unit in parts if number)


def rest_words(due: datetime, *, now: datetime, english: bool) -> str:
    """Return what is left or what is over: ``还剩 2天 8小时``, ``逾期 15小时 20分``."""
    span = span_words(due - now, english=english)
    if due > now:
        return f"{span} left" if english else f"还剩 {span}"
    return f"{span} overdue" if english else f"逾期 {span}"


def ago_words(at: datetime, *, now: datetime, english: bool) -> str:
    """Return when something happened, for a timeline: 今天 09:06, 昨天 16:41, then the date."""
    day, time = clock(at)
    days = (timezone.localtime(now).date() - day).days
    if days == 0:
        return f"today {time}" if english else f"今天 {time}"
    if days == 1:
        return f"yesterday {time}" if english else f"昨天 {time}"
    return f"{day_words(day, today=timezone.localtime(now).date(), english=english, weekday=False)} {time}"


def money(amount: Decimal | int | str | None, *, whole: bool = False) -> str:
    """Return an amount of CNY: ``¥2,000.00``; with ``whole`` fen are left out when there are none."""
    if amount is None:
        return ""
    value = Decimal(amount).quantize(CENT, ROUND_HALF_UP)
    text = f"{abs(value):,.2f}"
    if whole:
        text = text.removesuffix(".00")
    return f"{'−' if value < 0 else ''}¥{text}"


def rate(part: int, whole: int) -> str:
    """Return a share in per cent, rounded half up to one decimal; nothing of nothing is no rate."""
    if not whole:
        return "–"
    return f"{(Decimal(part) * 100 / Decimal(whole)).quantize(Decimal('0.1'), ROUND_HALF_UP)}%"
