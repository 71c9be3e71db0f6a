"""Periodic duties: one of each month, quarter or year while a scope is active on a subject."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from guiju.law.calendar import Calendar
from guiju.law.compiled import Bound
from guiju.law.facts import Duty, Event, Step
from guiju.law.schema import Due, PeriodicRule, Trigger
from guiju.law.subject import INSTANT, Running, SubjectRun
from guiju.law.times import CN

MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """A week, month, quarter, half year or year; ``end`` is its first day after."""

    name: str
    begin: date
    end: date


def period_of(every: str, day: date) -> Period:
    """Return the period of a kind that a day lies in, named as people write it: 2026-04, 2026-Q2, 2026-H1, 2026, 2026-W10."""
    if every == "week":
        begin = day - timedelta(days=day.weekday())
        year, week, _ = begin.isocalendar()
        return Period(f"{year}-W{week:02d}", begin, begin + timedelta(days=7))
    size = MONTHS[every]
    first = (day.month - 1) // size * size + 1
    begin = date(day.year, first, 1)
    number = (first - 1) // size + 1
    names = {
        "month": f"{day.year}-{first:02d}",
        "quarter": f"{day.year}-Q{number}",
        "half_year": f"{day.year}-H{number}",
    }
    return Period(names.get(every, str(day.year)), begin, add_months(begin, size))


def add_months(day: date, months: int) -> date:
    """Return the first of the month ``months`` after the month of ``day``."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def periodic_duties(run: SubjectRun, as_of: datetime) -> tuple[list[Running], datetime | None]:
    """Return the periodic duties of a subject up to ``as_of``, and when the next one begins."""
    found: list[Running] = []
    wake: datetime | None = None
    if not run.book.period_starts.intersection(run.history.events):
        return found, wake
    for bound in run.book.periodic:
        duties, next_begin = _of_rule(run, bound, as_of)
        found.extend(duties)
        if next_begin and (wake is None or next_begin < wake):
            wake = next_begin
    return found, wake


def _of_rule(run: SubjectRun, bound: Bound, as_of: datetime) -> tuple[list[Running], datetime | None]:
    rule: PeriodicRule = bound.rule
    running: list[Running] = []
    wake: datetime | None = None
    for period, opened_by in _periods(run, bound, as_of):
        scope = run.scope(bound, opened_by, max(period.begin, bound.effective))
        opens = (
            _midnight(add_months(period.begin, int(scope.evaluate(rule.opens_months))))
            if rule.opens_months != "0"
            else (_midnight(period.begin))
        )
        opens = max(opens, opened_by.occurred_at)
        if opens > as_of:
            wake = opens if wake is None else min(wake, opens)
            continue
        if scope.holds(rule.when):
            running.append(_open(run, bound, period, opened_by, opens))
    _meet(run, bound, running)
    for one in running:
        for event in run.admin:
            if event.data.get("duty") == one.duty.key and str(event.data.get("instance")) == one.duty.instance:
                run.administer(one, event)
    return running, wake


def _periods(run: SubjectRun, bound: Bound, as_of: datetime) -> Iterator[tuple[Period, Event]]:
    """Yield the periods in which the scope is active, one beyond ``as_of`` included so that its begin is known."""
    rule: PeriodicRule = bound.rule
    starts = sorted(_matching(run, bound, rule.starts), key=lambda e: e.occurred_at)
    ends = sorted(e.occurred_at for e in _matching(run, bound, rule.ends))
    seen: set[str] = set()
    horizon = as_of.astimezone(CN).date()
    for start in starts:
        end = next((at for at in ends if at >= start.occurred_at), None)
        last = end.astimezone(CN).date() if end else None
        period = period_of(rule.every, max(start.occurred_at.astimezone(CN).date(), bound.effective))
        while last is None or period.begin <= last:
            if period.name not in seen:
                seen.add(period.name)
                yield period, start
            if period.begin > horizon:
                break
            period = period_of(rule.every, period.end)


