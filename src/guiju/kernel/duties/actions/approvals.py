"""Signing: approve, return, reject, withdraw."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import F
from pydantic import Field

from guiju.kernel.actions.base import Action, ActionInput, Context
from guiju.kernel.actions.errors import Conflict, NotFound, Refused
from guiju.kernel.actions.models import EventRow
from guiju.kernel.actions.registry import register
from guiju.kernel.duties import selectors
from guiju.kernel.duties.handlers import signing_action
from guiju.kernel.duties.models import ApprovalRow, SignatureRow
from guiju.law.text import T

OWN = T("不能审批自己提交的事项", "Nobody approves what he asked for himself")
NOT_YOUR_TURN = T("现在不该你审批", "It is not your turn")


class SignInput(ActionInput):
    """Which round, and the signer's opinion."""

    approval: int = Field(title="审批", json_schema_extra={"en": "Approval", "widget": "hidden"})
    comment: str = Field("", title="意见", max_length=2000, json_schema_extra={"en": "Opinion", "widget": "textarea"})


def turn_of(ctx: Context[Any], approval: ApprovalRow) -> SignatureRow | None:
    """Return the place at which the actor may sign now, or None."""
    return (
        approval.signatures.filter(selectors.signer(ctx.actor), decision__isnull=True, step=F("approval__current"))
        .order_by("place")
        .first()
    )


def asked_by(approval: ApprovalRow) -> str | None:
    """Return the code of the person whose act opened a round."""
    opening = EventRow.objects.filter(
        company_id=approval.company_id, concerns__contains=[approval.subject], occurred_at__lte=approval.opened_at
    ).order_by("-occurred_at", "-id")
    return opening.values_list("actor", flat=True).first()


class Sign(Action[Any]):
    """What the three decisions share; the room's own action signs where it has one."""

    decision: ClassVar[str]
    Input = SignInput

    def check(self, ctx: Context[Any], data: SignInput) -> None:
        """Only the signer whose turn it is, and not the one who asked."""
        approval = selectors.approvals_visible_to(ctx.actor).filter(pk=data.approval).select_for_update().first()
        if approval is None:
            raise NotFound
        if approval.state != "pending":
            raise Conflict(T("这次审批已经结束", "This round is over"), clause=approval.clause)
        own = signing_action(approval.route)
        if own:
            raise Refused(T("请在单据页面办理这一步", "Do this step on the record's own page"), clause=approval.clause)
        if turn_of(ctx, approval) is None:
            raise Refused(NOT_YOUR_TURN, clause=approval.clause)
        if asked_by(approval) == ctx.actor.code:
            raise Refused(OWN, clause=approval.clause)

    def execute(self, ctx: Context[Any], data: SignInput) -> None:
        """Sign."""
        approval = ApprovalRow.objects.get(pk=data.approval)
        place = turn_of(ctx, approval)
        assert place is not None
        facts = {
            "route": approval.route,
            "role": place.role,
            "decision": self.decision,
            "comment": data.comment,
            "person": ctx.actor.code,
        }
        if place.holder_id in ctx.actor.stands_in_for:
            facts["on_behalf_of"] = place.holder.code if place.holder else ""
        ctx.emit("approval.signed", subject=approval.subject, data=facts, company_id=approval.company_id)


@register
class Approve(Sign):
    """Agree."""

    name = "approval.approve"
    title = T("同意", "Approve")
    decision = "approved"


@register
class Return(Sign):
    """Send back for correction, with the reason."""

    name = "approval.return"
    title = T("退回", "Return")
    decision = "returned"


@register
class Reject(Sign):
    """Turn down for good, with the reason."""

    name = "approval.reject"
    title = T("不同意", "Reject")
    decision = "rejected"


@register
class Withdraw(Action[Any]):
    """Take back what one asked for, while nobody has finished with it."""

    name = "approval.withdraw"
    title = T("撤回", "Withdraw")
    Input = SignInput

    def check(self, ctx: Context[Any], data: SignInput) -> None:
        """Only the one who asked, only while the round is open."""
        approval = selectors.approvals_visible_to(ctx.actor).filter(pk=data.approval).select_for_update().first()
        if approval is None:
            raise NotFound
        if approval.state != "pending":
            raise Conflict(T("这次审批已经结束", "This round is over"), clause=approval.clause)
        if asked_by(approval) != ctx.actor.code:
            raise Refused(T("只有申请人可以撤回", "Only the one who asked may withdraw"), clause=approval.clause)
        if signing_action(approval.route):
            raise Refused(T("请在单据页面办理这一步", "Do this step on the record's own page"), clause=approval.clause)

    def execute(self, ctx: Context[Any], data: SignInput) -> None:
        """Withdraw the round."""
        approval = ApprovalRow.objects.get(pk=data.approval)
        ctx.emit(
            "approval.withdrawn",
            subject=approval.subject,
            data={"route": approval.route, "comment": data.comment},
            company_id=approval.company_id,
        )
