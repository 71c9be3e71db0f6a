"""Why a stored duty is as it is, for the panel: the law's explanation with the person behind the role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from guiju.kernel.actions.models import EventRow
from guiju.kernel.authority.models import Person
from guiju.kernel.authority.roles import Resolution, directory_of
from guiju.kernel.duties.convert import law_events
from guiju.kernel.duties.models import DutyRow
from guiju.kernel.regulations.books import calendars_for, rulebook_for
from guiju.law.explain import Explanation, explain_duty
from guiju.law.facts import Stake, Step
from guiju.law.fines import lateness_units
from guiju.law.schema import Regulation


@dataclass(frozen=True, slots=True)
class FineSum:
    """A fine's arithmetic as of now: rate times units."""

    stake: Stake
    units: Decimal
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class Why:
    """What the panel shows."""

    row: DutyRow
    regulation: Regulation
    explanation: Explanation | None
    recorded: EventRow | None
    recorder: Person | None
    resolution: Resolution
    fines: tuple[FineSum, ...]
    now: datetime

    @property
    def moves(self) -> tuple[Step, ...]:
        """What happened to the due time after the opening."""
        history = self.explanation.history if self.explanation else ()
        return tuple(step for step in history if step.act in ("moved", "paused", "resumed", "extended", "reopened"))


def why_duty(row: DutyRow, now: datetime) -> Why:
    """Return why a duty is there, due then, and whose."""
    rulebook = rulebook_for(row.company_id)
    events = list(
        EventRow.objects.filter(company_id=row.company_id, concerns__contains=[row.subject])
        .select_related("audit__person")
        .order_by("id")
    )
    explanation = explain_duty(
        (row.key, row.subject, row.instance),
        law_events(events),
        rulebook,
        calendars_for(row.company_id),
        max(now, row.opened_at),
    )
    opening = explanation.opened_by if explanation else None
    recorded = next(
        (e for e in events if opening and e.name == opening.name and e.occurred_at == opening.occurred_at), None
    )
    return Why(
        row=row,
        regulation=rulebook.regulations[row.clause[:3]],
        explanation=explanation,
        recorded=recorded,
        recorder=recorded.audit.person if recorded else None,
        resolution=directory_of(row.company_id, row.opened_at).resolve(row.role, row.unit),
        fines=_fines(explanation, row, now),
        now=now,
    )


def _fines(explanation: Explanation | None, row: DutyRow, now: datetime) -> tuple[FineSum, ...]:
    if explanation is None or row.due_at is None:
        return ()
    until = row.done_at or now
    late = row.late_at is not None and until >= row.late_at
    sums = []
    for stake in explanation.stakes:
        units = lateness_units(stake.unit, late=until - row.due_at) if late else Decimal(0)
        sums.append(FineSum(stake, units, None if stake.rate is None else stake.rate * units))
    return tuple(sums)
