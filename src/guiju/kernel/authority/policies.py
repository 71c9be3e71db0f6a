"""Decisions about who may do what, each with its reason."""

from __future__ import annotations

from typing import NamedTuple

from guiju.kernel.authority.actor import Actor
from guiju.law.text import T


class Decision(NamedTuple):
    """Whether something is allowed, and why not, with the clause behind it."""

    allowed: bool
    reason: T | None = None
    clause: str | None = None

    def __bool__(self) -> bool:
        return self.allowed


ALLOWED = Decision(True)


def allow() -> Decision:
    """Return consent."""
    return ALLOWED


def refuse(reason: T, clause: str | None = None) -> Decision:
    """Return a refusal with its reason."""
    return Decision(False, reason, clause)


def any_of(*decisions: Decision) -> Decision:
    """Return consent when one decision consents, else the first refusal."""
    return next((d for d in decisions if d), decisions[0] if decisions else ALLOWED)


def all_of(*decisions: Decision) -> Decision:
    """Return the first refusal, else consent."""
    return next((d for d in decisions if not d), ALLOWED)


def only(allowed: bool, who: T, clause: str | None = None) -> Decision:
    """Return consent, or the refusal that only ``who`` may do this."""
    return ALLOWED if allowed else refuse(T("仅{who}可以办理", "Only {who} may do this").format(who=who), clause)


def holds(actor: Actor, title: str, clause: str | None = None) -> Decision:
    """Allow holders of a title."""
    return only(actor.holds(title), T(title, title), clause)


def in_unit(actor: Actor, unit: str, clause: str | None = None) -> Decision:
    """Allow the people of a unit and of the units below it."""
    return only(actor.in_unit(unit), T(unit, unit), clause)


def heads(actor: Actor, unit: str, clause: str | None = None) -> Decision:
    """Allow a unit's head."""
    return only(actor.heads(unit), T(f"{unit}负责人", f"the head of {unit}"), clause)
