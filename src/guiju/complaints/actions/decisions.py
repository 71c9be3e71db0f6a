"""From the opinion to the released handling: administration and HR, general manager, department, compensation."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import Field

from guiju.complaints import policies
from guiju.complaints.actions.base import NEEDS_REASON, ComplaintAction, Ctx, ReviewInput, optional_text, text
from guiju.complaints.choices import SETTLEMENTS, json_choices
from guiju.complaints.models import Complaint
from guiju.kernel.actions.base import ActionInput
from guiju.kernel.actions.errors import Conflict, Invalid
from guiju.kernel.actions.registry import register
from guiju.kernel.authority.policies import Decision
from guiju.kernel.duties.models import ApprovalRow
from guiju.law.text import T


def amount(title: str, en: str) -> Any:
    """Return an optional amount of CNY."""
    return Field(None, ge=0, max_digits=14, decimal_places=2, title=title, json_schema_extra={"en": en})


class OpinionInput(ActionInput):
    """Administration and HR's own opinion, with the amount it proposes."""

    opinion: str = optional_text("具体意见", "Opinion")
    proposed_amount: Decimal | None = amount("建议金额（元）", "Proposed amount (CNY)")


@register
class GiveOpinion(ComplaintAction):
    """Administration and HR adds its opinion and puts the case to the general manager."""

    name = "complaint.give_opinion"
    title = T("附意见呈总经理", "Add opinion, submit to the general manager")
    clauses = ("R05-C015", "R05-C016")
    states = ("admin_opinion",)
    leads_to = ("gm_review",)
    weight = 10
    Input = OpinionInput

    def permitted(self, ctx: Ctx) -> Decision:
        """Only administration and HR."""
        return policies.admin_hr(ctx.actor, "R05-C015")

    def check(self, ctx: Ctx, data: OpinionInput) -> None:
        """The opinion cannot be left out."""
        if not data.opinion:
            raise Invalid(T("请写明具体意见", "Write the opinion"), field="opinion", clause="R05-C015")

    def execute(self, ctx: Ctx, data: OpinionInput) -> Complaint:
        """Put it to the general manager."""
        ctx.save(
            ctx.subject_record, admin_opinion=data.opinion, proposed_amount=data.proposed_amount, state="gm_review"
        )
        ctx.emit(
            "complaint.admin_hr_opinion_given", data={"opinion": data.opinion, "proposed_amount": data.proposed_amount}
        )
        return ctx.subject_record


class DecisionInput(ActionInput):
    """Agree, amend or return."""

    decision: str = Field(
        pattern="^(approved|amended|returned)$",
        title="批阅",
        json_schema_extra={
            "en": "Decision", "widget": "select",
            "choices": {"approved": ["同意", "Approve"], "amended": ["修改", "Amend"], "returned": ["退回", "Return"]},
        },
    )  # fmt: skip
    remark: str = optional_text("批示", "Remark", most=2000)
    amount: Decimal | None = amount("核定金额（元）", "Amount decided (CNY)")


@register
class Decide(ComplaintAction):
    """The general manager's decision; an amount named here counts as approved."""

    name = "complaint.decide"
    title = T("总经理批阅", "General manager's decision")
    clauses = ("R05-C016",)
    states = ("gm_review",)
    leads_to = ("gm_reviewed", "admin_opinion")
    weight = 10
    Input = DecisionInput

    def permitted(self, ctx: Ctx) -> Decision:
        """Only the general manager or who stands in."""
        return policies.general_manager(ctx.actor, ctx.company_id, ctx.at, "R05-C016")

    def initial(self, ctx: Ctx) -> dict[str, Any]:
        """Show the amount proposed."""
        return {"amount": ctx.subject_record.proposed_amount}

    def check(self, ctx: Ctx, data: DecisionInput) -> None:
        """Amending and returning need a remark."""
        if data.decision != "approved" and not data.remark:
            raise Invalid(NEEDS_REASON, field="remark")

    def execute(self, ctx: Ctx, data: DecisionInput) -> Complaint:
        """Decide."""
        complaint = ctx.subject_record
        returned = data.decision == "returned"
        decided = None if returned else data.amount if data.amount is not None else complaint.proposed_amount
        ctx.save(
            complaint,
            gm_decision=data.remark or "同意",
            decided_amount=decided,
            state="admin_opinion" if returned else "gm_reviewed",
        )
        self.sign(ctx, "R05-C016", "总经理", "returned" if returned else "approved", data.remark)
        if returned:
            ctx.emit("complaint.gm_returned", data={"reason": data.remark})
            ctx.emit("complaint.report_received_by_admin_hr", data={"department": complaint.department})
        else:
            ctx.emit("complaint.gm_reviewed", data={"comment": data.remark, "decided_amount": decided})
        return complaint


