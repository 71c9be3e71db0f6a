"""Approval routes at work: rounds open, signers sign in turn, the outcome is an event."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from guiju.law.compiled import Bound, Hook
from guiju.law.facts import Approval, Event, Signature
from guiju.law.schema import RouteRule, RouteStep
from guiju.law.scope import RuleScope, in_force
from guiju.law.text import T

if TYPE_CHECKING:
    from guiju.law.subject import SubjectRun

DECISIONS = ("approved", "returned", "rejected")


class Approvals:
    """The approval rounds of one subject.

    ``approval.signed`` carries ``role``, ``decision`` (approved unless said), ``route`` where several are open, ``person`` and
    ``comment``; ``approval.withdrawn`` carries ``route``.
    """

    def __init__(self, run: SubjectRun) -> None:
        self._run = run
        self.rounds: list[Approval] = []
        self._bound: dict[str, Bound] = {}

    def open(self, hook: Hook, event: Event) -> None:
        """Open a round of a route, unless one is pending."""
        bound = hook.bound
        scope = self._run.scope(bound, event)
        if not in_force(bound, event) or not scope.holds(hook.trigger.when):
            return
        mine = [approval for approval in self.rounds if approval.route == bound.key]
        if mine and mine[-1].state == "pending":
            return
        signatures: list[Signature] = []
        modes: list[str] = []
        reasons: list[T] = []
        for step in bound.rule.steps:
            if not scope.holds(step.when):
                continue
            for role, unit, person in self._signers(step, scope):
                signatures.append(Signature(len(modes), role, unit, person))
            modes.append(step.mode)
        self._bound[bound.key] = bound
        self.rounds.append(
            Approval(
                clause=bound.clause.id,
                route=bound.key,
                subject=self._run.subject,
                round=len(mine) + 1,
                title=bound.rule.title,
                opened_at=event.occurred_at,
                state="pending",
                signatures=signatures,
                modes=tuple(modes),
                reasons=reasons,
            )
        )

    def _signers(self, step: RouteStep, scope: RuleScope) -> Iterable[tuple[str, str | None, str | None]]:
        for owner in step.by:
            yield self._run.owner(owner, scope)
        if step.everyone_of:
            for role in scope.evaluate(step.everyone_of) or ():
                yield str(role), None, None

    def take(self, event: Event) -> bool:
        """Take a signature or withdrawal; return False when it was refused."""
        pending = [approval for approval in self.rounds if approval.state == "pending"]
        route = event.data.get("route")
        if route:
            pending = [approval for approval in pending if route in (approval.route, approval.clause)]
        elif len(pending) > 1:
            role = event.data.get("role")
            mine = [a for a in pending if any(s.role == role and s.decision is None for s in a.signatures)]
            pending = mine or pending
        if not pending:
            return self._without_round(event, str(route or ""))
        if event.name == "approval.withdrawn":
            pending[0].state, pending[0].closed_at = "withdrawn", event.occurred_at
            return True
        return event.name != "approval.signed" or self._sign(pending[0], event)

    def _without_round(self, event: Event, route: str) -> bool:
        bound = next((b for key, b in self._bound.items() if route in (key, b.clause.id) or not route), None)
        if event.name == "approval.signed" and bound:
            self._run.refuse(event, bound, T("没有等待审批的申请", "Nothing is waiting for approval"))
            return False
        return bound is not None

    def _sign(self, approval: Approval, event: Event) -> bool:
        bound = self._bound[approval.route]
        rule: RouteRule = bound.rule
        role, decision = event.data.get("role"), str(event.data.get("decision") or "approved")
        comment = str(event.data.get("comment") or "").strip()
        turn = approval.current
        mine = [s for s in approval.signatures if s.step == turn and s.decision is None and s.role == role]
        if not mine:
            waiting = "、".join(s.role for s in approval.signatures if s.step == turn and s.decision is None)
            self._run.refuse(event, bound, T(f"现在该{waiting}审批", f"It is the turn of {waiting}"))
            return False
        if decision not in DECISIONS:
            self._run.refuse(event, bound, T(f"不认识的审批结果 {decision}", f"Unknown decision {decision}"))
            return False
        if decision in rule.comment and not comment:
            self._run.refuse(event, bound, T("请写明意见", "An opinion is required"))
            return False
        person = event.data.get("person")
        signature = next((s for s in mine if s.person in (None, person)), mine[0])
        signature.decision, signature.at, signature.comment = decision, event.occurred_at, comment
        signature.by = str(person) if person else event.actor
        if decision != "approved":
            self._close(approval, decision, rule.returned if decision == "returned" else None, event)
        elif approval.current is None:
            self._close(approval, "approved", rule.approved, event)
        return True

    def _close(self, approval: Approval, state: str, outcome: str | None, event: Event) -> None:
        approval.state, approval.closed_at = state, event.occurred_at  # type: ignore[assignment]
        if outcome:
            facts = {
                key: value
                for key, value in event.data.items()
                if key not in ("role", "decision", "route", "person", "comment")
            }
            self._run.emit(outcome, replace(event, seq=event.seq), facts)
