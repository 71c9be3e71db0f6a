"""The room's print forms: record card and investigation report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.utils import timezone

from guiju.complaints.actions.handling import SECTIONS
from guiju.complaints.models import Complaint
from guiju.kernel.authority.actor import Actor
from guiju.kernel.duties.selectors import approvals_of
from guiju.kernel.printing.pdf import render
from guiju.law.text import T

TEMPLATE = Path(__file__).parent / "prints" / "card.typ"
DECISIONS = {"approved": "同意", "returned": "退回", "rejected": "不同意", None: ""}


def card(complaint: Complaint, actor: Actor) -> bytes:
    """Return the complaint record card as one A4 page."""
    sections = [
        ("投诉内容", complaint.content),
        ("理由确认", complaint.finding),
        ("裁定", complaint.ruling),
        ("受理部门处理意见", complaint.handling_opinion),
        ("答复", str(complaint.answer.get("summary") or complaint.answer.get("content") or "")),
    ]
    return render(TEMPLATE, _form("客户投诉记录卡", complaint, actor, sections))


def report(complaint: Complaint, actor: Actor) -> bytes:
    """Return the investigation report with its six sections."""
    sections = [(title, complaint.report.get(field, "")) for field, title in SECTIONS.items()]
    measures = "\n".join(f"{m.place + 1}. {m.what}（{m.person}，{m.due_on}）" for m in complaint.measures.all())
    return render(TEMPLATE, _form("投诉调查报告", complaint, actor, [*sections, ("防范措施", measures)]))


def _form(title: str, complaint: Complaint, actor: Actor, sections: Sequence[tuple[str, str]]) -> dict[str, Any]:
    demands = "、".join([*complaint.demands, *([complaint.other_demand] if complaint.other_demand else [])])
    chain = [
        [str(T(a.title_zh, a.title_en).zh), s.holder.name if s.holder else s.role, DECISIONS[s.decision], _time(s.at)]
        for a in approvals_of(complaint.company_id, complaint.subject)
        for s in a.signatures.all()
    ]
    return {
        "title": title,
        "number_label": "编号",
        "number": complaint.number,
        "printed": f"{actor.name} {_time(timezone.now())}",
        "rows": [
            ["投诉客户", complaint.customer],
            ["客户类型", complaint.customer_type],
            ["接到时间", _time(complaint.received_at)],
            ["受理时间", _time(complaint.accepted_at)],
            ["客户要求", demands],
            ["要求金额", "" if complaint.amount_claimed is None else f"{complaint.amount_claimed:,.2f}"],
            ["接到门店", complaint.store],
            ["受理部门", complaint.department],
            ["情况类别", complaint.card_class],
            ["结案时间", _time(complaint.closed_at)],
        ],
        "sections": [[name, words or "—"] for name, words in sections],
        "chain_head": ["环节", "签署人", "意见", "时间"],
        "chain": chain,
    }


def _time(at: Any) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else ""
