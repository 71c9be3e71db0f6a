"""The room's part of the demo: complaints at every step, made by acts on a virtual clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from guiju.kernel.actions.perform import Origin, perform
from guiju.kernel.authority.actor import Actor
from guiju.kernel.authority.models import Person
from guiju.kernel.duties.sweep import advance
from guiju.kernel.records import kinds

ORIGIN = Origin("demo")


@dataclass(frozen=True, slots=True)
class Act:
    """One act of a story: hours after the receipt, who, what, with which input."""

    hours: float
    who: str
    name: str
    data: Mapping[str, Any]


OPENING: tuple[Act, ...] = (
    Act(2, "chen.jing", "complaint.record_finding", {"justified": True, "reason": "现场查看属实，照片三张"}),
    Act(3, "chen.jing", "complaint.submit", {}),
    Act(6, "liu.qiang", "complaint.rule", {"ruling": "accepted", "reason": "情况属实"}),
    Act(8, "chen.jing", "complaint.write_card", {"card_class": "第一种"}),
    Act(23, "wang.min", "complaint.assign_department", {"department": "工程部"}),
    Act(24, "wang.min", "complaint.instruct", {"instruction": "查清渗水原因和责任，三天内报告"}),
)
REPORT = {
    "cause": "防水层搭接不足", "course": "两次返修未处理根部", "responsible": "防水分包单位", "conclusion": "施工缺陷",
    "remedy": "重做防水层", "original_form": "通话录音",
}  # fmt: skip
HANDLING: tuple[Act, ...] = (
    Act(75, "zhou.tao", "complaint.review_report", {"decision": "approved", "comment": "同意"}),
    Act(80, "wang.min", "complaint.give_opinion", {"opinion": "建议维修并赔偿2,000元", "proposed_amount": "2000"}),
    Act(100, "zhao.guohua", "complaint.decide", {"decision": "approved", "remark": "同意", "amount": "2000"}),
    Act(102, "wang.min", "complaint.reply_to_department", {}),
    Act(
        120,
        "he.lei",
        "complaint.draft_opinion",
        {
            "opinion": "重做防水层，赔偿2,000元",
            "settlements": ["维修", "赔偿"],
            "amount": "2000",
            "rule_basis": "销售业务处理规定第12条",
        },
    ),
    Act(124, "zhou.tao", "complaint.review_opinion", {"decision": "approved"}),
    Act(125, "he.lei", "complaint.return_to_service", {}),
)
CLOSING = Act(140, "sun.li", "complaint.answer", {"form": "口头", "summary": "说明处理结果和时间", "accepted": True})
CAUSE: tuple[Act, ...] = (
    Act(2, "chen.jing", "complaint.record_finding", {"justified": False, "reason": "客户自行改动水管所致"}),
    Act(3, "chen.jing", "complaint.submit", {}),
    Act(6, "liu.qiang", "complaint.rule", {"ruling": "customer_cause", "reason": "属客户自行改动"}),
    Act(
        20,
        "chen.jing",
        "complaint.reply_customer_cause",
        {"way": "电话", "content": "说明原因并请谅解", "reaction": "客户理解"},
    ),
)


def _report_act(received: datetime) -> Act:
    due = (received + timedelta(days=40)).date().isoformat()
    measure = {"what": "复查同批防水", "person": "he.lei", "due_on": due}
    return Act(72, "he.lei", "complaint.submit_report", {**REPORT, "measures": [measure]})


STORIES: tuple[tuple[float, str, str, str, list[str], list[str], int], ...] = (
    # days ago, customer, place, what, matters, demands, how many steps of the long course (-1: the customer is the cause)
    (40, "林晓燕", "滨江壹号 3栋1202", "卫生间天花渗水，两次返修未好", ["质量缺陷"], ["损害赔偿"], 15),
    (33, "方建国", "滨江壹号 1栋801", "车位划线与合同附图不符", ["规格数量不符"], ["减价"], 15),
    (28, "吴佳", "东湖苑 2栋302", "厨房台面裂纹", ["质量缺陷"], ["换货"], 15),
    (26, "顾文婷", "东湖苑 5栋101", "自行改管后漏水", ["质量缺陷"], ["损害赔偿"], -1),
    (9, "博雅装饰", "商铺A12", "交付资料缺失，影响备案", ["其他合同问题"], ["批评建议"], 6),
    (6, "周玉兰", "滨江壹号 6栋2101", "阳台门窗密封不严，台风天进水", ["质量缺陷"], ["换货"], 9),
    (5, "陈思远", "滨江壹号 2栋702", "外墙瓷砖空鼓", ["质量缺陷"], ["批评建议"], 12),
    (4, "沈明", "东湖苑 1栋1501", "样板房与交付标准不一致", ["规格数量不符"], ["减价"], 7),
    (3, "赵雪", "滨江壹号 8栋303", "客服电话三次未接通", ["服务承诺"], ["批评建议"], 4),
    (2, "李祥云", "东湖苑 3栋602", "电梯夜间异响", ["质量缺陷"], ["批评建议"], 2),
    (1, "王海", "滨江壹号 4栋404", "地下室回潮，墙面起霉", ["质量缺陷"], ["损害赔偿"], 1),
    (0.2, "许志明", "东湖苑 6栋201", "小区路灯熄灭一周", ["服务承诺"], ["批评建议"], 0),
)


def history(now: datetime) -> int:
    """Play the stories in the order of their acts and return how many acts were played."""
    acts: list[tuple[datetime, int, Act]] = []
    for number, (days, customer, place, what, matters, demands, steps) in enumerate(STORIES):
        received = now - timedelta(days=days)
        amount = "3000" if {"减价", "损害赔偿"} & set(demands) else None
        data = {
            "customer": customer, "customer_type": "终端消费者", "phone": f"1990000{1000 + number}", "place": place, "content": what,
            "matters": matters, "demands": demands, "source": "电话", "store": "滨江门店", "amount_claimed": amount,
        }  # fmt: skip
        acts.append((received, number, Act(0, "chen.jing", "complaint.register", data)))
        course = CAUSE if steps < 0 else (*OPENING, _report_act(received), *HANDLING, CLOSING)[:steps]
        acts.extend((received + timedelta(hours=act.hours), number, act) for act in course)
    begun = now - timedelta(days=100)
    played = _adopt(begun)
    records: dict[int, Any] = {}
    for at, number, act in sorted((entry for entry in acts if entry[0] <= now), key=lambda entry: entry[0]):
        advance(at)
        actor = Actor.of_person(Person.objects.get(code=act.who), at)
        record = records.get(number)
        if record is not None:
            record = kinds.find(record.subject, actor)
        outcome = perform(act.name, actor=actor, data=act.data, record=record, at=at, origin=ORIGIN)
        records.setdefault(number, outcome.record)
        played += 1
    advance(now)
    return played


def _adopt(at: datetime) -> int:
    actor = Actor.of_person(Person.objects.get(code="wang.min"), at)
    perform("regulation.adopt", actor=actor, data={"regulation": "R05"}, at=at, origin=ORIGIN)
    return 1
