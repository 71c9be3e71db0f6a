"""Customer service urges; administration and HR checks, corrects and reassigns."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from guiju.complaints import policies
from guiju.complaints.actions.base import ComplaintAction, Ctx, optional_text, text
from guiju.complaints.actions.handling import department_choices
from guiju.complaints.choices import OPEN, UNDER_HANDLING
from guiju.complaints.models import Complaint, Supervision
from guiju.kernel.actions.base import ActionInput
from guiju.kernel.actions.errors import Conflict, Invalid
from guiju.kernel.actions.registry import register
from guiju.kernel.authority.policies import Decision, any_of
from guiju.kernel.authority.roles import directory_of
from guiju.kernel.duties import selectors
from guiju.kernel.notices.outbox import Told, queue
from guiju.law.text import T


class WordInput(ActionInput):
    """A word to the holder."""

    word: str = optional_text("留言", "Message", most=300)


@register
class Urge(ComplaintAction):
    """Customer service or the supervisors urge whoever holds the case."""

    name = "complaint.urge"
    title = T("催办", "Urge")
    clauses = ("R05-C025", "R05-C026")
    states = OPEN
    leads_to = OPEN
    weight = 50
    Input = WordInput

    def permitted(self, ctx: Ctx) -> Decision:
        """Customer service as owner, administration and HR as supervisor."""
        return any_of(policies.service(ctx.actor, "R05-C025"), policies.admin_hr(ctx.actor, "R05-C026"))

    def check(self, ctx: Ctx, data: WordInput) -> None:
        """Somebody else must hold it."""
        if not holders(ctx):
            raise Conflict(T("没有要催的人", "There is nobody to urge"))

    def execute(self, ctx: Ctx, data: WordInput) -> Complaint:
        """Tell the holders; the history has it."""
        complaint = ctx.subject_record
        words = T(
            f"{ctx.actor.name}催办 {complaint.number}：{data.word}",
            f"{ctx.actor.name} urges {complaint.number}: {data.word}",
        )
        key = f"urge:{complaint.number}:{ctx.at.isoformat()}"
        queue(
            complaint.company_id,
            [Told(p, key, "urge", words, ctx.at, complaint.subject, "R05-C025") for p in holders(ctx)],
        )
        ctx.emit("complaint.urged", data={"word": data.word})
        return complaint


def holders(ctx: Ctx) -> list[int]:
    """Return who holds the open steps of a case, the actor left out."""
    rows = selectors.duties_of(ctx.company_id, ctx.subject_record.subject).filter(
        state__in=("open", "overdue", "paused")
    )
    return list(dict.fromkeys(row.holder_id for row in rows if row.holder_id and row.holder_id != ctx.actor.person_id))


class CheckInput(ActionInput):
    """What the check found."""

    text: str = text("检查情况", "What was found", most=2000)


@register
class RecordCheck(ComplaintAction):
    """A check by the supervising department."""

    name = "complaint.record_check"
    title = T("记录检查", "Record a check")
    clauses = ("R05-C026",)
    states = OPEN
    leads_to = OPEN
    weight = 60
    Input = CheckInput

    def permitted(self, ctx: Ctx) -> Decision:
        """Only administration and HR."""
        return policies.admin_hr(ctx.actor, "R05-C026")

    def execute(self, ctx: Ctx, data: CheckInput) -> Complaint:
        """Keep it."""
        _keep(ctx, "check", data.text)
        ctx.emit("complaint.checked", data={"comment": data.text})
        return ctx.subject_record


class CorrectInput(ActionInput):
    """What is to be put right, and by when."""

    text: str = text("纠正要求", "Correction", most=2000)
    due_on: date = Field(title="期限", json_schema_extra={"en": "Due on"})


@register
class OrderCorrection(ComplaintAction):
    """A correction order with a day becomes a duty of the department."""

    name = "complaint.order_correction"
    title = T("下达纠正要求", "Order a correction")
    clauses = ("R05-C026",)
    states = UNDER_HANDLING
    leads_to = UNDER_HANDLING
    weight = 65
    Input = CorrectInput

    def permitted(self, ctx: Ctx) -> Decision:
        """Only administration and HR."""
        return policies.admin_hr(ctx.actor, "R05-C026")

    def check(self, ctx: Ctx, data: CorrectInput) -> None:
        """Not for the past."""
        if data.due_on < ctx.at.date():
            raise Invalid(T("期限不能早于今天", "Not before today"), field="due_on")

    def execute(self, ctx: Ctx, data: CorrectInput) -> Complaint:
        """Order it."""
        complaint = ctx.subject_record
        number = complaint.supervisions.filter(kind="correction").count() + 1
        _keep(ctx, "correction", data.text, data.due_on)
        facts = {"order": str(number), "department": complaint.department, "due_on": data.due_on, "comment": data.text}
        ctx.emit("complaint.correction_ordered", data=facts)
        return complaint


class CorrectedInput(ActionInput):
    """Which order, and what was done."""

    order: str = Field(title="纠正要求", json_schema_extra={"en": "Order", "widget": "select"})
    text: str = text("纠正情况", "What was done", most=2000)


@register
class CorrectionDone(ComplaintAction):
    """The department has put it right."""

    name = "complaint.correction_done"
    title = T("回报纠正", "Report the correction")
    clauses = ("R05-C026",)
    states = UNDER_HANDLING
    leads_to = UNDER_HANDLING
    weight = 62
    Input = CorrectedInput

    def permitted(self, ctx: Ctx) -> Decision:
        """Only the handling department, while there is an order."""
        if not ctx.subject_record.supervisions.filter(kind="correction").exists():
            return Decision(False, T("没有纠正要求", "There is no order"), "R05-C026")
        return policies.department(ctx.actor, ctx.subject_record, "R05-C026")

    def choices(self, ctx: Ctx) -> dict[str, list[tuple[str, T]]]:
        """Offer the orders."""
        rows = ctx.subject_record.supervisions.filter(kind="correction").order_by("id")
        return {"order": [(str(n), T(row.text[:60], row.text[:60])) for n, row in enumerate(rows, start=1)]}

    def check(self, ctx: Ctx, data: CorrectedInput) -> None:
        """One of the orders."""
        if data.order not in {value for value, _ in self.choices(ctx)["order"]}:
            raise Invalid(T("请选择纠正要求", "Choose the order"), field="order")

    def execute(self, ctx: Ctx, data: CorrectedInput) -> Complaint:
        """Report it."""
        ctx.emit("complaint.correction_done", data={"order": data.order, "comment": data.text})
        return ctx.subject_record


class ReassignInput(ActionInput):
    """The new department, and why."""

    department: str = Field(title="改派到", json_schema_extra={"en": "Reassign to", "widget": "select"})
    reason: str = text("原因", "Reason", most=1000)


@register
class Reassign(ComplaintAction):
    """A stuck case goes to another department; its due time stays."""

    name = "complaint.reassign"
    title = T("改派部门", "Reassign")
    clauses = ("R05-C026",)
    states = ("assigned", "investigating", "drafting")
    leads_to = ("assigned", "investigating", "drafting")
    weight = 70
    Input = ReassignInput

    def permitted(self, ctx: Ctx) -> Decision:
        """Only administration and HR."""
        return policies.admin_hr(ctx.actor, "R05-C026")

    def choices(self, ctx: Ctx) -> dict[str, list[tuple[str, T]]]:
        """Offer the other departments."""
        return {"department": [(v, t) for v, t in department_choices(ctx) if v != ctx.subject_record.department]}

    def check(self, ctx: Ctx, data: ReassignInput) -> None:
        """Another department of the company."""
        if data.department not in {value for value, _ in self.choices(ctx)["department"]}:
            raise Invalid(T("请选择另一个部门", "Choose another department"), field="department")

    def execute(self, ctx: Ctx, data: ReassignInput) -> Complaint:
        """Reassign and tell the new head."""
        complaint, earlier = ctx.subject_record, ctx.subject_record.department
        ctx.save(complaint, department=data.department)
        _keep(ctx, "reassigned", f"{earlier} → {data.department}：{data.reason}")
        ctx.emit("complaint.reassigned", data={"department": data.department, "from": earlier, "reason": data.reason})
        head = directory_of(complaint.company_id, ctx.at).resolve("负责人", data.department).person_id
        if head:
            words = T(
                f"{complaint.number} 改派到{data.department}", f"{complaint.number} was reassigned to {data.department}"
            )
            told = Told(
                head,
                f"reassigned:{complaint.number}:{ctx.at.isoformat()}",
                "clause",
                words,
                ctx.at,
                complaint.subject,
                "R05-C026",
            )
            queue(complaint.company_id, [told])
        return complaint


def _keep(ctx: Ctx, kind: str, words: str, due_on: date | None = None) -> None:
    assert ctx.actor.person_id is not None
    ctx.create(
        Supervision(
            complaint=ctx.subject_record, kind=kind, text=words, due_on=due_on, at=ctx.at, by_id=ctx.actor.person_id
        )
    )
