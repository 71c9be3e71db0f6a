"""The door through which everything is changed: one act, one transaction, one audit entry."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from pydantic import ValidationError

from guiju.kernel.actions import guards, registry
from guiju.kernel.actions.base import Action, Context, Emitted
from guiju.kernel.actions.errors import ActionError, Conflict, Invalid, KeyReused, NotFound, Refused
from guiju.kernel.actions.models import AuditEntry, EventRow, IdempotencyKey
from guiju.kernel.actions.words import message_for
from guiju.kernel.authority.actor import Actor
from guiju.kernel.records import kinds
from guiju.kernel.records.models import Record
from guiju.law.text import T

STALE = T("内容已被他人修改，请核对后再提交", "Someone changed this meanwhile; check and submit again")
SYSTEM_CODE = "system"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an act comes from: page, api, import, scenario or job, with request id and address for the audit."""

    source: str = "page"
    request_id: str = ""
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an act did. ``replayed`` says that the same key had done it before."""

    subject: str
    record: Record | None
    audit_id: int
    events: tuple[Emitted, ...] = ()
    replayed: bool = False


def perform(
    name: str,
    *,
    actor: Actor,
    data: Mapping[str, Any],
    at: datetime,
    record: Record | None = None,
    key: str | None = None,
    version: int | None = None,
    origin: Origin | None = None,
) -> Outcome:
    """Do an act, wholly or not at all.

    Args:
        name: the action's name.
        actor: who.
        data: the input as it came.
        at: now (aware); only doors read the clock.
        record: what it acts on.
        key: idempotency key of the sender: the same key and input is the same act.
        version: the record's version that the person saw.
        origin: where it comes from.

    Raises:
        Invalid: the input is wrong. Refused: not this person, or a clause forbids. Conflict: state or version. NotFound.
    """
    origin = origin or Origin()
    action = registry.get(name)()
    try:
        with transaction.atomic():
            return _perform(action, actor, data, at, record, key, version, origin)
    except (Refused, NotFound) as error:
        _audit_refusal(action, actor, at, record, origin, error)
        raise


def _perform(
    action: Action[Any],
    actor: Actor,
    data: Mapping[str, Any],
    at: datetime,
    record: Record | None,
    key: str | None,
    version: int | None,
    origin: Origin,
) -> Outcome:
    used = _use_key(action, actor, key, data, record, at)
    if used is not None and used.audit_id is not None:
        return Outcome(used.subject, kinds.find(used.subject, actor), used.audit_id, replayed=True)
    locked = lock(record, actor) if record is not None else None
    ctx: Context[Any] = Context(actor=actor, at=at, record=locked, source=origin.source)
    if locked is not None and version is not None and locked.version != version:
        raise Conflict(STALE)
    _check_state(action, locked)
    decision = action.permitted(ctx)
    if not decision:
        raise Refused(decision.reason or T("你不能办理", "You may not do this"), clause=decision.clause)
    given = parse(action, data)
    action.check(ctx, given)
    result = action.execute(ctx, given)
    subject = _subject(ctx, result)
    audit = AuditEntry.objects.create(**audit_fields(action, ctx, subject, origin))
    store_events(ctx, audit)
    if used is not None:
        IdempotencyKey.objects.filter(pk=used.pk).update(subject=subject, audit=audit)
    return Outcome(subject, result or locked, audit.pk, tuple(ctx.events))


def _use_key(
    action: Action[Any], actor: Actor, key: str | None, data: Mapping[str, Any], record: Record | None, at: datetime
) -> IdempotencyKey | None:
    """Take the key's row; a second sender of the same key waits here until the first has ended."""
    if key is None or actor.person_id is None:
        return None
    content = json.dumps(
        [record.subject if record else None, dict(data)], sort_keys=True, default=str, ensure_ascii=False
    )
    body = hashlib.sha256(content.encode()).hexdigest()
    row, created = IdempotencyKey.objects.get_or_create(
        person_id=actor.person_id, action=action.name, key=key, defaults={"body": body, "created_at": at}
    )
    if not created and row.body != body:
        raise KeyReused
    return row


