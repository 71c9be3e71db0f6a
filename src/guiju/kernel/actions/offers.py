"""What a person may do now, and why not the rest: asked before the click."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from guiju.kernel.actions import registry
from guiju.kernel.actions.base import Action, Context
from guiju.kernel.authority.actor import Actor
from guiju.kernel.records.models import Record
from guiju.law.text import T


@dataclass(frozen=True, slots=True)
class Offer:
    """An action on a record with the answer whether it may be done."""

    action: type[Action[Any]]
    allowed: bool
    reason: T | None = None
    clause: str | None = None


def available(record: Record, actor: Actor, at: datetime) -> list[Offer]:
    """Return the actions whose state fits the record, each allowed or with the reason why not."""
    ctx: Context[Any] = Context(actor=actor, at=at, record=record)
    offers = []
    for action in registry.for_record(record):
        if record.state in (action.states or ()):
            decision = action().permitted(ctx)
            offers.append(Offer(action, decision.allowed, decision.reason, decision.clause))
    return offers


def creatable(actor: Actor, at: datetime) -> list[Offer]:
    """Return the actions that create something, allowed or not."""
    ctx: Context[Any] = Context(actor=actor, at=at)
    found = [action for action in registry.all_actions() if action.states is None and action.kind]
    offers = []
    for action in found:
        decision = action().permitted(ctx)
        offers.append(Offer(action, decision.allowed, decision.reason, decision.clause))
    return offers
