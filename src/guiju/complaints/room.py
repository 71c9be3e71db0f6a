"""What the room tells the kernel and the pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from guiju.complaints import printing, selectors
from guiju.complaints.choices import CLOSED, CUSTOMER_TYPES, STATES
from guiju.complaints.models import Complaint, MonthlyStatistics
from guiju.kernel.authority.actor import Actor
from guiju.kernel.authority.selectors import units_of
from guiju.kernel.records.kinds import register_kind
from guiju.law.text import T
from guiju.ui.format import money
from guiju.ui.rooms import Choice, Column, Fact, Filter, Panel, PrintForm, Room, SavedView, Stage, register_room
from guiju.ui.timeline import say_events

SIGNED_BY = {
    "R05-C009": "complaint.rule",
    "R05-C014": "complaint.review_report",
    "R05-C016": "complaint.decide",
    "R05-C019": "complaint.review_opinion",
    "R05-C024": "complaint.approve_compensation",
    "R05-C029": "complaint.review_statistics",
}
EVENTS = {
    "complaint.received": T("接到投诉", "Complaint received"),
    "complaint.finding_recorded": T("确认理由", "Finding recorded"),
    "complaint.submitted": T("呈报上级主管", "Submitted for ruling"),
    "complaint.ruled_accepted": T("裁定受理", "Ruled: accepted"),
    "complaint.ruled_customer_cause": T("裁定属客户原因", "Ruled: the customer is the cause"),
    "complaint.customer_cause_replied": T("婉复客户", "Answered politely"),
    "complaint.closed": T("结案", "Closed"),
    "complaint.card_received_class1": T("记录卡送行政人事部", "Card sent to administration and HR"),
    "complaint.department_assigned": T("指定受理部门", "Department named"),
    "complaint.investigation_instructed": T("指示调查", "Investigation instructed"),
    "complaint.report_submitted": T("提交调查报告", "Report submitted"),
    "complaint.report_returned": T("退回调查报告", "Report returned"),
    "complaint.report_received_by_admin_hr": T("报告转行政人事部", "Report with administration and HR"),
    "complaint.admin_hr_opinion_given": T("附意见呈总经理", "Opinion added"),
    "complaint.gm_reviewed": T("总经理批阅", "General manager decided"),
    "complaint.admin_hr_replied": T("回复受理部门", "Replied to the department"),
    "complaint.handling_opinion_drafted": T("提交处理意见", "Handling opinion drafted"),
    "complaint.handling_opinion_approved": T("处理意见通过", "Handling opinion approved"),
    "complaint.handling_opinion_returned": T("处理意见退回", "Handling opinion returned"),
    "complaint.returned_to_service": T("返回营运部客服", "Returned to customer service"),
    "complaint.answered": T("答复客户", "Customer answered"),
    "complaint.urged": T("催办", "Urged"),
    "complaint.reassigned": T("改派部门", "Reassigned"),
    "complaint.recurred": T("重复发生", "Recurred"),
    "complaint.rated": T("客户评分", "Rated"),
    "complaint.called_back": T("回访", "Called back"),
    "complaint.measure_done": T("落实防范措施", "Measure carried out"),
    "complaint.measures_verified": T("验证防范措施", "Measures verified"),
    "complaint.checked": T("检查", "Checked"),
    "complaint.correction_ordered": T("下达纠正要求", "Correction ordered"),
    "complaint.reopened": T("重新处理", "Reopened"),
}


def late(now: datetime) -> Q:
    """Return the condition that the seven days are over and the case is open."""
    return ~Q(state__in=CLOSED) & Q(received_at__lt=_days_before(now, 8))


def due_today(now: datetime) -> Q:
    """Return the condition that the seven days end tonight."""
    return ~Q(state__in=CLOSED) & Q(received_at__gte=_days_before(now, 8), received_at__lt=_days_before(now, 7))


def _days_before(now: datetime, days: int) -> datetime:
    from datetime import timedelta

    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=days - 1)


def _mine(actor: Actor, now: Any) -> Q:
    units = {held.unit for held in actor.positions}
    return ~Q(state__in=CLOSED) & (Q(store__in=units) | Q(department__in=units))


def _departments(actor: Actor) -> list[Choice]:
    return [Choice(u.name, T(u.name, u.name_en)) for u, depth in units_of(actor.company_id) if depth == 1]


def _customer(complaint: Complaint) -> str:
    return complaint.customer


def _headline(complaint: Complaint) -> str:
    return complaint.content.splitlines()[0][:60]


def _demand(complaint: Complaint) -> str:
    return "、".join([*complaint.demands, *([complaint.other_demand] if complaint.other_demand else [])])


COMPLAINTS = Room(
    kind="complaint",
    title=T("投诉", "Complaints"),
    noun=T("投诉", "complaint"),
    icon="message-report",
    group=T("客户", "Customers"),
    visible_to=selectors.visible_to,
    create="complaint.register",
    headline=_headline,
    search=selectors.matching,
    order=("-received_at", "-id"),
    columns=(
        Column("number", T("编号", "Number"), lambda c: c.number, sort="number", part="meta"),
        Column("customer", T("客户", "Customer"), _customer),
        Column("content", T("事项", "Matter"), _headline, part="title"),
        Column("matters", T("类别", "Kind"), lambda c: "、".join(c.matters)),
        Column("department", T("受理部门", "Department"), lambda c: c.department),
        Column("state", T("步骤", "Step"), lambda c: STATES[c.state], part="step"),
        Column("received", T("接到", "Received"), lambda c: c.received_at, sort="received_at"),
        Column("store", T("门店", "Store"), lambda c: c.store),
    ),
    filters=(
        Filter("state", T("步骤", "Step"), lambda v: Q(state=v), lambda a: [Choice(k, t) for k, t in STATES.items()]),
        Filter("department", T("受理部门", "Department"), lambda v: Q(department=v), _departments),
        Filter(
            "customer_type",
            T("客户类型", "Customer type"),
            lambda v: Q(customer_type=v),
            lambda a: [Choice(k, t) for k, t in CUSTOMER_TYPES.items()],
        ),
    ),
    views=(
        SavedView("mine", T("我部门未结", "My unit, open"), _mine),
        SavedView("late", T("逾期", "Overdue"), lambda a, now: late(now), "late"),
        SavedView("today", T("今天到期", "Due today"), lambda a, now: due_today(now)),
        SavedView("paid", T("含赔偿", "With compensation"), lambda a, now: Q(compensation__gt=0)),
    ),
    row_tone=lambda c: "is-closed" if c.state in CLOSED else "",
    subtitle=lambda c: (
        c.customer,
        c.place,
        T(f"重复发生：{c.earlier.number}", f"recurs after {c.earlier.number}") if c.earlier else "",
    ),
    facts=(
        Fact(T("投诉客户", "Customer"), _customer),
        Fact(T("客户类型", "Type"), lambda c: CUSTOMER_TYPES.get(c.customer_type, c.customer_type)),
        Fact(T("联系电话", "Telephone"), lambda c: masked(c.phone)),
        Fact(T("接到时间", "Received"), lambda c: c.received_at),
        Fact(T("客户要求", "Demand"), _demand),
        Fact(T("要求金额", "Amount claimed"), lambda c: money(c.amount_claimed)),
        Fact(T("接到门店", "Store"), lambda c: c.store),
        Fact(T("情况类别", "Class"), lambda c: c.card_class),
        Fact(T("受理部门", "Department"), lambda c: c.department),
        Fact(T("受理时间", "Accepted"), lambda c: c.accepted_at),
        Fact(T("折价赔偿", "Compensation"), lambda c: money(c.compensation)),
        Fact(T("回访", "Call-back"), lambda c: c.callback),
        Fact(T("投诉内容", "Content"), lambda c: c.content, wide=True),
        Fact(T("理由确认", "Finding"), lambda c: c.finding, wide=True),
        Fact(T("具体意见", "Opinion"), lambda c: c.admin_opinion, wide=True),
        Fact(T("处理意见", "Handling opinion"), lambda c: c.handling_opinion, wide=True),
    ),
    stages=(
        Stage(T("登记", "Registered"), ("complaint.received",), ()),
        Stage(T("确认理由", "Finding"), ("complaint.submitted",), ("received",)),
        Stage(T("裁定", "Ruling"), ("complaint.ruled_accepted", "complaint.ruled_customer_cause"), ("submitted",)),
        Stage(
            T("指定部门", "Department"),
            ("complaint.department_assigned",),
            ("accepted", "carded"),
            lambda c: not _short(c),
        ),
        Stage(
            T("调查", "Investigation"),
            ("complaint.report_received_by_admin_hr",),
            ("assigned", "investigating", "report_review"),
            lambda c: not _short(c),
        ),
        Stage(
            T("附意见", "Opinion"), ("complaint.admin_hr_opinion_given",), ("admin_opinion",), lambda c: not _short(c)
        ),
        Stage(
            T("总经理批阅", "Decision"), ("complaint.gm_reviewed",), ("gm_review", "gm_ruling"), lambda c: not _short(c)
        ),
        Stage(
            T("处理意见", "Handling"),
            ("complaint.handling_opinion_approved",),
            ("gm_reviewed", "drafting", "opinion_review", "opinion_approved"),
            lambda c: not _short(c),
        ),
        Stage(T("答复结案", "Answer and close"), ("complaint.closed",), ("with_service", "customer_cause", "settling")),
    ),
    panels=(
        Panel(
            T("调查报告", "Investigation report"),
            "complaints/report.html",
            lambda c, a: report_panel(c),
            lambda c: bool(c.report),
        ),
        Panel(
            T("督办记录", "Supervision"),
            "complaints/supervision.html",
            lambda c, a: {"rows": list(c.supervisions.select_related("by"))},
            lambda c: c.supervisions.exists(),
        ),
    ),
    prints=(
        PrintForm("card", T("打印记录卡", "Print the card"), printing.card),
        PrintForm("report", T("打印调查报告", "Print the report"), printing.report, lambda c: bool(c.report)),
    ),
    reminder=T("谦恭礼貌、迅速周到", "Courteous, prompt and thorough"),
    guide="R05-C006",
    count=lambda actor: selectors.visible_to(actor).filter(late(timezone.now())).count(),
)
STATISTICS = Room(
    kind="complaint_statistics",
    title=T("投诉统计表", "Complaint statistics"),
    noun=T("统计表", "sheet"),
    icon="chart-histogram",
    group=T("客户", "Customers"),
    visible_to=selectors.statistics_visible_to,
    create="complaint.submit_statistics",
    headline=lambda s: f"投诉统计表 {s.month}",
    order=("-month",),
    columns=(
        Column("number", T("编号", "Number"), lambda s: s.number, part="meta"),
        Column("month", T("月份", "Month"), lambda s: s.month, sort="month", part="title"),
        Column("received", T("接到", "Received"), lambda s: s.figures["received"], numeric=True),
        Column("on_time", T("按期结案", "On time"), lambda s: s.figures["closed_on_time"], numeric=True),
        Column("late", T("逾期结案", "Late"), lambda s: s.figures["closed_late"], numeric=True),
        Column("state", T("状态", "State"), lambda s: MonthlyStatistics.states[s.state], part="step"),
    ),
    facts=(
        Fact(T("月份", "Month"), lambda s: s.month),
        Fact(T("首次提交", "First submitted"), lambda s: s.first_submitted_at),
        Fact(T("说明", "Comment"), lambda s: s.comment, wide=True),
    ),
    panels=(Panel(T("统计", "Figures"), "complaints/statistics.html", lambda s, a: statistics_panel(s)),),
)


def _short(complaint: Complaint) -> bool:
    return complaint.state in ("customer_cause", "closed_customer_cause") or complaint.card_class in (
        "第二种",
        "第三种",
    )


def masked(phone: str) -> str:
    """Return a telephone number with its middle hidden."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else "****" if phone else ""


