"""The calendar against a slow walk, minute by minute and day by day, on random calendars, starts, limits and pauses."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guiju.law.calendar import Calendar, Convention, Limit
from guiju.law.times import CN
from tests.law.calendar_oracle import NAMES, Walker, midnight

FIRST = datetime(2026, 3, 2)
STEP = 15
DEFAULT = Convention()
examined = settings(deadline=None, max_examples=80)


def clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


@st.composite
def hours(draw: st.DrawFn, *, least: int = 0) -> list[list[str]]:
    count = draw(st.integers(least, 3))
    marks = sorted(draw(st.sets(st.integers(0, 1440 // STEP), min_size=2 * count, max_size=2 * count)))
    return [[clock(a * STEP), clock(b * STEP)] for a, b in zip(marks[::2], marks[1::2], strict=True)]


@st.composite
def mappings(draw: st.DrawFn) -> dict[str, Any]:
    days = st.integers(0, 20).map(lambda n: (FIRST.date() + timedelta(days=n)).isoformat())
    weekly = {name: draw(hours()) for name in NAMES}
    weekly[draw(st.sampled_from(NAMES))] = draw(hours(least=1))
    holidays = draw(st.lists(days, max_size=3))
    special = draw(st.dictionaries(days.filter(lambda d: d not in holidays), hours(), max_size=2))
    return {"weekly": weekly, "holidays": holidays, "special_days": special}


instants = st.integers(0, 8 * 1440).map(lambda n: FIRST + timedelta(days=5, minutes=n))


@st.composite
def pauses(draw: st.DrawFn) -> list[tuple[datetime, datetime]]:
    found = []
    for _ in range(draw(st.integers(0, 3))):
        begin = draw(instants)
        found.append((begin, begin + timedelta(minutes=draw(st.sampled_from([1, 30, 180, 1020, 1440, 2000, 4320])))))
    return found


def aware(spans: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime | None]]:
    return [(begin.replace(tzinfo=CN), end.replace(tzinfo=CN)) for begin, end in spans]


def due(
    mapping: dict[str, Any],
    start: datetime,
    limit: Limit,
    spans: list[tuple[datetime, datetime]],
    convention: Convention = DEFAULT,
) -> datetime:
    calendar = Calendar.from_mapping(mapping)
    return calendar.due(start.replace(tzinfo=CN), limit, convention=convention, pauses=aware(spans)).replace(
        tzinfo=None
    )


@examined
@given(mappings(), instants, st.integers(1, 900), pauses(), st.sampled_from(["stay", "next_opening"]))
def test_working_minutes_forward(
    mapping: dict[str, Any], start: datetime, minutes: int, spans: list[tuple[datetime, datetime]], at_closing: Any
) -> None:
    walker = Walker(mapping, spans)
    expected = walker.work_on(start, minutes)
    if at_closing == "next_opening":
        expected = walker.next_opening(expected)
    got = due(mapping, start, Limit(working_minutes=minutes), spans, Convention(at_closing=at_closing))
    assert got == expected


@examined
@given(mappings(), instants, st.integers(1, 900), pauses())
def test_working_minutes_backward(
    mapping: dict[str, Any], start: datetime, minutes: int, spans: list[tuple[datetime, datetime]]
) -> None:
    expected = Walker(mapping, spans).work_back(start, minutes)
    assert due(mapping, start, Limit(working_minutes=-minutes), spans) == expected


@examined
@given(mappings(), instants, st.integers(1, 4000), pauses())
def test_natural_minutes(
    mapping: dict[str, Any], start: datetime, minutes: int, spans: list[tuple[datetime, datetime]]
) -> None:
    assert due(mapping, start, Limit(minutes=minutes), spans) == Walker(mapping, spans).natural_on(start, minutes)


@examined
@given(mappings(), instants, st.integers(1, 12), pauses())
def test_natural_days(
    mapping: dict[str, Any], start: datetime, days: int, spans: list[tuple[datetime, datetime]]
) -> None:
    got = due(mapping, start, Limit(days=days), spans)
    assert got == Walker(mapping, spans).days_on(start, days)
    assert not any(begin < got <= end for begin, end in spans if begin >= start)


@examined
@given(mappings(), instants, st.integers(1, 9), pauses(), st.sampled_from(["end_of_day", "closing"]))
def test_working_days(
    mapping: dict[str, Any], start: datetime, days: int, spans: list[tuple[datetime, datetime]], landing: Any
) -> None:
    got = due(mapping, start, Limit(working_days=days), spans, Convention(landing=landing))
    assert got == Walker(mapping, spans).working_days_on(start, days, landing)


@examined
@given(mappings(), instants, st.integers(1, 9))
def test_working_days_back_and_forth(mapping: dict[str, Any], start: datetime, days: int) -> None:
    """Counting N working days on and N back from there comes to the last working day not after the start's day."""
    calendar = Calendar.from_mapping(mapping)
    ahead = due(mapping, start, Limit(working_days=days), []).date() - timedelta(days=1)
    back = due(mapping, midnight(ahead), Limit(working_days=-days), []).date() - timedelta(days=1)
    day = start.date()
    expected = day if calendar.is_working_day(day) else calendar.previous_working_day(day)
    assert back == expected
    assert calendar.working_days_between(day, ahead) == days


