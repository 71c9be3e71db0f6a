"""The month's statistics: submitted by administration and HR, reviewed by the general manager."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from guiju.complaints import policies
from guiju.complaints.actions.base import NEEDS_REASON, ReviewInput, optional_text
from guiju.complaints.models import MonthlyStatistics
from guiju.complaints.reports import month_figures
from guiju.kernel.actions.base import Action, ActionInput, Context
from guiju.kernel.actions.errors import Conflict, Invalid
from guiju.kernel.actions.registry import register
from guiju.kernel.authority.models import Company
from guiju.kernel.authority.policies import Decision
from guiju.law.text import T

Ctx = Context[MonthlyStatistics]


class StatisticsInput(ActionInput):
    """Which month, and a comment on its figures."""

    month: str = Field(
        pattern=r"^20\d\d-(0[1-9]|1[0-2])$",
        title="月份",
        json_schema_extra={"en": "Month", "hint": ["如 2026-02", "such as 2026-02"]},
    )
    comment: str = optional_text("说明", "Comment", most=2000)


@register
class SubmitStatistics(Action[MonthlyStatistics]):
    """Administration and HR checks the draft and submits it."""

    name = "complaint.submit_statistics"
    title = T("填报投诉统计表", "Submit the statistics")
    kind: ClassVar[str | None] = "complaint_statistics"
    clauses = ("R05-C028", "R05-C029")
    leads_to = ("submitted",)
    Input = StatisticsInput

    def permitted(self, ctx: Ctx) -> Decision:
        """Only administration and HR."""
        return policies.admin_hr(ctx.actor, "R05-C028")

    def check(self, ctx: Ctx, data: StatisticsInput) -> None:
        """Only a month that is over, and not one that is filed or under review."""
        if data.month >= ctx.at.astimezone().strftime("%Y-%m"):
            raise Invalid(T("这个月还没有结束", "The month is not over"), field="month")
        row = MonthlyStatistics.objects.filter(company_id=ctx.company_id, month=data.month).first()
        if row is not None and row.state != "returned":
            raise Conflict(T("这个月的统计表已经提交", "This month's statistics were submitted"), clause="R05-C028")

    def execute(self, ctx: Ctx, data: StatisticsInput) -> MonthlyStatistics:
        """Freeze the figures and submit them; a second submission keeps the first one's time."""
        company = Company.objects.get(pk=ctx.company_id)
        figures = month_figures(ctx.company_id, data.month)
        row = MonthlyStatistics.objects.select_for_update().filter(company_id=ctx.company_id, month=data.month).first()
        if row is None:
            row = ctx.new(
                MonthlyStatistics, number=f"TJ-{data.month}", state="submitted", month=data.month, figures=figures,
                comment=data.comment, first_submitted_at=ctx.at,
            )  # fmt: skip
            ctx.create(row)
        else:
            ctx.save(row, figures=figures, comment=data.comment, state="submitted")
        ctx.emit(
            "complaint.statistics_submitted",
            subject=company.subject,
            data={"month": data.month, "comment": data.comment},
        )
        return row


@register
class ReviewStatistics(Action[MonthlyStatistics]):
    """The general manager files the sheet, or returns it."""

    name = "complaint.review_statistics"
    title = T("审核投诉统计表", "Review the statistics")
    kind: ClassVar[str | None] = "complaint_statistics"
    clauses = ("R05-C029",)
    states = ("submitted",)
    leads_to = ("approved", "returned")
    Input = ReviewInput

    def permitted(self, ctx: Ctx) -> Decision:
        """Only the general manager."""
        return policies.general_manager(ctx.actor, ctx.company_id, ctx.at, "R05-C029")

    def check(self, ctx: Ctx, data: ReviewInput) -> None:
        """A return needs its reason."""
        if data.decision == "returned" and not data.comment:
            raise Invalid(NEEDS_REASON, field="comment")

    def execute(self, ctx: Ctx, data: ReviewInput) -> MonthlyStatistics:
        """Decide."""
        row = ctx.subject_record
        ctx.save(row, state="approved" if data.decision == "approved" else "returned")
        facts: dict[str, Any] = {
            "route": "R05-C029", "role": "总经理", "decision": data.decision, "comment": data.comment, "person": ctx.actor.code,
        }  # fmt: skip
        ctx.emit("approval.signed", subject=Company.objects.get(pk=ctx.company_id).subject, data=facts)
        return row
