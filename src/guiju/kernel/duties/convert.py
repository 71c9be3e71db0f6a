"""Between stored rows and the law's values."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from guiju.kernel.actions.base import Emitted
from guiju.kernel.actions.models import EventRow
from guiju.kernel.duties.models import DutyRow, PenaltyRow
from guiju.law.facts import Duty, Event, Penalty

DUTY_FIELDS = (
    "clause",
    "also",
    "title_zh",
    "title_en",
    "nature",
    "role",
    "unit",
    "person",
    "opened_at",
    "due_at",
    "late_at",
    "done_at",
    "state",
    "edition",
    "items",
    "items_done",
    "pauses",
)
PENALTY_FIELDS = (
    "clause",
    "also",
    "role",
    "unit_name",
    "person",
    "unit",
    "rate",
    "units",
    "amount",
    "choice",
    "assessor",
    "arose_at",
    "grows",
)


def law_events(rows: Iterable[EventRow]) -> list[Event]:
    """Return stored events as the law takes them."""
    return [
        Event(
            name=row.name,
            subject=row.subject,
            occurred_at=row.occurred_at,
            data=row.data,
            recorded_at=row.recorded_at,
            seq=row.pk or index,
            actor=row.actor,
            precision="day" if row.day_only else "instant",
        )
        for index, row in enumerate(rows)
    ]


def law_event(emitted: Emitted, *, seq: int) -> Event:
    """Return an event on its way into the store as the law takes it."""
    return Event(emitted.name, emitted.subject, emitted.occurred_at, emitted.data, None, seq, None, emitted.precision)


def duty_values(duty: Duty) -> dict[str, Any]:
    """Return the law's fields of a duty as they are stored."""
    return {
        "clause": duty.clause,
        "also": list(duty.also),
        "title_zh": duty.title.zh,
        "title_en": duty.title.en,
        "nature": duty.nature,
        "role": duty.role,
        "unit": duty.unit,
        "person": duty.person,
        "opened_at": duty.opened_at,
        "due_at": duty.due_at,
        "late_at": duty.late_at,
        "done_at": duty.done_at,
        "state": duty.state,
        "edition": duty.edition,
        "items": list(duty.items),
        "items_done": list(duty.items_done),
        "pauses": [[_iso(begin), _iso(end)] for begin, end in duty.pauses],
    }


def penalty_values(penalty: Penalty) -> dict[str, Any]:
    """Return the law's fields of a penalty as they are stored."""
    return {
        "clause": penalty.clause,
        "also": list(dict.fromkeys((*penalty.also, *penalty.replaced))),
        "role": penalty.role,
        "unit_name": penalty.unit_name,
        "person": penalty.person,
        "unit": penalty.unit,
        "rate": penalty.rate,
        "units": penalty.units,
        "amount": penalty.amount,
        "choice": [str(edge) for edge in penalty.choice] if penalty.choice else None,
        "assessor": penalty.assessor,
        "arose_at": penalty.arose_at,
        "grows": penalty.grows,
    }


def new_duty(duty: Duty, company_id: int) -> DutyRow:
    """Return an unsaved row for a duty."""
    return DutyRow(
        company_id=company_id, key=duty.key, subject=duty.subject, instance=duty.instance, **duty_values(duty)
    )


def new_penalty(penalty: Penalty, company_id: int) -> PenaltyRow:
    """Return an unsaved row for a penalty."""
    return PenaltyRow(
        company_id=company_id,
        key=penalty.key,
        subject=penalty.subject,
        instance=penalty.instance,
        line=penalty.line,
        state=penalty.state,
        **penalty_values(penalty),
    )


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
