"""The room's fixed words: states, kinds of customer, matters, demands."""

from __future__ import annotations

from pydantic.config import JsonDict

from guiju.law.text import T

STATES: dict[str, T] = {
    "received": T("待确认理由", "To be assessed"),
    "submitted": T("待裁定", "To be ruled on"),
    "accepted": T("已受理，待填记录卡", "Accepted, card to write"),
    "gm_ruling": T("待总经理裁定", "For the general manager"),
    "settling": T("待上级处理", "For the superior"),
    "carded": T("待指定部门", "Department to be named"),
    "assigned": T("待指示调查", "Instruction to be given"),
    "investigating": T("调查中", "Under investigation"),
    "report_review": T("报告待主管审核", "Report under review"),
    "admin_opinion": T("待附意见", "Opinion to be added"),
    "gm_review": T("待总经理批阅", "For decision"),
    "gm_reviewed": T("待回复部门", "Reply to be sent"),
    "drafting": T("待处理意见", "Opinion to be drafted"),
    "opinion_review": T("处理意见待审核", "Opinion under review"),
    "opinion_approved": T("待返回客服", "To be returned to service"),
    "with_service": T("待答复客户", "Customer to be answered"),
    "customer_cause": T("客户原因，待婉复", "Customer is the cause, to be answered"),
    "closed": T("已结案", "Closed"),
    "closed_customer_cause": T("客户原因，已答复", "Closed, customer was the cause"),
}
CLOSED = ("closed", "closed_customer_cause")
OPEN = tuple(state for state in STATES if state not in CLOSED)
UNDER_HANDLING = (
    "assigned", "investigating", "report_review", "admin_opinion", "gm_review", "gm_reviewed", "drafting", "opinion_review",
    "opinion_approved", "with_service",
)  # fmt: skip

CUSTOMER_TYPES: dict[str, T] = {
    "终端消费者": T("终端消费者", "End consumer"),
    "代理商": T("代理商", "Agent"),
    "加盟商": T("加盟商", "Franchisee"),
}
MATTERS: dict[str, T] = {
    "质量缺陷": T("质量缺陷", "Quality defect"),
    "规格数量不符": T("规格、面积、配套与合同不符", "Not as in the contract"),
    "技术规格超差": T("技术规格超过允许误差", "Beyond tolerance"),
    "交付受损": T("交付过程中受损", "Damaged at delivery"),
    "成品保护不良": T("成品保护不良造成损坏", "Poor protection"),
    "延期交付": T("延期交付", "Late delivery"),
    "服务承诺": T("服务态度或承诺不兑现", "Service or broken promise"),
    "其他合同问题": T("其他质量或合同问题", "Other breach"),
}
DEMANDS: dict[str, T] = {
    "减价": T("减价", "Price reduction"),
    "退货": T("退货", "Return"),
    "换货": T("换货", "Replacement"),
    "损害赔偿": T("损害赔偿", "Damages"),
    "批评建议": T("批评建议", "Criticism or suggestion"),
    "其他": T("其他", "Other"),
}
SOURCES: dict[str, T] = {
    "现场": T("现场", "In person"),
    "电话": T("电话", "Telephone"),
    "书面": T("书面", "In writing"),
    "网络": T("网络", "Online"),
    "导入": T("导入", "Imported"),
}
CLASSES: dict[str, T] = {
    "第一种": T("第一种：质量、规格、数量、损坏、服务", "Class one: quality, quantity, damage, service"),
    "第二种": T("第二种：单纯合同争议", "Class two: a pure contract dispute"),
    "第三种": T("第三种：交付手续", "Class three: delivery paperwork"),
}
ORIGINAL_FORMS: dict[str, T] = {
    "书面投诉书": T("书面投诉书", "Written complaint"),
    "通话录音": T("通话录音", "Recording of the call"),
    "确认的记录卡": T("客户确认的记录卡", "Card confirmed by the customer"),
}
SETTLEMENTS: dict[str, T] = {
    "维修": T("维修", "Repair"),
    "更换": T("更换", "Replacement"),
    "退货": T("退货", "Return"),
    "折价": T("折价", "Price reduction"),
    "赔偿": T("赔偿", "Compensation"),
    "道歉说明": T("道歉说明", "Apology"),
}


def json_choices(words: dict[str, T]) -> JsonDict:
    """Return choices as an input's schema carries them."""
    return {value: [text.zh, text.en] for value, text in words.items()}
