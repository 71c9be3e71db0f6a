"""Why a duty is as it is: the event, the clause, the counting day by day, what moved it, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from guiju.law.calendar import Calendar, Convention, DayCount
from guiju.law.compiled import compiled
from guiju.law.facts import Duty, Event, Stake, Step
from guiju.law.fines import stakes
from guiju.law.periods import periodic_duties
from guiju.law.schema import Clause, Rulebook
from guiju.law.subject import Running, SubjectRun
from guiju.law.text import T
from guiju.law.times import CN


@dataclass(frozen=True, slots=True)
class ParameterUse:
    """A parameter that a duty's limit used: its name, value, unit and the day from which that value holds."""

    name: str
    name_words: T
    value: Any
    unit: str
    since: date
    origin: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything behind a duty's due time."""

    duty: Duty
    clause: Clause
    opened_by: Event
    limit: Mapping[str, Any]
    convention: Convention
    anchor: datetime | None
    days: Sequence[DayCount]
    parameters: Sequence[ParameterUse]
    history: Sequence[Step]
    stakes: Sequence[Stake]


def explain_duty(
    identity: tuple[str, str, str],
    events: Sequence[Event],
    rulebook: Rulebook,
    calendars: Mapping[str, Calendar],
    as_of: datetime,
) -> Explanation | None:
    """Return why a duty is as it is, or None when the events do not lead to it.

    Args:
        identity: key, subject and instance of the duty.
        events: those that concern the subject.
        rulebook: as it was when the duty was stored.
        calendars: by name.
        as_of: the moment asked about.
    """
    key, subject, instance = identity
    run = SubjectRun(subject, compiled(rulebook), calendars)
    for event in sorted((e for e in events if e.occurred_at <= as_of), key=lambda e: (e.occurred_at, e.seq)):
        run.take(event)
    found = [*run.running.values(), *periodic_duties(run, as_of)[0]]
    running = next((one for one in found if (one.duty.key, one.duty.instance) == (key, instance)), None)
    return _explanation(run, running, rulebook) if running else None


def _explanation(run: SubjectRun, running: Running, rulebook: Rulebook) -> Explanation:
    duty = running.duty
    days: Sequence[DayCount] = ()
    limit: dict[str, Any] = {}
    if running.due and running.limit and running.anchor and running.calendar and running.fixed is None:
        scope = run.scope(running.bound, running.opened_by, duty.edition, running.row)
        limit = {unit: scope.evaluate(text) for unit, text in running.due.limit.items()}
        pauses = [(begin, end) for begin, end in duty.pauses if end]
        days = running.calendar.explain(running.anchor, running.limit, convention=running.due.convention, pauses=pauses)
    return Explanation(
        duty=duty,
        clause=running.bound.clause,
        opened_by=running.opened_by,
        limit=limit,
        convention=running.due.convention if running.due else Convention(),
        anchor=running.anchor.astimezone(CN) if running.anchor else None,
        days=days,
        parameters=_parameters(running, rulebook),
        history=duty.history,
        stakes=stakes(run, running),
    )


def _parameters(running: Running, rulebook: Rulebook) -> list[ParameterUse]:
    """Return the parameters of the duty's clauses with the values that held when it opened."""
    regulation = running.bound.regulation
    clauses = {running.bound.clause.id, *running.bound.rule.also}
    day = running.duty.edition
    used = []
    for name in regulation.parameters:
        parameter = rulebook.parameter(regulation.regulation, name)
        if parameter.clause in clauses:
            since = max((d for d in parameter.values if d <= day), default=min(parameter.values))
            used.append(
                ParameterUse(name, parameter.label, parameter.value_at(day), parameter.unit, since, parameter.origin)
            )
    return used