@examined
@given(mappings(), instants, st.integers(0, 5000), pauses())
def test_elapsed(
    mapping: dict[str, Any], start: datetime, minutes: int, spans: list[tuple[datetime, datetime]]
) -> None:
    until = start + timedelta(minutes=minutes)
    elapsed = Calendar.from_mapping(mapping).elapsed(
        start.replace(tzinfo=CN), until.replace(tzinfo=CN), pauses=aware(spans)
    )
    walker = Walker(mapping, spans)
    assert elapsed.working_minutes == walker.worked(start, until)
    assert elapsed.natural_minutes == sum(not walker.is_paused(start + timedelta(minutes=n)) for n in range(minutes))


@examined
@given(mappings(), instants, st.integers(1, 900), pauses())
def test_due_and_elapsed_agree(
    mapping: dict[str, Any], start: datetime, minutes: int, spans: list[tuple[datetime, datetime]]
) -> None:
    at = due(mapping, start, Limit(working_minutes=minutes), spans)
    calendar = Calendar.from_mapping(mapping)
    elapsed = calendar.elapsed(start.replace(tzinfo=CN), at.replace(tzinfo=CN), pauses=aware(spans))
    assert elapsed.working_minutes == minutes


@pytest.mark.parametrize("unit", ["minutes", "days", "working_minutes", "working_days"])
@pytest.mark.parametrize("sign", [1, -1])
@examined
@given(
    mapping=mappings(),
    start=instants,
    amount=st.integers(0, 9),
    spans=pauses(),
    first=st.sampled_from(["next", "same"]),
)
def test_explanation_adds_up_to_the_limit(
    unit: str,
    sign: int,
    mapping: dict[str, Any],
    start: datetime,
    amount: int,
    spans: list[tuple[datetime, datetime]],
    first: Any,
) -> None:
    """What the days are said to have counted is the limit, and the last day told of is the day of the due time."""
    if unit.endswith("minutes"):
        amount *= 100
    if unit == "working_days" and sign < 0:
        spans = []  # counting working days back through a pause is told up to the pause only
    limit, convention = Limit.from_mapping({unit: sign * amount}), Convention(first_day=first)
    calendar = Calendar.from_mapping(mapping)
    begin = start.replace(tzinfo=CN)
    told = calendar.explain(begin, limit, convention=convention, pauses=aware(spans))
    counted = sum(day.amount for day in told)
    at = calendar.due(begin, limit, convention=convention, pauses=aware(spans))
    if unit.endswith("minutes"):
        assert counted == amount * 60_000_000
        edge = at - timedelta(microseconds=1) if sign > 0 and amount else at
        assert edge.date() in {told[-1].date, at.date()}
    else:
        assert counted == amount
        assert told[-1].date == at.date() - timedelta(days=1)
    dates = [day.date for day in told]
    assert dates == sorted(dates, reverse=sign < 0 and dates[0] > dates[-1])


@examined
@given(st.dates(date(2024, 1, 1), date(2026, 12, 31)), st.integers(-60, 60), st.integers(0, 40))
def test_due_grows_with_the_limit(day: date, days: int, more: int) -> None:
    calendar = Calendar.cn()
    start = datetime(day.year, day.month, day.day, 10, tzinfo=CN)
    for unit in ("days", "working_days", "hours", "working_hours", "months"):
        shorter = calendar.due(start, Limit.from_mapping({unit: days}))
        assert shorter <= calendar.due(start, Limit.from_mapping({unit: days + more}))
