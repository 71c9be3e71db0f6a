"""Taking over cases from another system: receipt and close with their dates, under the same law."""

from __future__ import annotations

from datetime import date, datetime, time

from django.utils import timezone
from pydantic import Field

from guiju.complaints import policies
from guiju.complaints.actions.base import ComplaintAction, Ctx
from guiju.complaints.actions.intake import received_facts, search_tokens, stores_of
from guiju.complaints.models import Complaint
from guiju.kernel.actions.base import FUTURE, ActionInput
from guiju.kernel.actions.errors import Invalid
from guiju.kernel.actions.registry import register
from guiju.kernel.authority.policies import Decision, any_of
from guiju.law.text import T


class ImportInput(ActionInput):
    """A case of another system. A date without time counts as that day."""

    external_no: str = Field(min_length=1, max_length=60, title="原编号", json_schema_extra={"en": "Number there"})
    received_on: date = Field(title="接到日期", json_schema_extra={"en": "Received on"})
    closed_on: date | None = Field(None, title="结案日期", json_schema_extra={"en": "Closed on"})
    content: str = Field(min_length=1, max_length=4000, title="内容", json_schema_extra={"en": "What it is about"})
    customer: str = Field(
        "（未提供）", min_length=1, max_length=200, title="客户名称", json_schema_extra={"en": "Customer"}
    )
    place: str = Field("", max_length=200, title="地点", json_schema_extra={"en": "Place"})
    store: str = Field("", max_length=80, title="接到的门店", json_schema_extra={"en": "Store that took it"})


@register
class ImportComplaint(ComplaintAction):
    """One imported case: number, receipt, and close where it is closed."""

    name = "complaint.import"
    title = T("导入投诉", "Import complaint")
    clauses = ("R05-C004", "R05-C027")
    leads_to = ("received", "closed")
    weight = 90
    Input = ImportInput

    def permitted(self, ctx: Ctx) -> Decision:
        """Customer service, administration and HR, or the system."""
        if ctx.actor.is_system:
            return Decision(True)
        return any_of(policies.service(ctx.actor, "R05-C025"), policies.admin_hr(ctx.actor, "R05-C026"))

    def check(self, ctx: Ctx, data: ImportInput) -> None:
        """Days in order, none of them in the future."""
        if data.closed_on is not None and data.closed_on < data.received_on:
            raise Invalid(T("结案日期早于接到日期", "Closed before it was received"), field="closed_on")
        if max(data.received_on, data.closed_on or data.received_on) > timezone.localtime(ctx.at).date():
            raise Invalid(FUTURE, field="received_on")

    def execute(self, ctx: Ctx, data: ImportInput) -> Complaint:
        """Keep the case with its two days."""
        received = _day(data.received_on)
        complaint = ctx.new(
            Complaint, number=ctx.number("TS", at=received), state="closed" if data.closed_on else "received", customer=data.customer,
            customer_type="终端消费者", content=data.content, place=data.place, matters=["其他合同问题"], demands=["批评建议"],
            source="导入", store=data.store or stores_of(ctx.company_id)[0][0], received_at=received, day_only=True,
            closed_at=_day(data.closed_on) if data.closed_on else None, closed_day_only=data.closed_on is not None,
            external_no=data.external_no,
        )  # fmt: skip
        complaint.tokens = search_tokens(complaint)
        ctx.create(complaint)
        ctx.emit(
            "complaint.received",
            subject=complaint.subject,
            occurred_at=received,
            data=received_facts(complaint),
            precision="day",
        )
        if data.closed_on:
            ctx.emit(
                "complaint.closed",
                subject=complaint.subject,
                occurred_at=_day(data.closed_on),
                data={"imported": True},
                precision="day",
            )
        return complaint


def _day(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_default_timezone())
