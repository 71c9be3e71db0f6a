"""Taking a complaint: registering, finding, ruling, and the polite answer where the customer is the cause."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from pydantic import Field

from guiju.complaints import policies
from guiju.complaints.actions.base import ComplaintAction, Ctx, optional_text, text
from guiju.complaints.choices import CUSTOMER_TYPES, DEMANDS, MATTERS, SOURCES, json_choices
from guiju.complaints.models import Complaint, Contact
from guiju.kernel.actions.base import FUTURE, ActionInput
from guiju.kernel.actions.errors import Invalid
from guiju.kernel.actions.registry import register
from guiju.kernel.authority.policies import Decision
from guiju.kernel.authority.selectors import units_of
from guiju.kernel.regulations.books import rulebook_for
from guiju.kernel.search.tokens import document, vector
from guiju.law.text import T

WANTS_AMOUNT = frozenset({"减价", "损害赔偿"})


class RegisterInput(ActionInput):
    """The complaint as it came in. Without a matter it is an inquiry."""

    customer: str = Field(min_length=1, max_length=200, title="客户名称", json_schema_extra={"en": "Customer"})
    customer_type: str = Field(
        "", title="客户类型", json_schema_extra={"en": "Type of customer", "choices": json_choices(CUSTOMER_TYPES)}
    )
    phone: str = Field("", max_length=40, title="联系电话", json_schema_extra={"en": "Telephone"})
    place: str = Field("", max_length=200, title="房号或地点", json_schema_extra={"en": "Unit or place"})
    received_at: datetime | None = Field(
        None,
        title="接到时间",
        json_schema_extra={"en": "Received at", "hint": ["补登的，时限从接到时间起算", "The clock starts here"]},
    )
    source: str = Field("现场", title="来源", json_schema_extra={"en": "Source", "choices": json_choices(SOURCES)})
    store: str = Field("", title="接到的门店", json_schema_extra={"en": "Store that took it"})
    content: str = text("投诉内容", "What the complaint is about")
    matters: list[str] = Field(
        default_factory=list, title="投诉事项", json_schema_extra={"en": "Matters", "choices": json_choices(MATTERS)}
    )
    demands: list[str] = Field(
        default_factory=list, title="客户要求", json_schema_extra={"en": "Demands", "choices": json_choices(DEMANDS)}
    )
    other_demand: str = Field("", max_length=200, title="其他要求", json_schema_extra={"en": "Other demand"})
    amount_claimed: Decimal | None = Field(
        None,
        ge=0,
        max_digits=14,
        decimal_places=2,
        title="要求金额（元）",
        json_schema_extra={"en": "Amount claimed (CNY)"},
    )
    injury: bool = Field(False, title="有人身伤害", json_schema_extra={"en": "Somebody was hurt"})
    media: bool = Field(False, title="涉及媒体", json_schema_extra={"en": "Media involved"})


@register
class RegisterComplaint(ComplaintAction):
    """A complaint comes in: number, card and clock; without a matter, an inquiry."""

    name = "complaint.register"
    title = T("登记投诉", "Register complaint")
    clauses = ("R05-C002", "R05-C003", "R05-C004", "R05-C005", "R05-C022", "R05-C025")
    leads_to = ("received",)
    weight = 10
    Input = RegisterInput

    def permitted(self, ctx: Ctx) -> Decision:
        """The stores and customer service take complaints."""
        return policies.front_line(ctx.actor, "R05-C008")

    def choices(self, ctx: Ctx) -> dict[str, list[tuple[str, T]]]:
        """Offer the stores of the company."""
        return {"store": [(name, T(name, en)) for name, en in stores_of(ctx.actor.company_id)]}

    def initial(self, ctx: Ctx) -> dict[str, Any]:
        """Fill in the actor's own store and the present time."""
        return {"store": own_store(ctx), "received_at": ctx.at, "source": "现场"}

    def consequences(self, ctx: Ctx) -> list[T]:
        """Say when a complaint received now is due."""
        days = int(
            rulebook_for(ctx.company_id).parameter("R05", "close_days").value_at(timezone.localtime(ctx.at).date())
        )
        last = (timezone.localtime(ctx.at) + timedelta(days=days)).date()
        return [
            T(
                f"登记后 {days} 天内结案，{last.month}月{last.day}日 24:00 到期",
                f"To be closed within {days} days, by {last} 24:00",
            )
        ]

    def check(self, ctx: Ctx, data: RegisterInput) -> None:
        """What is ticked must be known, complete and not in the future."""
        errors = dict(_faults(ctx, data))
        if errors:
            raise Invalid(T("请改正标出的内容", "Please correct the marked fields"), errors=errors)

    def execute(self, ctx: Ctx, data: RegisterInput) -> Complaint | None:
        """Open the case, or keep the inquiry."""
        at = data.received_at or ctx.at
        store = data.store or own_store(ctx)
        if not data.matters:
            ctx.create(
                Contact(
                    company_id=ctx.company_id,
                    customer=data.customer,
                    content=data.content,
                    store=store,
                    at=at,
                    by_id=ctx.actor.person_id,
                )
            )
            return None
        complaint = ctx.new(
            Complaint,
            number=ctx.number("TS", at=at),
            state="received",
            received_at=at,
            store=store,
            tokens=None,
            **data.model_dump(include=set(FIELDS)),
        )
        complaint.tokens = search_tokens(complaint)
        ctx.create(complaint)
        ctx.emit(
            "complaint.received", occurred_at=at, data=received_facts(complaint, injury=data.injury, media=data.media)
        )
        mark_recurrence(ctx, complaint)
        return complaint


