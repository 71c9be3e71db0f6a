"""What lateness and findings cost: units, amounts, and fines that several clauses share."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from guiju.law.expressions import number
from guiju.law.facts import Duty, Penalty, Precision, Stake
from guiju.law.schema import GROWING, PenaltyLine
from guiju.law.scope import RuleScope
from guiju.law.subject import Finding, Running, SubjectRun
from guiju.law.times import CN

DAY = timedelta(hours=24)
HOUR = timedelta(hours=1)
ONE = Decimal(1)


def lateness_units(unit: str, *, late: timedelta, precision: Precision = "instant") -> Decimal:
    """Return how many units a lateness makes.

    Args:
        unit: ``per_24h`` and ``per_hour`` count full ones, ``per_day`` started ones, everything else is one.
        late: time since the due time.
        precision: with ``day`` only the date of the deed is known, so that day has started.
    """
    if late < timedelta(0):
        return Decimal(0)
    if unit == "per_24h":
        return Decimal(late // DAY)
    if unit == "per_hour":
        return Decimal(late // HOUR)
    if unit == "per_day":
        started = late // DAY + (1 if late % DAY or precision == "day" or not late else 0)
        return Decimal(max(started, 1))
    return ONE


def duty_penalties(run: SubjectRun, running: Running, as_of: datetime) -> Iterable[tuple[str | None, Penalty]]:
    """Yield the penalties of one duty as of an instant, each with the key of the group it shares."""
    duty, rule = running.duty, running.bound.rule
    until = duty.done_at or as_of
    if (
        duty.due_at is None
        or duty.late_at is None
        or until < duty.late_at
        or duty.state in ("waived", "cancelled", "paused")
    ):
        return
    scope = run.scope(running.bound, running.opened_by, duty.edition, running.row)
    for index, line in enumerate(rule.penalties):
        units = _units(line, running, until)
        if units and scope.holds(line.when):
            grows = line.unit in GROWING and duty.done_at is None
            penalty = _penalty(run, scope, duty, rule.assessor, index, line, units)
            penalty.arose_at = duty.late_at
            penalty.grows = grows
            penalty.state = "so_far" if grows and not _month_ended(duty.late_at, as_of) else "proposed"
            yield _group(line, scope, penalty), penalty


def stakes(run: SubjectRun, running: Running) -> tuple[Stake, ...]:
    """Return what a duty would cost once late."""
    duty, rule = running.duty, running.bound.rule
    if duty.due_at is None:
        return ()
    scope = run.scope(running.bound, running.opened_by, duty.edition, running.row)
    found: list[Stake] = []
    for index, line in enumerate(rule.penalties):
        if scope.holds(line.when):
            role, unit, person = run.owner(line.who, scope)
            low_high = tuple(number(scope.evaluate(text)) for text in line.choice) if line.choice else None
            found.append(
                Stake(
                    line=index,
                    role=role,
                    unit_name=unit,
                    person=person,
                    unit=line.unit,
                    rate=number(scope.evaluate(line.amount)) if line.amount else None,
                    assessor=line.assessor or rule.assessor or "",
                    shared=line.group is not None,
                    choice=(low_high[0], low_high[1]) if low_high else None,
                )
            )
    return tuple(found)


def _units(line: PenaltyLine, running: Running, until: datetime) -> Decimal:
    duty = running.duty
    if line.unit in ("per_item", "per_sheet") and duty.items:
        assert duty.late_at is not None
        in_time = [t for t, _ in running.item_times.values() if t < duty.late_at]
        return Decimal(len(duty.items) - len(in_time))
    assert duty.due_at is not None
    return lateness_units(
        line.unit, late=until - duty.due_at, precision=duty.done_precision if duty.done_at else "instant"
    )


def finding_penalties(run: SubjectRun, finding: Finding) -> Iterable[tuple[str | None, Penalty]]:
    """Yield the penalties of a finding that still stands."""
    if finding.cleared:
        return
    bound, event = finding.bound, finding.event
    scope = run.scope(bound, event)
    units = Decimal(str(number(finding.count) or 0))
    for index, line in enumerate(bound.rule.penalties):
        if units and scope.holds(line.when):
            role, unit, person = run.owner(line.who, scope)
            penalty = Penalty(
                clause=bound.clause.id,
                also=bound.rule.also,
                key=bound.key,
                subject=run.subject,
                instance=finding.instance,
                line=index,
                role=role,
                unit_name=unit,
                person=person,
                unit=line.unit,
                rate=Decimal(0),
                units=units,
                amount=None,
                assessor=line.assessor or bound.rule.assessor or "",
                state="proposed",
                arose_at=event.occurred_at,
            )
            _price(penalty, line, scope)
            yield _group(line, scope, penalty), penalty


def _penalty(
    run: SubjectRun, scope: RuleScope, duty: Duty, assessor: str | None, index: int, line: PenaltyLine, units: Decimal
) -> Penalty:
    role, unit, person = run.owner(line.who, scope)
    penalty = Penalty(
        clause=duty.clause,
        also=duty.also,
        key=duty.key,
        subject=duty.subject,
        instance=duty.instance,
        line=index,
        role=role,
        unit_name=unit,
        person=person,
        unit=line.unit,
        rate=Decimal(0),
        units=units,
        amount=None,
        assessor=line.assessor or assessor or "",
        state="proposed",
        arose_at=duty.opened_at,
    )
    _price(penalty, line, scope)
    return penalty


def _price(penalty: Penalty, line: PenaltyLine, scope: RuleScope) -> None:
    if line.choice:
        low, high = (number(scope.evaluate(text)) for text in line.choice)
        penalty.choice = (low, high)
    rate = number(scope.evaluate(line.amount)) if line.amount else None
    if rate is not None:
        penalty.rate = rate
        penalty.amount = rate * penalty.units


def _group(line: PenaltyLine, scope: RuleScope, penalty: Penalty) -> str | None:
    if line.group is None:
        return None
    by = scope.evaluate(line.group_by) if line.group_by else ""
    return f"{line.group}|{penalty.role}|{penalty.unit_name}|{penalty.person}|{by}"


def one_act_one_fine(found: Iterable[tuple[str | None, Penalty]]) -> list[Penalty]:
    """Return the penalties with every shared one counted once: the heaviest, and of equals the first."""
    kept: list[Penalty] = []
    groups: dict[str, int] = {}
    for group, penalty in found:
        if group is None or group not in groups:
            if group is not None:
                groups[group] = len(kept)
            kept.append(penalty)
            continue
        place = groups[group]
        other = kept[place]
        heavier = (penalty.amount or Decimal(0)) > (other.amount or Decimal(0))
        winner, loser = (penalty, other) if heavier else (other, penalty)
        winner.replaced = tuple(dict.fromkeys((*winner.replaced, *loser.replaced, loser.clause)))
        kept[place] = winner
    return kept


def _month_ended(since: datetime, as_of: datetime) -> bool:
    a, b = since.astimezone(CN), as_of.astimezone(CN)
    return (a.year, a.month) < (b.year, b.month)
