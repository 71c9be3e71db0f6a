"""The stage on which a scenario with acts is played: the demo group on a virtual clock."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Model

from guiju.demo.organisation import build_group
from guiju.kernel.actions import registry
from guiju.kernel.actions.base import Context, Emitted
from guiju.kernel.actions.errors import ActionError, Invalid
from guiju.kernel.actions.guards import check_events
from guiju.kernel.actions.models import AuditEntry
from guiju.kernel.actions.perform import Origin, perform, store_events
from guiju.kernel.authority.actor import Actor
from guiju.kernel.authority.models import Company, Person
from guiju.kernel.duties.models import ApprovalRow, DutyRow, PenaltyRow
from guiju.kernel.duties.sweep import advance
from guiju.kernel.notices.models import Notice
from guiju.kernel.records import kinds
from guiju.kernel.records.models import Record
from guiju.law.expressions import same
from guiju.replay.pure import CENT, Outcome, stamp
from guiju.replay.scenario import Check, Scenario, ScenarioError, StepSpec

REFERENCE = re.compile(r"^\$(?P<name>\w+)(?:\[(?P<place>-?\d+)\])?(?:\.(?P<field>\w+))?$")
ORIGIN = Origin("scenario")
#: The company in which raw events of a regulation run; everything else runs in the group's own.
DEFAULT_COMPANY = {"R02": "JC", "R05": "BJ", "R12": "KH"}


class Stage:
    """Plays the steps one by one and tells what has resulted.

    A record is named in later steps by the ``name`` its step gave it (``$case``), by ``$records[0]`` or by its number; fines,
    duties and approvals by ``$penalties[0]``, ``$duties[0]``, ``$approvals[0]``.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.companies = build_group(with_accounts=True)
        self.scenario = scenario
        self.named: dict[str, Record] = {}
        self.records: list[Record] = []
        self.refusals: list[dict[str, Any]] = []

    def take(self, index: int, step: StepSpec) -> None:
        """Play a step: time goes on to its moment, then the event or act happens."""
        advance(step.at[0])
        try:
            if step.do:
                self._act(step)
            else:
                self._event(step)
        except ActionError as error:
            self._refused(index, step, error)

    def _act(self, step: StepSpec) -> None:
        person = self._person(step.actor or "")
        actor = Actor.of_person(person, step.at[0])
        if step.do not in {action.name for action in registry.all_actions()}:
            raise ScenarioError(f"there is no action {step.do}")
        record = self._record(step.on) if step.on else None
        data = {key: self._resolved(value) for key, value in step.input.items()}
        outcome = perform(step.do or "", actor=actor, data=data, record=record, at=step.at[0], origin=ORIGIN)
        if outcome.record is not None and record is None:
            self.records.append(outcome.record)
            if step.name:
                self.named[step.name] = outcome.record

    def _event(self, step: StepSpec) -> None:
        company = self._company()
        actor = Actor.of_person(self._person(step.actor), step.at[0]) if step.actor else Actor.system(company)
        ctx: Context[Any] = Context(actor=actor, at=step.at[0], source="scenario")
        data = {key: self._resolved(value) for key, value in step.data.items()}
        ctx.events.append(
            Emitted(
                step.event or "",
                str(self._resolved(step.subject)),
                step.at[0],
                data,
                "day" if step.at[1] else "instant",
                company.pk,
            )
        )
        check_events(ctx.events, step.at[0])
        audit = AuditEntry.objects.create(
            company=company,
            action="event",
            person_id=actor.person_id,
            subject=step.subject or "",
            at=step.at[0],
            source="scenario",
        )
        store_events(ctx, audit)

    def _refused(self, index: int, step: StepSpec, error: ActionError) -> None:
        reason = error.message
        if isinstance(error, Invalid):
            texts = [error.message.zh, *(f"{field}: {text.zh}" for field, text in error.errors.items())]
            shown = "；".join(dict.fromkeys(texts))
        else:
            shown = reason.zh
        self.refusals.append(
            {
                "step": index,
                "action": step.do or step.event,
                "clause": error.clause,
                "reason": shown,
                "reason_en": reason.en,
            }
        )

    def outcome(self, as_of: datetime) -> Outcome:
        """Return what stands in the database as of a moment, in the replay's JSON shape."""
        advance(as_of)
        duties = list(DutyRow.objects.select_related("holder").order_by("id"))
        return {
            "duties": [duty_json(row) for row in duties if row.nature == "duty"],
            "stages": [duty_json(row) for row in duties if row.nature == "stage"],
            "penalties": [penalty_json(row) for row in PenaltyRow.objects.select_related("fined").order_by("id")],
            "approvals": [
                approval_json(row) for row in ApprovalRow.objects.prefetch_related("signatures__holder").order_by("id")
            ],
            "refusals": list(self.refusals),
            "notices": [notice_json(row) for row in Notice.objects.select_related("person").order_by("id")],
        }

    def record_failures(self, check: Check) -> list[str]:
        """Return a sentence for every record that is not as expected: ``{record: "$case", state: closed}``."""
        problems = []
        for expected in check.expect.records:
            record = self._record(str(expected["record"]))
            record.refresh_from_db()
            for field, value in expected.items():
                if field != "record" and not same(value, _plain(getattr(record, field, None))):
                    problems.append(
                        f"{record.number}: {field} is {_plain(getattr(record, field, None))!r}, not {value!r}"
                    )
        return problems

    def _person(self, code: str | None) -> Person:
        person = Person.objects.filter(code=code).first() or Person.objects.filter(name=code).first()
        if person is None:
            raise ScenarioError(f"nobody in the demo group is called {code}")
        return person

    def _company(self) -> Company:
        regulation = self.scenario.clause[0][:3]
        return self.companies[DEFAULT_COMPANY.get(regulation, "DC")]

    def _record(self, reference: str) -> Record:
        found = self._resolved(reference)
        if isinstance(found, Record):
            return found
        for kind in kinds.all_kinds():
            record = kind.model._default_manager.filter(number=str(found).partition(":")[2] or str(found)).first()
            if record is not None:
                return record
        raise ScenarioError(f"there is no record {reference}")

    def _resolved(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._resolved(part) for part in value]
        if isinstance(value, Mapping):
            return {key: self._resolved(part) for key, part in value.items()}
        match = REFERENCE.match(value) if isinstance(value, str) else None
        if match is None:
            return value
        found = self._named(match["name"], int(match["place"] or 0))
        if match["field"]:
            return _plain(getattr(found, match["field"]))
        return found if isinstance(found, Record) else found.pk

    def _named(self, name: str, place: int) -> Any:
        if name in self.named:
            return self.named[name]
        try:
            if name == "records":
                return self.records[place]
            tables: dict[str, type[Model]] = {"penalties": PenaltyRow, "duties": DutyRow, "approvals": ApprovalRow}
            return list(tables[name]._default_manager.order_by("id"))[place]
        except (KeyError, IndexError):
            raise ScenarioError(f"${name}[{place}] is not there") from None