FIELDS = (
    "customer", "customer_type", "phone", "place", "content", "matters", "demands", "other_demand", "amount_claimed", "source",
)  # fmt: skip


def _faults(ctx: Ctx, data: RegisterInput) -> list[tuple[str, T]]:
    faults: list[tuple[str, T]] = []
    if data.received_at is not None and data.received_at.tzinfo is None:
        faults.append(("received_at", T("请写明时区", "Give the time with its zone")))
    elif data.received_at is not None and data.received_at > ctx.at:
        faults.append(("received_at", FUTURE))
    if set(data.matters) - set(MATTERS):
        faults.append(("matters", T("只能从清单中选择", "Only from the list")))
    if data.source not in SOURCES:
        faults.append(("source", T("只能从清单中选择", "Only from the list")))
    known = {name for name, _ in stores_of(ctx.company_id)}
    if (data.store or own_store(ctx)) not in known:
        faults.append(("store", T("请选择接到投诉的门店", "Choose the store that took it")))
    return faults + (_case_faults(data) if data.matters else [])


def _case_faults(data: RegisterInput) -> list[tuple[str, T]]:
    faults: list[tuple[str, T]] = []
    if data.customer_type not in CUSTOMER_TYPES:
        faults.append(("customer_type", T("请选择客户类型", "Choose the type of customer")))
    if not data.demands or set(data.demands) - set(DEMANDS):
        faults.append(("demands", T("请选择客户要求", "Choose what the customer demands")))
    if WANTS_AMOUNT & set(data.demands) and data.amount_claimed is None:
        faults.append(
            (
                "amount_claimed",
                T("请填写要求金额(可填0表示未提出金额)", "Give the amount claimed (0 when none was named)"),
            )
        )
    if "其他" in data.demands and not data.other_demand:
        faults.append(("other_demand", T("请说明其他要求", "Say what else is demanded")))
    return faults


def stores_of(company_id: int) -> list[tuple[str, str]]:
    """Return the units that take complaints: the stores, and customer service itself."""
    return [(u.name, u.name_en) for u, _ in units_of(company_id) if u.kind == "store" or u.name == policies.SERVICE]


def own_store(ctx: Ctx) -> str:
    """Return the actor's own unit where it takes complaints."""
    known = {name for name, _ in stores_of(ctx.actor.company_id)}
    return next((held.unit for held in ctx.actor.positions if held.unit in known), "")


def search_tokens(complaint: Complaint) -> str:
    """Return the search index of a complaint."""
    words = document(
        texts=[complaint.content[:2000], complaint.place],
        names=[complaint.customer],
        numbers=[complaint.phone, complaint.number, complaint.external_no or ""],
    )
    return vector(words)


def received_facts(complaint: Complaint, **more: Any) -> dict[str, Any]:
    """Return what the law needs to know of a receipt."""
    amount = complaint.amount_claimed
    return {
        "customer_type": complaint.customer_type,
        "matters": list(complaint.matters),
        "demands": list(complaint.demands),
        "other_demand": bool(complaint.other_demand),
        "amount_claimed": None if amount is None else str(amount),
        "store": complaint.store,
        **{key: value for key, value in more.items() if value},
    }


def mark_recurrence(ctx: Ctx, complaint: Complaint) -> None:
    """Link an earlier case of the same department and matter, and let the law tell those concerned."""
    if not complaint.department:
        return
    parameter = rulebook_for(ctx.company_id).parameter("R05", "recurrence_days")
    days = int(parameter.value_at(timezone.localtime(complaint.received_at).date()))
    earliest = timezone.localtime(complaint.received_at).date() - timedelta(days=days)
    earlier = (
        Complaint.objects.filter(
            company_id=complaint.company_id, department=complaint.department, matters__overlap=complaint.matters,
            state="closed", closed_at__date__gte=earliest,
        )
        .exclude(pk=complaint.pk)
        .order_by("-closed_at")
        .first()
    )  # fmt: skip
    if earlier is not None and complaint.earlier_id is None:
        ctx.save(complaint, earlier=earlier)
        facts = {"earlier_case": earlier.number, "department": complaint.department}
        ctx.emit("complaint.recurred", subject=complaint.subject, data=facts)


class FindingInput(ActionInput):
    """Whether the complaint is justified, with reasons."""

    justified: bool = Field(title="理由成立", json_schema_extra={"en": "Justified"})
    reason: str = text("理由和依据", "Reasons and evidence")