def _matching(run: SubjectRun, bound: Bound, triggers: tuple[Trigger, ...]) -> list[Event]:
    return [
        event
        for trigger in triggers
        for name in trigger.on
        for event in run.history.events.get(name, ())
        if run.scope(bound, event).holds(trigger.when)
    ]


def _open(run: SubjectRun, bound: Bound, period: Period, opened_by: Event, opens: datetime) -> Running:
    rule: PeriodicRule = bound.rule
    day = max(period.begin, bound.effective)
    scope = run.scope(bound, opened_by, day)
    role, unit, person = run.owner(rule.owner, scope)
    due_at, exclusive = _due(run, bound, period, day)
    items = tuple(str(item) for item in (scope.evaluate(rule.items) or ())) if rule.items else ()
    duty = Duty(
        clause=bound.clause.id,
        also=rule.also,
        key=bound.key,
        subject=run.subject,
        instance=period.name,
        title=rule.title,
        nature="duty",
        role=role,
        unit=unit,
        person=person,
        opened_at=opens,
        due_at=due_at,
        late_at=due_at if exclusive else due_at + INSTANT,
        state="open",
        edition=day,
        items=items,
        history=[Step("opened", opens, opened_by.name, due_at)],
    )
    return Running(
        duty, bound, opened_by, Due(at="none"), fixed=due_at, exclusive=exclusive, row={"period": period.name}
    )


def _due(run: SubjectRun, bound: Bound, period: Period, day: date) -> tuple[datetime, bool]:
    rule: PeriodicRule = bound.rule
    scope = run.scope(bound, None, day)
    last_month = add_months(period.end, -1)
    month = add_months(last_month, int(scope.evaluate(rule.due.months)))
    on = _day_in(
        scope.evaluate(rule.due.day) if rule.due.day not in ("last", *WEEKDAYS) else rule.due.day, month, period
    )
    if rule.due.convention.roll == "next_working_day":
        calendar: Calendar = run.calendars["company"]
        on = on if calendar.is_working_day(on) else calendar.next_working_day(on)
    clock = str(scope.evaluate(rule.due.time[1:]) if rule.due.time.startswith("=") else rule.due.time)
    if clock == "24:00":
        return _midnight(on + ONE_DAY), True
    hour, minute = (int(part) for part in clock.split(":")[:2])
    return datetime.combine(on, time(hour, minute), CN), False


def _day_in(day: object, month: date, period: Period) -> date:
    last = add_months(month, 1) - ONE_DAY
    if day == "last":
        return last
    if isinstance(day, str) and day in WEEKDAYS:
        return period.begin + timedelta(days=WEEKDAYS.index(day))
    return min(month.replace(day=1) + timedelta(days=int(str(day)) - 1), last)


def _meet(run: SubjectRun, bound: Bound, running: list[Running]) -> None:
    """Let the events that meet the duty meet the period they belong to."""
    rule: PeriodicRule = bound.rule
    by_name = {one.duty.instance: one for one in running}
    meeting = [
        (event, trigger) for trigger in rule.done for name in trigger.on for event in run.history.events.get(name, ())
    ]
    for event, trigger in sorted(meeting, key=lambda pair: (pair[0].occurred_at, pair[0].seq)):
        scope = run.scope(bound, event)
        if not scope.holds(trigger.when):
            continue
        one = _which(rule, trigger, event, scope.evaluate(trigger.period) if trigger.period else None, by_name, running)
        if one:
            run.finish(one, trigger, event)


def _which(
    rule: PeriodicRule,
    trigger: Trigger,
    event: Event,
    named: object,
    by_name: dict[str, Running],
    running: list[Running],
) -> Running | None:
    if trigger.period:
        return by_name.get(str(named)[:7] if rule.every == "month" else str(named)) if named else None
    if rule.match == "oldest":
        return next((one for one in running if not one.ended and one.duty.opened_at <= event.occurred_at), None)
    return by_name.get(period_of(rule.every, event.occurred_at.astimezone(CN).date()).name)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), CN)