def report_panel(complaint: Complaint) -> dict[str, Any]:
    """Return the report's sections and measures for its card."""
    from guiju.complaints.actions.handling import SECTIONS

    sections = [(title, complaint.report.get(field, "")) for field, title in SECTIONS.items()]
    return {"sections": sections, "measures": list(complaint.measures.all()), "original": complaint.original_form}


def statistics_panel(sheet: MonthlyStatistics) -> dict[str, Any]:
    """Return the month's figures: rows of the table, and the chart's data."""
    from guiju.ui.format import rate

    f = sheet.figures
    closed = f["closed_on_time"] + f["closed_late"]
    rows = [
        (T("接到", "Received"), f["received"]),
        (T("受理", "Accepted"), f["accepted"]),
        (T("客户原因", "Customer cause"), f["customer_cause"]),
        (T("按期结案", "Closed on time"), f["closed_on_time"]),
        (T("逾期结案", "Closed late"), f["closed_late"]),
        (T("未结", "Open"), f["open"]),
        (T("按期结案率", "On-time rate"), rate(f["closed_on_time"], closed)),
        (T("赔偿合计", "Compensation"), money(f["compensation"])),
        (T("礼貌平均", "Courtesy"), f["courtesy"]),
        (T("迅速平均", "Promptness"), f["promptness"]),
    ]
    splits = [
        (T("按事项", "By matter"), f["by_matter"]),
        (T("按要求", "By demand"), f["by_demand"]),
        (T("按部门", "By department"), f["by_department"]),
        (T("按客户类型", "By customer type"), f["by_customer_type"]),
    ]
    chart = {
        "labels": [n for n, _ in f["by_matter"]],
        "series": [{"name": "件", "data": [v for _, v in f["by_matter"]]}],
    }
    return {"rows": rows, "splits": splits, "chart": chart, "chart_id": f"chart-{sheet.pk}"}


def register() -> None:
    """Make the room known; called once when the program starts."""
    register_kind(Complaint, visible_to=selectors.visible_to)
    register_kind(MonthlyStatistics, visible_to=selectors.statistics_visible_to)
    register_room(COMPLAINTS)
    register_room(STATISTICS)
    say_events(EVENTS)
