"""When a duty's holder is reminded, and who hears of it when it stays undone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from guiju.law.compiled import Bound, compiled
from guiju.law.expressions import number
from guiju.law.facts import Duty
from guiju.law.schema import Rulebook
from guiju.law.scope import History, RuleScope
from guiju.law.times import CN

#: Reminders of a rule that states none: a day before the due time, and a day after it to the superior.
DEFAULT_DISTANCE = timedelta(hours=24)
#: Stands for whoever is above the holder.
SUPERIOR = "上级主管"


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment at which somebody hears of a duty that is still undone; ``to`` is a role, None is the holder."""

    at: datetime
    to: str | None


def marks(duty: Duty, rulebook: Rulebook) -> tuple[Mark, ...]:
    """Return a duty's reminders in the order of their times; none without a due time.

    Args:
        duty: as the law evaluated it.
        rulebook: the one it was evaluated under.
    """
    if duty.late_at is None:
        return ()
    bound = _bound(rulebook, duty.key)
    stated = bound.rule.reminders if bound else ()
    if not stated:
        before = Mark(duty.late_at - DEFAULT_DISTANCE, None)
        after = Mark(duty.late_at + DEFAULT_DISTANCE, SUPERIOR)
        return (before,) if duty.nature == "stage" else (before, after)
    assert bound is not None
    scope = RuleScope(compiled(rulebook), bound, History(duty.subject), None, duty.edition)
    # The due day is the one in which the last moment in time lies, also where the limit ends at its 24:00.
    due_day = (duty.late_at - timedelta(microseconds=1)).astimezone(CN).date()
    found = []
    for reminder in stated:
        day = due_day + timedelta(days=int(number(scope.evaluate(reminder.days)) or 0))
        found.append(Mark(datetime.combine(day, time.fromisoformat(reminder.time), CN), reminder.to))
    return tuple(sorted(found, key=lambda mark: mark.at))


_BOUND: dict[int, tuple[Rulebook, dict[str, Bound]]] = {}


def _bound(rulebook: Rulebook, key: str) -> Bound | None:
    cached = _BOUND.get(id(rulebook))
    if cached is None or cached[0] is not rulebook:
        if len(_BOUND) > 64:
            _BOUND.clear()
        cached = (rulebook, dict(_rules(rulebook)))
        _BOUND[id(rulebook)] = cached
    return cached[1].get(key)


def _rules(rulebook: Rulebook) -> Iterator[tuple[str, Bound]]:
    for regulation in rulebook.regulations.values():
        effective = rulebook.effective_from(regulation.regulation)
        for clause in regulation.clauses:
            for rule in (*clause.duties, *clause.periodic):
                key = f"{clause.id}/{rule.name}" if rule.name else clause.id
                yield key, Bound(rule, clause, regulation, key, effective)