class ReplyInput(ActionInput):
    """A word with the decision."""

    comment: str = optional_text("回复", "Reply", most=2000)


@register
class ReplyToDepartment(ComplaintAction):
    """Administration and HR sends opinion and decision to the department."""

    name = "complaint.reply_to_department"
    title = T("回复受理部门", "Reply to the department")
    clauses = ("R05-C017",)
    states = ("gm_reviewed",)
    leads_to = ("drafting",)
    weight = 10
    Input = ReplyInput

    def permitted(self, ctx: Ctx) -> Decision:
        """Only administration and HR."""
        return policies.admin_hr(ctx.actor, "R05-C017")

    def execute(self, ctx: Ctx, data: ReplyInput) -> Complaint:
        """Reply."""
        ctx.save(ctx.subject_record, state="drafting")
        ctx.emit(
            "complaint.admin_hr_replied", data={"department": ctx.subject_record.department, "comment": data.comment}
        )
        return ctx.subject_record


class DraftInput(ActionInput):
    """The settlement for the customer."""

    opinion: str = text("处理意见", "Handling opinion")
    settlements: list[str] = Field(
        default_factory=list,
        title="处理方式",
        json_schema_extra={"en": "Settlement", "choices": json_choices(SETTLEMENTS)},
    )
    amount: Decimal | None = amount("折价或赔偿金额（元）", "Compensation (CNY)")
    rule_basis: str = Field("", max_length=200, title="依据条款", json_schema_extra={"en": "Rule it rests on"})
    by_date: date | None = Field(None, title="完成日期", json_schema_extra={"en": "By"})
    deviation_reason: str = optional_text("与回复不一致的理由", "Reason for differing from the reply", most=1000)


@register
class DraftOpinion(ComplaintAction):
    """The department drafts the handling opinion beside the reply it got."""

    name = "complaint.draft_opinion"
    title = T("提交处理意见", "Submit the handling opinion")
    clauses = ("R05-C018", "R05-C024")
    states = ("drafting",)
    leads_to = ("opinion_review",)
    weight = 10
    Input = DraftInput

    def permitted(self, ctx: Ctx) -> Decision:
        """Only the handling department."""
        return policies.department(ctx.actor, ctx.subject_record, "R05-C018")

    def initial(self, ctx: Ctx) -> dict[str, Any]:
        """Show the amount decided."""
        return {"amount": ctx.subject_record.decided_amount, "opinion": ctx.subject_record.admin_opinion}

    def check(self, ctx: Ctx, data: DraftInput) -> None:
        """Known settlements; money names its rule."""
        if set(data.settlements) - set(SETTLEMENTS):
            raise Invalid(T("只能从清单中选择", "Only from the list"), field="settlements")
        if data.amount and not data.rule_basis:
            raise Invalid(T("请填写依据条款", "Name the rule it rests on"), field="rule_basis", clause="R05-C024")
        if _differs(ctx.subject_record, data) and not data.deviation_reason:
            message = T("处理意见与回复不一致，请说明理由", "The opinion differs from the reply; give the reason")
            raise Invalid(message, field="deviation_reason", clause="R05-C018")

    def execute(self, ctx: Ctx, data: DraftInput) -> Complaint:
        """Submit it for review; an amount not decided yet opens its approval."""
        complaint = ctx.subject_record
        decided = data.amount is None or data.amount == complaint.decided_amount
        ctx.save(
            complaint, handling_opinion=data.opinion, settlements=data.settlements, compensation=data.amount,
            rule_basis=data.rule_basis, state="opinion_review",
        )  # fmt: skip
        ctx.emit(
            "complaint.handling_opinion_drafted",
            data={
                "opinion": data.opinion, "amount": data.amount, "rule_basis": data.rule_basis, "differs": _differs(complaint, data),
                "deviation_reason": data.deviation_reason, "amount_decided": decided, "department": complaint.department,
                "by_date": data.by_date,
            },
        )  # fmt: skip
        return complaint


def _differs(complaint: Complaint, data: DraftInput) -> bool:
    return (data.amount or Decimal(0)) != (complaint.decided_amount or Decimal(0))


