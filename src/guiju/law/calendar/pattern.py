"""A calendar's description: opening hours by weekday, own exceptions, the official calendar under them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal
from zoneinfo import ZoneInfo

from guiju.law import official as official_calendars
from guiju.law.calendar.limits import CalendarError, no_strangers
from guiju.law.official import Official
from guiju.law.text import T
from guiju.law.times import CN

Hours = tuple[tuple[int, int], ...]
DayName = Literal[
    "workday", "weekend", "statutory", "compensatory", "decreed", "in_lieu", "makeup", "own_closed", "own_open"
]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAY_NAMES = tuple(
    T(f"周{zh}", en)
    for zh, en in zip(
        "一二三四五六日",
        ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        strict=True,
    )
)
MIDNIGHT = 1440
ALL_DAY: Hours = ((0, MIDNIGHT),)

_NAMES: dict[DayName, T] = {
    "workday": T("工作日", "working day"),
    "weekend": T("休息日", "rest day"),
    "statutory": T("法定假日", "statutory holiday"),
    "compensatory": T("法定假日补休", "day off in place of a statutory holiday on a weekend"),
    "decreed": T("特别放假", "day off by special decision"),
    "in_lieu": T("调休放假", "day off, made up on another day"),
    "makeup": T("调休上班", "make-up working day"),
    "own_closed": T("本日历放假", "closed by this calendar"),
    "own_open": T("本日历特别安排", "special hours of this calendar"),
}
_PROVISIONAL = T("（当年放假安排尚未公布，暂定）", " (provisional: the year's arrangement is not published)")


@dataclass(frozen=True, slots=True)
class DayKind:
    """What a date is in a calendar.

    Args:
        kind: the machine's word.
        weekday: 0 is Monday.
        working: the calendar has opening hours that day.
        festival: the festival behind it, if any.
        provisional: make-up days of that year are not published yet, so that this may change.
    """

    kind: DayName
    weekday: int
    working: bool
    festival: T | None = None
    provisional: bool = False

    @property
    def name(self) -> T:
        """Return the words for it, such as 法定假日 (春节)."""
        name = _NAMES[self.kind]
        if self.festival:
            name = T(f"{name.zh}（{self.festival.zh}）", f"{name.en} ({self.festival.en})")
        return T(name.zh + _PROVISIONAL.zh, name.en + _PROVISIONAL.en) if self.provisional else name


@dataclass(frozen=True, slots=True)
class Pattern:
    """Opening hours of every date: own special days, then own holidays, then the official calendar, then the week.

    Args:
        tz: the zone of all hours.
        weekly: hours by weekday from Monday, in minutes after midnight; empty when closed.
        closed: own holidays.
        special: own hours of single days; empty hours close the day.
        official: the official calendar beneath, or None.
    """

    tz: ZoneInfo = CN
    weekly: tuple[Hours, ...] = (ALL_DAY,) * 5 + ((), ())
    closed: frozenset[date] = frozenset()
    special: Mapping[date, Hours] = field(default_factory=dict)
    official: Official | None = None

    def hours(self, day: date) -> Hours:
        """Return the opening hours of ``day`` in minutes after its midnight."""
        if day in self.special:
            return self.special[day]
        if day in self.closed:
            return ()
        entry = self.official.get(day) if self.official else None
        if entry is None:
            return self.weekly[day.weekday()]
        # A weekend inside an official break closes a calendar that opens at weekends, too.
        return self._makeup_hours(day.weekday()) if entry.kind == "makeup" else ()

    def _makeup_hours(self, weekday: int) -> Hours:
        """A make-up day has the hours of its own weekday; where that is closed, those of the first working day."""
        return self.weekly[weekday] or next((hours for hours in self.weekly[:5] if hours), ())

    def kind(self, day: date) -> DayKind:
        """Return what ``day`` is."""
        weekday, working = day.weekday(), bool(self.hours(day))
        if day in self.special:
            return DayKind("own_open" if working else "own_closed", weekday, working)
        if day in self.closed:
            return DayKind("own_closed", weekday, False)
        provisional = self.official is not None and not self.official.is_published(day.year)
        entry = self.official.get(day) if self.official else None
        if entry is None:
            return DayKind("workday" if working else "weekend", weekday, working, provisional=provisional)
        return DayKind(entry.kind, weekday, working, entry.festival, provisional)

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any], officials: Mapping[str, Official] | None = None) -> Pattern:
        """Return the pattern that the ``calendar`` object of SPEC section 7 describes.

        Args:
            values: ``tz``, ``weekly``, ``holidays``, ``special_days``, ``official``; each may be missing.
            officials: official calendars by code, in place of those shipped.

        Raises:
            CalendarError: an unknown key, zone, weekday, date, time or official calendar; hours that overlap or run
                backwards; a day that is both a holiday and open; no opening hours at all.
        """
        no_strangers("calendar", values, ("tz", "weekly", "holidays", "special_days", "official"))
        default = cls()
        weekly = default.weekly if values.get("weekly") is None else _weekly(values["weekly"])
        closed = frozenset(_date("holidays", day) for day in _list("holidays", values.get("holidays") or ()))
        special = {
            _date("special_days", day): _hours(f"special_days {day}", hours)
            for day, hours in _mapping("special_days", values.get("special_days") or {}).items()
        }
        clash = sorted(day for day, hours in special.items() if hours and day in closed)
        if clash:
            raise CalendarError(f"calendar: {clash[0]} is a holiday and a special day with hours; it can be only one")
        if not any(weekly) and not any(special.values()):
            raise CalendarError("calendar: it never opens; weekly or special_days need hours")
        return cls(_zone(values.get("tz")), weekly, closed, special, _official(values.get("official"), officials))


def _weekly(value: Any) -> tuple[Hours, ...]:
    week = _mapping("weekly", value)
    no_strangers("weekly", week, WEEKDAYS)
    return tuple(_hours(f"weekly {name}", week.get(name) or ()) for name in WEEKDAYS)


def _hours(where: str, value: Any) -> Hours:
    spans = []
    for pair in _list(where, value):
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            raise CalendarError(f'{where}: hours are pairs like ["09:00", "12:00"], not {pair!r}')
        begin, end = (_clock(where, text) for text in pair)
        if begin >= end:
            raise CalendarError(
                f"{where}: {pair[0]}–{pair[1]} does not run forward; hours past midnight go to the next day"
            )
        spans.append((begin, end))
    spans.sort()
    joined: list[tuple[int, int]] = []
    for begin, end in spans:
        if joined and begin < joined[-1][1]:
            raise CalendarError(f"{where}: opening hours overlap")
        if joined and begin == joined[-1][1]:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((begin, end))
    return tuple(joined)


def _clock(where: str, text: Any) -> int:
    parts = text.split(":") if isinstance(text, str) else ()
    if len(parts) == 2 and all(p.isascii() and p.isdigit() and len(p) <= 2 for p in parts):
        hour, minute = int(parts[0]), int(parts[1])
        if minute < 60 and hour * 60 + minute <= MIDNIGHT:
            return hour * 60 + minute
    raise CalendarError(f"{where}: {text!r} is no time of day from 00:00 to 24:00")


def _date(where: str, value: Any) -> date:
    try:
        return value if isinstance(value, date) else date.fromisoformat(value)
    except (TypeError, ValueError):
        raise CalendarError(f"{where}: {value!r} is no date like 2026-10-01") from None


def _zone(value: Any) -> ZoneInfo:
    if value is None:
        return CN
    try:
        return ZoneInfo(value)
    except (TypeError, ValueError, LookupError, OSError, AttributeError):  # It depends on how wrong the name is.
        raise CalendarError(f"calendar: unknown time zone {value!r}") from None


def _official(code: Any, officials: Mapping[str, Official] | None) -> Official | None:
    if code is None:
        return None
    if officials is not None and code in officials:
        return officials[code]
    try:
        return official_calendars.load(str(code))
    except LookupError:
        raise CalendarError(f"calendar: no official calendar {code!r}; known is 'cn'") from None


def _list(where: str, value: Any) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise CalendarError(f"{where} must be a list, not {value!r}")
    return list(value)


def _mapping(where: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise CalendarError(f"{where} must be an object, not {value!r}")
    return value