@register
class RecordFinding(ComplaintAction):
    """The store says whether the complaint is justified."""

    name = "complaint.record_finding"
    title = T("确认理由", "Record finding")
    clauses = ("R05-C008",)
    states = ("received",)
    leads_to = ("received",)
    weight = 10
    Input = FindingInput

    def permitted(self, ctx: Ctx) -> Decision:
        """Only the store that took it."""
        return policies.store(ctx.actor, ctx.subject_record, "R05-C008")

    def execute(self, ctx: Ctx, data: FindingInput) -> Complaint:
        """Keep the finding."""
        ctx.save(ctx.subject_record, justified=data.justified, finding=data.reason)
        ctx.emit("complaint.finding_recorded", data={"justified": data.justified, "reason": data.reason})
        return ctx.subject_record


class SubmitInput(ActionInput):
    """A word to the superior."""

    comment: str = optional_text("说明", "Remark", most=1000)


@register
class SubmitForRuling(ComplaintAction):
    """The store submits the case to its superior; not before its finding."""

    name = "complaint.submit"
    title = T("呈报上级主管", "Submit to the superior")
    clauses = ("R05-C008", "R05-C009")
    states = ("received",)
    leads_to = ("submitted",)
    weight = 20
    Input = SubmitInput

    def permitted(self, ctx: Ctx) -> Decision:
        """Only the store that took it."""
        return policies.store(ctx.actor, ctx.subject_record, "R05-C009")

    def execute(self, ctx: Ctx, data: SubmitInput) -> Complaint:
        """Submit; the law's gate refuses a case without finding."""
        ctx.save(ctx.subject_record, state="submitted")
        ctx.emit("complaint.submitted", data={"store": ctx.subject_record.store, "comment": data.comment})
        return ctx.subject_record


class RulingInput(ActionInput):
    """Accepted, or caused by the customer; always with a reason."""

    ruling: str = Field(
        pattern="^(accepted|customer_cause)$",
        title="裁定",
        json_schema_extra={
            "en": "Ruling",
            "widget": "select",
            "choices": {
                "accepted": ["受理", "Accept"],
                "customer_cause": ["不受理，属客户原因", "The customer is the cause"],
            },
        },
    )
    reason: str = text("理由", "Reason", most=2000)


@register
class Rule(ComplaintAction):
    """The store's superior rules whether the complaint is accepted."""

    name = "complaint.rule"
    title = T("裁定是否受理", "Rule on acceptance")
    clauses = ("R05-C009", "R05-C022")
    states = ("submitted",)
    leads_to = ("accepted", "customer_cause")
    weight = 10
    Input = RulingInput

    def permitted(self, ctx: Ctx) -> Decision:
        """Only the store's superior by the organisation."""
        return policies.store_superior(ctx.actor, ctx.subject_record, ctx.at, "R05-C009")

    def execute(self, ctx: Ctx, data: RulingInput) -> Complaint:
        """Rule."""
        complaint = ctx.subject_record
        accepted = data.ruling == "accepted"
        ctx.save(
            complaint,
            state="accepted" if accepted else "customer_cause",
            ruling=data.reason,
            accepted_at=ctx.at if accepted else None,
        )
        self.sign(ctx, "R05-C009", "上级主管", "approved", data.reason)
        event = "complaint.ruled_accepted" if accepted else "complaint.ruled_customer_cause"
        ctx.emit(event, data={"store": complaint.store, "reason": data.reason})
        return complaint


class CustomerCauseInput(ActionInput):
    """How the customer was answered."""

    way: str = Field(
        pattern="^(电话|当面|书面)$",
        title="方式",
        json_schema_extra={
            "en": "Way", "widget": "select",
            "choices": {"电话": ["电话", "Telephone"], "当面": ["当面", "In person"], "书面": ["书面", "In writing"]},
        },
    )  # fmt: skip
    content: str = text("答复内容", "What was said")
    reaction: str = optional_text("客户反应", "The customer's reaction", most=1000)


@register
class ReplyCustomerCause(ComplaintAction):
    """The store explains politely; that closes the case."""

    name = "complaint.reply_customer_cause"
    title = T("婉复客户并结案", "Answer politely and close")
    clauses = ("R05-C010", "R05-C006")
    states = ("customer_cause",)
    leads_to = ("closed_customer_cause",)
    weight = 10
    hint = T("先致歉，再说明理由，请客户谅解。", "Apologise first, give the reasons, ask for understanding.")
    Input = CustomerCauseInput

    def permitted(self, ctx: Ctx) -> Decision:
        """Only the store that took it."""
        return policies.store(ctx.actor, ctx.subject_record, "R05-C010")

    def execute(self, ctx: Ctx, data: CustomerCauseInput) -> Complaint:
        """Close as answered."""
        complaint = ctx.subject_record
        ctx.save(complaint, state="closed_customer_cause", answer=data.model_dump(), closed_at=ctx.at)
        ctx.emit("complaint.customer_cause_replied", data={"content": data.content, "way": data.way})
        ctx.emit("complaint.closed", data={"outcome": "customer_cause"})
        return complaint
