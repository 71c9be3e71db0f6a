"""Answering, closing and what follows: reopening, rating, calling back, measures."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from guiju.complaints import policies
from guiju.complaints.actions.base import ComplaintAction, Ctx, optional_text, text
from guiju.complaints.models import Complaint
from guiju.kernel.actions.base import ActionInput
from guiju.kernel.actions.errors import Conflict, Invalid
from guiju.kernel.actions.registry import register
from guiju.kernel.authority.policies import Decision
from guiju.law.text import T


class AnswerInput(ActionInput):
    """How the customer was answered, and what the customer said."""

    form: str = Field(
        pattern="^(书面|口头)$",
        title="答复方式",
        json_schema_extra={
            "en": "Form",
            "widget": "select",
            "choices": {"书面": ["书面", "Written"], "口头": ["口头", "Oral"]},
        },
    )
    summary: str = text("答复内容", "What was said")
    letter: str = Field("", max_length=200, title="书面答复的函号", json_schema_extra={"en": "Reference of the letter"})
    accepted: bool = Field(False, title="客户接受", json_schema_extra={"en": "The customer accepts"})
    customer_words: str = optional_text("客户的话", "The customer's words", most=1000)


@register
class AnswerCustomer(ComplaintAction):
    """Customer service answers the customer; that closes the case."""

    name = "complaint.answer"
    title = T("答复客户并结案", "Answer the customer and close")
    clauses = ("R05-C020", "R05-C021", "R05-C022", "R05-C027")
    states = ("with_service",)
    leads_to = ("closed",)
    weight = 10
    hint = T(
        "先致歉，再说处理结果和时间，请客户确认。",
        "Apologise first, then the result and its time, and ask for confirmation.",
    )
    Input = AnswerInput

    def permitted(self, ctx: Ctx) -> Decision:
        """Only customer service."""
        return policies.service(ctx.actor, "R05-C021")

    def check(self, ctx: Ctx, data: AnswerInput) -> None:
        """A written answer has its letter; the card has the handling opinion."""
        if data.form == "书面" and not data.letter:
            raise Invalid(T("请附书面答复", "Attach the written answer"), field="letter", clause="R05-C021")
        if not ctx.subject_record.handling_opinion:
            raise Conflict(T("缺少受理部门处理意见", "The handling opinion is missing"), clause="R05-C022")

    def execute(self, ctx: Ctx, data: AnswerInput) -> Complaint:
        """Answer and close."""
        complaint = ctx.subject_record
        ctx.save(complaint, state="closed", answer=data.model_dump(), customer_accepts=data.accepted, closed_at=ctx.at)
        ctx.emit(
            "complaint.answered",
            data={"form": data.form, "letter": data.letter, "summary": data.summary, "accepted": data.accepted},
        )
        ctx.emit("complaint.closed", data=closing_facts(complaint))
        return complaint


def closing_facts(complaint: Complaint) -> dict[str, Any]:
    """Return what the law needs to know of a close: card, opinion, measures with person and day."""
    measures = [
        {"measure": f"{m.place + 1}. {m.what}", "person": m.person, "due_on": m.due_on.isoformat()}
        for m in complaint.measures.all()
    ]
    return {
        "card": bool(complaint.card_class),
        "handling_opinion": bool(complaint.handling_opinion),
        "department": complaint.department,
        "measures": measures,
    }


class ReasonInput(ActionInput):
    """Why."""

    reason: str = text("原因", "Reason", most=1000)


@register
class Reopen(ComplaintAction):
    """A customer who does not accept: the case goes back to the department, once."""

    name = "complaint.reopen"
    title = T("重新处理", "Reopen")
    clauses = ("R05-C021",)
    states = ("closed",)
    leads_to = ("drafting",)
    weight = 70
    Input = ReasonInput

    def permitted(self, ctx: Ctx) -> Decision:
        """Customer service, where the customer did not accept, once."""
        decision = policies.service(ctx.actor, "R05-C021")
        if decision and (ctx.subject_record.customer_accepts is not False or ctx.subject_record.reopened):
            return Decision(
                False, T("客户已接受，或已重新处理过", "The customer accepted, or it was reopened before"), "R05-C021"
            )
        return decision

    def execute(self, ctx: Ctx, data: ReasonInput) -> Complaint:
        """Reopen."""
        ctx.save(ctx.subject_record, state="drafting", reopened=True, closed_at=None)
        ctx.emit("complaint.reopened", data={"reason": data.reason})
        ctx.emit("complaint.admin_hr_replied", data={"department": ctx.subject_record.department})
        return ctx.subject_record


class RatingInput(ActionInput):
    """One to five for each."""

    courtesy: int = Field(ge=1, le=5, title="礼貌", json_schema_extra={"en": "Courtesy"})
    promptness: int = Field(ge=1, le=5, title="迅速", json_schema_extra={"en": "Promptness"})


@register
class Rate(ComplaintAction):
    """The customer's rating of courtesy and promptness."""

    name = "complaint.rate"
    title = T("记录客户评分", "Record the rating")
    clauses = ("R05-C006",)
    states = ("closed", "closed_customer_cause")
    leads_to = ("closed", "closed_customer_cause")
    weight = 40
    Input = RatingInput

    def permitted(self, ctx: Ctx) -> Decision:
        """Only customer service."""
        return policies.service(ctx.actor, "R05-C006")

    def execute(self, ctx: Ctx, data: RatingInput) -> Complaint:
        """Keep the rating."""
        ctx.save(ctx.subject_record, courtesy=data.courtesy, promptness=data.promptness)
        ctx.emit("complaint.rated", data=data.model_dump())
        return ctx.subject_record


