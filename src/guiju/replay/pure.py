"""Replays a scenario of raw events by the law alone."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from guiju.law.calendar import Calendar
from guiju.law.evaluate import evaluate
from guiju.law.facts import Approval, Duty, Event, Penalty, Result
from guiju.law.schema import Rulebook
from guiju.law.times import CN
from guiju.replay.scenario import Scenario

CENT = Decimal("0.01")
Outcome = dict[str, list[dict[str, Any]]]


def calendars_of(scenario: Scenario) -> dict[str, Calendar]:
    """Return the calendars of a scenario: its own as the company's, and China's official one."""
    official = Calendar.cn()
    own = Calendar.from_mapping(scenario.calendar) if isinstance(scenario.calendar, dict) else official
    return {"company": own, "cn": official}


def events_of(scenario: Scenario) -> list[Event]:
    """Return the raw events of a scenario in the order of its steps."""
    return [
        Event(
            name=step.event,
            subject=step.subject or "",
            occurred_at=step.at[0],
            data=step.data,
            recorded_at=step.recorded_at[0] if step.recorded_at else step.at[0],
            seq=index,
            actor=step.actor,
            precision="day" if step.at[1] else "instant",
        )
        for index, step in enumerate(scenario.steps)
        if step.event
    ]


def run_pure(scenario: Scenario, rulebook: Rulebook, as_of: datetime) -> Outcome:
    """Return the outcome of a scenario of raw events as of an instant."""
    book = rulebook
    if scenario.overrides or scenario.effective:
        book = rulebook.with_overrides(parameters=scenario.overrides, effective=scenario.effective)
    return outcome_of(evaluate(events_of(scenario), book, calendars_of(scenario), as_of), as_of)


def outcome_of(result: Result, as_of: datetime) -> Outcome:
    """Return a result in the replay's JSON shape."""
    return {
        "duties": [duty_json(d) for d in result.duties if d.nature == "duty"],
        "stages": [duty_json(d) for d in result.duties if d.nature == "stage"],
        "penalties": [penalty_json(p) for p in result.penalties],
        "approvals": [approval_json(a) for a in result.approvals],
        "refusals": [
            {
                "step": r.seq,
                "action": r.event,
                "subject": r.subject,
                "clause": r.clause,
                "reason": r.reason.zh,
                "reason_en": r.reason.en,
            }
            for r in result.refusals
        ],
        "notices": [
            {"clause": n.clause, "subject": n.subject, "role": n.role, "at": stamp(n.at), "text": n.text.zh}
            for n in result.notices
        ],
    }


def stamp(at: datetime | None) -> str | None:
    """Return an instant as text with its offset, Asia/Shanghai."""
    return at.astimezone(CN).isoformat() if at else None


def duty_json(duty: Duty) -> dict[str, Any]:
    """Return a duty in the replay's JSON shape."""
    return {
        "clause": duty.clause,
        "also": list(duty.also),
        "key": duty.key,
        "subject": duty.subject,
        "instance": duty.instance,
        "title": duty.title.zh,
        "role": duty.role,
        "unit": duty.unit,
        "person": duty.person,
        "opened_at": stamp(duty.opened_at),
        "due_at": stamp(duty.due_at),
        "done_at": stamp(duty.done_at),
        "state": duty.state,
        "items": list(duty.items),
        "items_done": list(duty.items_done),
    }


def penalty_json(penalty: Penalty) -> dict[str, Any]:
    """Return a penalty in the replay's JSON shape."""
    amount = penalty.amount
    if amount is not None:
        text = str(amount.normalize() if penalty.unit == "salary_grade" else amount.quantize(CENT))
    return {
        "clause": penalty.clause,
        "also": [*penalty.also, *penalty.replaced],
        "key": penalty.key,
        "subject": penalty.subject,
        "instance": penalty.instance,
        "role": penalty.role,
        "person": penalty.person,
        "amount": None if amount is None else text,
        "unit": penalty.unit,
        "units": _plain(penalty.units),
        "choice": [str(c) for c in penalty.choice] if penalty.choice else None,
        "assessor": penalty.assessor,
        "state": penalty.state,
    }


def approval_json(approval: Approval) -> dict[str, Any]:
    """Return an approval round in the replay's JSON shape."""
    steps = [
        {
            "role": s.role,
            "unit": s.unit,
            "person": s.by or s.person,
            "decision": s.decision,
            "at": stamp(s.at),
            "step": s.step + 1,
        }
        for s in approval.signatures
    ]
    return {
        "clause": approval.clause,
        "subject": approval.subject,
        "route": approval.route,
        "round": approval.round,
        "steps": steps,
        "state": approval.state,
    }


def _plain(units: Any) -> Any:
    return int(units) if units == units.to_integral_value() else str(units)
