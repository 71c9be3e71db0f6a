"""What a limit is and how it is read: units, conventions, pauses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar, Literal, get_args

from guiju.law.times import aware, to_ticks

AtClosing = Literal["stay", "next_opening"]
Landing = Literal["end_of_day", "closing", "same_clock"]
FirstDay = Literal["next", "same"]
Roll = Literal["none", "next_working_day"]
Amount = int | Decimal

# Beyond this, a limit is a slip of the pen; it also keeps every sum inside the years of the calendar.
MOST_DAYS = 100_000
MINUTE_TICKS = 60_000_000
WHOLE_UNITS = ("days", "months", "working_days")


class CalendarError(ValueError):
    """A question that a calendar cannot answer, with the reason."""


class StillPausedError(CalendarError):
    """The clock stands still at an open-ended pause, so there is no due time yet."""


@dataclass(frozen=True, slots=True)
class Convention:
    """How a limit is read where the text leaves it open; SPEC section 7.

    Args:
        at_closing: a limit in working time used up exactly at closing ends there (``stay``) or when the clock would
            run again (``next_opening``).
        landing: working days end at 24:00 of the last one (``end_of_day``), at its closing time (``closing``), or at
            the clock time of the start (``same_clock``).
        first_day: the day of the event does not count (``next``), or is day 1 (``same``).
        roll: a limit in natural days or months that ends on a rest day stays (``none``) or goes on to the end of the
            next working day (``next_working_day``).

    Raises:
        CalendarError: a value is none of these.
    """

    at_closing: AtClosing = "stay"
    landing: Landing = "end_of_day"
    first_day: FirstDay = "next"
    roll: Roll = "none"

    # Rulebook files are checked by pydantic, which reads this: a misspelt convention is refused there too.
    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    def __post_init__(self) -> None:
        for name, allowed in _CHOICES.items():
            if getattr(self, name) not in allowed:
                raise CalendarError(f"{name} is {getattr(self, name)!r}; it must be one of {', '.join(allowed)}")

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> Convention:
        """Return the convention that a mapping of the four names gives; what is missing has its default.

        Raises:
            CalendarError: an unknown name or value.
        """
        no_strangers("convention", values, _CHOICES)
        return cls(**values)


_CHOICES: dict[str, tuple[str, ...]] = {
    "at_closing": get_args(AtClosing),
    "landing": get_args(Landing),
    "first_day": get_args(FirstDay),
    "roll": get_args(Roll),
}


@dataclass(frozen=True, slots=True)
class Limit:
    """An amount of time in one or more units; negative counts backwards.

    Args:
        minutes, hours: natural, exact; fractions are allowed.
        days, months: natural, whole.
        working_minutes, working_hours: opening hours of the calendar; fractions are allowed.
        working_days: whole.

    Raises:
        CalendarError: no unit at all, a fraction where only whole numbers make sense, or an absurd size.
    """

    minutes: Amount | None = None
    hours: Amount | None = None
    days: Amount | None = None
    months: Amount | None = None
    working_minutes: Amount | None = None
    working_hours: Amount | None = None
    working_days: Amount | None = None

    def __post_init__(self) -> None:
        given = False
        for name in UNITS:
            value = getattr(self, name)
            if value is None:
                continue
            given = True
            if abs(value) > MOST_DAYS * _PER_DAY.get(name, 1):
                raise CalendarError(f"{name} is too large: {value}")
            if name in WHOLE_UNITS and value != int(value):
                raise CalendarError(f"{name} must be a whole number, not {value}")
        if not given:
            raise CalendarError(f"a limit needs at least one of {', '.join(UNITS)}")

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> Limit:
        """Return the limit that a mapping of unit to number gives (numbers or numeric text).

        Raises:
            CalendarError: an unknown unit, no unit, or something that is no number.
        """
        no_strangers("limit", values, UNITS)
        return cls(**{name: _amount(name, value) for name, value in values.items()})

    @property
    def exact_natural(self) -> int | None:
        """Return hours and minutes in microseconds, or None when the limit has neither."""
        return _ticks(self.hours, self.minutes)

    @property
    def exact_working(self) -> int | None:
        """Return working hours and minutes in microseconds, or None when the limit has neither."""
        return _ticks(self.working_hours, self.working_minutes)

    @property
    def in_days(self) -> bool:
        """Return whether the limit is in whole days or months only, natural or working, so that it ends with a day."""
        return self.exact_natural is None and self.exact_working is None

    def ends_before_midnight(self, convention: Convention) -> bool:
        """Return whether the due time is an excluded 24:00 (and not an instant that is still in time)."""
        return self.in_days and (self.working_days is None or convention.landing == "end_of_day")


UNITS: tuple[str, ...] = tuple(f.name for f in fields(Limit))
_PER_DAY = {"minutes": 1440, "working_minutes": 1440, "hours": 24, "working_hours": 24}

Pause = tuple[datetime, datetime | None]
Span = tuple[int, int]
FOREVER = 1 << 62


def merge_pauses(pauses: Iterable[Pause]) -> list[Span]:
    """Return pauses as sorted, disjoint spans of microseconds since 1970; an open end is ``FOREVER``.

    Raises:
        CalendarError: a pause ends before it begins, or a time has no zone.
    """
    spans: list[Span] = []
    for begin, end in pauses:
        try:
            span = (to_ticks(aware(begin)), FOREVER if end is None else to_ticks(aware(end)))
        except ValueError as error:
            raise CalendarError(f"pause: {error}") from None
        if span[1] < span[0]:
            raise CalendarError(f"a pause ends before it begins: {begin.isoformat()}")
        if span[1] > span[0]:
            spans.append(span)
    merged: list[Span] = []
    for begin_at, end_at in sorted(spans):
        if merged and begin_at <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end_at))
        else:
            merged.append((begin_at, end_at))
    return merged


def _ticks(hours: Amount | None, minutes: Amount | None) -> int | None:
    if hours is None and minutes is None:
        return None
    return round((Decimal(hours or 0) * 60 + Decimal(minutes or 0)) * MINUTE_TICKS)


def _amount(name: str, value: Any) -> Amount:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise CalendarError(f"{name} must be a number, not {value!r}")
    try:
        number = value if isinstance(value, int) else Decimal(str(value))
    except InvalidOperation:
        raise CalendarError(f"{name} must be a number, not {value!r}") from None
    if isinstance(number, Decimal):
        if not number.is_finite():
            raise CalendarError(f"{name} must be a number, not {value!r}")
        # Compared before int(): 1E+999999 must not be written out.
        return int(number) if abs(number) < 10**15 and number == number.to_integral_value() else number
    return number


def no_strangers(what: str, values: Mapping[str, Any], allowed: Iterable[str]) -> None:
    """Refuse keys that are not allowed.

    Raises:
        CalendarError: ``values`` is no mapping, or has an unknown key.
    """
    if not isinstance(values, Mapping):
        raise CalendarError(f"{what} must be an object, not {values!r}")
    strangers = [str(k) for k in values if k not in allowed]
    if strangers:
        raise CalendarError(f"{what}: unknown {', '.join(strangers)}; known are {', '.join(allowed)}")