class CallBackInput(ActionInput):
    """What the customer thinks some days later."""

    result: str = Field(
        pattern="^(满意|一般|不满意)$",
        title="回访结果",
        json_schema_extra={
            "en": "Result", "widget": "select",
            "choices": {"满意": ["满意", "Satisfied"], "一般": ["一般", "Fair"], "不满意": ["不满意", "Not satisfied"]},
        },
    )  # fmt: skip
    words: str = optional_text("客户的话", "The customer's words", most=1000)


@register
class CallBack(ComplaintAction):
    """Customer service calls back within three days of closing."""

    name = "complaint.call_back"
    title = T("记录回访", "Record the call-back")
    clauses = ("R05-C024",)
    states = ("closed",)
    leads_to = ("closed",)
    weight = 20
    Input = CallBackInput

    def permitted(self, ctx: Ctx) -> Decision:
        """Only customer service."""
        return policies.service(ctx.actor, "R05-C024")

    def execute(self, ctx: Ctx, data: CallBackInput) -> Complaint:
        """Keep the result."""
        ctx.save(ctx.subject_record, callback=data.result)
        ctx.emit("complaint.called_back", data={"result": data.result, "comment": data.words})
        return ctx.subject_record


class MeasureDoneInput(ActionInput):
    """Which measure, and how it was carried out."""

    measure: str = Field(title="措施", json_schema_extra={"en": "Measure", "widget": "select"})
    evidence: str = text("落实情况", "How it was carried out", most=2000)


@register
class MeasureDone(ComplaintAction):
    """A preventive measure has been carried out."""

    name = "complaint.measure_done"
    title = T("落实防范措施", "Measure carried out")
    clauses = ("R05-C007", "R05-C023")
    states = ("closed",)
    leads_to = ("closed",)
    weight = 20
    Input = MeasureDoneInput

    def permitted(self, ctx: Ctx) -> Decision:
        """The department, or the person named, while a measure is open."""
        open_measures = ctx.subject_record.measures.filter(done_at__isnull=True)
        if not open_measures.exists():
            return Decision(False, T("没有未落实的措施", "No measure is open"), "R05-C023")
        if open_measures.filter(person=ctx.actor.code).exists():
            return Decision(True)
        return policies.department(ctx.actor, ctx.subject_record, "R05-C023")

    def choices(self, ctx: Ctx) -> dict[str, list[tuple[str, T]]]:
        """Offer the open measures."""
        rows = ctx.subject_record.measures.filter(done_at__isnull=True)
        return {"measure": [(str(m.place), T(m.what, m.what)) for m in rows]}

    def check(self, ctx: Ctx, data: MeasureDoneInput) -> None:
        """One of the open measures."""
        if data.measure not in {value for value, _ in self.choices(ctx)["measure"]}:
            raise Invalid(T("请选择措施", "Choose the measure"), field="measure")

    def execute(self, ctx: Ctx, data: MeasureDoneInput) -> Complaint:
        """Keep it."""
        measure = ctx.subject_record.measures.get(place=int(data.measure))
        ctx.save(measure, done_at=ctx.at)
        ctx.emit(
            "complaint.measure_done", data={"measure": f"{measure.place + 1}. {measure.what}", "comment": data.evidence}
        )
        return ctx.subject_record


@register
class VerifyMeasures(ComplaintAction):
    """Administration and HR verifies the measures within thirty days."""

    name = "complaint.verify_measures"
    title = T("验证防范措施", "Verify the measures")
    clauses = ("R05-C024",)
    states = ("closed",)
    leads_to = ("closed",)
    weight = 30
    Input = ReasonInput

    def permitted(self, ctx: Ctx) -> Decision:
        """Only administration and HR, where there are measures."""
        if not ctx.subject_record.measures.exists():
            return Decision(False, T("没有防范措施", "There are no measures"), "R05-C024")
        return policies.admin_hr(ctx.actor, "R05-C024")

    def check(self, ctx: Ctx, data: ReasonInput) -> None:
        """All measures must be done."""
        left = ctx.subject_record.measures.filter(done_at__isnull=True).count()
        if left:
            raise Conflict(T(f"还有 {left} 项措施未落实", f"{left} measures are not done"), clause="R05-C024")

    def execute(self, ctx: Ctx, data: ReasonInput) -> Complaint:
        """Verify."""
        ctx.emit("complaint.measures_verified", data={"comment": data.reason})
        return ctx.subject_record