def lock(record: Record, actor: Actor) -> Record:
    """Return the record, locked until the end of the transaction, if the actor may see it."""
    if not kinds.may_see(record, actor):
        raise NotFound
    locked: Record | None = type(record)._default_manager.select_for_update().filter(pk=record.pk).first()
    if locked is None:
        raise NotFound
    return locked


def _check_state(action: Action[Any], record: Record | None) -> None:
    if action.states is None:
        return
    if record is None:
        raise NotFound
    if record.state not in action.states:
        now = record.state_text
        raise Conflict(
            T("现在是「{now}」，不能{act}", "It is “{now}” now; this cannot be done: {act}").format(
                now=now, act=action.title
            )
        )


def parse(action: Action[Any], data: Mapping[str, Any]) -> Any:
    """Return the typed input.

    Raises:
        Invalid: with a message for each wrong field.
    """
    try:
        return action.Input.model_validate(dict(data))
    except ValidationError as error:
        errors: dict[str, T] = {}
        for fault in error.errors(include_url=False):
            errors.setdefault(".".join(str(part) for part in fault["loc"]), message_for(dict(fault)))
        raise Invalid(T("请改正标出的内容", "Please correct the marked fields"), errors=errors) from error


def _subject(ctx: Context[Any], result: Record | None) -> str:
    found = result or ctx.record or (ctx.touched[-1] if ctx.touched else None)
    return found.subject if found is not None else (ctx.events[-1].subject if ctx.events else "")


def audit_fields(action: Action[Any], ctx: Context[Any], subject: str, origin: Origin) -> dict[str, Any]:
    """Return the fields of the act's audit entry."""
    return {
        "company_id": ctx.company_id,
        "action": action.name,
        "person_id": ctx.actor.person_id,
        "on_behalf_of_id": ctx.actor.on_behalf_of,
        "subject": subject,
        "at": ctx.at,
        "source": origin.source,
        "request_id": origin.request_id,
        "address": origin.address,
        "changes": ctx.changes,
    }


def event_row(event: Emitted, ctx: Context[Any], audit: AuditEntry) -> EventRow:
    """Return the row under which an event is kept."""
    return EventRow(
        company_id=event.company_id,
        name=event.name,
        subject=event.subject,
        concerns=list(event.concerns),
        occurred_at=event.occurred_at,
        recorded_at=ctx.at,
        day_only=event.precision == "day",
        actor=ctx.actor.code,
        data=event.data,
        audit=audit,
    )


def store_events(ctx: Context[Any], audit: AuditEntry) -> None:
    """Keep the events and let the law draw its consequences."""
    if not ctx.events:
        return
    from guiju.kernel.duties.sync import sync_subjects

    guards.check_events(ctx.events, ctx.at)
    EventRow.objects.bulk_create(event_row(event, ctx, audit) for event in ctx.events)
    by_company: dict[int, dict[str, None]] = {}
    for event in ctx.events:
        by_company.setdefault(event.company_id, {}).update(dict.fromkeys(event.concerns))
    for company_id, subjects in by_company.items():
        sync_subjects(company_id=company_id, subjects=list(subjects), at=ctx.at)


def _audit_refusal(
    action: Action[Any], actor: Actor, at: datetime, record: Record | None, origin: Origin, error: ActionError
) -> None:
    """Keep who was refused what, in a transaction of its own."""
    AuditEntry.objects.create(
        company_id=record.company_id if record else actor.company_id,
        action=action.name,
        outcome=AuditEntry.Outcome.REFUSED,
        person_id=actor.person_id,
        on_behalf_of_id=actor.on_behalf_of,
        subject=record.subject if record else "",
        at=at,
        source=origin.source,
        request_id=origin.request_id,
        address=origin.address,
        reason=error.message.zh[:300],
        clause=error.clause or "",
    )