@register
class ReviewOpinion(ComplaintAction):
    """The department's head reviews the handling opinion."""

    name = "complaint.review_opinion"
    title = T("审核处理意见", "Review the handling opinion")
    clauses = ("R05-C019",)
    states = ("opinion_review",)
    leads_to = ("opinion_approved", "drafting")
    weight = 10
    Input = ReviewInput

    def permitted(self, ctx: Ctx) -> Decision:
        """Only the department's head."""
        return policies.department_head(ctx.actor, ctx.subject_record, ctx.at, "R05-C019")

    def check(self, ctx: Ctx, data: ReviewInput) -> None:
        """A return needs its reason."""
        if data.decision == "returned" and not data.comment:
            raise Invalid(NEEDS_REASON, field="comment")

    def execute(self, ctx: Ctx, data: ReviewInput) -> Complaint:
        """Decide; a return takes a pending approval of money back."""
        complaint = ctx.subject_record
        approved = data.decision == "approved"
        ctx.save(complaint, state="opinion_approved" if approved else "drafting")
        self.sign(ctx, "R05-C019", "负责人", data.decision, data.comment)
        event = "complaint.handling_opinion_approved" if approved else "complaint.handling_opinion_returned"
        ctx.emit(event, data={"reason": data.comment, "department": complaint.department})
        if not approved and _pending_compensation(complaint):
            ctx.emit("approval.withdrawn", data={"route": "R05-C024"})
        return complaint


def _pending_compensation(complaint: Complaint) -> bool:
    return ApprovalRow.objects.filter(
        company_id=complaint.company_id, subject=complaint.subject, route="R05-C024", state="pending"
    ).exists()


@register
class ApproveCompensation(ComplaintAction):
    """Money beyond what was decided before is approved by the company's table."""

    name = "complaint.approve_compensation"
    title = T("审批折价赔偿", "Approve compensation")
    clauses = ("R05-C024",)
    states = ("opinion_review", "opinion_approved", "with_service")
    leads_to = ("opinion_review", "opinion_approved", "with_service", "drafting")
    weight = 15
    Input = ReviewInput

    def permitted(self, ctx: Ctx) -> Decision:
        """Only the general manager, while an approval is pending."""
        decision = policies.general_manager(ctx.actor, ctx.company_id, ctx.at, "R05-C024")
        if decision and not _pending_compensation(ctx.subject_record):
            return Decision(False, T("没有等待审批的金额", "No amount waits for approval"), "R05-C024")
        return decision

    def check(self, ctx: Ctx, data: ReviewInput) -> None:
        """A return needs its reason."""
        if data.decision == "returned" and not data.comment:
            raise Invalid(NEEDS_REASON, field="comment")

    def execute(self, ctx: Ctx, data: ReviewInput) -> Complaint:
        """Sign; a return sends the opinion back to be drafted anew."""
        complaint = ctx.subject_record
        if data.decision == "approved":
            ctx.save(complaint, decided_amount=complaint.compensation)
        else:
            ctx.save(complaint, state="drafting")
        self.sign(ctx, "R05-C024", "总经理", data.decision, data.comment)
        if data.decision == "returned":
            ctx.emit(
                "complaint.handling_opinion_returned", data={"reason": data.comment, "department": complaint.department}
            )
        return complaint


@register
class ReturnToService(ComplaintAction):
    """The department hands the approved opinion to customer service."""

    name = "complaint.return_to_service"
    title = T("返回营运部客服", "Return to customer service")
    clauses = ("R05-C020",)
    states = ("opinion_approved",)
    leads_to = ("with_service",)
    weight = 10

    def permitted(self, ctx: Ctx) -> Decision:
        """Only the handling department."""
        return policies.department(ctx.actor, ctx.subject_record, "R05-C020")

    def execute(self, ctx: Ctx, data: ActionInput) -> Complaint:
        """Return."""
        ctx.save(ctx.subject_record, state="with_service")
        ctx.emit("complaint.returned_to_service", data={"department": ctx.subject_record.department})
        return ctx.subject_record


class SettleInput(ActionInput):
    """How a case without investigation is settled."""

    opinion: str = text("处理意见", "Handling opinion")


@register
class SettleDirectly(ComplaintAction):
    """Classes two and three: the general manager, or the store's superior, settles without an investigation."""

    name = "complaint.settle"
    title = T("直接处理", "Settle directly")
    clauses = ("R05-C011",)
    states = ("gm_ruling", "settling")
    leads_to = ("with_service",)
    weight = 10
    Input = SettleInput

    def permitted(self, ctx: Ctx) -> Decision:
        """The general manager for class two, the store's superior for class three."""
        if ctx.subject_record.state == "gm_ruling":
            return policies.general_manager(ctx.actor, ctx.company_id, ctx.at, "R05-C011")
        return policies.store_superior(ctx.actor, ctx.subject_record, ctx.at, "R05-C011")

    def check(self, ctx: Ctx, data: SettleInput) -> None:
        """Only a case with a card."""
        if not ctx.subject_record.card_class:
            raise Conflict(T("还没有记录卡", "There is no card yet"))

    def execute(self, ctx: Ctx, data: SettleInput) -> Complaint:
        """Settle and hand over to customer service."""
        ctx.save(ctx.subject_record, handling_opinion=data.opinion, state="with_service")
        ctx.emit("complaint.settled_directly", data={"opinion": data.opinion})
        ctx.emit("complaint.returned_to_service", data={})
        return ctx.subject_record
