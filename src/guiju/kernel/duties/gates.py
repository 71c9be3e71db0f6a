"""The law's gates, asked before an event is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from guiju.kernel.actions.base import Emitted
from guiju.kernel.actions.errors import Refused
from guiju.kernel.actions.models import EventRow
from guiju.kernel.duties.convert import law_event, law_events
from guiju.kernel.regulations.books import calendars_for, rulebook_for
from guiju.law.compiled import compiled
from guiju.law.evaluate import evaluate_subject

#: Sequence number of an event that is not stored yet: after all that are.
NOT_STORED = 2**62


def gate_guard(events: Sequence[Emitted], at: object) -> None:
    """Refuse an act whose events a clause does not let pass.

    Raises:
        Refused: with the clause and its reason.
    """
    assert isinstance(at, datetime)
    for index, emitted in enumerate(events):
        rulebook = rulebook_for(emitted.company_id)
        listeners = compiled(rulebook).listeners.get(emitted.name)
        gated = emitted.name.startswith("approval.") or (listeners is not None and bool(listeners.gates))
        if not gated:
            continue
        stored = EventRow.objects.filter(company_id=emitted.company_id, concerns__contains=[emitted.subject]).order_by(
            "id"
        )
        waiting = [law_event(other, seq=NOT_STORED + place) for place, other in enumerate(events[: index + 1])]
        mine = [event for event in waiting if emitted.subject in (event.subject, *event.data.values())]
        candidates = [*law_events(stored), *mine]
        result = evaluate_subject(emitted.subject, candidates, rulebook, calendars_for(emitted.company_id), at)
        for refusal in result.refusals:
            if refusal.seq == NOT_STORED + index:
                raise Refused(refusal.reason, clause=refusal.clause)