def duty_json(row: DutyRow) -> dict[str, Any]:
    """Return a stored duty in the replay's JSON shape."""
    return {
        "clause": row.clause,
        "also": row.also,
        "key": row.key,
        "subject": row.subject,
        "instance": row.instance,
        "title": row.title_zh,
        "role": row.role,
        "unit": row.unit,
        "person": row.holder.name if row.holder else None,
        "code": row.holder.code if row.holder else None,
        "opened_at": stamp(row.opened_at),
        "due_at": stamp(row.due_at),
        "done_at": stamp(row.done_at),
        "state": row.state,
        "items": row.items,
        "items_done": row.items_done,
    }


def penalty_json(row: PenaltyRow) -> dict[str, Any]:
    """Return a stored fine in the replay's JSON shape."""
    amount = row.decided_amount if row.decided_amount is not None else row.amount
    return {
        "clause": row.clause,
        "also": row.also,
        "key": row.key,
        "subject": row.subject,
        "instance": row.instance,
        "role": row.role,
        "person": row.fined.name if row.fined else row.person,
        "amount": None if amount is None else str(amount.quantize(CENT)),
        "unit": row.unit,
        "units": int(row.units) if row.units == int(row.units) else str(row.units),
        "assessor": row.assessor,
        "state": row.state,
    }


def approval_json(row: ApprovalRow) -> dict[str, Any]:
    """Return a stored approval round in the replay's JSON shape."""
    steps = [
        {
            "role": s.role,
            "unit": s.unit,
            "person": s.holder.name if s.holder else None,
            "by": s.by,
            "decision": s.decision,
            "at": stamp(s.at),
            "step": s.step + 1,
        }
        for s in row.signatures.all()
    ]
    return {
        "clause": row.clause,
        "subject": row.subject,
        "route": row.route,
        "round": row.round,
        "steps": steps,
        "state": row.state,
    }


def notice_json(row: Notice) -> dict[str, Any]:
    """Return a notice in the replay's JSON shape."""
    return {
        "clause": row.clause,
        "subject": row.subject,
        "person": row.person.name,
        "code": row.person.code,
        "kind": row.kind,
        "at": stamp(row.at),
        "text": row.text_zh,
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else str(value) if isinstance(value, Model) else value
